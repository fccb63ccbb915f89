"""How much a stretch of talk says on a topic.

Each phrase of the topic that occurs counts by its grade, and every further time it counts less (the saturation of BM25,
Robertson and Zaragoza 2009). What is said in the minutes around counts too, the nearer the more: a thought
that stands among others on the same topic is more likely to be about it, whatever words it uses. Last, the stretch is
compared with what the episode itself says where it speaks of the topic (see `podnotes.passages.feedback`).

The numbers were set by hand, and hold over a wide range: docs/passages.md has what happens when they are changed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.passages.feedback import likeness
from podnotes.passages.matching import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from podnotes.passages.matching import Entry

_WEIGHTS = {Tier.NEVER: 0.0, Tier.RELATED: 0.15, Tier.LEARNED: 0.4, Tier.STRONG: 0.5, Tier.CORE: 1.0}
# How late repetition stops to count: a topic of hundreds of words shows by how many of them come, one of three words by
# how often.
_SATURATES, _SATURATES_OF_FEW = 1.0, 3.0
# Evidence is stated for a stretch of this length; a longer one finds more without saying more.
_UNIT = 30.0  # seconds
_LENGTH_POWER = 0.15
# What the surroundings add: a share of their evidence, falling to 1/e after so many seconds, none beyond the reach, and
# never more than the stretch's own evidence bears.
_AROUND = 0.2
_FADES = 50.0  # seconds
_REACH = 150.0  # seconds
_BEARS = 2.0
# What one standard deviation of likeness adds, as a share of the episode's best.
_LIKENESS = 0.125
# Stretches with less than this teach nothing about the topic.
_TEACHES = 1.5
# Where an episode hardly speaks of the topic, a passage needs this much; the better established the topic is (the mean
# of the five best is its measure), the less each passage has to prove by itself.
_LEAST = 1.75
_ESTABLISHED = 2.0
# After so many passages on a topic, further ones need this share of the episode's best: she is to get what is worth
# quoting of an episode, not all of it.
_PLENTY = 20
_SHARE = 0.32
# Without a word that is the topic by itself, a passage needs this much by the words that are named; the best few can
# do with less.
_LEAST_NAMED = 1.0
_FEW, _LEAST_NAMED_OF_FEW = 6, 0.5
# Evidence at which the score is one half; the best passages of a podcast on the topic have about 12.
_HALF = 4.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a stretch.

    Attributes:
        own: From the phrases in it.
        around: What the surroundings add.
        alike: What the likeness to the episode's talk on the topic adds or takes away.
        named: The part of ``own`` that is from words the pack or the lexicon names, not from learned ones.
        core: Whether a phrase is in it that is the topic by itself.
        substance: Share that counts, because the rest is about the speaker or the programme.
    """

    own: float
    around: float = 0.0
    alike: float = 0.0
    named: float = 0.0
    core: bool = False
    substance: float = 1.0

    @property
    def total(self) -> float:
        """All together."""
        return (self.own + self.around + self.alike) * self.substance

    @property
    def score(self) -> float:
        """Total as a number between 0 and 1, the same for the same evidence in any episode."""
        return 1.0 - math.exp2(-max(self.total, 0.0) / _HALF)


def weigh(
    found: Sequence[Sequence[Entry]],
    spans: Sequence[tuple[float, float]],
    vectors: Sequence[Mapping[str, float]],
    substances: Sequence[float],
    *,
    few_words: bool = False,
) -> list[Evidence]:
    """Weigh all stretches of an episode for one topic.

    Args:
        found: For each stretch the phrases of the topic in it, each as often as it occurs.
        spans: Start and end of each stretch in seconds, in order of time.
        vectors: What each stretch is about, as `podnotes.passages.feedback.vectors` makes them.
        substances: Share of each stretch's evidence that counts, see `podnotes.passages.substance`.
        few_words: Whether the topic has a pack's few words only and no lexicon.
    """
    late = _SATURATES_OF_FEW if few_words else _SATURATES
    own = [_own(entries, end - start, late) for entries, (start, end) in zip(found, spans, strict=True)]
    around = [
        min(_AROUND * value, 1.0 + _BEARS * of_its_own)
        for value, of_its_own in zip(_around(own, spans), own, strict=True)
    ]
    known = [a + b for a, b in zip(own, around, strict=True)]
    step = _LIKENESS * _best(known)
    alike = [step * value for value in likeness(vectors, [value - _TEACHES for value in known])]
    named = [
        _own([entry for entry in entries if entry.tier is not Tier.LEARNED], end - start, late) if few_words else value
        for entries, (start, end), value in zip(found, spans, own, strict=True)
    ]
    core = [any(entry.tier is Tier.CORE for entry in entries) for entries in found]
    return [Evidence(*parts) for parts in zip(own, around, alike, named, core, substances, strict=True)]


def worth_quoting(evidences: Sequence[Evidence]) -> list[int]:
    """Indices of the stretches that have enough, best first; the earlier one first where they are equal."""
    if not evidences:
        return []
    best = _best([evidence.own + evidence.around for evidence in evidences])
    least = min(_LEAST, _LEAST * _ESTABLISHED / best) if best > 0 else _LEAST
    share = _SHARE * _best([evidence.total for evidence in evidences])
    chosen: list[int] = []
    for index in sorted(range(len(evidences)), key=lambda index: (-evidences[index].total, index)):
        evidence = evidences[index]
        least_named = 0.0 if evidence.core else _LEAST_NAMED_OF_FEW if len(chosen) < _FEW else _LEAST_NAMED
        least_total = -math.inf if len(chosen) < _PLENTY else share
        if evidence.own + evidence.around >= least and evidence.named >= least_named and evidence.total >= least_total:
            chosen.append(index)
    return chosen


def _own(entries: Iterable[Entry], seconds: float, late: float) -> float:
    counts: dict[Entry, int] = {}
    for entry in entries:
        counts[entry] = counts.get(entry, 0) + 1
    total = sum(_WEIGHTS[entry.tier] * (1 + late) * count / (count + late) for entry, count in counts.items())
    return float(total / max(seconds / _UNIT, 0.5) ** _LENGTH_POWER)


def _around(own: Sequence[float], spans: Sequence[tuple[float, float]]) -> list[float]:
    """Evidence of each stretch's surroundings, the nearer the more."""
    amounts = [value * (end - start) / _UNIT for value, (start, end) in zip(own, spans, strict=True)]
    result = [0.0] * len(spans)
    for left, (_, end) in enumerate(spans):
        for right in range(left + 1, len(spans)):
            gap = max(0.0, spans[right][0] - end)
            if gap > _REACH:
                break
            nearness = math.exp(-gap / _FADES)
            result[left] += nearness * amounts[right]
            result[right] += nearness * amounts[left]
    return result


def _best(values: Sequence[float]) -> float:
    """Mean of the five highest: how far the episode gets."""
    highest = sorted(values, reverse=True)[:5]
    return sum(highest) / len(highest) if highest else 0.0
