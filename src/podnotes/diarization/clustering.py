"""Clustering of local speakers into voices: how many people speak, and the embedding of each.

Agglomerative clustering of embeddings with average linkage. Two people may sound alike on a telephone line, and one
person may change microphones. The threshold lies between the similarities of the two cases, for CAM++ as for other
networks trained to distinguish speakers by cosine similarity.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from podnotes.diarization.embedding import LocalSpeakers

#: Maximum number of voices.
MOST_VOICES = 8

# Clusters with a higher mean cosine are one voice; benchmarks/diarization.py shows the values on both sides of it.
_SAME_VOICE = 0.5
# Minimum speech of an embedding for clustering; with less, it isn't reliable.
_CLEAR_SECONDS = 1.0
# Minimum speech of a further voice: the smaller of a share and a number of seconds, but not less than the last value.
# Windows overlap, so most speech counts twice.
_LEAST_SHARE, _ENOUGH_SECONDS, _LEAST_SECONDS = 0.02, 10.0, 1.0
# Number of embeddings clustered at once; the resulting clusters are clustered again.
_BLOCK = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A person's voice in an episode.

    Attributes:
        vector: Embedding of length 1.
        seconds: Seconds of speech.
        channel: In a recording with one person per channel, -1 for the left and 1 for the right channel; else 0.
    """

    vector: NDArray[np.float32]
    seconds: float
    channel: int = 0


@dataclass(slots=True, eq=False)
class _Clusters:
    """Sums of embeddings weighted by seconds; the seconds; and the channels."""

    sums: NDArray[np.float64]
    seconds: NDArray[np.float64]
    sides: NDArray[np.int8]

    def take(self, kept: NDArray[np.int_] | slice) -> _Clusters:
        return _Clusters(self.sums[kept], self.seconds[kept], self.sides[kept])

    @staticmethod
    def joined(parts: Sequence[_Clusters]) -> _Clusters:
        return _Clusters(
            *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(_Clusters))
        )


def find_voices(speakers: LocalSpeakers) -> tuple[Voice, ...]:
    """Determine how many people speak, and the voice of each.

    Args:
        speakers: Local speakers of the whole episode.

    Returns:
        The voices, with most speech first; () if nobody speaks.
    """
    seconds = speakers.seconds.reshape(-1).astype(np.float64)
    clear = np.flatnonzero(seconds >= min(_CLEAR_SECONDS, float(seconds.max(initial=0.0)) or _CLEAR_SECONDS))
    if not len(clear):
        return ()
    vectors = speakers.vectors.reshape(len(seconds), -1)[clear].astype(np.float64)
    units = _Clusters(vectors * seconds[clear, None], seconds[clear], speakers.sides.reshape(-1)[clear])
    blocks = [_merge(units.take(slice(first, first + _BLOCK))) for first in range(0, len(clear), _BLOCK)]
    clusters = _merge(_Clusters.joined(blocks))
    order = np.argsort(-clusters.seconds, kind="stable")[:MOST_VOICES]
    share = _LEAST_SHARE * float(clusters.seconds.sum())
    least = max(_LEAST_SECONDS, min(share, _ENOUGH_SECONDS))
    return tuple(
        Voice(
            (clusters.sums[index] / max(float(np.linalg.norm(clusters.sums[index])), 1e-9)).astype(np.float32),
            float(clusters.seconds[index]),
            int(clusters.sides[index]),
        )
        for place, index in enumerate(order)
        if not place or clusters.seconds[index] >= least
    )


def _merge(clusters: _Clusters) -> _Clusters:
    """Merge the two most similar clusters, until no two are similar enough to be one voice."""
    count = len(clusters.seconds)
    sums, seconds, sides = clusters.sums.copy(), clusters.seconds.copy(), clusters.sides.copy()
    table = (sums @ sums.T) / np.outer(seconds, seconds)
    table[sides[:, None] * sides[None] < 0] = -1.0
    np.fill_diagonal(table, -1.0)
    best = table.argmax(axis=1) if count > 1 else np.zeros(count, int)
    value = table[np.arange(count), best]
    left = np.ones(count, bool)
    while count > 1 and value.max() >= _SAME_VOICE:
        keep = int(value.argmax())
        drop = int(best[keep])
        sums[keep] += sums[drop]
        seconds[keep] += seconds[drop]
        sides[keep] = sides[keep] or sides[drop]
        left[drop] = False
        row = np.where(left & (sides * sides[keep] >= 0), (sums @ sums[keep]) / (seconds * seconds[keep]), -1.0)
        row[keep] = -1.0
        table[keep], table[:, keep] = row, row
        table[drop], table[:, drop] = -1.0, -1.0
        value[drop] = -1.0
        stale = np.flatnonzero(left & ((best == keep) | (best == drop) | (table[:, keep] > value)))
        best[stale] = table[stale].argmax(axis=1)
        value[stale] = table[stale, best[stale]]
    return _Clusters(sums, seconds, sides).take(np.flatnonzero(left))
