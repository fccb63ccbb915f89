"""Passages worth quoting on her topics, and the stretches that never reach a draft."""

from podnotes.passages.finding import find_passages
from podnotes.passages.suggesting import Suggestion, suggest_terms

__all__ = ["Suggestion", "find_passages", "suggest_terms"]
