"""Word times: moved out of silence, and assembled from the tokenizer's pieces.

Whisper's cross-attention locates each word in the audio (Radford et al. 2022; Giorgino 2009 for the
dynamic time warping). It is unreliable in silence: a pause is added to one of the words around it. The voice activity
detector corrects that.
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

# Alignment may lag by this much after a pause.
_LATE_SECONDS = 0.8
# Shorter silence is within a word: "t" and "k" close the mouth for as long as 0.15 s.
_PAUSE_SECONDS = 0.2


def to_voice(words: Sequence[Word], voice: NDArray[np.float32]) -> list[Word]:
    """Move words out of silence that alignment assigned to them.

    A word that begins in silence begins where the voice does; one that has a pause inside lies on the side where its
    neighbour isn't: after it where a sentence or the piece begins, before it where one ends. Alignment is late rather
    than early: after a pause, a word begins with the voice, where nothing else is said in between.

    Args:
        words: Neighbours in order of time; times from where ``voice`` begins.
        voice: Probability of speech for each 32 ms.

    Returns:
        The same words, each with a start that is not before the one of the word before, and an end not before its
        start.
    """
    moved: list[Word] = []
    for index, word in enumerate(words):
        opens = index == 0 or not words[index - 1].text[-1].isalnum()
        closes = index + 1 == len(words) or not word.text[-1].isalnum()
        # A word that alignment squeezed into silence is looked for up to the end of the next.
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
    """Find the speech between two times, from pause to pause."""
    first = int(start / FRAME_SECONDS)
    frames = first + np.flatnonzero(voice[first : int(end / FRAME_SECONDS) + 1] > 0.5)
    parts = np.split(frames, np.flatnonzero(np.diff(frames) > _PAUSE_SECONDS / FRAME_SECONDS) + 1)
    # The detector answers a frame late, and the frame itself is somewhere in the word.
    return [((int(part[0]) - 1) * FRAME_SECONDS, (int(part[-1]) + 2) * FRAME_SECONDS) for part in parts if len(part)]
