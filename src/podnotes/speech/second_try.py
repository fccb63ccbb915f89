"""What is done about words that can't be right, and about speech that got no words.

A window with a doubtful segment is recognised again in smaller pieces cut at pauses, without hotwords and with
repetition held down. So are words that the model was not sure of, which must come out alike to be trusted, and speech
that was left out: in batches a Whisper model that stops early loses the rest of its window, where the sequential
method would have gone on from there. What is better is taken; what stays bad stays marked.

Sampling at a higher temperature, Whisper's own second try, is not used: CTranslate2 seeds each thread's generator once,
so that the same seed gives other words on each call, and an interrupted run would not end as an uninterrupted one. A
piece that can't be cut smaller is heard in another frame instead; benchmarks/doubts.py compares the two.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podnotes.models import Doubt
from podnotes.speech.doubts import doubt_about, words_of
from podnotes.speech.languages import in_spoken_language
from podnotes.speech.voice import FRAME_SECONDS, Window, plan_windows, speech_regions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from podnotes.speech.engine import Engine, Hypothesis
    from podnotes.speech.voice import Take

# Speech without words for longer than this was left out by the model.
_LEFT_OUT_SECONDS = 3.0
_PIECE_SHARE = 0.4
_OTHER_LANGUAGE = 0.8
# Clear speech gets -0.1 to -0.4 from Whisper models. Below this, words are taken only when a second try, cut
# differently, hears nearly the same: what is made up comes out otherwise each time.
_SHAKY_LOGPROB, _AGREEMENT = -0.5, 0.8
# Of the silence around a piece that can't be cut smaller, so much is taken away at both ends.
_VOICE, _TRIMMED = 0.5, 0.6
# Doubts that other pieces may clear up. Text where nobody speaks is bad however it is cut.
_WORTH_A_TRY = frozenset({Doubt.LOOP, Doubt.TOO_FAST, Doubt.UNSURE, Doubt.LANGUAGE})

Checked = tuple["Hypothesis", Doubt | None]


@dataclass(frozen=True, slots=True)
class _Trial:
    """A part of a window that is to be recognised again, and what was recognised in it before."""

    window: int
    part: Window
    before: tuple[Checked, ...]


def check(
    engine: Engine, take: Take, results: Sequence[Sequence[Hypothesis]], language: str, *, word_times: bool = False
) -> list[list[Checked]]:
    """Check what was recognised in a stretch, and try again where it can't be right.

    Args:
        engine: What recognised it.
        take: The stretch.
        results: What was recognised in each of its windows.
        language: Primary subtag that it was recognised as.
        word_times: Whether every word needs its time.

    Returns:
        For each window what is to stand in the transcript, with the reason not to trust it or None.
    """
    checked = [[(h, doubt_about(h, take.voice, language)) for h in found if h.text] for found in results]
    trials = list(_trials(take, checked, engine.window_s))
    if not trials:
        return checked
    pieces = [list(_pieces(take, trial.part, engine.window_s)) for trial in trials]
    flat = [piece for parts in pieces for piece in parts]
    again = in_spoken_language(engine, take.samples, flat, language, word_times=word_times, careful=True)
    for trial, parts in zip(trials, pieces, strict=True):
        found = [hypothesis for _ in parts for hypothesis in next(again) if hypothesis.text]
        after = [(h, doubt_about(h, take.voice, h.language or language)) for h in found]
        kept = [entry for entry in checked[trial.window] if entry not in trial.before]
        checked[trial.window] = sorted(kept + _settle(trial.before, after, take), key=lambda entry: entry[0].start)
    _mark_other_languages(engine, take, checked, language)
    return checked


def _trials(take: Take, checked: Sequence[Sequence[Checked]], window_s: float) -> Iterator[_Trial]:
    for index, (window, entries) in enumerate(zip(take.windows, checked, strict=True)):
        if any(doubt in _WORTH_A_TRY or _is_shaky(hypothesis) for hypothesis, doubt in entries):
            yield _Trial(index, window, tuple(entries))
            continue
        at = window.start
        for start, end in [*((h.start, h.end) for h, _ in entries), (window.end, window.end)]:
            if start - at > _LEFT_OUT_SECONDS:
                part = Window(at, min(start, at + window_s))
                if _voiced(take, part.start, part.end) > _LEFT_OUT_SECONDS * 0.7:
                    yield _Trial(index, part, ())
            at = max(at, end)


def _pieces(take: Take, part: Window, window_s: float) -> Iterator[Window]:
    first = round(part.start / FRAME_SECONDS)
    voice = take.voice[first : round(part.end / FRAME_SECONDS)]
    planned = plan_windows(voice, max(4.0, window_s * _PIECE_SHARE))
    pieces = [Window(part.start + piece.start, min(part.start + piece.end, part.end)) for piece in planned]
    if len(pieces) == 1:
        pieces = [_reframed(voice, pieces[0], part.start)]
    yield from (piece for piece in pieces if piece.end - piece.start > 0.1)


def _reframed(voice: NDArray[np.float32], piece: Window, start: float) -> Window:
    """Take a part of the silence at both ends away: heard just as before, the words would be the same, right or not."""
    frames = np.flatnonzero(voice > _VOICE)
    if not len(frames):
        return piece
    lead = start + int(frames[0]) * FRAME_SECONDS - piece.start
    trail = piece.end - start - (int(frames[-1]) + 1) * FRAME_SECONDS
    return Window(piece.start + _TRIMMED * max(0.0, lead), piece.end - _TRIMMED * max(0.0, trail))


def _settle(before: Sequence[Checked], after: Sequence[Checked], take: Take) -> list[Checked]:
    """Take the better of two tries; words that the model was not sure of must be the same in both to be trusted."""
    first, second = ([word for h, _ in entries for word in words_of(h.text)] for entries in (before, after))
    agreed = difflib.SequenceMatcher(a=first, b=second, autojunk=False).ratio() >= _AGREEMENT
    marked: list[list[Checked]] = [
        [(h, doubt or (Doubt.UNSURE if not agreed and _is_shaky(h) else None)) for h, doubt in entries]
        for entries in (before, after)
    ]
    return marked[1] if _goodness(marked[1], take) > _goodness(marked[0], take) else marked[0]


def _is_shaky(hypothesis: Hypothesis) -> bool:
    return hypothesis.logprob is not None and hypothesis.logprob < _SHAKY_LOGPROB


def _goodness(entries: Sequence[Checked], take: Take) -> float:
    """Seconds of voice under words that can be trusted, with a little taken off for each that can't."""
    trusted = sum(_voiced(take, hypothesis.start, hypothesis.end) for hypothesis, doubt in entries if doubt is None)
    return trusted - 0.1 * sum(doubt is not None for _, doubt in entries)


def _voiced(take: Take, start: float, end: float) -> float:
    heard = take.voice[int(start / FRAME_SECONDS) : int(end / FRAME_SECONDS)]
    return sum(stop - begin for begin, stop in speech_regions(heard)) if len(heard) else 0.0


def _mark_other_languages(engine: Engine, take: Take, checked: list[list[Checked]], language: str) -> None:
    """Where the words stayed doubtful, find out whether it is because another language is spoken."""
    if len(engine.languages) == 1:
        return
    for index, entries in enumerate(checked):
        if any(doubt in _WORTH_A_TRY for _, doubt in entries):
            spoken, probability = engine.detect_language(take.samples, [take.windows[index]])
            if spoken != language and probability > _OTHER_LANGUAGE:
                checked[index] = [(hypothesis, Doubt.LANGUAGE) for hypothesis, _ in entries]
