"""How much a stretch of talk says on a topic.

Each phrase of the topic that occurs counts by its grade, and every further time it counts less (the saturation of BM25,
Robertson and Zaragoza 2009, with k1 = 1). What is said in the minutes around counts too, the nearer the more: a thought
that stands among others on the same topic is more likely to be about it, whatever words it uses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.passages.matching import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.passages.matching import Entry

_WEIGHTS = {Tier.NEVER: 0.0, Tier.RELATED: 0.15, Tier.STRONG: 0.5, Tier.CORE: 1.0}
# Evidence is stated for a stretch of this length; a longer one finds more without saying more.
_UNIT = 30.0  # seconds
_LENGTH_POWER = 0.3
# What the surroundings add: their evidence, falling to 1/e after so many seconds, none beyond the reach.
_CONTEXT = 0.3
_FADES = 60.0  # seconds
_REACH = 150.0  # seconds
# Evidence that a passage needs of its own, with its surroundings, and against the episode's best.
_LEAST_OWN = 0.5
_LEAST = 1.75
_LEAST_SHARE = 0.35
# Evidence at which the score is one half, and how slowly it rises: the best passages of a podcast have about 12.
_HALF = 4.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a stretch.

    Attributes:
        own: From the phrases in it.
        total: With what the surroundings add.
        core: Whether a phrase is in it that is the topic by itself.
    """

    own: float
    total: float
    core: bool

    @property
    def score(self) -> float:
        """Total as a number between 0 and 1, the same for the same evidence in any episode."""
        return 1.0 - math.exp2(-self.total / _HALF)


def weigh(found: Sequence[Sequence[Entry]], spans: Sequence[tuple[float, float]]) -> list[Evidence]:
    """Weigh all stretches of an episode for one topic.

    Args:
        found: For each stretch the phrases of the topic in it, each as often as it occurs.
        spans: Start and end of each stretch in seconds, in order of time.
    """
    own = [_own(entries, end - start) for entries, (start, end) in zip(found, spans, strict=True)]
    amounts = [value * (end - start) / _UNIT for value, (start, end) in zip(own, spans, strict=True)]
    result = []
    for index, (start, end) in enumerate(spans):
        around = 0.0
        for at in range(index - 1, -1, -1):
            gap = max(0.0, start - spans[at][1])
            if gap > _REACH:
                break
            around += amounts[at] * math.exp(-gap / _FADES)
        for at in range(index + 1, len(spans)):
            gap = max(0.0, spans[at][0] - end)
            if gap > _REACH:
                break
            around += amounts[at] * math.exp(-gap / _FADES)
        core = any(entry.tier is Tier.CORE for entry in found[index])
        result.append(Evidence(own[index], own[index] + _CONTEXT * around, core))
    return result


def worth_quoting(evidences: Sequence[Evidence]) -> list[int]:
    """Indices of the stretches that have enough, best first; the earlier one first where they are equal."""
    order = sorted(range(len(evidences)), key=lambda index: (-evidences[index].total, index))
    best = [evidences[index].total for index in order[:5]]
    least = max(_LEAST, _LEAST_SHARE * sum(best) / len(best)) if best else _LEAST
    return [
        index
        for index in order
        if evidences[index].total >= least and (evidences[index].core or evidences[index].own >= _LEAST_OWN)
    ]


def _own(entries: Iterable[Entry], seconds: float) -> float:
    counts: dict[Entry, int] = {}
    for entry in entries:
        counts[entry] = counts.get(entry, 0) + 1
    total = sum(_WEIGHTS[entry.tier] * 2 * count / (count + 1) for entry, count in counts.items())
    return float(total / max(seconds / _UNIT, 0.5) ** _LENGTH_POWER)
