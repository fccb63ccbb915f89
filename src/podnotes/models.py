"""Data classes shared by all steps.

All are frozen; each step returns new objects. Times inside an episode are seconds as float, counted from
the start of the audio; dates are timezone-aware datetimes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from podnotes.checks import check_texts, check_type
from podnotes.urls.privacy import MaskedRepr, is_private

if TYPE_CHECKING:
    from datetime import datetime


# --------------------------------------------------------------------------------------------------------- feeds


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The audio (or video) file of an episode.

    Attributes:
        url: Address (http or https), or a local path for files named by the user.
        type: MIME type, lower case; guessed from the file name when the feed doesn't say; "" when unknown.
        length: Size in bytes as the feed states it, or None.
    """

    url: str
    type: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A publisher's transcript (``podcast:transcript`` of the Podcasting 2.0 namespace).

    Attributes:
        url: Address, or a local path for files named by the user.
        type: MIME type, lower case, "" when unknown.
        language: BCP 47 tag, or None.
        rel: "captions" when it was made as captions, else None.
    """

    url: str
    type: str = ""
    language: str | None = None
    rel: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of an episode.

    Attributes:
        start: Seconds.
        title: What the chapter is called; may be "".
        end: Seconds, or None where the source doesn't say.
        url: A link that belongs to the chapter, or None.
    """

    start: float
    title: str
    end: float | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A host or guest (``podcast:person``).

    Attributes:
        name: Full name.
        role: Lower case; "host" where the feed doesn't say.
    """

    name: str
    role: str = "host"


@dataclass(frozen=True, slots=True, repr=False)
class Episode(MaskedRepr):
    """One episode of a podcast. Text fields are plain text without markup, except ``description_html``.

    Attributes:
        guid: Unique within its podcast (falls back to the enclosure's URL).
        title: Title; never empty.
        podcast: Title of the podcast.
        published: When it came out, with the offset from UTC that its publisher gives, so that ``published.date()`` is
            the publisher's day; or None.
        duration: Seconds as the feed states it, or None.
        link: Web page of the episode, or None.
        audio: The audio file, or None.
        transcripts: Publisher's transcripts, best first.
        chapters: Chapters that are known without another download.
        chapters_url: Address of a Podcasting 2.0 chapters file, or None.
        persons: Hosts and guests as the feed names them.
        author: ``itunes:author`` or the podcast's, or None.
        summary: Plain text of the description.
        description_html: The show notes as the feed has them: **untrusted**, sanitise before showing.
        language: BCP 47 tag of the podcast, or None.
        season: Season number, or None.
        number: Episode number, or None.
        image: Address of a picture, or None.
        feed_url: Where the feed was read from, without credentials, or None.
        private: Whether its feed is for one subscriber only (it needs a password, or its own address has a token in
            it): no address of it may be published then.
    """

    guid: str
    title: str
    podcast: str = ""
    published: datetime | None = None
    duration: float | None = None
    link: str | None = None
    audio: Enclosure | None = None
    transcripts: tuple[TranscriptLink, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    chapters_url: str | None = None
    persons: tuple[Person, ...] = ()
    author: str | None = None
    summary: str = ""
    description_html: str = ""
    language: str | None = None
    season: int | None = None
    number: int | None = None
    image: str | None = None
    feed_url: str | None = None
    private: bool = False

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that its drafts are known by: of the SHA-256 of its guid, which may be secret."""
        return hashlib.sha256(self.guid.encode("utf-8", "replace")).hexdigest()[:12]


def publishable(episode: Episode) -> Episode:
    """Return an episode without the addresses that must not stand in anything published.

    Args:
        episode: Any episode; one of a public feed comes back as it is.
    """
    if not episode.private:
        return episode
    return replace(episode, link=None, audio=None, image=None, transcripts=(), chapters_url=None, feed_url=None)


@dataclass(frozen=True, slots=True, repr=False)
class Podcast(MaskedRepr):
    """A podcast with its episodes, newest first as far as the feed dates them.

    Attributes:
        title: Title; never empty.
        episodes: Episodes, newest first; undated ones stay where the feed has them.
        url: Address of the feed as it should be remembered (after permanent redirects), or None for local files.
        link: Web page, or None.
        description: Plain text.
        author: Who makes it, or None.
        language: BCP 47 tag, or None.
        image: Address of the cover, or None.
        guid: ``podcast:guid``, or None.
        etag: ETag of the response, for the next conditional request.
        modified: Last-Modified of the answer, likewise.
        next_page: RFC 5005 address of the next page of the feed, or None.
        moved_to: Address that the feed itself says it has moved to (``itunes:new-feed-url``), or None.
        notices: Sentences for the user: parts of the feed that were not read.
    """

    title: str
    episodes: tuple[Episode, ...] = ()
    url: str | None = None
    link: str | None = None
    description: str = ""
    author: str | None = None
    language: str | None = None
    image: str | None = None
    guid: str | None = None
    etag: str | None = None
    modified: str | None = None
    next_page: str | None = None
    moved_to: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def private(self) -> bool:
        """Whether its feed is for one subscriber only, as its address or its episodes say."""
        return is_private(self.url) or any(episode.private for episode in self.episodes)


# -------------------------------------------------------------------------------------------------------- speech


#: Probability below which a word is to be checked by ear.
UNCERTAIN_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its time, as recognised or as a publisher timed it.

    Attributes:
        start: Seconds.
        end: Seconds.
        text: The word with its punctuation, without surrounding spaces.
        probability: How likely it is what was said: 0 to 1, or None where unknown.
    """

    start: float
    end: float
    text: str
    probability: float | None = None

    @property
    def uncertain(self) -> bool:
        """Whether it is to be checked by ear before it is quoted: as likely wrong as right."""
        return self.probability is not None and self.probability < UNCERTAIN_BELOW


class Doubt(StrEnum):
    """Why a segment's words can't be trusted; such a segment is never quoted."""

    LOOP = "loop"  #: the same words over and over
    PHANTOM = "phantom"  #: a stock phrase where nobody speaks
    NO_SPEECH = "no-speech"  #: text where the voice detector hears none
    TOO_FAST = "too-fast"  #: more words than anyone could say in the time
    UNSURE = "unsure"  #: the model itself gives the words a low probability
    LANGUAGE = "language"  #: another language than the rest
    UNINTELLIGIBLE = "unintelligible"  #: unintelligible words are missing

    @classmethod
    def _missing_(cls, value: object) -> Doubt | None:
        """A doubt from another version of podnotes, unknown here, stays a doubt."""
        return cls.UNSURE if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a transcript: what Whisper or a publisher puts into one cue.

    Attributes:
        start: Seconds.
        end: Seconds; not before ``start``.
        text: What is said, one line, without surrounding spaces.
        words: Words with times, or () where unknown.
        speaker: Name or label, or None.
        doubt: Why it is not to be trusted, or None.
        language: BCP 47 tag where it is another language than the transcript's, or None.
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    speaker: str | None = None
    doubt: Doubt | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the audio that has been recognised: what is remembered when a run is interrupted.

    Attributes:
        start: Seconds where the piece begins, at a silence.
        end: Seconds where it ends and the next begins.
        segments: What was recognised in it, with times from the start of the episode.
    """

    start: float
    end: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What was misheard, and what was said instead.

    Attributes:
        heard: The words of the transcript, whatever their case.
        right: What was said; the same words where they were checked by ear and are right.
        at: Seconds: only where the words are heard nearest to there; None for everywhere.
        number: Its number in the library, from 1, or 0 where it is in none.
        episode_id: The episode in the library that it is for, or None for a whole show.
        feed: Address of the show's feed, without credentials, or None.
    """

    heard: str
    right: str
    at: float | None = None
    number: int = 0
    episode_id: int | None = None
    feed: str | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A place in a transcript where words were put right.

    Attributes:
        start: Seconds.
        end: Seconds.
        heard: The words as heard.
        text: The words as they stand there now.
        segment: Index of the segment.
        first: Offset of the first character in the segment's text.
        last: One past the offset of the last.
    """

    start: float
    end: float
    heard: str
    text: str
    segment: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of an episode, and their source.

    Attributes:
        segments: In order of time.
        duration: Seconds of audio; the last segment's end where the audio is not known.
        language: BCP 47 tag, or None.
        source: "recognised", "publisher" or "file".
        model: Name of the speech model, or None where a person or a publisher made the words.
        origin: Address or path that it was read from, without credentials, or None.
        details: Provenance for the record: engine and its version, compute type, options.
        warnings: Sentences for the user: what is missing or approximate.
        timed: False when the times are a guess from the share of characters.
        corrected: What was put right in it, in order of time; empty for the words as heard.
    """

    segments: tuple[Segment, ...]
    duration: float
    language: str | None = None
    source: str = "file"
    model: str | None = None
    origin: str | None = None
    details: dict[str, str] = field(default_factory=dict, hash=False)
    warnings: tuple[str, ...] = ()
    timed: bool = True
    corrected: tuple[Corrected, ...] = ()

    @property
    def text(self) -> str:
        """All words, segments joined by spaces."""
        return " ".join(segment.text for segment in self.segments)

    def uncertain_words(self, start: float, end: float) -> tuple[Word, ...]:
        """The words between two seconds that are to be checked by ear before they are quoted."""
        return tuple(
            word
            for segment in self.segments
            if segment.start < end and start < segment.end
            for word in segment.words
            if word.uncertain and start <= (word.start + word.end) / 2 <= end
        )

    @property
    def gaps(self) -> tuple[Segment, ...]:
        """Where unintelligible words are missing: nothing is quoted across one."""
        return tuple(segment for segment in self.segments if segment.doubt is Doubt.UNINTELLIGIBLE)


# ------------------------------------------------------------------------------------------------------ passages


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
        reasons: Why it scored as it did, for the user to check.
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


# --------------------------------------------------------------------------------------------------------- notes


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
        question_sources: Where each question is asked, in the same order.
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
    questions: tuple[str, ...] = ()
    citation: str = ""
    tags: tuple[str, ...] = ()
    provenance: str = ""
    notices: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    question_sources: tuple[Quote, ...] = ()
    quoted_words: int = 0
    quoted_share: float | None = None
    made: str = ""
    titles: tuple[str, ...] = ()
    key_terms: tuple[str, ...] = ()
    own_words: tuple[tuple[str, str], ...] = ()
