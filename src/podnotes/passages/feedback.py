"""Learning from the episode itself which words go with a topic.

Pseudo-relevance feedback after Rocchio (1971, "Relevance feedback in information retrieval"): the stretches that speak
of the topic by its known words are taken together, what sets their vocabulary apart from the rest of the episode is the
topic as this episode puts it, and every stretch is compared with that. So a stretch that explains the topic in words of
its own rises, and one that only drops a term falls.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Vector = dict[str, float]


def vectors(stretches: Iterable[Sequence[str]]) -> list[Vector]:
    """Words of each stretch weighted by tf-idf within the episode, as vectors of length 1.

    Args:
        stretches: Content words of each stretch. Words that only one stretch has are left out.
    """
    counted: list[dict[str, int]] = []
    spread: dict[str, int] = {}
    for words in stretches:
        counts: dict[str, int] = {}
        for word in words:
            counts[word] = counts.get(word, 0) + 1
        counted.append(counts)
        for word in counts:
            spread[word] = spread.get(word, 0) + 1
    rarity = {word: math.log(len(counted) / count) for word, count in spread.items() if count > 1}
    logs = [0.0] + [
        math.log1p(count) for count in range(1, max((max(c.values(), default=0) for c in counted), default=0) + 1)
    ]
    result = []
    for counts in counted:
        vector = {word: logs[count] * rarity[word] for word, count in counts.items() if word in rarity}
        length = math.sqrt(sum(value * value for value in vector.values()))
        result.append({word: value / length for word, value in vector.items()} if length else {})
    return result


def likeness(stretches: Sequence[Mapping[str, float]], relevance: Sequence[float]) -> list[float]:
    """How much each stretch is like the relevant ones, against the rest of the episode.

    Args:
        stretches: Vectors as `vectors` makes them.
        relevance: How relevant each is by other means; 0 or less is not at all.

    Returns:
        Standard scores (mean 0, standard deviation 1 over the episode); all 0 where nothing is relevant.
    """
    total = sum(value for value in relevance if value > 0)
    count = len(stretches)
    if total <= 0 or count < 2:
        return [0.0] * count
    topic: Vector = {}
    for vector, value in zip(stretches, relevance, strict=True):
        share = max(value, 0.0) / total - 1.0 / count
        for word, weight in vector.items():
            topic[word] = topic.get(word, 0.0) + share * weight
    found = [sum(weight * topic[word] for word, weight in vector.items()) for vector in stretches]
    mean = sum(found) / count
    spread = math.sqrt(sum((value - mean) ** 2 for value in found) / count)
    return [(value - mean) / spread for value in found] if spread > 0 else [0.0] * count
