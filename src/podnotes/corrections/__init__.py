"""What was misheard: corrections put into transcripts, marked in quotes, and suggested."""

from podnotes.corrections.applying import apply_corrections, bracketed, occurrences
from podnotes.corrections.suggesting import Suggestion, suggest_corrections

__all__ = ["Suggestion", "apply_corrections", "bracketed", "occurrences", "suggest_corrections"]
