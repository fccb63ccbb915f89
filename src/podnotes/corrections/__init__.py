"""Corrections of recognition errors: applied to transcripts, marked in quotes, and suggested."""

from podnotes.corrections.applying import apply_corrections, bracketed, occurrences, place_of
from podnotes.corrections.suggesting import SuggestedCorrection, suggest_corrections

__all__ = ["SuggestedCorrection", "apply_corrections", "bracketed", "occurrences", "place_of", "suggest_corrections"]
