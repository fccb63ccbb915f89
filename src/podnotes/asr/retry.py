"""Retrying words that are likely wrong, and speech without words.

Flagged sentences, sentences with low confidence and speech without words are cut out and recognised again. With a
different cut, actual speech yields nearly the same words, while hallucinations change. So words with low confidence and
apparent loops are trusted if both attempts agree. Flagged sentences and speech without words get the words of the
retry. Speech that still has no words becomes a gap.

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
    from podnotes.asr.quality import Checked
    from podnotes.asr.vad import AudioChunk

# Longer speech without words is recognised again.
_LEFT_OUT_SECONDS = 1.0
_PIECE_SHARE = 0.4
# Words with a lower mean log-probability are trusted only if the retry, cut differently, yields nearly the same words.
_SHAKY_LOGPROB, _AGREEMENT, _FEW_WORDS = -0.4, 0.8, 3
# Minimum number of words of repeated sentences to count as a loop.
_LOOPED_WORDS = 6
# Speech threshold, and the share of the silence at both ends that is removed from audio that can't be cut smaller.
_VOICE, _TRIMMED = 0.5, 0.6
# Flags that a retry may clear. Text without speech stays wrong however it is cut.
_WORTH_A_TRY = frozenset({QualityFlag.LOOP, QualityFlag.TOO_FAST, QualityFlag.UNSURE, QualityFlag.LANGUAGE})
# Text with these flags in a gap is dropped; the gap stays marked.
_NOT_THERE = frozenset({QualityFlag.PHANTOM, QualityFlag.NO_SPEECH, QualityFlag.LOOP, QualityFlag.TOO_FAST})


@dataclass(frozen=True, slots=True)
class _Trial:
    """A part of a window to recognise again, and its previous hypotheses."""

    window: int
    part: Window
    before: tuple[Checked, ...]


def check(
    engine: Engine, chunk: AudioChunk, results: Sequence[Sequence[Hypothesis]], language: str
) -> list[list[Checked]]:
    """Check the hypotheses of a chunk, and retry doubtful ones.

    Args:
        engine: The engine that recognised the chunk.
        chunk: The chunk.
        results: Hypotheses for each of its windows.
        language: Language used for recognition (primary subtag).

    Returns:
        For each window, the hypotheses for the transcript (sentences if words have times), each with the reason not to
        trust it, or None.
    """
    checked = [judged(chunk, found, language) for found in results]
    trials = list(_trials(chunk, checked, engine.window_s))
    pieces = [list(_pieces(chunk, trial.part, engine.window_s)) for trial in trials]
    flat = [piece for parts in pieces for piece in parts]
    again = in_spoken_language(engine, chunk.samples, flat, language) if flat else iter(())
    for trial, parts in zip(trials, pieces, strict=True):
        found = [hypothesis for _ in parts for hypothesis in next(again)]
        after = judged(chunk, found, language)
        kept = [entry for entry in checked[trial.window] if entry not in trial.before]
        settled = _settle(trial.before, after, chunk, language) if trial.before else _filled(trial.part, after)
        checked[trial.window] = _without_echoes(sorted(kept + settled, key=lambda entry: entry[0].start))
    return [mark_gaps(entries, chunk.voice, window) for window, entries in zip(chunk.windows, checked, strict=True)]


def _without_echoes(entries: list[Checked]) -> list[Checked]:
    """Drop doubtful entries that repeat an adjacent entry: the same speech was recognised twice."""
    said = [re.findall(r"\w+", hypothesis.text.lower()) for hypothesis, _ in entries]
    return [
        entry
        for at, entry in enumerate(entries)
        if entry[1] is None or said[at] not in (said[at - 1 : at] + said[at + 1 : at + 2])
    ]


def judged(chunk: AudioChunk, found: Sequence[Hypothesis], language: str) -> list[Checked]:
    """Split hypotheses into sentences, move their words out of silence, and flag doubtful ones.

    Args:
        chunk: The chunk.
        found: Hypotheses for one of its windows.
        language: Language used for recognition (primary subtag).
    """
    sentences: list[Hypothesis] = []
    for hypothesis in found:
        if hypothesis.words:
            words = to_voice(hypothesis.words, chunk.voice)
            sentences += split(part(hypothesis, words), hypothesis.language or language)
        elif hypothesis.text:
            sentences.append(hypothesis)
    return _mark_loops([(one, doubt_about(one, chunk.voice, one.language or language)) for one in sentences])


def _mark_loops(entries: list[Checked]) -> list[Checked]:
    """Flag sentences that occur at least three times in a row, alone or alternating with one or two others."""
    said = [tuple(words_of(hypothesis.text)) for hypothesis, _ in entries]
    looped: set[int] = set()
    for period in (1, 2, 3):
        same = 0
        for index in range(period, len(said) + 1):
            if index < len(said) and said[index] == said[index - period]:
                same += 1
                continue
            run = range(index - same - period, index)
            # "No. No. No." is real speech.
            if same >= 2 * period and sum(len(said[at]) for at in run) >= _LOOPED_WORDS:
                looped.update(run)
            same = 0
    return [(h, doubt or (QualityFlag.LOOP if index in looped else None)) for index, (h, doubt) in enumerate(entries)]


def _trials(chunk: AudioChunk, checked: Sequence[Sequence[Checked]], window_s: float) -> Iterator[_Trial]:
    for index, (window, entries) in enumerate(zip(chunk.windows, checked, strict=True)):
        bare = gaps(entries, chunk.voice, window, _LEFT_OUT_SECONDS)
        taken: list[Window] = []
        at = 0
        for bad, run in groupby(entries, key=lambda entry: entry[1] in _WORTH_A_TRY or _is_shaky(entry[0])):
            before = tuple(run)
            first, last = before[0][0].start, before[-1][0].end
            start = entries[at - 1][0].end if at else window.start
            at += len(before)
            end = entries[at][0].start if at < len(entries) else window.end
            if bad:
                # Adjacent speech without words is recognised separately, or else it might be left out again.
                start = max(start, *(stop for _, stop in bare if stop <= first), 0.0)
                end = min(end, *(begin for begin, _ in bare if begin >= last), window.end)
                taken.append(Window(min(start, first), max(end, last)))
                yield _Trial(index, taken[-1], before)
        for start, end in bare:
            if not any(other.start < end and start < other.end for other in taken):
                yield _Trial(index, Window(start, min(end, start + window_s)), ())


def _pieces(chunk: AudioChunk, span: Window, window_s: float) -> Iterator[Window]:
    first = round(span.start / FRAME_SECONDS)
    voice = chunk.voice[first : round(span.end / FRAME_SECONDS)]
    planned = plan_windows(voice, max(4.0, window_s * _PIECE_SHARE))
    pieces = [Window(span.start + piece.start, min(span.start + piece.end, span.end)) for piece in planned]
    if len(pieces) == 1:
        pieces = [_reframed(voice, pieces[0], span.start)]
    yield from (piece for piece in pieces if piece.end - piece.start > 0.1)


def _reframed(voice: NDArray[np.float32], piece: Window, start: float) -> Window:
    """Trim the silence at both ends: an unchanged cut would yield the same words, right or wrong."""
    frames = np.flatnonzero(voice > _VOICE)
    if not len(frames):
        return piece
    lead = start + int(frames[0]) * FRAME_SECONDS - piece.start
    trail = piece.end - start - (int(frames[-1]) + 1) * FRAME_SECONDS
    return Window(piece.start + _TRIMMED * max(0.0, lead), piece.end - _TRIMMED * max(0.0, trail))


def _settle(before: Sequence[Checked], after: Sequence[Checked], chunk: AudioChunk, language: str) -> list[Checked]:
    """Choose between two attempts; words with low confidence are trusted only if both agree.

    Words whose only problem is low confidence are never replaced: with less context, recognition gets worse.
    """
    first, second = ([word for h, _ in entries for word in words_of(h.text)] for entries in (before, after))
    agreed = difflib.SequenceMatcher(a=first, b=second, autojunk=False).ratio() >= _AGREEMENT
    marked: list[list[Checked]] = []
    for entries in (before, after):
        marked.append([])
        for hypothesis, doubt in entries:
            if agreed and doubt is QualityFlag.LOOP:
                doubt = doubt_about(hypothesis, chunk.voice, language, may_repeat=True)
            marked[-1].append(
                (hypothesis, doubt or (QualityFlag.UNSURE if not agreed and _is_shaky(hypothesis) else None))
            )
    return max(marked, key=_trusted_words) if any(doubt for _, doubt in before) else marked[0]


def _trusted_words(entries: Sequence[Checked]) -> int:
    return sum(len(words_of(hypothesis.text)) for hypothesis, doubt in entries if doubt is None)


def _filled(gap: Window, after: Sequence[Checked]) -> list[Checked]:
    """Return the words that the retry found in speech without words; there is no first attempt to compare with."""
    filled: list[Checked] = []
    for hypothesis, doubt in after:
        words = [word for word in hypothesis.words if gap.start <= (word.start + word.end) / 2 <= gap.end]
        if doubt in _NOT_THERE or (hypothesis.words and not words):
            continue
        heard = part(hypothesis, words) if words else hypothesis
        filled.append((heard, doubt or (QualityFlag.UNSURE if _is_unsure(heard) else None)))
    return filled


def _is_shaky(hypothesis: Hypothesis) -> bool:
    # The mean of a few words says little: in "Thanks, Maya." half of them are a name.
    return _is_unsure(hypothesis) and len(words_of(hypothesis.text)) > _FEW_WORDS


def _is_unsure(hypothesis: Hypothesis) -> bool:
    return hypothesis.logprob is not None and hypothesis.logprob < _SHAKY_LOGPROB
