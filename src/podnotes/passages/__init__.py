"""Find the passages worth quoting on the user's topics."""

from podnotes.passages.find import find_passages

__all__ = ["find_passages"]
