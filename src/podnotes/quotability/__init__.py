"""How well each stretch of an episode would stand as a quotation, learned from a reader's marks."""

from podnotes.quotability.rating import Candidate, rate, vocabulary
from podnotes.quotability.windows import Window

__all__ = ["Candidate", "Window", "rate", "vocabulary"]
