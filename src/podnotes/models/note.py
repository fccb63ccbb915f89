"""A draft before rendering: quotes, sections, the user's choices, and the note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.models.findings import Passage, Topic
    from podnotes.models.podcast import Episode, Person


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage quoted in a draft.

    Attributes:
        passage: The passage.
        time: Start as shown to the reader, "1:02:03".
        url: Link that starts playback there (``#t=`` of W3C Media Fragments), or None.
        speaker: Name to attribute the quote to, or None.
        cut: Whether a lead-in ("So, …") was removed from the start.
        remark: The user's remark.
    """

    passage: Passage
    time: str
    url: str | None = None
    speaker: str | None = None
    cut: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The section of a draft on one topic.

    Attributes:
        topic: The topic.
        quotes: Quotes, best first.
        prompts: Questions to the user, for the section in their own words.
    """

    topic: Topic
    quotes: tuple[Quote, ...]
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement to verify before publishing.

    Attributes:
        text: The sentence.
        why: Kind of claim ("a number", "a study", "a dose", "a health claim"), or that a word may be misheard or is in
            no dictionary.
        time: Position in the episode, "1:02:03".
        url: Link that starts playback there, or None.
    """

    text: str
    why: str
    time: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A quote that the user chose on the review page.

    Attributes:
        id: Identifier, unique within the episode.
        topic: Id of the topic; ``OTHER_TOPIC`` if the quote is on none of the topics.
        start: Start of the first sentence, in seconds.
        end: End of the last sentence, in seconds.
        place: Sort key among the quotes of the topic.
        remark: The user's remark.
    """

    id: str
    topic: str
    start: float
    end: float
    place: float
    remark: str = ""


#: Topic of chosen quotes that are on none of the topics.
OTHER_TOPIC = "other"


@dataclass(frozen=True, slots=True)
class Review:
    """The user's choices and texts from the review page of an episode.

    Attributes:
        picks: The chosen quotes, sorted by ``place``.
        words: The user's own texts as pairs of placeholder and text. Placeholders are "title", "opening",
            "practice:pain" (one for each topic), "takeaway", "questions", "greeting" and "more".
    """

    picks: tuple[Pick, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A draft before rendering.

    Attributes:
        title: Title of the post.
        episode: The episode.
        opening: Sentences that name the podcast, the people and the date.
        sections: One section for each topic found in the episode, in the pack's order.
        claims: Claims for the user to verify.
        glossary: Scientific terms that occur, each with a plain explanation.
        questions: Open questions: questions on the topics that are asked in the episode.
        citation: The episode in APA style.
        tags: Tags, in lower case.
        provenance: One sentence on who made the transcript and how.
        notices: Sentences for the user on what is approximate or missing.
        people: Participants, as far as known.
        quoted_words: Number of words from the episode in the draft: quotes and questions.
        quoted_share: ``quoted_words`` as a share of the episode's words, 0 to 1; None without the transcript.
        made: ISO date on which the draft was made.
        titles: Alternative titles.
        key_terms: Key terms of the topics in the episode, most significant first.
        own_words: The user's own texts for the ✎ placeholders (see ``Review.words``).
    """

    title: str
    episode: Episode
    opening: str
    sections: tuple[Section, ...]
    claims: tuple[Claim, ...] = ()
    glossary: tuple[tuple[str, str], ...] = ()
    questions: tuple[Quote, ...] = ()
    citation: str = ""
    tags: tuple[str, ...] = ()
    provenance: str = ""
    notices: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    quoted_words: int = 0
    quoted_share: float | None = None
    made: str = ""
    titles: tuple[str, ...] = ()
    key_terms: tuple[str, ...] = ()
    own_words: tuple[tuple[str, str], ...] = ()
