"""Passages worth quoting on her topics, and the stretches that never reach a draft."""

from podnotes.passages.finding import find_passages

__all__ = ["find_passages"]
