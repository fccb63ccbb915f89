"""A draft before it is rendered: quotes, sections, what the user chose, and the note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.models.findings import Passage, Topic
    from podnotes.models.podcast import Episode, Person


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage as it stands in a draft.

    Attributes:
        passage: The passage.
        time: Its start as shown to the reader, "1:02:03".
        url: Link that plays from there (``#t=`` of the W3C Media Fragments), or None.
        speaker: Name to attribute it to, or None.
        cut: True when words that lead into it ("So, …") were left out at its start.
        remark: The user's words on it.
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
        quotes: What is worth quoting, the best first.
        prompts: Questions to the user, for the part in their own words.
        terms: What the passages speak of, most telling first.
    """

    topic: Topic
    quotes: tuple[Quote, ...]
    prompts: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement to verify before publishing.

    Attributes:
        text: The sentence.
        why: What kind of claim it is ("a number", "a study", "a dose", "a health claim"), or that it may be misheard
            or is in no dictionary.
        time: When it is said, "1:02:03".
        url: Link that plays from there, or None.
    """

    text: str
    why: str
    time: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A quotation that the user chose on the review page.

    Attributes:
        id: Tells it apart within its episode.
        topic: Id of the topic that it stands under; ``OTHER_TOPIC`` for none of them.
        start: Seconds where its first sentence begins.
        end: Seconds where its last sentence ends.
        place: Its place among the quotations of its topic, which stand in the order of this number.
        remark: The user's words on it.
    """

    id: str
    topic: str
    start: float
    end: float
    place: float
    remark: str = ""


#: Topic of quotations that the user chose and that are on none of the topics.
OTHER_TOPIC = "other"


@dataclass(frozen=True, slots=True)
class Review:
    """What the user chose and wrote on the review page of an episode.

    Attributes:
        picks: The quotations, in order of place.
        words: The user's words by their place in the draft: "title", "opening", "practice:pain" (by topic), "takeaway",
            "questions", "greeting", "more"; as name and text.
    """

    picks: tuple[Pick, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A draft before it is rendered.

    Attributes:
        title: Says what the post is about.
        episode: Where it comes from.
        opening: Sentences that name the podcast, the people and the date.
        sections: One a topic that the episode has, in the pack's order.
        claims: For the user to verify.
        glossary: Science words that occur, with a plain explanation.
        questions: Open questions: questions on the topics asked in the episode.
        citation: The episode in APA style.
        tags: Lower-case words.
        provenance: One sentence: who made the transcript, how.
        notices: Sentences for the user: what is approximate or missing.
        people: Who takes part, as far as it is known.
        quoted_words: Words of the episode that stand in the draft: quotes and questions.
        quoted_share: Share of the episode's words that this is, 0 to 1, or None without the transcript.
        made: ISO date on which the draft was made.
        titles: Alternative titles.
        key_terms: Key terms of the topics in the episode, most telling first.
        own_words: The user's words for the places marked ✎, by place (see ``Review.words``).
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
