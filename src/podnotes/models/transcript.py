"""What was said: words, segments and transcripts, and corrections of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

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


class QualityFlag(StrEnum):
    """Why a segment's words can't be trusted; such a segment is never quoted."""

    LOOP = "loop"  #: the same words over and over
    PHANTOM = "phantom"  #: a stock phrase where nobody speaks
    NO_SPEECH = "no-speech"  #: text where the voice detector hears none
    TOO_FAST = "too-fast"  #: more words than anyone could say in the time
    UNSURE = "unsure"  #: the model itself gives the words a low probability
    LANGUAGE = "language"  #: another language than the rest
    UNINTELLIGIBLE = "unintelligible"  #: unintelligible words are missing

    @classmethod
    def _missing_(cls, value: object) -> QualityFlag | None:
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
    doubt: QualityFlag | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
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
        return tuple(segment for segment in self.segments if segment.doubt is QualityFlag.UNINTELLIGIBLE)
