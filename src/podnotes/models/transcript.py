"""Words, segments and transcripts, and corrections to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

#: Probability below which a word must be checked by ear.
UNCERTAIN_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its times, from speech recognition or from the publisher.

    Attributes:
        start: Seconds.
        end: Seconds.
        text: The word with its punctuation, without surrounding spaces.
        probability: Probability that the word is correct, 0 to 1, or None if unknown.
    """

    start: float
    end: float
    text: str
    probability: float | None = None

    @property
    def uncertain(self) -> bool:
        """Whether the word must be checked by ear before it is quoted: it is as likely wrong as right."""
        return self.probability is not None and self.probability < UNCERTAIN_BELOW


class QualityFlag(StrEnum):
    """Reason why a segment's words can't be trusted; a flagged segment is never quoted."""

    LOOP = "loop"  #: the same words repeated again and again
    PHANTOM = "phantom"  #: a stock phrase where nobody speaks
    NO_SPEECH = "no-speech"  #: text where the voice activity detector finds no speech
    TOO_FAST = "too-fast"  #: more words than anyone could say in the time
    UNSURE = "unsure"  #: words to which the model assigns a low probability
    LANGUAGE = "language"  #: a different language from the rest
    UNINTELLIGIBLE = "unintelligible"  #: unintelligible words are missing

    @classmethod
    def _missing_(cls, value: object) -> QualityFlag | None:
        """Keep a flag written by another version of podnotes as a flag, although it is unknown here."""
        return cls.UNSURE if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a transcript: one cue of Whisper's or the publisher's.

    Attributes:
        start: Seconds.
        end: Seconds; not before ``start``.
        text: Text on one line, without surrounding spaces.
        words: Words with times, or () if unknown.
        speaker: Name or label of the speaker, or None.
        doubt: Reason why the text can't be trusted, or None.
        language: BCP 47 tag if the language differs from the transcript's, else None.
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
    """A recognised chunk of the audio, saved so that an interrupted run can be resumed.

    Attributes:
        start: Start of the chunk in seconds, at a silence.
        end: End of the chunk in seconds, where the next one starts.
        segments: Recognised segments, with times from the start of the episode.
    """

    start: float
    end: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction of misheard words.

    Attributes:
        heard: The words in the transcript, in any case.
        right: The words actually said; equal to ``heard`` if a check by ear confirmed them.
        at: Position in seconds; only the occurrence nearest to it is corrected. None for all occurrences.
        number: Number in the library, from 1; 0 if not stored in one.
        episode_id: Id of the episode in the library, or None if the correction is for the whole show.
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
    """A corrected place in a transcript.

    Attributes:
        start: Seconds.
        end: Seconds.
        heard: The words before the correction.
        text: The words after the correction.
    """

    start: float
    end: float
    heard: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """The transcript of an episode, with its source.

    Attributes:
        segments: Segments in chronological order.
        duration: Duration of the audio in seconds; the last segment's end if unknown.
        language: BCP 47 tag, or None.
        source: "recognised", "publisher" or "file".
        model: Name of the speech model, or None if a person or a publisher made the transcript.
        origin: Address or path it was read from, without credentials, or None.
        details: Provenance: engine and version, compute type, options.
        warnings: Sentences for the user on what is missing or approximate.
        timed: False if the times are estimated from text length.
        corrected: Corrected places, in chronological order; empty for an uncorrected transcript.
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
        """The whole text: segments joined by spaces."""
        return " ".join(segment.text for segment in self.segments)

    def uncertain_words(self, start: float, end: float) -> tuple[Word, ...]:
        """Return the words from ``start`` to ``end`` (seconds) that must be checked by ear before they are quoted."""
        return tuple(
            word
            for segment in self.segments
            if segment.start < end and start < segment.end
            for word in segment.words
            if word.uncertain and start <= (word.start + word.end) / 2 <= end
        )

    @property
    def gaps(self) -> tuple[Segment, ...]:
        """Segments that mark missing, unintelligible words; no quote spans one."""
        return tuple(segment for segment in self.segments if segment.doubt is QualityFlag.UNINTELLIGIBLE)
