"""From voices to turns: who speaks when, and which words are whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podnotes.diarization.clustering import channels, likeness
from podnotes.diarization.embeddings import WINDOW_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from podnotes.diarization.clustering import Voice
    from podnotes.diarization.embeddings import Prints

# What a second of speech says for a voice, for each 1.0 of cosine; and what a change of speaker costs against that
# where there is a pause and within speech without one.
_WEIGHT, _CHANGE_AT_PAUSE, _CHANGE_WITHIN = 25.0, 1.2, 5.0
# A turn is somebody's for certain when its voice is more like theirs than like anybody else's by the first of these,
# and at least as like as the second, for its length.
_CLEAR_MARGIN, _CLEAR_COSINE = 0.05, 0.65


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody speaks without a change.

    Attributes:
        start: Seconds.
        end: Seconds.
        voice: Index of the voice.
        certain: Whether it is clear who it is.
    """

    start: float
    end: float
    voice: int
    certain: bool = True


def find_turns(prints: Prints, voices: Sequence[Voice]) -> tuple[Turn, ...]:
    """Tell who speaks when.

    The most likely path through the windows (Viterbi), where a change of speaker costs less at a pause.

    Args:
        prints: Of the whole episode.
        voices: As :func:`~podnotes.diarization.clustering.find_voices` found them.

    Returns:
        The turns, in order of time; between them are pauses.
    """
    if not len(prints) or not voices:
        return ()
    cosines = _cosines(prints, voices)
    shares = _shares(prints)
    path = _best_path(cosines * (shares[:, 1] - shares[:, 0])[:, None] * _WEIGHT, prints.regions)
    turns: list[Turn] = []
    first = 0
    for index in range(1, len(prints) + 1):
        if index < len(prints) and path[index] == path[first]:
            continue
        voice = int(path[first])
        turns.append(
            Turn(
                round(float(shares[first, 0]), 3),
                round(float(shares[index - 1, 1]), 3),
                voice,
                _is_certain(cosines[first:index], voice, float(shares[index - 1, 1] - shares[first, 0])),
            )
        )
        first = index
    return tuple(turns)


def _cosines(prints: Prints, voices: Sequence[Voice]) -> NDArray[np.float64]:
    sides = channels(prints)
    wide = prints.vectors.astype(np.float32) @ np.stack([voice.vector for voice in voices]).T
    allowed = np.asarray([voice.channel for voice in voices])[None] == sides[:, None]
    return np.where(allowed | ~allowed.any(axis=1, keepdims=True), wide, -1.0).astype(np.float64)


def _shares(prints: Prints) -> NDArray[np.float64]:
    """The part of its region that each window stands for: up to midway between its middle and its neighbours'."""
    middles = prints.spans.mean(axis=1, dtype=np.float64)
    starts = prints.regions[:, 0].astype(np.float64)
    ends = prints.regions[:, 1].astype(np.float64)
    joined = prints.regions[1:, 0] == prints.regions[:-1, 0]
    between = (middles[1:] + middles[:-1]) / 2
    starts[1:][joined] = between[joined]
    ends[:-1][joined] = between[joined]
    return np.stack([starts, ends], axis=1)


def _best_path(scores: NDArray[np.float64], regions: NDArray[np.float32]) -> NDArray[np.int_]:
    count, voices = scores.shape
    came = np.zeros((count, voices), int)
    total = scores[0]
    for index in range(1, count):
        within = regions[index, 0] == regions[index - 1, 0]
        changed = total.max() - (_CHANGE_WITHIN if within else _CHANGE_AT_PAUSE)
        stays = total >= changed
        came[index] = np.where(stays, np.arange(voices), int(total.argmax()))
        total = np.where(stays, total, changed) + scores[index]
    path = np.zeros(count, int)
    path[-1] = int(total.argmax())
    for index in range(count - 1, 0, -1):
        path[index - 1] = came[index, path[index]]
    return path


def _is_certain(cosines: NDArray[np.float64], voice: int, seconds: float) -> bool:
    means = cosines.mean(axis=0)
    others = np.delete(means, voice)
    if len(others) and float(means[voice] - others.max()) < _CLEAR_MARGIN:
        return False
    # An average of windows is no more like a voice than one of them is.
    return float(means[voice]) >= _CLEAR_COSINE * float(likeness(min(seconds, WINDOW_SECONDS)))
