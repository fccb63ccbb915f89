"""Apply corrections to a transcript; the library keeps the transcript as recognised.

Words are split as in :mod:`podnotes.text.words` and compared regardless of case, so that ``path`` does not match
"empathy", and "no susception" matches "no-susception,". All corrections are matched against the recognised words in one
pass, so that no correction changes the result of another.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from podnotes.models import Corrected
from podnotes.text.stopwords import is_stop_word
from podnotes.text.words import is_spaced, normalized, word_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podnotes.models import Correction, Segment, Transcript, Word

#: Maximum distance from the stated time of a correction of one place, as times differ between recognitions.
NEAR = 2.0  # seconds
# Characters allowed between the words of a phrase.
_GAP = re.compile(r"[\s,\-‐–—]*")
_SENTENCE_END = re.compile(r"(?:^|[.?!…。？！])[\"'”’»)]*\s*$")
_CLINGING = re.compile(r"[^\s\w]*")


class _Place(NamedTuple):
    """Where a correction applies.

    Attributes:
        first: Offset of the first character in the text of a run.
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


def apply_corrections(transcript: Transcript, corrections: Iterable[Correction]) -> Transcript:
    """Apply corrections to a transcript.

    Words keep their times; if the number of words changes, the new ones share the time of the old ones. Corrected and
    confirmed words are no longer uncertain. A capital letter at the start of a sentence is kept.

    Args:
        transcript: The transcript as recognised.
        corrections: The corrections. If several match, one of a single place takes precedence over one of the episode,
            and that over one of the whole show; then the longest match, then the newest correction.

    Returns:
        The transcript, with the changes in ``corrected``; the same object if nothing matches.
    """
    rules = _Rules(corrections, transcript.language)
    runs = _runs(transcript.segments)
    found = rules.chosen([place for number, run in enumerate(runs) for place in rules.places(run, number)])
    if not found:
        return transcript
    segments: list[Segment] = []
    corrected: list[Corrected] = []
    for number, run in enumerate(runs):
        mine = [place for at, place in found if at == number]
        if mine:
            run.rewrite(mine, segments, corrected)
        else:
            segments.extend(run.segments)
    return replace(transcript, segments=tuple(segments), corrected=tuple(corrected))


def occurrences(transcript: Transcript, heard: str) -> tuple[float, ...]:
    """Return the start times in seconds of a word or phrase in a transcript as recognised."""
    from podnotes.models import Correction

    rules = _Rules([Correction(heard, heard)], transcript.language)
    return tuple(place.start for run in _runs(transcript.segments) for _, place in rules.places(run, 0))


def bracketed(text: str, start: float, end: float, transcript: Transcript) -> str:
    """Put brackets around the corrected words of a quote: "[nociception]"; ``start`` and ``end`` are in seconds."""
    near = [
        number
        for number, segment in enumerate(transcript.segments)
        if segment.start <= end + NEAR and segment.end >= start - NEAR
    ]
    # Compared without spaces, which differ between sentences and segments.
    whole, marks = "", []
    for number in near:
        said = transcript.segments[number].text
        for change in transcript.corrected:
            if change.segment == number:
                same, new = _new_words(change)
                first = len(whole) + len("".join([*said[: change.first].split(), *same]))
                marks.append((first, first + len("".join(new))))
        whole += "".join(said.split())
    bare = "".join(text.split())
    at = whole.casefold().find(bare.casefold()) if len(whole.casefold()) == len(whole) else whole.find(bare)
    if at < 0:
        return text
    place_of = [place for place, character in enumerate(text) if not character.isspace()]
    for first, last in reversed(marks):
        if at <= first < last <= at + len(bare):
            begin, stop = place_of[first - at], place_of[last - at - 1] + 1
            text = f"{text[:begin]}[{text[begin:stop]}]{text[stop:]}"
    return text


def _new_words(change: Corrected) -> tuple[list[str], list[str]]:
    """Return the leading words of a correction that were recognised correctly, and the new words after them."""
    heard, words = change.heard.casefold().split(), change.text.split()
    first = 0
    while first < min(len(heard), len(words)) and words[first].casefold() == heard[first]:
        first += 1
    last = 0
    while last < min(len(heard), len(words)) - first and words[-1 - last].casefold() == heard[-1 - last]:
        last += 1
    new = words[first : len(words) - last]
    return (words[:first], new) if new else ([], words)


class _Rules:
    """Corrections by their first word."""

    def __init__(self, corrections: Iterable[Correction], language: str | None) -> None:
        self._language = (language or "en").replace("_", "-").partition("-")[0].lower()
        self._by_word: dict[str, list[tuple[tuple[str, ...], Correction]]] = {}
        for correction in corrections:
            keys = tuple(self._keys(correction.heard))
            if keys:
                self._by_word.setdefault(keys[0], []).append((keys, correction))

    def _keys(self, text: str) -> list[str]:
        return [_key(text[first:last]) for first, last in word_spans(text, self._language)]

    def places(self, run: _Run, number: int) -> Iterator[tuple[int, _Place]]:
        """Generate the places in a run that corrections match, with the run's number; places may overlap."""
        if not self._by_word:
            return
        text = run.text
        spans = word_spans(text, self._language)
        keys = [_key(text[first:last]) for first, last in spans]
        for at, key in enumerate(keys):
            for word in {key, _owner(key)}:
                for wanted, correction in self._by_word.get(word, ()):
                    last = self._end_of(wanted, at, keys, spans, text)
                    if last is not None:
                        first = spans[at][0]
                        yield number, _Place(first, last, *run.time(first, last), correction)

    def _end_of(
        self, wanted: Sequence[str], at: int, keys: Sequence[str], spans: Sequence[tuple[int, int]], text: str
    ) -> int | None:
        """Return one past the last character of the wanted words at a place, or None if they aren't there."""
        size = len(wanted)
        here = keys[at : at + size]
        if len(here) < size or here[:-1] != list(wanted[:-1]) or wanted[-1] not in (here[-1], _owner(here[-1])):
            return None
        inside = spans[at : at + size]
        if not all(_GAP.fullmatch(text, one[1], other[0]) for one, other in pairwise(inside)):
            return None
        # "Hubermann's" is corrected too and keeps its "'s"; "it's" is a different word from "it".
        owned = wanted[-1] != here[-1]
        if owned and is_stop_word(wanted[-1], self._language):
            return None
        return inside[-1][1] - 2 * owned

    def chosen(self, found: Sequence[tuple[int, _Place]]) -> list[tuple[int, _Place]]:
        """Choose the places to correct, in order: none overlaps a better one.

        A correction of one place applies only once, at the place nearest to its time.
        """
        nearest: dict[int, float] = {}
        for _, place in found:
            if place.correction.at is not None:
                key = id(place.correction)
                nearest[key] = min(nearest.get(key, NEAR), _distance(place))
        taken: list[tuple[int, _Place]] = []
        begun: set[int] = set()
        for number, place in sorted(found, key=lambda each: _rank(each[1])):
            correction = place.correction
            if correction.at is not None:
                if _distance(place) > nearest[id(correction)] or id(correction) in begun:
                    continue
                begun.add(id(correction))
            if all(at != number or place.last <= one.first or place.first >= one.last for at, one in taken):
                taken.append((number, place))
        return sorted(taken, key=lambda each: (each[0], each[1].first))


def _rank(place: _Place) -> tuple[bool, bool, int, int]:
    correction = place.correction
    return correction.at is None, correction.episode_id is None, place.first - place.last, -correction.number


def _distance(place: _Place) -> float:
    at = place.correction.at
    assert at is not None
    return max(place.start - at, at - place.end, 0.0)


def _key(word: str) -> str:
    return normalized(word).replace("’", "'")


def _owner(key: str) -> str:
    return key.removesuffix("'s")


def _runs(segments: Sequence[Segment]) -> list[_Run]:
    return [_Run(list(same)) for _, same in groupby(segments, lambda segment: segment.speaker)]


class _Run:
    """Consecutive segments of one speaker; a phrase may begin in one segment and end in the next."""

    def __init__(self, segments: list[Segment]) -> None:
        self.segments = segments
        self.starts: list[int] = []
        pieces: list[str] = []
        length = 0
        for segment in segments:
            if pieces and is_spaced(pieces[-1], segment.text):
                pieces.append(" ")
                length += 1
            self.starts.append(length)
            pieces.append(segment.text)
            length += len(segment.text)
        self.text = "".join(pieces)
        self._spans: dict[int, list[tuple[int, int]] | None] = {}

    def _segment_at(self, offset: int) -> int:
        return bisect_left(self.starts, offset + 1) - 1

    def _word_spans(self, number: int) -> list[tuple[int, int]] | None:
        """Return the span of each word in a segment's text; None if the words don't match the text."""
        if number not in self._spans:
            segment, at = self.segments[number], 0
            spans: list[tuple[int, int]] = []
            for word in segment.words:
                first = segment.text.find(word.text, at)
                if first < 0 or segment.text[at:first].strip():
                    break
                at = first + len(word.text)
                spans.append((first, at))
            self._spans[number] = spans if len(spans) == len(segment.words) else None
        return self._spans[number]

    def time(self, first: int, last: int) -> tuple[float, float]:
        """Return the start and end in seconds of a span of characters."""
        return self._time_at(first, first + 1)[0], self._time_at(last - 1, last)[1]

    def _time_at(self, first: int, last: int) -> tuple[float, float]:
        number = self._segment_at(first)
        segment = self.segments[number]
        offset = first - self.starts[number]
        for (begin, stop), word in zip(self._word_spans(number) or (), segment.words, strict=False):
            if begin <= offset < stop:
                return word.start, word.end
        second = (segment.end - segment.start) / max(1, len(segment.text))
        return segment.start + offset * second, segment.start + (offset + last - first) * second

    def rewrite(self, places: Sequence[_Place], segments: list[Segment], corrected: list[Corrected]) -> None:
        """Append the segments, corrected at ``places`` (in order), and the changes to the two lists."""
        # Edits by segment: offsets within it, and the place, or None for the rest of a place from the previous segment.
        edits: dict[int, list[tuple[int, int, _Place | None]]] = {}
        for place in places:
            head, tail = self._segment_at(place.first), self._segment_at(place.last - 1)
            for number in range(head, tail + 1):
                base = self.starts[number]
                first = place.first - base if number == head else 0
                last = place.last - base if number == tail else len(self.segments[number].text)
                edits.setdefault(number, []).append((first, last, place if number == head else None))
        for number, segment in enumerate(self.segments):
            changed = self._rewritten(number, edits[number], len(segments), corrected) if number in edits else segment
            if changed.text:
                segments.append(changed)

    def _rewritten(
        self, number: int, edits: Sequence[tuple[int, int, _Place | None]], index: int, corrected: list[Corrected]
    ) -> Segment:
        segment = self.segments[number]
        words = self._rewritten_words(number, edits)
        text, at = "", 0
        for first, last, place in edits:
            text += segment.text[at:first]
            at = last
            if place is None:  # the replacement is in the segment where the place begins
                at = _clinging(segment.text, last)
                at += len(segment.text[at:]) - len(segment.text[at:].lstrip()) if not text else 0
                continue
            heard, right = self.text[place.first : place.last], self._right(place)
            if heard != right:
                offset = len(text)
                corrected.append(Corrected(place.start, place.end, heard, right, index, offset, offset + len(right)))
            text += right
            if last == len(segment.text):
                text += self._clings_after(place)
        text += segment.text[at:]
        start = words[0].start if words else segment.start
        end = max(segment.end, words[-1].end) if words else segment.end
        return replace(segment, text=text, words=words, start=max(start, segment.start), end=end)

    def _clings_after(self, place: _Place) -> str:
        """Return the punctuation after a place that begins in one segment and ends in another."""
        number = self._segment_at(place.last - 1)
        if number == self._segment_at(place.first):
            return ""
        text, last = self.segments[number].text, place.last - self.starts[number]
        return text[last : _clinging(text, last)]

    def _rewritten_words(self, number: int, edits: Sequence[tuple[int, int, _Place | None]]) -> tuple[Word, ...]:
        segment, spans = self.segments[number], self._word_spans(number)
        if not segment.words or spans is None:
            return ()
        words: list[Word] = []
        at = 0
        for first, last, place in edits:
            begin = next((n for n in range(at, len(spans)) if spans[n][1] > first), len(spans))
            stop = next((n for n in range(begin, len(spans)) if spans[n][0] >= last), len(spans))
            words += segment.words[at:begin]
            at = stop
            if place is None or begin == stop:
                continue
            before = segment.text[spans[begin][0] : first]
            after = segment.text[last : max(last, spans[stop - 1][1])] + self._clings_after(place)
            tokens = f"{before}{self._right(place)}{after}".split()
            old = segment.words[begin:stop]
            end = max(old[-1].end, place.end)
            if len(tokens) == len(old):
                times = [(word.start, word.end) for word in old[:-1]] + [(old[-1].start, end)]
            else:
                times = list(_shared(old[0].start, end, [len(token) for token in tokens]))
            words += [
                replace(old[0], start=start, end=stopped, text=token, probability=1.0)
                for token, (start, stopped) in zip(tokens, times, strict=True)
            ]
        return (*words, *segment.words[at:])

    def _right(self, place: _Place) -> str:
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


def _clinging(text: str, at: int) -> int:
    found = _CLINGING.match(text, at)
    return found.end() if found else at


def _shared(start: float, end: float, lengths: Sequence[int]) -> Iterator[tuple[float, float]]:
    """Divide a span of time among words in proportion to their lengths."""
    done, total = 0, max(1, sum(lengths))
    for length in lengths:
        yield start + (end - start) * done / total, start + (end - start) * (done + length) / total
        done += length
