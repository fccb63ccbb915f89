"""How much a stretch of talk says on a topic.

Each phrase of the topic that occurs counts by its grade, and every further time it counts less (the saturation of BM25,
Robertson and Zaragoza 2009, with k1 = 1). What is said just before and after counts too: a thought that stands
among others on the same topic is more likely to be about it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from podnotes.passages.matching import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.passages.matching import Entry

_WEIGHTS = {Tier.NEVER: 0.0, Tier.RELATED: 0.1, Tier.STRONG: 0.35, Tier.CORE: 1.0}
# What the neighbours' evidence is worth, each.
_NEIGHBOUR = 0.3
# Evidence at which the score is one half, and how steeply it rises.
_HALF = 2.2
_STEEP = 1.1
# Without a phrase that is the topic, or with less than this, there is no passage.
THRESHOLD = 0.5


def evidence(found: Iterable[Entry], seconds: float) -> float:
    """Evidence for a topic in a stretch.

    Args:
        found: Phrases of the topic that occur, each as often as it occurs.
        seconds: Length of the stretch.
    """
    counts: dict[Entry, int] = {}
    for entry in found:
        counts[entry] = counts.get(entry, 0) + 1
    total = sum(_WEIGHTS[entry.tier] * 2 * count / (count + 1) for entry, count in counts.items())
    # A longer stretch finds more without saying more.
    return total / max(seconds / 45.0, 0.5) ** 0.5


def with_neighbours(evidences: Sequence[float]) -> list[float]:
    """Evidence of each stretch with what its neighbours add."""
    padded = [0.0, *evidences, 0.0]
    return [padded[i] + _NEIGHBOUR * (padded[i - 1] + padded[i + 1]) for i in range(1, len(padded) - 1)]


def score(value: float) -> float:
    """Evidence as a score between 0 and 1."""
    return 1.0 / (1.0 + math.exp(-_STEEP * (value - _HALF)))
