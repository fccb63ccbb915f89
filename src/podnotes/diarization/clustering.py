"""From voice prints to voices: how many people speak, and what each sounds like.

Agglomerative clustering of centroids. A short sound shows a voice less well than a long one, so similarities are
weighed by the seconds behind them; what only looks like somebody of its own (two voices in one window, a laugh) is no
voice. One person is the default: it takes clear evidence to find two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from podnotes.diarization.embeddings import Prints

#: Nobody can be told from more voices than this.
MOST_VOICES = 8

# The embedding of d seconds of a voice has the cosine 1/sqrt(1 + NOISE/d) with that of a long recording of it.
_NOISE_SECONDS = 0.45
# Two centroids are one voice when their cosine, without that noise, is above a line that rises from what short sounds
# need to what a minute does.
_ALIKE_SHORT, _ALIKE_LONG, _SHORT_SECONDS, _LONG_SECONDS = 0.80, 0.87, 0.7, 6.0
# What two microphones make of one voice is this alike within the band of a telephone; two people are not.
_SAME_VOICE = 0.95
# Less speech than this doesn't make a voice, however strange it sounds: in a long episode somebody laughs.
_LEAST_SECONDS, _LEAST_SHARE, _ENOUGH_SECONDS = 0.85, 0.02, 6.0
# Windows in a unit, at a hop of 0.4 s: 2.4 s of speech.
_UNIT_WINDOWS = 3
# Units that are clustered at once; their clusters are clustered again.
_BLOCK_UNITS = 600
# Decibels between the channels that tell one person a channel from a common recording, and the share of the speech
# that must have them.
_APART_DB, _APART_SHARE, _LEAST_CHANNEL_SHARE = 6.0, 0.9, 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """What a person sounds like in an episode.

    Attributes:
        vector: Embedding of length 1.
        narrow: The same of what a telephone lets through.
        seconds: Speech that it comes from.
        channel: -1 for the left channel of a recording with one person a channel, 1 for the right, else 0.
    """

    vector: NDArray[np.float32]
    narrow: NDArray[np.float32]
    seconds: float
    channel: int = 0


@dataclass(slots=True, eq=False)
class _Cluster:
    """Sums of embeddings, weighed by seconds; ``longest`` is the longest piece of speech among them."""

    wide: NDArray[np.float64]
    narrow: NDArray[np.float64]
    seconds: float
    longest: float
    channel: int

    def add(self, other: _Cluster) -> None:
        self.wide = self.wide + other.wide
        self.narrow = self.narrow + other.narrow
        self.seconds += other.seconds
        self.longest = max(self.longest, other.longest)


def find_voices(prints: Prints) -> tuple[Voice, ...]:
    """Tell how many people speak, and what each sounds like.

    Args:
        prints: Of the whole episode.

    Returns:
        The voices, those that speak most first; none where nobody speaks.
    """
    units = _units(prints, channels(prints))
    clusters = units
    for first in range(0, len(units), _BLOCK_UNITS) if len(units) > _BLOCK_UNITS else ():
        block = _merge(units[first : first + _BLOCK_UNITS])
        clusters = block if first == 0 else clusters + block
    voices = _select(_merge(clusters))
    return tuple(
        Voice(
            _unit_length(one.wide).astype(np.float32),
            _unit_length(one.narrow).astype(np.float32),
            one.seconds,
            one.channel,
        )
        for one in voices
    )


def channels(prints: Prints) -> NDArray[np.int8]:
    """For each window, the channel that its speaker has to himself (-1 left, 1 right); 0 where channels say nothing."""
    nothing = np.zeros(len(prints), np.int8)
    apart = np.abs(prints.balance) > _APART_DB
    if not len(prints) or apart.mean() < _APART_SHARE:
        return nothing
    left = float((prints.balance[apart] > 0).mean())
    if min(left, 1 - left) < _LEAST_CHANNEL_SHARE:
        return nothing
    return np.where(prints.balance > 0, -1, 1).astype(np.int8)


def likeness(seconds: NDArray[np.floating] | float) -> NDArray[np.float64]:
    """Cosine between the embedding of so many seconds of a voice and that of a long recording of it."""
    return np.asarray(1 / np.sqrt(1 + _NOISE_SECONDS / np.maximum(seconds, 0.1)))


def _alike(seconds: NDArray[np.floating] | float) -> NDArray[np.float64]:
    """The cosine above which two voices are one, by the seconds of the shorter."""
    share = np.minimum(1.0, np.maximum(0.0, (np.asarray(seconds) - _SHORT_SECONDS) / _LONG_SECONDS)) ** 0.5
    return np.asarray(_ALIKE_SHORT + (_ALIKE_LONG - _ALIKE_SHORT) * share)


def _units(prints: Prints, sides: NDArray[np.int8]) -> list[_Cluster]:
    """Group neighbouring windows of a region: what is clustered."""
    units: list[_Cluster] = []
    first = 0
    for index in range(1, len(prints) + 1):
        full = index - first >= _UNIT_WINDOWS
        if (
            index < len(prints)
            and not full
            and prints.regions[index, 0] == prints.regions[first, 0]
            and sides[index] == sides[first]
        ):
            continue
        seconds = float(prints.spans[index - 1, 1] - prints.spans[first, 0])
        units.append(
            _Cluster(
                _unit_length(prints.vectors[first:index].sum(axis=0, dtype=np.float64)) * seconds,
                _unit_length(prints.narrow[first:index].sum(axis=0, dtype=np.float64)) * seconds,
                seconds,
                seconds,
                int(sides[first]),
            )
        )
        first = index
    return units


def _merge(units: Sequence[_Cluster]) -> list[_Cluster]:
    """Merge the two clusters that are most alike, until no two are alike enough to be one voice."""
    clusters = [_Cluster(one.wide, one.narrow, one.seconds, one.longest, one.channel) for one in units]
    count = len(clusters)
    if count < 2:
        return clusters
    wide = np.stack([_unit_length(one.wide) for one in clusters]).astype(np.float32)
    seconds = np.asarray([one.seconds for one in clusters])
    sides = np.asarray([one.channel for one in clusters])
    table = np.stack([_row(wide, seconds, sides, index) for index in range(count)])
    np.fill_diagonal(table, -1.0)
    best = table.argmax(axis=1)
    value = table[np.arange(count), best]
    while True:
        keep = int(value.argmax())
        if value[keep] <= 0:
            break
        drop = int(best[keep])
        clusters[keep].add(clusters[drop])
        wide[keep] = _unit_length(clusters[keep].wide)
        seconds[keep], seconds[drop] = clusters[keep].seconds, 0.0
        row = _row(wide, seconds, sides, keep)
        row[keep] = -1.0
        table[keep], table[:, keep] = row, row
        table[drop], table[:, drop] = -1.0, -1.0
        value[drop] = -1.0
        stale = np.flatnonzero((best == keep) | (best == drop) | (table[:, keep] > value))
        best[stale] = table[stale].argmax(axis=1)
        value[stale] = table[stale, best[stale]]
    return [one for one, left in zip(clusters, seconds, strict=True) if left > 0]


def _row(
    vectors: NDArray[np.float32], seconds: NDArray[np.floating], sides: NDArray[np.int_], index: int
) -> NDArray[np.float32]:
    """Cosines of one cluster with all, where both may be one voice; -1 elsewhere."""
    cosine = vectors @ vectors[index]
    expected = likeness(seconds) * likeness(seconds[index])
    same = cosine / expected >= _alike(np.minimum(seconds, seconds[index]))
    return np.where(same & (seconds > 0) & (sides == sides[index]), cosine, -1.0).astype(np.float32)


def _select(clusters: Sequence[_Cluster]) -> list[_Cluster]:
    """Take the clusters that are people: the longest, and each that is like none of those before and no mixture."""
    chosen: list[_Cluster] = []
    share = _LEAST_SHARE * sum(one.seconds for one in clusters)
    least = max(_LEAST_SECONDS, min(share, _ENOUGH_SECONDS))
    for one in sorted(clusters, key=lambda cluster: -cluster.seconds):
        if len(chosen) == MOST_VOICES or one.seconds < least:
            break
        if one.longest < _LEAST_SECONDS:
            continue  # words that are swallowed sound alike, whoever swallows them
        others = [other for other in chosen if other.channel == one.channel]
        needed = float(_alike(one.seconds) * likeness(one.seconds))
        twin = next(
            (other for other in others if _cosine(one.narrow, other.narrow) >= _SAME_VOICE * likeness(one.seconds)),
            None,
        )
        if twin is not None:
            twin.add(one)
            continue
        if _mixture_cosine(one, others) >= needed:
            continue
        chosen.append(one)
    return chosen


def _mixture_cosine(cluster: _Cluster, others: Sequence[_Cluster]) -> float:
    """The cosine of a voice with what of two others together is most like it."""
    vector = _unit_length(cluster.wide)
    best = max((_cosine(vector, other.wide) for other in others), default=-1.0)
    for index, one in enumerate(others):
        for two in others[:index]:
            pair = np.stack([_unit_length(one.wide), _unit_length(two.wide)], axis=1)
            shares = np.linalg.lstsq(pair, vector, rcond=None)[0]
            if shares.min() > 0:
                best = max(best, _cosine(vector, pair @ shares))
    return best


def _cosine(one: NDArray[np.floating], two: NDArray[np.floating]) -> float:
    return float(_unit_length(one) @ _unit_length(two))


def _unit_length(vector: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float64)
