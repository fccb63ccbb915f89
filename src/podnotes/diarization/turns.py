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

# A turn is certain if its cosine with the same voice elsewhere in the episode is at least the first value, and exceeds
# the cosine with any other voice by the second. If the voice occurs elsewhere for less than the fourth (seconds), the
# turn is certain if its cosine with all other voices is below the third, or if it has at least the fifth (seconds) of
# speech.
_CLEAR_COSINE, _CLEAR_MARGIN, _NEW_COSINE, _ELSEWHERE_SECONDS, _LONG_SECONDS = 0.35, 0.2, 0.4, 1.0, 3.0
# Where two people speak at once for longer, it is unknown whose words are recognised.
_AT_ONCE_SECONDS = 0.5
# Pauses shorter than the first are bridged; turns shorter than the second are breaths.
_PAUSE_SECONDS, _LEAST_SECONDS = 0.4, 0.12


@dataclass(frozen=True, slots=True)
class Turn:
    """Speech of one person without a pause.

    Attributes:
        start: Seconds.
        end: Seconds.
        voice: Index of the voice.
        certain: Whether the voice is certain.
    """

    start: float
    end: float
    voice: int
    certain: bool = True


def find_turns(speakers: LocalSpeakers, voices: Sequence[Voice]) -> tuple[Turn, ...]:
    """Determine who speaks when.

    Each local speaker is assigned to the most similar voice; overlapping windows vote.

    Args:
        speakers: Local speakers of the whole episode.
        voices: Output of :func:`~podnotes.diarization.clustering.find_voices`.

    Returns:
        The turns sorted by start; those of different voices overlap where people speak at once.
    """
    if not len(speakers) or not voices:
        return ()
    firsts = (speakers.starts / FRAME_SECONDS).round().astype(int)
    votes = np.zeros((len(voices), int(firsts.max()) + FRAMES), np.float32)
    certain = np.zeros_like(votes)
    all_votes = np.zeros(votes.shape[1], np.float32)
    # The network is most accurate in the middle of a window.
    weight = np.hamming(FRAMES).astype(np.float32)
    whose, clear = _assign(speakers, voices)
    for window, first in enumerate(firsts):
        span = slice(first, first + FRAMES)
        # Speech too short for an embedding votes for nobody.
        shown = speakers.seconds[window] > 0
        all_votes[span] += weight * (1 - speakers.activity[window][:, ~shown].max(axis=1, initial=0.0))
        heard: dict[int, NDArray[np.float32]] = {}
        for speaker in np.flatnonzero(shown):
            voice = int(whose[window, speaker])
            activity = speakers.activity[window, :, speaker] * weight
            heard[voice] = np.maximum(heard.get(voice, 0.0), activity)
            certain[voice, span] += activity * clear[window, speaker]
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
    """Return the turns without overlaps, because a transcript's words don't overlap; overlaps become uncertain turns.

    Args:
        turns: Sorted by start.
    """
    kept: list[Turn] = []
    for turn in turns:
        if not kept or turn.start >= kept[-1].end:
            kept.append(turn)
            continue
        before = kept[-1]
        start, end = max(turn.start, before.start), min(turn.end, before.end)
        after = turn if turn.end > before.end else before
        if end - start < _AT_ONCE_SECONDS:
            if after is before:
                continue
            start = end = round((start + end) / 2, 3)
        pieces = (
            replace(before, end=start),
            replace(before, start=start, end=end, certain=False),
            replace(after, start=end),
        )
        kept[-1:] = [piece for piece in pieces if piece.end > piece.start]
    return kept


def _assign(speakers: LocalSpeakers, voices: Sequence[Voice]) -> tuple[NDArray[np.int_], NDArray[np.bool_]]:
    """Return the voice of each local speaker and whether it is certain, each of shape (windows, 3)."""
    cosines = speakers.vectors.astype(np.float32) @ np.stack([voice.vector for voice in voices]).T
    apart = speakers.sides[..., None] * np.asarray([voice.channel for voice in voices]) < 0
    cosines = np.where(apart, -1.0, cosines)
    whose = cosines.argmax(axis=2)
    # A voice's speech in this and in overlapping windows doesn't confirm that another turn is of the same voice.
    own = np.eye(len(voices), dtype=np.float32)[whose] * speakers.seconds[..., None]
    seconds = _elsewhere(own.sum(axis=1))
    sums = _elsewhere(np.einsum("wsv,wsd->wvd", own, speakers.vectors.astype(np.float32)))
    sums /= np.maximum(np.linalg.norm(sums, axis=2, keepdims=True), 1e-9)
    alike = np.einsum("wsd,wvd->wsv", speakers.vectors.astype(np.float32), sums)
    alike = np.take_along_axis(alike, whose[..., None], axis=2)[..., 0]
    np.put_along_axis(cosines, whose[..., None], -1.0, axis=2)
    others = cosines.max(axis=2)
    known = np.take_along_axis(seconds, whose, axis=1) >= _ELSEWHERE_SECONDS
    new = (others < _NEW_COSINE) | (speakers.seconds >= _LONG_SECONDS)
    return whose, np.where(known, (alike >= _CLEAR_COSINE) & (alike - others >= _CLEAR_MARGIN), new)


def _elsewhere(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return, for each window, the sum over all windows except this one and its two neighbours."""
    near = sums.copy()
    near[1:] += sums[:-1]
    near[:-1] += sums[1:]
    return np.asarray(sums.sum(axis=0) - near, np.float32)


def _runs(active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first and the past-the-end frame of each run; short pauses are bridged and breaths dropped."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for first, last in changes.reshape(-1, 2).tolist():
        if runs and (first - runs[-1][1]) * FRAME_SECONDS < _PAUSE_SECONDS:
            runs[-1] = runs[-1][0], last
        else:
            runs.append((first, last))
    return [run for run in runs if (run[1] - run[0]) * FRAME_SECONDS >= _LEAST_SECONDS]
