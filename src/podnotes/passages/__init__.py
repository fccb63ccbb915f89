"""Find the passages worth quoting on the user's topics."""

from podnotes.passages.find import find_passages
from podnotes.passages.suggest import Suggestion, suggest_terms

__all__ = ["Suggestion", "find_passages", "suggest_terms"]
