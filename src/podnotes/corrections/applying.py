"""Apply corrections to a transcript; the library keeps the transcript as recognised.

Words are split as in :mod:`podnotes.text.words` and compared regardless of case, so that ``path`` does not match
"empathy", and "no susception" matches "no-susception,". All corrections are matched against the recognised words, so
that no correction changes the result of another.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from podnotes.models import Corrected
from podnotes.text.stopwords import is_stop_word
from podnotes.text.words import is_spaced, normalized, word_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.models import Correction, Segment, Transcript, Word

#: Maximum distance from the stated time of a correction of one place, as times differ between recognitions.
NEAR = 2.0  # seconds
# Separates the segments of different speakers; no phrase spans it.
_SPEAKER_CHANGE = "\0"
# Characters allowed between the words of a phrase.
_GAP = re.compile(r"[\s,\-‐–—]*")
_SENTENCE_END = re.compile(r"(?:^|[.?!…。？！\0])[\"'”’»)]*\s*$")


class _Place(NamedTuple):
    """Where a correction applies.

    Attributes:
        first: Offset of the first character in the text of the transcript.
        last: One past the offset of the last character.
        start: Start in seconds.
        end: End in seconds.
        correction: The correction.
    """

    first: int
    last: int
    start: float
    end: float
    correction: Correction


class _Edit(NamedTuple):
    """New text for the characters ``first`` to ``last`` (exclusive) of a segment."""

    first: int
    last: int
    text: str


def apply_corrections(transcript: Transcript, corrections: Iterable[Correction]) -> Transcript:
    """Apply corrections to a transcript.

    Words keep their times; if the number of words changes, the new ones share the time of the old ones. Corrected and
    confirmed words are no longer uncertain. A capital letter at the start of a sentence is kept. If a phrase begins in
    one segment and ends in another, they become one segment.

    Args:
        transcript: The transcript as recognised.
        corrections: The corrections. If several match, one of a single place takes precedence over one of the episode,
            and that over one of the whole show; then the longest match, then the newest correction.

    Returns:
        The transcript, with the changes in ``corrected``; the same object if nothing matches.
    """
    said = _Said(transcript.segments, transcript.language)
    places = _without_overlaps([place for correction in corrections for place in said.places(correction)])
    if not places:
        return transcript
    corrected = []
    edits: dict[int, list[_Edit]] = {}
    said = said.joined_at(places)
    for place in places:
        heard, right = said.text[place.first : place.last], said.right(place)
        if heard != right:
            corrected.append(Corrected(place.start, place.end, heard, right))
        number = said.segment_at(place.first)
        offset = said.starts[number]
        edits.setdefault(number, []).append(_Edit(place.first - offset, place.last - offset, right))
    segments = tuple(
        _rewritten(segment, edits[number]) if number in edits else segment
        for number, segment in enumerate(said.segments)
    )
    return replace(transcript, segments=segments, corrected=tuple(corrected))


def occurrences(transcript: Transcript, heard: str) -> tuple[float, ...]:
    """Return the start times in seconds of a word or phrase in a transcript as recognised."""
    said = _Said(transcript.segments, transcript.language)
    return tuple(said.time(first, last)[0] for first, last in said.spans_of(heard))


def place_of(change: Corrected, text: str, start: float, end: float) -> tuple[int, int] | None:
    """Return where corrected words are in a text said from ``start`` to ``end`` (seconds): the nearest in time.

    Returns:
        Offset of the first character and one past the last; None if the words aren't in the text.
    """
    share = (change.start - start) / max(0.01, end - start)
    places = [match.span() for match in re.finditer(re.escape(change.text), text)]
    return min(places, key=lambda place: abs(place[0] - share * len(text)), default=None)


def bracketed(text: str, start: float, end: float, transcript: Transcript) -> str:
    """Put brackets around the corrected words of a quote: "[nociception]"; ``start`` and ``end`` are in seconds."""
    changes = (change for change in transcript.corrected if change.start < end and start < change.end)
    places = {place for change in changes if (place := place_of(change, text, start, end))}
    for first, last in sorted(places, reverse=True):
        text = f"{text[:first]}[{text[first:last]}]{text[last:]}"
    return text


def _without_overlaps(places: Iterable[_Place]) -> list[_Place]:
    """Choose the places to correct, in order: none overlaps one that takes precedence."""
    chosen: list[_Place] = []
    for place in sorted(places, key=_rank):
        if all(place.last <= one.first or place.first >= one.last for one in chosen):
            chosen.append(place)
    return sorted(chosen, key=lambda place: place.first)


def _rank(place: _Place) -> tuple[bool, bool, int, int]:
    correction = place.correction
    return correction.at is None, correction.episode_id is None, place.first - place.last, -correction.number


def _key(word: str) -> str:
    return normalized(word).replace("’", "'")


def _owner(key: str) -> str:
    return key.removesuffix("'s")


class _Said:
    """A transcript as one text, with the segment and the time of each character."""

    def __init__(self, segments: Sequence[Segment], language: str | None) -> None:
        self.segments = segments
        self._language = (language or "en").replace("_", "-").partition("-")[0].lower()
        #: Offset of each segment in the text.
        self.starts: list[int] = []
        pieces: list[str] = []
        length = 0
        for number, segment in enumerate(segments):
            gap = _gap(segments[number - 1], segment) if number else ""
            self.starts.append(length + len(gap))
            pieces += gap, segment.text
            length += len(gap) + len(segment.text)
        self.text = "".join(pieces)
        self._spans = word_spans(self.text, self._language)
        self._keys = [_key(self.text[first:last]) for first, last in self._spans]
        # Indices of each word.
        self._indices: dict[str, list[int]] = {}
        for index, key in enumerate(self._keys):
            for word in {key, _owner(key)}:
                self._indices.setdefault(word, []).append(index)

    def spans_of(self, phrase: str) -> list[tuple[int, int]]:
        """Return the offsets of a phrase: of its first character, and one past its last."""
        wanted = [_key(phrase[first:last]) for first, last in word_spans(phrase, self._language)]
        found = []
        for index in self._indices.get(wanted[0], ()) if wanted else ():
            keys, spans = self._keys[index : index + len(wanted)], self._spans[index : index + len(wanted)]
            if keys[:-1] != wanted[:-1] or len(keys) < len(wanted):
                continue
            # "Hubermann's" is corrected too and keeps its "'s"; "it's" is a different word from "it".
            owned = keys[-1] != wanted[-1]
            if owned and (_owner(keys[-1]) != wanted[-1] or is_stop_word(wanted[-1], self._language)):
                continue
            if all(_GAP.fullmatch(self.text, one[1], other[0]) for one, other in pairwise(spans)):
                found.append((spans[0][0], spans[-1][1] - 2 * owned))
        return found

    def places(self, correction: Correction) -> list[_Place]:
        """Return where a correction applies: everywhere, or at the nearest place to its time."""
        places = [_Place(*span, *self.time(*span), correction) for span in self.spans_of(correction.heard)]
        at = correction.at
        if at is None:
            return places
        nearest = min(places, key=lambda place: _distance(place, at), default=None)
        return [nearest] if nearest is not None and _distance(nearest, at) <= NEAR else []

    def segment_at(self, offset: int) -> int:
        """Return the index of the segment with a character."""
        return bisect_right(self.starts, offset) - 1

    def time(self, first: int, last: int) -> tuple[float, float]:
        """Return the start and end in seconds of a span of characters."""
        return self._time_at(first)[0], self._time_at(last - 1)[1]

    def _time_at(self, offset: int) -> tuple[float, float]:
        number = self.segment_at(offset)
        segment, offset = self.segments[number], offset - self.starts[number]
        for (first, last), word in zip(_spans_of_words(segment), segment.words, strict=False):
            if first <= offset < last:
                return word.start, word.end
        second = (segment.end - segment.start) / max(1, len(segment.text))
        return segment.start + offset * second, segment.start + (offset + 1) * second

    def joined_at(self, places: Iterable[_Place]) -> _Said:
        """Return the same text, with each place inside one segment."""
        joins = {n for p in places for n in range(self.segment_at(p.first), self.segment_at(p.last - 1))}
        segments: list[Segment] = []
        for number, segment in enumerate(self.segments):
            if number - 1 in joins:
                segments[-1] = _joined(segments[-1], segment)
            else:
                segments.append(segment)
        return _Said(segments, self._language) if joins else self

    def right(self, place: _Place) -> str:
        """Return the replacement, with the case of the recognised words."""
        heard, right = self.text[place.first : place.last], place.correction.right
        typed = place.correction.heard
        if typed == right:
            return heard
        if sum(map(str.isalpha, heard)) > 1 and heard.isupper() and not typed.isupper():
            return right.upper()
        begins = typed[:1].islower() or _SENTENCE_END.search(self.text[max(0, place.first - 8) : place.first])
        if heard[:1].isupper() and right[:1].islower() and begins:
            return right[:1].upper() + right[1:]
        return right


def _gap(before: Segment, after: Segment) -> str:
    if before.speaker != after.speaker:
        return _SPEAKER_CHANGE
    return " " if is_spaced(before.text, after.text) else ""


def _joined(before: Segment, after: Segment) -> Segment:
    return replace(
        before,
        end=after.end,
        text=before.text + _gap(before, after) + after.text,
        words=(*before.words, *after.words) if before.words and after.words else (),
        doubt=before.doubt or after.doubt,
    )


def _distance(place: _Place, at: float) -> float:
    return max(place.start - at, at - place.end, 0.0)


def _spans_of_words(segment: Segment) -> list[tuple[int, int]]:
    """Return the span of each word in a segment's text; empty if the words don't match the text."""
    spans: list[tuple[int, int]] = []
    at = 0
    for word in segment.words:
        first = segment.text.find(word.text, at)
        if first < 0 or segment.text[at:first].strip():
            return []
        at = first + len(word.text)
        spans.append((first, at))
    return spans


def _rewritten(segment: Segment, edits: Sequence[_Edit]) -> Segment:
    """Return a segment with new text in places, which are in order."""
    words: list[Word] = []
    spans = _spans_of_words(segment)
    at = 0
    while at < len(spans):
        # Words that an edit changes together.
        first, last = spans[at]
        stop = at + 1
        while stop < len(spans) and any(edit.first < spans[stop][0] < edit.last for edit in edits):
            last = spans[stop][1]
            stop += 1
        inside = [edit for edit in edits if edit.first < last and edit.last > first]
        old, at = segment.words[at:stop], stop
        words += _retimed(_edited(segment.text, inside, first, last).split(), old) if inside else old
    return replace(segment, text=_edited(segment.text, edits, 0, len(segment.text)), words=tuple(words))


def _edited(text: str, edits: Iterable[_Edit], first: int, last: int) -> str:
    """Return a part of a text with the edits in it."""
    new = ""
    for edit in edits:
        new += text[first : edit.first] + edit.text
        first = edit.last
    return new + text[first:last]


def _retimed(tokens: Sequence[str], old: Sequence[Word]) -> list[Word]:
    """Return certain words for corrected ones; if their number differs, they share the time by their lengths."""
    if len(tokens) == len(old):
        return [replace(word, text=token, probability=1.0) for token, word in zip(tokens, old, strict=True)]
    start, end = old[0].start, old[-1].end
    second = (end - start) / max(1, sum(map(len, tokens)))
    found = []
    for token in tokens:
        stop = start + second * len(token)
        found.append(replace(old[0], start=start, end=stop, text=token, probability=1.0))
        start = stop
    return found
