"""How much a stretch of talk says on a topic.

Each phrase of the topic that occurs counts by its grade, and every further time it counts less (the saturation of BM25,
Robertson and Zaragoza 2009). What is said in the minutes around counts too, the nearer the more: a thought
that stands among others on the same topic is more likely to be about it, whatever words it uses. Last, the stretch is
compared with what the episode itself says where it speaks of the topic (see `podnotes.passages.relevance_feedback`).

The numbers were set by hand, and hold over a wide range: docs/passages.md has what happens when they are changed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.passages.matching import Tier
from podnotes.passages.relevance_feedback import likeness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from podnotes.passages.document import Document
    from podnotes.passages.matching import Entry

# Evidence is stated for a stretch of this length.
_UNIT = 30.0  # seconds
# Beyond this gap the surroundings add nothing.
_REACH = 150.0  # seconds
# Words that only go with a topic need one that is the topic within this gap.
_SPOKEN_OF = 600.0  # seconds
# Evidence at which the score is one half; the best passages of a podcast on the topic have about 12.
_HALF = 4.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How evidence is weighed, and how much of it is enough.

    Attributes:
        related: Weight of a word that counts beside others, where one that is the topic by itself has 1.
        learned: Weight of a word that goes with the topic in this episode.
        strong: Weight of a word that nearly always speaks of the topic.
        repetition: How late repetition stops to count (k1 of BM25).
        length: Power of the length by which evidence is divided; a longer stretch finds more without saying more.
        around: Share of the surroundings' evidence that is added.
        fades: Seconds after which the surroundings count 1/e.
        bears: The surroundings add at most 1 and so many times the stretch's own evidence.
        likeness: What one standard deviation of likeness adds, as a share of the episode's best.
        teaches: Stretches with less evidence than this teach nothing about the topic.
        least: What a passage needs where an episode hardly speaks of the topic.
        established: From here on (mean of the five best) the topic is established, and the better it is, the less each
            passage has to prove by itself.
        plenty: After so many passages on a topic, further ones need ``share``: she is to get what is worth quoting of
            an episode, not all of it.
        share: Share of the episode's best.
        few: So many of the best can do with ``named_of_few``.
        named: What a passage without a word that is the topic by itself needs by the words that are named.
        named_of_few: The same for the best few.
    """

    related: float = 0.15
    learned: float = 0.4
    strong: float = 0.45
    repetition: float = 2.5
    length: float = 0.15
    around: float = 0.2
    fades: float = 50.0
    bears: float = 2.0
    likeness: float = 0.15
    teaches: float = 1.5
    least: float = 1.75
    established: float = 2.0
    plenty: int = 20
    share: float = 0.32
    few: int = 6
    named: float = 1.0
    named_of_few: float = 0.5

    @property
    def weights(self) -> dict[Tier, float]:
        """Weight of a phrase by its grade."""
        return {
            Tier.NEVER: 0.0,
            Tier.RELATED: self.related,
            Tier.LEARNED: self.learned,
            Tier.STRONG: self.strong,
            Tier.CORE: 1.0,
        }


SCALE = Scale()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a stretch.

    Attributes:
        own: From the phrases in it.
        around: What the surroundings add.
        alike: What the likeness to the episode's talk on the topic adds or takes away.
        named: The part of ``own`` that is from words the pack or the lexicon names, not from learned ones.
        core: Whether a phrase is in it that is the topic by itself.
        near: Whether one is in it or in the minutes around.
        substance: Share that counts, because the rest is about the speaker or the programme.
    """

    own: float
    around: float = 0.0
    alike: float = 0.0
    named: float = 0.0
    core: bool = False
    near: bool = True
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
    found: Sequence[Sequence[Entry]], talk: Document, *, scale: Scale = SCALE, few_words: bool = False
) -> list[Evidence]:
    """Weigh all thoughts of an episode for one topic.

    Args:
        found: For each thought the phrases of the topic in it, each as often as it occurs.
        talk: The episode.
        scale: How evidence is weighed.
        few_words: Whether the topic has a pack's few words only and no lexicon.
    """
    spans = talk.spans
    weights, late = scale.weights, scale.repetition
    divisors = [max((end - start) / _UNIT, 0.5) ** scale.length for start, end in spans]
    own = [_sum(entries, weights, late) / by for entries, by in zip(found, divisors, strict=True)]
    around = [
        min(scale.around * value, 1.0 + scale.bears * of_its_own)
        for value, of_its_own in zip(_around(own, spans, scale.fades), own, strict=True)
    ]
    known = [a + b for a, b in zip(own, around, strict=True)]
    step = scale.likeness * _best(known)
    alike = [step * value for value in likeness(talk.vectors, [value - scale.teaches for value in known])]
    named = own
    if few_words:
        weights[Tier.LEARNED] = 0.0
        named = [_sum(entries, weights, late) / by for entries, by in zip(found, divisors, strict=True)]
    core = [any(entry.tier is Tier.CORE for entry in entries) for entries in found]
    near = _near(core, spans)
    return [Evidence(*parts) for parts in zip(own, around, alike, named, core, near, talk.substances, strict=True)]


def worth_quoting(evidences: Sequence[Evidence], scale: Scale = SCALE) -> list[int]:
    """Indices of the thoughts that have enough, best first; the earlier one first where they are equal."""
    if not evidences:
        return []
    best = _best([evidence.own + evidence.around for evidence in evidences])
    least = scale.least * min(1.0, scale.established / best) if best > 0 else scale.least
    share = scale.share * _best([evidence.total for evidence in evidences])
    chosen: list[int] = []
    for index in sorted(range(len(evidences)), key=lambda index: (-evidences[index].total, index)):
        evidence = evidences[index]
        least_named = 0.0 if evidence.core else scale.named_of_few if len(chosen) < scale.few else scale.named
        least_total = -math.inf if len(chosen) < scale.plenty else share
        known = evidence.own + evidence.around
        if evidence.near and known >= least and evidence.named >= least_named and evidence.total >= least_total:
            chosen.append(index)
    return chosen


def _sum(entries: Iterable[Entry], weights: Mapping[Tier, float], late: float) -> float:
    """Evidence of phrases: each by its grade, every further time less."""
    counts: dict[Entry, int] = {}
    for entry in entries:
        counts[entry] = counts.get(entry, 0) + 1
    return sum((weights[entry.tier] * (1 + late) * count / (count + late) for entry, count in counts.items()), 0.0)


def _around(own: Sequence[float], spans: Sequence[tuple[float, float]], fades: float) -> list[float]:
    """Evidence of each thought's surroundings, the nearer the more."""
    amounts = [value * (end - start) / _UNIT for value, (start, end) in zip(own, spans, strict=True)]
    result = [0.0] * len(spans)
    for left, (_, end) in enumerate(spans):
        for right in range(left + 1, len(spans)):
            gap = max(0.0, spans[right][0] - end)
            if gap > _REACH:
                break
            nearness = math.exp(-gap / fades)
            result[left] += nearness * amounts[right]
            result[right] += nearness * amounts[left]
    return result


def _near(core: Sequence[bool], spans: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether a word that is the topic by itself is said in the minutes before or after."""
    said = [span for span, is_core in zip(spans, core, strict=True) if is_core]
    return [
        any(start - end <= _SPOKEN_OF and other - last <= _SPOKEN_OF for other, end in said) for start, last in spans
    ]


def _best(values: Sequence[float]) -> float:
    """Mean of the five highest: how far the episode gets."""
    highest = sorted(values, reverse=True)[:5]
    return sum(highest) / len(highest) if highest else 0.0
