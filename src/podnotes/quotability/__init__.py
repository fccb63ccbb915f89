"""Rate how well each window of sentences would work as a quote, as learned from a reader's annotations."""

from podnotes.quotability.rating import Candidate, rate, vocabulary
from podnotes.quotability.windows import Window

__all__ = ["Candidate", "Window", "rate", "vocabulary"]
