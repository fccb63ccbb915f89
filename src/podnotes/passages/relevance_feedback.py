"""Learn an episode's own vocabulary for a topic.

Pseudo-relevance feedback after Rocchio (1971, "Relevance feedback in information retrieval"): the thoughts that contain
the topic's known words are pooled, the vocabulary that distinguishes them from the rest of the episode represents the
topic, and every thought is compared with it. A thought that explains the topic in other words gains; one that merely
drops a term loses.
"""

from __future__ import annotations

import math
from collections import Counter
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

Vector = dict[str, float]

# A word is associated with a topic if it is this many times more frequent in the topic's thoughts than elsewhere, and
# occurs in at least this number and this share of them.
_TIMES = 3.0
_LEAST_THOUGHTS = 3
_LEAST_SHARE = 0.1


def vectors(contents: Iterable[Sequence[str]]) -> list[Vector]:
    """Compute unit-length tf-idf vectors of the thoughts of an episode; words in only one thought are ignored."""
    counted = [Counter(words) for words in contents]
    spread = Counter(word for counts in counted for word in counts)
    rarity = {word: math.log(len(counted) / count) for word, count in spread.items() if count > 1}
    result = []
    for counts in counted:
        vector = {word: math.log1p(count) * rarity[word] for word, count in counts.items() if word in rarity}
        length = math.sqrt(sum(value * value for value in vector.values()))
        result.append({word: value / length for word, value in vector.items()} if length else {})
    return result


def likeness(thoughts: Sequence[Mapping[str, float]], relevance: Sequence[float]) -> list[float]:
    """Compute the similarity of each thought to the relevant ones, as standard scores within the episode.

    ``relevance`` comes from other evidence; 0 or less means not relevant. All scores are 0 if nothing is relevant.
    """
    total = sum(value for value in relevance if value > 0)
    count = len(thoughts)
    if total <= 0 or count < 2:
        return [0.0] * count
    topic: Vector = {}
    for vector, value in zip(thoughts, relevance, strict=True):
        share = max(value, 0.0) / total - 1.0 / count
        for word, weight in vector.items():
            topic[word] = topic.get(word, 0.0) + share * weight
    found = [sum(map(mul, vector.values(), map(topic.__getitem__, vector))) for vector in thoughts]
    mean = sum(found) / count
    spread = math.sqrt(sum((value - mean) ** 2 for value in found) / count)
    return [(value - mean) / spread for value in found] if spread > 0 else [0.0] * count


def associated(relevant: Collection[int], contents: Sequence[Collection[str]], *, most: int) -> list[str]:
    """Find words that are frequent in the thoughts with a topic's known words (``relevant``) and rare elsewhere.

    The most distinctive come first; empty if too few thoughts are relevant.
    """
    if len(relevant) < _LEAST_THOUGHTS:
        return []
    inside = Counter(word for index in relevant for word in set(contents[index]))
    everywhere = Counter(word for words in contents for word in set(words))
    least = max(_LEAST_THOUGHTS, _LEAST_SHARE * len(relevant))
    telling: dict[str, float] = {}
    for word, count in inside.items():
        if count >= least:
            share = count / len(relevant)
            times = share / ((everywhere[word] - count + 0.5) / (len(contents) - len(relevant) + 1))
            if times >= _TIMES:
                telling[word] = share * math.log(times)
    return sorted(telling, key=lambda word: (-telling[word], word))[:most]
