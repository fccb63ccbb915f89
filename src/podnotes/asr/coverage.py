"""Gaps: speech that was not recognised, and its marks in the transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from podnotes.asr.engine import Hypothesis
from podnotes.asr.sentence_segments import part
from podnotes.asr.vad import FRAME_SECONDS
from podnotes.models import QualityFlag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from podnotes.asr.quality import Checked
    from podnotes.asr.vad import Window

# Shorter speech without words is a breath, a laugh or an "mm-hm".
_MARKED_SECONDS = 1.5
# No word lasts longer. Alignment leaves no time without a word, so a longer word includes speech that was left out.
_LONGEST_WORD_SECONDS = 1.2
# Speech with shorter pauses is one gap.
_APART_SECONDS = 0.5
_VOICE = 0.5


def gaps(
    entries: Sequence[Checked], voice: NDArray[np.float32], window: Window, shortest: float
) -> list[tuple[float, float]]:
    """Find speech without words in a window.

    Args:
        entries: Hypotheses in the window, in order of time.
        voice: Probability of speech for each 32 ms, on the same time axis.
        window: The window.
        shortest: Minimum length of a gap in seconds.

    Returns:
        Start and end of each gap in seconds.
    """
    first, last = int(window.start / FRAME_SECONDS), min(len(voice), int(window.end / FRAME_SECONDS))
    bare = voice[first:last] > _VOICE
    for start, end in _covered(entries):
        bare[max(0, int(start / FRAME_SECONDS) - first) : max(0, int(end / FRAME_SECONDS) + 1 - first)] = False
    frames = first + np.flatnonzero(bare)
    parts = np.split(frames, np.flatnonzero(np.diff(frames) > _APART_SECONDS / FRAME_SECONDS) + 1)
    return [
        (int(run[0]) * FRAME_SECONDS, (int(run[-1]) + 1) * FRAME_SECONDS)
        for run in parts
        if len(run) * FRAME_SECONDS >= shortest
    ]


def mark_gaps(entries: Sequence[Checked], voice: NDArray[np.float32], window: Window) -> list[Checked]:
    """Mark speech without words in the transcript, "[not understood, 4 s]", and split sentences at the marks.

    Args:
        entries: Hypotheses in the window, in order of time.
        voice: Probability of speech for each 32 ms, on the same time axis.
        window: The window.
    """
    marked = list(entries)
    for start, end in gaps(entries, voice, window, _MARKED_SECONDS):
        middle = (start + end) / 2
        gap = Hypothesis(start, end, f"[not understood, {max(1, round(end - start))} s]"), QualityFlag.UNINTELLIGIBLE
        parted: list[Checked] = []
        for hypothesis, doubt in marked:
            before = [word for word in hypothesis.words if (word.start + word.end) / 2 <= middle]
            after = hypothesis.words[len(before) :]
            if before and after:
                parted += [(part(hypothesis, before), doubt), (part(hypothesis, after), doubt)]
            else:
                parted.append((hypothesis, doubt))
        marked = sorted([*parted, gap], key=lambda entry: entry[0].start)
    return marked


def _covered(entries: Sequence[Checked]) -> Iterator[tuple[float, float]]:
    for hypothesis, _ in entries:
        for word in hypothesis.words or (hypothesis,):
            if not hypothesis.words or word.end - word.start <= _LONGEST_WORD_SECONDS:
                yield word.start, word.end
            else:
                yield word.start, word.start + _LONGEST_WORD_SECONDS / 2
                yield word.end - _LONGEST_WORD_SECONDS / 2, word.end
