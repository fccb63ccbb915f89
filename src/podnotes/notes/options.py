"""How a draft is composed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from podnotes.checks import check_number, check_type
from podnotes.errors import UsageError

DISCLAIMER = (
    "These notes are for education. They are no medical advice and take the place of no examination, diagnosis or "
    "treatment; please ask a doctor about your own case."
)

# What stands at the places for the user's own words. Each is marked with "✎" in a draft, so that one search finds
# them all.
PLACES = {
    "opening": "Your opening: a question that clients ask you, or a moment at work, that this episode answers.",
    "why": "Why this topic, and why now?",
    "practice": "What do you see of this in your own work?",
    "takeaway": (
        "One thing that readers can try, notice or ask, and when they should rather see a doctor. "
        "It is yours to say: the quotes are no instructions."
    ),
    "questions": "Answer the one that your clients ask too, and delete the rest.",
    "greeting": "A greeting, and why you listened to this.",
    "more": "Where to read the whole post, and how to book.",
}
# What is left to do with any draft.
CHECKS = (
    "No ✎ is left: each marks a place for your own words.",
    "You listened to each quote, at the time that stands behind it.",
)


@dataclass(frozen=True, slots=True)
class NoteOptions:
    """Bounds and choices of a draft.

    Attributes:
        sections: How many topics a draft has at most; the strongest are taken.
        quotes: How many quotes a draft has at most; a digest, in each group.
        quotation_words: How many words the quotes of a draft have at most.
        quotation_share: Which share of the episode's words they are at most, 0 to 1; this binds short episodes.
        quote_seconds: How long a quote lasts at most, in seconds.
        prompts: How many questions to the user a topic has at most.
        questions: How many questions from the episode are listed at most.
        glossary: How many words are explained at most.
        mark_corrections: Whether brackets mark in a quote what was misheard and corrected: "[nociception]".
        made: The day that stands in the draft; None is today.
    """

    sections: int = 4
    quotes: int = 8
    quotation_words: int = 500
    quotation_share: float = 0.5
    quote_seconds: float = 90.0
    prompts: int = 2
    questions: int = 3
    glossary: int = 8
    mark_corrections: bool = False
    made: date | None = None

    def __post_init__(self) -> None:
        """Refuse bounds that leave nothing to write.

        Raises:
            UsageError: A number is out of range.
        """
        for name, least in (
            ("sections", 1),
            ("quotes", 1),
            ("quotation_words", 20),
            ("prompts", 0),
            ("questions", 0),
            ("glossary", 0),
        ):
            check_number(name, getattr(self, name), least=least)
        check_number("quotation_share", self.quotation_share, least=0, real=True)
        if not 0 < self.quotation_share <= 1:
            raise UsageError(f"quotation_share is {self.quotation_share}; give more than 0 and at most 1.")
        check_number("quote_seconds", self.quote_seconds, least=0, real=True)
        if not self.quote_seconds > 0:
            raise UsageError(f"quote_seconds is {self.quote_seconds}; give more than 0.")
        if self.made is not None:
            check_type("made", self.made, "a datetime.date", date)
