"""Options for composing a draft, and the fixed texts of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from podnotes.checks import check_number, check_type
from podnotes.errors import UsageError

DISCLAIMER = "For education only. This is not medical advice and does not replace examination, diagnosis or treatment."

# Placeholder texts. A draft marks each with "✎", so that one search finds them all.
PLACES = {
    "opening": "Your opening: a question your clients ask, or a moment at work, that this episode speaks to.",
    "why": "Why this topic, and why now?",
    "practice": "How does this show up in your own work?",
    "takeaway": (
        "One thing readers can try, notice or ask, and when they should see a doctor instead. "
        "Put it in your own words: the quotes are not instructions."
    ),
    "questions": "Answer the question your clients ask too, and delete the rest.",
    "greeting": "A greeting, and why you listened to this episode.",
    "more": "Where to read the full post, and how to book.",
}
# Entries of the checklist in every draft.
CHECKS = (
    "All ✎ placeholders are filled in.",
    "You have listened to each quote, at the time given beside it.",
)


@dataclass(frozen=True, slots=True)
class NoteOptions:
    """Limits and choices for composing a draft.

    Attributes:
        sections: Maximum number of topics; the strongest ones are kept.
        quotes: Maximum number of quotes in a draft, or in each group of a digest.
        quotation_words: Maximum number of quoted words.
        quotation_share: Maximum share of the episode's words that is quoted, above 0 and at most 1; it matters in short
            episodes.
        quote_seconds: Maximum length of a quote in seconds.
        prompts: Maximum number of prompts per topic.
        questions: Maximum number of questions from the episode.
        glossary: Maximum number of glossary entries.
        mark_corrections: Whether to put corrected words of a quote in brackets: "[nociception]".
        made: Date of the draft; today if None.
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
        """Check the ranges of all fields.

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
