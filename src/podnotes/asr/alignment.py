"""Word times: moving words out of silence.

Whisper's cross-attention locates each word in the audio (Radford et al. 2022; Giorgino 2009 for dynamic time warping).
It is unreliable in silence: a pause is added to one of the adjacent words. Voice activity detection corrects that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from podnotes.asr.vad import FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from podnotes.models import Word

# Alignment may be this late after a pause.
_LATE_SECONDS = 0.8
# Shorter silence is part of a word: before "t" and "k" the mouth is closed for up to 0.15 s.
_PAUSE_SECONDS = 0.2


def to_voice(words: Sequence[Word], voice: NDArray[np.float32]) -> list[Word]:
    """Move words out of silence that alignment assigned to them.

    A word that starts in silence is moved to the start of the speech. A word that spans a pause is moved after the
    pause at the start of a sentence or of the window, and before it at the end of one. Alignment tends to be late:
    after a pause, a word starts with the speech unless another word comes before it.

    Args:
        words: Consecutive words in order of time, with times from the start of ``voice``.
        voice: Probability of speech for each 32 ms.

    Returns:
        The same words, none starting before the previous one starts, or ending before its own start.
    """
    moved: list[Word] = []
    for index, word in enumerate(words):
        opens = index == 0 or not words[index - 1].text[-1].isalnum()
        closes = index + 1 == len(words) or not word.text[-1].isalnum()
        # A word squeezed into silence is searched for up to the end of the next word.
        reach = word.end if _runs(voice, word.start, word.end) or closes else words[index + 1].end
        runs = _runs(voice, word.start, reach)
        if not runs:
            moved.append(word)
            continue
        if len(runs) > 1 and opens != closes:
            runs = runs[-1:] if opens else runs[:1]
        start, end = max(word.start, runs[0][0]), max(word.end, runs[0][0] + FRAME_SECONDS)
        if closes:
            end = min(end, max(run_end for _, run_end in runs))
        moved.append(replace(word, start=start, end=max(start, end)))
    for index, word in enumerate(moved):
        earliest = max(moved[index - 1].end if index else 0.0, word.start - _LATE_SECONDS)
        runs = _runs(voice, earliest, word.start)
        begun = [start for start, _ in runs if start > earliest]
        if begun and runs[-1][1] + _PAUSE_SECONDS >= word.start:
            moved[index] = replace(word, start=begun[0])
    return moved


def _runs(voice: NDArray[np.float32], start: float, end: float) -> list[tuple[float, float]]:
    """Find the speech between two times, split at pauses."""
    first = int(start / FRAME_SECONDS)
    frames = first + np.flatnonzero(voice[first : int(end / FRAME_SECONDS) + 1] > 0.5)
    parts = np.split(frames, np.flatnonzero(np.diff(frames) > _PAUSE_SECONDS / FRAME_SECONDS) + 1)
    # The detector lags by a frame, and the first and last frame are only partly speech.
    return [((int(part[0]) - 1) * FRAME_SECONDS, (int(part[-1]) + 2) * FRAME_SECONDS) for part in parts if len(part)]
