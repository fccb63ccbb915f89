"""Proofread the quotes of a draft: find and correct words to which the speech model gave a low probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.corrections import occurrences
from podnotes.notes.editing import replace_words
from podnotes.notes.verify import Said, quotes_of
from podnotes.text.words import word_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podnotes.models import Transcript, Word

# Words of context on each side.
_CONTEXT = 8
_SLACK = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class DoubtfulWords:
    """Consecutive words that may be misheard.

    Attributes:
        heard: The words, without punctuation around them.
        start: Start of the first word in seconds.
        end: End of the last word in seconds.
        before: Some words before them.
        after: Some words after them.
        probability: Probability of the least probable word, 0 to 1.
    """

    heard: str
    start: float
    end: float
    before: str
    after: str
    probability: float


def doubtful_words(draft: str, transcript: Transcript) -> tuple[DoubtfulWords, ...]:
    """Find the doubtful words in the quotes of a draft, in order, each occurrence once.

    The transcript must have corrections applied, so that words checked earlier aren't doubtful.
    """
    said = Said(transcript)
    spans = [said.span(quote.text, quote.claimed) for quote in quotes_of(draft)]
    found: dict[float, DoubtfulWords] = {}
    for span in spans:
        if span is not None:
            for doubtful in _between(transcript, *span):
                found.setdefault(doubtful.start, doubtful)
    return tuple(found.values())


def _between(transcript: Transcript, start: float, end: float) -> Iterator[DoubtfulWords]:
    words = [word for segment in transcript.segments for word in segment.words]
    at = 0
    while at < len(words):
        last = at
        while last < len(words) and _is_doubtful(words[last], start, end):
            last += 1
        if last > at:
            text = " ".join(word.text for word in words[at:last])
            spans = word_spans(text)
            if spans:
                yield DoubtfulWords(
                    heard=text[spans[0][0] : spans[-1][1]],
                    start=words[at].start,
                    end=words[last - 1].end,
                    before=" ".join(word.text for word in words[max(0, at - _CONTEXT) : at]),
                    after=" ".join(word.text for word in words[last : last + _CONTEXT]),
                    probability=min(word.probability or 0.0 for word in words[at:last]),
                )
        at = last + 1


def _is_doubtful(word: Word, start: float, end: float) -> bool:
    return word.uncertain and start - _SLACK <= (word.start + word.end) / 2 <= end + _SLACK


def correct_draft(draft: str, doubtful: DoubtfulWords, right: str, transcript: Transcript) -> str:
    """Correct doubtful words in every quote of a draft that has them, unless the user has changed them there.

    ``transcript`` is the one in which :func:`doubtful_words` found them.
    """
    said = Said(transcript)
    places = occurrences(transcript, doubtful.heard)
    # Backwards, so that the offsets of earlier quotes stay valid.
    for quote in reversed(quotes_of(draft)):
        span = said.span(quote.text, quote.claimed)
        if span is not None and span[0] - _SLACK <= doubtful.start < span[1]:
            number = sum(span[0] - _SLACK <= place < doubtful.start - _SLACK for place in places)
            draft = replace_words(draft, quote, doubtful.heard, right, number=number) or draft
    return draft
