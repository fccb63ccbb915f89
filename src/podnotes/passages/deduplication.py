"""Passages that say the same twice: the teaser at the start, the host's summary at the end.

Two passages are near-repeats when much of what the shorter one has, pairs of neighbouring content words above all, is
in the other as well (containment of shingles, Broder 1997). Talk that only stays on its subject shares words, but few
pairs.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Shares of the shorter passage's pairs, and of its words together with fewer pairs.
_PAIRS = 0.4
_WORDS, _SOME_PAIRS = 0.6, 0.25


def without_repeats(chosen: Sequence[int], contents: Sequence[Sequence[str]]) -> list[int]:
    """Leave out what another passage says more fully.

    Args:
        chosen: Indices of passages, best first.
        contents: Content words of all stretches, by index.

    Returns:
        The indices that remain, in the same order. Of two near-repeats the fuller one stays, with more different words.
    """
    pairs = {index: set(pairwise(contents[index])) for index in chosen}
    words = {index: set(contents[index]) for index in chosen}
    dropped: set[int] = set()
    for one, other in sorted(_sharing(pairs)):
        if one in dropped or other in dropped:
            continue
        fewest = min(len(pairs[one]), len(pairs[other]))
        shared = len(pairs[one] & pairs[other]) / fewest
        same_words = len(words[one] & words[other]) / min(len(words[one]), len(words[other]))
        if shared > _PAIRS or (shared > _SOME_PAIRS and same_words > _WORDS):
            dropped.add(one if len(words[one]) < len(words[other]) else other)
    return [index for index in chosen if index not in dropped]


def _sharing(pairs: dict[int, set[tuple[str, str]]]) -> Iterable[tuple[int, int]]:
    """Passages that have several pairs in common, by an index of the pairs rather than each against each."""
    holders: dict[tuple[str, str], list[int]] = {}
    for index, own in pairs.items():
        for pair in own:
            holders.setdefault(pair, []).append(index)
    common: dict[tuple[int, int], int] = {}
    for indices in holders.values():
        if 1 < len(indices) <= 8:  # pairs that come everywhere are the subject, not a repeat
            for two in combinations(sorted(indices), 2):
                common[two] = common.get(two, 0) + 1
    return [two for two, count in common.items() if count > 2]
