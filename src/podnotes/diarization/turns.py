"""Turns: who speaks when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from podnotes.diarization.segmentation import FIRST_FRAME_SECONDS, FRAME_SECONDS, FRAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from podnotes.diarization.clustering import Voice
    from podnotes.diarization.embedding import LocalSpeakers

# A turn is somebody's for certain when it is at least this like their voice, and more like it than like anybody
# else's by the second.
_CLEAR_COSINE, _CLEAR_MARGIN = 0.35, 0.1
# Somebody who is silent for less goes on; what is shorter than a turn's least is a breath.
_PAUSE_SECONDS, _LEAST_SECONDS = 0.4, 0.12


@dataclass(frozen=True, slots=True)
class Turn:
    """Speech of one person without a pause.

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


def find_turns(speakers: LocalSpeakers, voices: Sequence[Voice]) -> tuple[Turn, ...]:
    """Tell who speaks when.

    Each local speaker is the voice that it is most like; where windows overlap, they vote.

    Args:
        speakers: Of the whole episode.
        voices: As :func:`~podnotes.diarization.clustering.find_voices` found them.

    Returns:
        The turns by start; those of different voices overlap where people speak at once.
    """
    if not len(speakers) or not voices:
        return ()
    firsts = (speakers.starts / FRAME_SECONDS).round().astype(int)
    votes = np.zeros((len(voices), int(firsts.max()) + FRAMES), np.float32)
    certain = np.zeros_like(votes)
    all_votes = np.zeros(votes.shape[1], np.float32)
    # The middle of a window is heard best.
    weight = np.hamming(FRAMES).astype(np.float32)
    for window, first in enumerate(firsts):
        span = slice(first, first + FRAMES)
        # What is too short to show a voice votes for nobody.
        shown = speakers.seconds[window] > 0
        all_votes[span] += weight * (1 - speakers.activity[window][:, ~shown].max(axis=1, initial=0.0))
        heard: dict[int, NDArray[np.float32]] = {}
        for speaker, (voice, clear) in enumerate(_assign(speakers, window, voices)):
            if not shown[speaker]:
                continue
            activity = speakers.activity[window, :, speaker] * weight
            heard[voice] = np.maximum(heard.get(voice, 0.0), activity)
            certain[voice, span] += activity * clear
        for voice, activity in heard.items():
            votes[voice, span] += activity
    turns = [
        Turn(
            round((first - 0.5) * FRAME_SECONDS + FIRST_FRAME_SECONDS, 3),
            round((last - 0.5) * FRAME_SECONDS + FIRST_FRAME_SECONDS, 3),
            voice,
            bool(certain[voice, first:last].sum() >= 0.5 * votes[voice, first:last].sum()),
        )
        for voice in range(len(voices))
        for first, last in _runs(votes[voice] > 0.5 * all_votes)
    ]
    return tuple(sorted(turns, key=lambda turn: (turn.start, turn.end)))


def exclusive(turns: Sequence[Turn]) -> list[Turn]:
    """The same turns without overlap, as the words of a transcript are: who goes on talking has them.

    Args:
        turns: By start.
    """
    kept: list[Turn] = []
    for turn in turns:
        if kept and turn.start < kept[-1].end:
            if turn.end <= kept[-1].end:
                continue
            middle = round((turn.start + kept[-1].end) / 2, 3)
            kept[-1] = replace(kept[-1], end=middle)
            turn = replace(turn, start=middle)
        kept.append(turn)
    return kept


def _assign(speakers: LocalSpeakers, window: int, voices: Sequence[Voice]) -> list[tuple[int, bool]]:
    """The voice of each speaker of a window, and whether that is clear."""
    cosines = speakers.vectors[window].astype(np.float32) @ np.stack([voice.vector for voice in voices]).T
    apart = np.asarray([voice.channel for voice in voices])[None] * speakers.sides[window][:, None] < 0
    cosines = np.where(apart, -1.0, cosines)
    found = []
    for row in cosines:
        voice = int(row.argmax())
        others = np.delete(row, voice)
        clear = row[voice] >= _CLEAR_COSINE and row[voice] - others.max(initial=-1.0) >= _CLEAR_MARGIN
        found.append((voice, bool(clear)))
    return found


def _runs(active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First frame of each run and the one after its last, short pauses filled and breaths dropped."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for first, last in changes.reshape(-1, 2).tolist():
        if runs and (first - runs[-1][1]) * FRAME_SECONDS < _PAUSE_SECONDS:
            runs[-1] = runs[-1][0], last
        else:
            runs.append((first, last))
    return [run for run in runs if (run[1] - run[0]) * FRAME_SECONDS >= _LEAST_SECONDS]
