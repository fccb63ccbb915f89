"""Remove near-duplicate passages, such as an opening teaser or the host's closing summary.

Two passages are near-duplicates when the longer contains most of the shorter one's content, above all its pairs of
adjacent content words (containment of shingles, Broder 1997). Passages that merely share a subject have words in
common, but few pairs.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")
# Minimum overlap with the shorter passage: of its pairs alone, or of its words together with a smaller share of pairs.
_PAIRS = 0.4
_WORDS, _SOME_PAIRS = 0.6, 0.25


def without_repeats(chosen: Sequence[int], contents: Sequence[Sequence[str]]) -> list[int]:
    """Drop passages that another passage covers more fully.

    Args:
        chosen: Indices of passages, best first.
        contents: Content words of every passage, by index.

    Returns:
        The remaining indices, in the same order. Of two near-duplicates, the one with more distinct words is kept.
    """
    pairs = {index: set(pairwise(contents[index])) for index in chosen}
    words = {index: set(contents[index]) for index in chosen}
    dropped: set[int] = set()
    for one, other in combinations(sorted(chosen), 2):
        if one in dropped or other in dropped:
            continue
        shared = _containment(pairs[one], pairs[other])
        same_words = _containment(words[one], words[other])
        if shared > _PAIRS or (shared > _SOME_PAIRS and same_words > _WORDS):
            dropped.add(one if len(words[one]) < len(words[other]) else other)
    return [index for index in chosen if index not in dropped]


def _containment(one: set[_T], other: set[_T]) -> float:
    """Share of the smaller set that is in the larger one."""
    return len(one & other) / max(1, min(len(one), len(other)))
