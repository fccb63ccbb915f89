"""Conversion of cues to segments, for all caption formats.

Cues are sorted, repeated words and sounds are removed, and each line is attributed to a speaker. Each cue, or each
speaker in it, then becomes a segment.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from podnotes.models import Segment, Word
from podnotes.sounds import without_sounds
from podnotes.transcripts.speakers import Cue, Line, attribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Reading speed that determines the length of cues without a duration (characters a second).
_READING_SPEED = 15.0
_SPACE = re.compile(r"\s+")
# Characters that neither WebVTT nor a terminal can represent.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
# Bidirectional marks and joiners that programs put around names and numbers; meaningless at the edge of a line.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"


def clean(text: str) -> str:
    """Put text on one line, without control characters and with single spaces."""
    return _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()


def to_segments(cues: Iterable[Cue], *, literal: bool = False) -> list[Segment]:
    """Convert cues to segments.

    Args:
        cues: Cues in any order; lines without markup.
        literal: Whether podnotes wrote the cues, so that they are taken literally.

    Returns:
        Segments in chronological order, each with one speaker.
    """
    ordered = sorted(cues, key=lambda cue: cue.start)
    if not literal:
        ordered = attribute([cue for cue in map(_without_sounds, unrolled(ordered)) if cue.lines])
    segments: list[Segment] = []
    for index, cue in enumerate(ordered):
        length = sum(len(line.text) for line in cue.lines)
        start, end = cue.start, cue.end
        if end <= start:  # no duration, or the wrong way round
            following = ordered[index + 1].start if index + 1 < len(ordered) else start + length / _READING_SPEED
            end = round(max(start, min(following, start + length / _READING_SPEED)), 3)
        segments += _by_speaker(cue.lines, start, end, cue)
    return segments


def _by_speaker(lines: Sequence[Line], start: float, end: float, cue: Cue) -> list[Segment]:
    """Make a segment for each speaker in a cue; they share its time by word times, or else by characters."""
    groups = [(speaker, list(group)) for speaker, group in groupby(lines, key=lambda line: line.speaker)]
    texts = [" ".join(line.text for line in group) for _, group in groups]
    words = [tuple(word for line in group for word in line.words) for _, group in groups]
    words = [own if " ".join(word.text for word in own) == text else () for own, text in zip(words, texts, strict=True)]
    total = sum(map(len, texts)) or 1
    edges = [start]
    done = 0
    for text, following in zip(texts[:-1], words[1:], strict=True):
        done += len(text)
        at = following[0].start if following else round(start + (end - start) * done / total, 3)
        edges.append(min(max(at, edges[-1]), end))
    edges.append(end)
    return [
        Segment(edges[place], edges[place + 1], text, words[place], speaker, cue.doubt)
        for place, ((speaker, _), text) in enumerate(zip(groups, texts, strict=True))
    ]


# ------------------------------------------------------------------------------------------------------------- sounds


def _without_sounds(cue: Cue) -> Cue:
    """Remove sounds from a cue, including those that span two lines and cues that are sung throughout."""
    if len(cue.lines) == 1 or any(line.words for line in cue.lines):
        lines = (_line_without(line) for line in cue.lines)
        return replace(cue, lines=tuple(line for line in lines if line.text))
    kept: list[Line] = []
    for speaker, group in groupby(cue.lines, key=lambda line: line.speaker):
        text = without_sounds("\n".join(line.text for line in group))
        kept += (Line(stripped, speaker) for line in text.split("\n") if (stripped := _stripped(line)))
    return replace(cue, lines=tuple(kept))


def _line_without(line: Line) -> Line:
    text = _stripped(without_sounds(line.text))
    if text == line.text:
        return line
    return replace(line, text=text, words=_left(line.words, text.split()))


def _left(words: Sequence[Word], texts: Sequence[str]) -> tuple[Word, ...]:
    """Return the timed words of the remaining text; () if they can't be matched."""
    kept: list[Word] = []
    rest = iter(words)
    for text in texts:
        word = next((word for word in rest if word.text == text), None)
        if word is None:
            return ()
        kept.append(word)
    return tuple(kept)


def _stripped(text: str) -> str:
    return text.strip(_INVISIBLE + " ")


# ---------------------------------------------------------------------------------------------------- rolling captions


def unrolled(cues: Iterable[Cue]) -> list[Cue]:
    """Remove the text that each cue repeats from the previous one, if the captions are rolling captions.

    Args:
        cues: Cues in chronological order.
    """
    kept = [cue for cue in cues if cue.lines]
    texts = [tuple(line.text for line in cue.lines) for cue in kept]
    repeating = sum(_repeats(before, after) for before, after in pairwise(texts))
    if repeating < max(2, 0.3 * (len(kept) - 1)):
        return kept
    fresh: list[Cue] = [kept[0]]
    for (before, after), cue in zip(pairwise(texts), kept[1:], strict=True):
        lines = _fresh(before, after, cue.lines)
        if lines:
            fresh.append(replace(cue, lines=lines))
        else:  # the same words, shown longer
            fresh[-1] = replace(fresh[-1], end=max(fresh[-1].end, cue.end))
    return fresh


def _repeats(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    return _grows(before, after) or (after[0] == before[-1] and (len(after) > 1 or len(before) > 1))


def _grows(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    return len(before) == len(after) == 1 and after[0].startswith(before[0] + " ")


def _fresh(before: tuple[str, ...], after: tuple[str, ...], lines: tuple[Line, ...]) -> tuple[Line, ...]:
    for size in range(min(len(before), len(after)), 0, -1):
        if before[-size:] == after[:size]:
            return lines[size:]
    if _grows(before, after):
        text = after[0][len(before[0]) + 1 :]
        return (Line(text, lines[0].speaker, _left(lines[0].words, text.split())),)
    return lines
