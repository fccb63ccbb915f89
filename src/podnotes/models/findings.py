"""Topics, the passages found on them, and skipped segments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from podnotes.checks import check_texts, check_type
from podnotes.errors import UsageError

#: Pattern of valid topic ids.
TOPIC_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic to find passages on.

    Attributes:
        id: Short name: lower-case letters, digits and hyphens.
        title: Title for headings.
        about: Description in one or two sentences.
        terms: Words and phrases that indicate the topic; inflected forms are matched by stem.
        related: Words that count only near a term.
        never: Phrases that contain a term but aren't about the topic.
        prompts: Questions to the user, for the section on their own practice.
        glossary: Scientific terms of the topic, each with a plain explanation.
        language: Language of the terms (BCP 47 primary tag).
        lexicon: Name of an included science lexicon that supplements the terms, or "".
        secondary: Whether drafts include the topic only if the pack's other topics yield little.
    """

    id: str
    title: str
    about: str = ""
    terms: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    glossary: dict[str, str] = field(default_factory=dict, hash=False)
    language: str = "en"
    lexicon: str = ""
    secondary: bool = False

    def __post_init__(self) -> None:
        """Check the fields.

        Raises:
            UsageError: A field has an invalid value, such as a string where a sequence of strings is expected.
        """
        for name in ("id", "title"):
            check_type(name, getattr(self, name), "text", str)
        if not TOPIC_ID.fullmatch(self.id):
            raise UsageError(f"{self.id!r} can't be the id of a topic: use lower-case letters, digits and hyphens.")
        for name in ("terms", "related", "never", "prompts"):
            object.__setattr__(self, name, check_texts(name, getattr(self, name)))
        check_type("glossary", self.glossary, "a dict of words and their meanings", dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences worth quoting on a topic.

    Attributes:
        topic: Id of the topic.
        start: Seconds.
        end: Seconds.
        score: 0 to 1, comparable within a topic across episodes.
        text: Words of the transcript, verbatim and in order, separated by single spaces.
        terms: The pack's terms found in the passage, most significant first.
        speaker: Name or label of the speaker; None if unknown or if there are several.
        chapter: Title of the chapter that contains the passage, or None.
        reasons: Components of the score, in words.
    """

    topic: str
    start: float
    end: float
    score: float
    text: str
    terms: tuple[str, ...] = ()
    speaker: str | None = None
    chapter: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A section of the episode that is excluded from drafts.

    Attributes:
        kind: "ad" or "housekeeping".
        start: Seconds.
        end: Seconds.
        reason: How it was recognised, for the user to check the decision.
    """

    kind: str
    start: float
    end: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Passages and skipped sections of a transcript.

    Attributes:
        passages: Passages, best first within a topic; topics in the pack's order.
        skipped: Sponsor reads and housekeeping, in chronological order.
        duration: Duration of the transcript in seconds.
        notice: Explanation for the user, in one sentence, if little or nothing was found for a known reason; else None.
        topics: Topics that were searched for. Not stored in the library.
    """

    passages: tuple[Passage, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    duration: float = 0.0
    notice: str | None = None
    topics: tuple[Topic, ...] = field(default=(), repr=False, compare=False)
