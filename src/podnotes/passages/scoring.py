"""Score how much a thought says on a topic.

Each phrase of the topic counts by its tier, with diminishing returns for repetition (the saturation of BM25, Robertson
and Zaragoza 2009). Neighbouring thoughts count too, the nearer the more: a thought surrounded by others on the topic is
likely to be about it, whatever words it uses. Finally, the thought is compared with the episode's own vocabulary for
the topic (see `podnotes.passages.relevance_feedback`).

The parameters were set by hand and are not sensitive; docs/passages.md shows the effect of changing them.
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

# Neighbours of this length count fully.
_UNIT = 30.0  # seconds
# Thoughts further away than this add nothing.
_REACH = 150.0  # seconds
# A passage must have a core phrase of the topic within this distance.
_SPOKEN_OF = 600.0  # seconds
# Evidence that gives a score of one half; the best passages of a podcast on the topic have about 12.
_HALF = 4.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Weights and thresholds for evidence.

    Attributes:
        related: Weight of a related phrase; a core phrase weighs 1.
        learned: Weight of a word learned from this episode.
        strong: Weight of a strong phrase.
        repetition: How slowly repetition saturates (k1 of BM25).
        around: Share of the neighbours' evidence that is added.
        decay: Seconds after which a neighbour counts 1/e.
        around_limit: Neighbours add at most 1 plus this multiple of the thought's own evidence.
        likeness: Effect of one standard deviation of similarity, as a share of the episode's best evidence.
        least_relevant: Minimum evidence for a thought to contribute to the learned vocabulary.
        least: Minimum evidence of a passage if the episode hardly touches the topic.
        established: Mean of the five best thoughts at which the topic counts as established; the further above it, the
            lower the minimum for each passage.
        plenty: Number of passages per topic after which further ones must reach ``share``, so that the user gets the
            best passages of an episode rather than all.
        share: Threshold beyond ``plenty``, as a share of the episode's best evidence.
        least_own: Minimum evidence from a passage's own phrases; the rest may come from its neighbours.
    """

    related: float = 0.15
    learned: float = 0.4
    strong: float = 0.45
    repetition: float = 2.5
    around: float = 0.2
    decay: float = 50.0
    around_limit: float = 2.0
    likeness: float = 0.15
    least_relevant: float = 1.5
    least: float = 1.75
    established: float = 2.0
    plenty: int = 20
    share: float = 0.32
    least_own: float = 0.7

    @property
    def weights(self) -> dict[Tier, float]:
        """Weight of a phrase by tier."""
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
    """Evidence that a thought is about a topic.

    Attributes:
        own: Evidence from its own phrases.
        around: Evidence from neighbouring thoughts.
        alike: Effect of similarity to the rest of the episode on this topic; may be negative.
        long_phrase: Whether it contains a core phrase of several words and the topic has no lexicon; one occurrence of
            "hip pain" is enough then.
        near: Whether it or a thought nearby contains a core phrase.
        substance: Share of the evidence that counts; less than 1 if it is partly about the speaker.
    """

    own: float
    around: float = 0.0
    alike: float = 0.0
    long_phrase: bool = False
    near: bool = True
    substance: float = 1.0

    @property
    def total(self) -> float:
        """Combined evidence."""
        return (self.own + self.around + self.alike) * self.substance

    @property
    def score(self) -> float:
        """Total mapped to 0 to 1, comparable across episodes."""
        return 1.0 - math.exp2(-max(self.total, 0.0) / _HALF)


def weigh(
    found: Sequence[Sequence[Entry]], document: Document, *, scale: Scale = SCALE, few_words: bool = False
) -> list[Evidence]:
    """Compute the evidence of every thought for one topic from the topic's phrases in it, one entry per occurrence.

    ``few_words`` is True if the topic has no lexicon, only the pack's few words.
    """
    spans, weights = document.spans, scale.weights
    own = [phrase_evidence(entries, weights, scale.repetition) for entries in found]
    around = [
        min(scale.around * value, 1.0 + scale.around_limit * of_its_own)
        for value, of_its_own in zip(_around(own, spans, scale.decay), own, strict=True)
    ]
    known = [a + b for a, b in zip(own, around, strict=True)]
    step = scale.likeness * _best(known)
    alike = [step * value for value in likeness(document.vectors, [value - scale.least_relevant for value in known])]
    core = [[entry for entry in entries if entry.tier is Tier.CORE] for entries in found]
    long_phrase = [few_words and any(entry.length > 1 for entry in entries) for entries in core]
    parts = zip(own, around, alike, long_phrase, _near(core, spans), document.substances, strict=True)
    return [Evidence(*part) for part in parts]


def worth_quoting(evidences: Sequence[Evidence], scale: Scale = SCALE) -> list[int]:
    """Return the indices of the thoughts with enough evidence, best first; ties in order of time."""
    if not evidences:
        return []
    best = _best([evidence.own + evidence.around for evidence in evidences])
    least = scale.least * min(1.0, scale.established / best) if best > 0 else scale.least
    share = scale.share * _best([evidence.total for evidence in evidences])
    chosen: list[int] = []
    for index in sorted(range(len(evidences)), key=lambda index: (-evidences[index].total, index)):
        evidence = evidences[index]
        least_total = -math.inf if len(chosen) < scale.plenty else share
        enough = evidence.long_phrase or evidence.own + evidence.around >= least
        if evidence.near and enough and evidence.own >= scale.least_own and evidence.total >= least_total:
            chosen.append(index)
    return chosen


def phrase_evidence(entries: Iterable[Entry], weights: Mapping[Tier, float], late: float) -> float:
    """Sum the evidence from phrases, weighted by tier, with diminishing returns for repetition."""
    counts: dict[Entry, int] = {}
    for entry in entries:
        counts[entry] = counts.get(entry, 0) + 1
    return sum((weights[entry.tier] * (1 + late) * count / (count + late) for entry, count in counts.items()), 0.0)


def _around(own: Sequence[float], spans: Sequence[tuple[float, float]], decay: float) -> list[float]:
    """Compute the evidence from each thought's neighbours, which decays with distance."""
    amounts = [value * (end - start) / _UNIT for value, (start, end) in zip(own, spans, strict=True)]
    result = [0.0] * len(spans)
    for left, (_, end) in enumerate(spans):
        for right in range(left + 1, len(spans)):
            gap = max(0.0, spans[right][0] - end)
            if gap > _REACH:
                break
            nearness = math.exp(-gap / decay)
            result[left] += nearness * amounts[right]
            result[right] += nearness * amounts[left]
    return result


def _near(core: Sequence[Sequence[Entry]], spans: Sequence[tuple[float, float]]) -> list[bool]:
    """Return whether each thought has a core phrase in it or nearby."""
    said = [span for span, entries in zip(spans, core, strict=True) if entries]
    return [
        any(start - end <= _SPOKEN_OF and other - last <= _SPOKEN_OF for other, end in said) for start, last in spans
    ]


def _best(values: Sequence[float]) -> float:
    """Average the five highest values; 0 if there are none."""
    highest = sorted(values, reverse=True)[:5]
    return sum(highest) / len(highest) if highest else 0.0
