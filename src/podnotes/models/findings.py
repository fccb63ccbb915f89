"""What was looked for and found: topics, passages, and what was skipped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from podnotes.checks import check_texts, check_type
from podnotes.errors import UsageError

#: Ids of topics.
TOPIC_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic to find passages on.

    Attributes:
        id: Short name: lower-case letters, digits and hyphens.
        title: As it stands in a heading.
        about: One or two sentences.
        terms: Words and phrases that are the topic; inflections are matched by stem.
        related: Words that count when a term is near.
        never: Phrases that contain a term but are not the topic.
        prompts: Questions to the user, for the part about their own practice.
        glossary: Science words of the topic with a plain explanation each.
        language: Language of the terms (BCP 47 primary tag).
        lexicon: Name of a science lexicon of the package that backs the terms, or "".
        secondary: Whether a draft has it only where the other topics of the pack have little.
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
            UsageError: A field has a value that it can't have, such as one text where several are expected.
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
        text: Exactly the transcript's words in order, single spaces between them.
        terms: The pack's terms that were found in it, most telling first.
        speaker: Who says it, or None where unknown or several.
        chapter: Title of the chapter it lies in, or None.
        reasons: What its score is made of, in words.
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
    """A stretch excluded from drafts.

    Attributes:
        kind: "ad" or "housekeeping".
        start: Seconds.
        end: Seconds.
        reason: How it was recognised, for the user to check.
    """

    kind: str
    start: float
    end: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a transcript.

    Attributes:
        passages: Best first within a topic; topics in the pack's order.
        skipped: Sponsor reads and housekeeping, in order of time.
        duration: Seconds of the transcript.
        notice: A sentence for the user if there is a reason why little or nothing was found, else None.
        topics: What was looked for. The library doesn't keep it.
    """

    passages: tuple[Passage, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    duration: float = 0.0
    notice: str | None = None
    topics: tuple[Topic, ...] = field(default=(), repr=False, compare=False)
