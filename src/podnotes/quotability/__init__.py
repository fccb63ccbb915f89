"""Rate how well each stretch of an episode would work as a quotation, as learned from a reader's annotations."""

from podnotes.quotability.rating import Candidate, rate, vocabulary
from podnotes.quotability.windows import Window

__all__ = ["Candidate", "Window", "rate", "vocabulary"]
