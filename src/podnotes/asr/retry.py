"""Retrying words that are likely wrong, and speech without words.

Flagged sentences, sentences with low confidence and speech without words are cut out and recognised again. With a
different cut, actual speech yields nearly the same words, while hallucinations change. So uncertain words and apparent
loops are trusted if both attempts agree. The words of the retry are taken for flagged sentences and for speech without
words. Speech that remains without words becomes a gap.

Whisper's own fallback, sampling at a higher temperature, is not used: CTranslate2 seeds each thread's generator only
once, so interrupted and uninterrupted runs would differ.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from podnotes.asr.alignment import to_voice
from podnotes.asr.coverage import gaps, mark_gaps
from podnotes.asr.language_detection import in_spoken_language
from podnotes.asr.quality import doubt_about, words_of
from podnotes.asr.sentence_segments import part, split
from podnotes.asr.vad import FRAME_SECONDS, Window, plan_windows
from podnotes.models import QualityFlag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from podnotes.asr.engine import Engine, Hypothesis
    from podnotes.asr.vad import AudioChunk

# Speech without words for longer than this is heard again.
_LEFT_OUT_SECONDS = 1.0
_PIECE_SHARE = 0.4
# Below this mean log-probability, words are taken only when a second try, cut differently, hears nearly the same.
_SHAKY_LOGPROB, _AGREEMENT, _FEW_WORDS = -0.4, 0.8, 3
# Sentences that are said again and again make a loop from so many words on.
_LOOPED_WORDS = 6
# Of the silence around a piece that can't be cut smaller, so much is taken away at both ends.
_VOICE, _TRIMMED = 0.5, 0.6
# Doubts that a second try may clear up. Text where nobody speaks is bad however it is cut.
_WORTH_A_TRY = frozenset({QualityFlag.LOOP, QualityFlag.TOO_FAST, QualityFlag.UNSURE, QualityFlag.LANGUAGE})
# What was found in a gap and is dropped: that it is not understood says more.
_NOT_THERE = frozenset({QualityFlag.PHANTOM, QualityFlag.NO_SPEECH, QualityFlag.LOOP, QualityFlag.TOO_FAST})

Checked = tuple["Hypothesis", QualityFlag | None]


@dataclass(frozen=True, slots=True)
class _Trial:
    """A part of a window that is to be recognised again, and what was recognised in it before."""

    window: int
    part: Window
    before: tuple[Checked, ...]


def check(
    engine: Engine, take: AudioChunk, results: Sequence[Sequence[Hypothesis]], language: str
) -> list[list[Checked]]:
    """Check what was recognised in a chunk, and try again where it can't be right.

    Args:
        engine: What recognised it.
        take: The chunk.
        results: What was recognised in each of its windows.
        language: Primary subtag that it was recognised as.

    Returns:
        For each window what is to stand in the transcript, sentence by sentence where words have times, with the
        reason not to trust it or None.
    """
    checked = [judged(take, found, language) for found in results]
    trials = list(_trials(take, checked, engine.window_s))
    pieces = [list(_pieces(take, trial.part, engine.window_s)) for trial in trials]
    flat = [piece for parts in pieces for piece in parts]
    again = in_spoken_language(engine, take.samples, flat, language) if flat else iter(())
    for trial, parts in zip(trials, pieces, strict=True):
        found = [hypothesis for _ in parts for hypothesis in next(again)]
        after = judged(take, found, language)
        kept = [entry for entry in checked[trial.window] if entry not in trial.before]
        settled = _settle(trial.before, after, take, language) if trial.before else _filled(trial.part, after)
        checked[trial.window] = _without_echoes(sorted(kept + settled, key=lambda entry: entry[0].start))
    return [mark_gaps(entries, take.voice, window) for window, entries in zip(take.windows, checked, strict=True)]


def _without_echoes(entries: list[Checked]) -> list[Checked]:
    """Drop doubtful entries that only repeat the entry beside them: the same sound was heard twice."""
    said = [re.findall(r"\w+", hypothesis.text.lower()) for hypothesis, _ in entries]
    return [
        entry
        for at, entry in enumerate(entries)
        if entry[1] is None or said[at] not in (said[at - 1 : at] + said[at + 1 : at + 2])
    ]


def judged(take: AudioChunk, found: Sequence[Hypothesis], language: str) -> list[Checked]:
    """Cut what was recognised into sentences, put their words where the voice is, and tell what is doubtful.

    Args:
        take: The chunk.
        found: What was recognised in a window of it.
        language: Primary subtag that it was recognised as.
    """
    sentences: list[Hypothesis] = []
    for hypothesis in found:
        if hypothesis.words:
            words = to_voice(hypothesis.words, take.voice)
            sentences += split(part(hypothesis, words), hypothesis.language or language)
        elif hypothesis.text:
            sentences.append(hypothesis)
    return _mark_loops([(one, doubt_about(one, take.voice, one.language or language)) for one in sentences])


def _mark_loops(entries: list[Checked]) -> list[Checked]:
    """Doubt sentences that come three times or more in a row, alone or two or three in turns."""
    said = [tuple(words_of(hypothesis.text)) for hypothesis, _ in entries]
    looped: set[int] = set()
    for period in (1, 2, 3):
        same = 0
        for index in range(period, len(said) + 1):
            if index < len(said) and said[index] == said[index - period]:
                same += 1
                continue
            run = range(index - same - period, index)
            # "No. No. No." is a person.
            if same >= 2 * period and sum(len(said[at]) for at in run) >= _LOOPED_WORDS:
                looped.update(run)
            same = 0
    return [(h, doubt or (QualityFlag.LOOP if index in looped else None)) for index, (h, doubt) in enumerate(entries)]


def _trials(take: AudioChunk, checked: Sequence[Sequence[Checked]], window_s: float) -> Iterator[_Trial]:
    for index, (window, entries) in enumerate(zip(take.windows, checked, strict=True)):
        bare = gaps(entries, take.voice, window, _LEFT_OUT_SECONDS)
        taken: list[Window] = []
        at = 0
        for bad, run in groupby(entries, key=lambda entry: entry[1] in _WORTH_A_TRY or _is_shaky(entry[0])):
            before = tuple(run)
            first, last = before[0][0].start, before[-1][0].end
            start = entries[at - 1][0].end if at else window.start
            at += len(before)
            end = entries[at][0].start if at < len(entries) else window.end
            if bad:
                # Speech without words beside it is heard by itself: together with it, it may be left out again.
                start = max(start, *(stop for _, stop in bare if stop <= first), 0.0)
                end = min(end, *(begin for begin, _ in bare if begin >= last), window.end)
                taken.append(Window(min(start, first), max(end, last)))
                yield _Trial(index, taken[-1], before)
        for start, end in bare:
            if not any(other.start < end and start < other.end for other in taken):
                yield _Trial(index, Window(start, min(end, start + window_s)), ())


def _pieces(take: AudioChunk, span: Window, window_s: float) -> Iterator[Window]:
    first = round(span.start / FRAME_SECONDS)
    voice = take.voice[first : round(span.end / FRAME_SECONDS)]
    planned = plan_windows(voice, max(4.0, window_s * _PIECE_SHARE))
    pieces = [Window(span.start + piece.start, min(span.start + piece.end, span.end)) for piece in planned]
    if len(pieces) == 1:
        pieces = [_reframed(voice, pieces[0], span.start)]
    yield from (piece for piece in pieces if piece.end - piece.start > 0.1)


def _reframed(voice: NDArray[np.float32], piece: Window, start: float) -> Window:
    """Take a part of the silence at both ends away: heard just as before, the words would be the same, right or not."""
    frames = np.flatnonzero(voice > _VOICE)
    if not len(frames):
        return piece
    lead = start + int(frames[0]) * FRAME_SECONDS - piece.start
    trail = piece.end - start - (int(frames[-1]) + 1) * FRAME_SECONDS
    return Window(piece.start + _TRIMMED * max(0.0, lead), piece.end - _TRIMMED * max(0.0, trail))


def _settle(before: Sequence[Checked], after: Sequence[Checked], take: AudioChunk, language: str) -> list[Checked]:
    """Decide between two tries; what the model was not sure of must be the same in both to be trusted.

    Words that are only shaky are never replaced: without their context they are recognised worse, not better.
    """
    first, second = ([word for h, _ in entries for word in words_of(h.text)] for entries in (before, after))
    agreed = difflib.SequenceMatcher(a=first, b=second, autojunk=False).ratio() >= _AGREEMENT
    marked: list[list[Checked]] = []
    for entries in (before, after):
        marked.append([])
        for hypothesis, doubt in entries:
            if agreed and doubt is QualityFlag.LOOP:
                doubt = doubt_about(hypothesis, take.voice, language, may_repeat=True)
            marked[-1].append(
                (hypothesis, doubt or (QualityFlag.UNSURE if not agreed and _is_shaky(hypothesis) else None))
            )
    return max(marked, key=_trusted_words) if any(doubt for _, doubt in before) else marked[0]


def _trusted_words(entries: Sequence[Checked]) -> int:
    return sum(len(words_of(hypothesis.text)) for hypothesis, doubt in entries if doubt is None)


def _filled(gap: Window, after: Sequence[Checked]) -> list[Checked]:
    """What a second try hears in speech that got no words: there is no first one to agree with."""
    filled: list[Checked] = []
    for hypothesis, doubt in after:
        words = [word for word in hypothesis.words if gap.start <= (word.start + word.end) / 2 <= gap.end]
        if doubt in _NOT_THERE or (hypothesis.words and not words):
            continue
        heard = part(hypothesis, words) if words else hypothesis
        filled.append((heard, doubt or (QualityFlag.UNSURE if _is_unsure(heard) else None)))
    return filled


def _is_shaky(hypothesis: Hypothesis) -> bool:
    # Of a few words the mean says little: "Thanks, Maya." has one name.
    return _is_unsure(hypothesis) and len(words_of(hypothesis.text)) > _FEW_WORDS


def _is_unsure(hypothesis: Hypothesis) -> bool:
    return hypothesis.logprob is not None and hypothesis.logprob < _SHAKY_LOGPROB
