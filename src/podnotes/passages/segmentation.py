"""Cutting talk into thoughts of 20 to 90 seconds, of which passages are chosen.

The cuts are found for the whole episode at once by dynamic programming over sentence boundaries (in the manner of
Utiyama and Isahara 2001, "A statistical model for domain-independent text segmentation"): the cheapest way through,
where a cut costs more inside a train of words that go on (TextTiling, Hearst 1997), before a sentence that leans on the
one before, and between a question and its answer.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.text.sentences import Sentence

SHORTEST = 20.0  # seconds
LONGEST = 90.0  # seconds
_IDEAL = 33.0  # seconds: long enough for a thought, short enough to quote
# Words on each side of a cut that are compared, and what a cut costs more (or less) where one standard deviation more
# (or less) than usual goes on across it.
_REACH = 40
_GOES_ON = 0.5
# Cohesion over 40 hours of talk: mean and standard deviation, much the same in every episode.
_USUAL, _SPREAD = 0.127, 0.087
# A passage is trimmed where a cut costs no more than this, of at most this share of its evidence.
_CHEAP = 0.8
_LITTLE = 0.05
# Squares of sums this small are rounding.
_NOTHING = 1e-9
# A silence this long ends every passage.
_SILENCE = 8.0  # seconds

# A sentence that opens like this leans on the one before it. "And why …" does not: it asks something new.
_ASKS = r"(?:why|what|how|who|when|where|do|does|is|are|can)\b"
_LEANS = re.compile(
    rf"(?:(?:and|but)(?! {_ASKS})|because|or|which|that|that's|this|these|those|it|it's|its|he|he's|she|she's|they|"
    r"they're|their|his|her|then|also|either|neither|same|such|so (?:that|this|it|they|these|those|he|she)(?:'s|'re)?|"
    r"in other words|for example|for instance|in that|in this|in those|in these|at that|again|meaning|hence|therefore|"
    r"yeah|yes|no|right|exactly|not|likewise|as a (?:result|consequence)|or rather|there|to do that|"
    r"the (?:other|second|same|latter|reason))\b",
    re.IGNORECASE,
)
# And one that opens like this begins something.
_BEGINS = re.compile(
    rf"(?:(?:and|but) {_ASKS}|now|okay|ok|all right|alright|so (?:let|what|how|the|if|when|today|i|we|here)\b|let's|"
    r"let me|today|first|second(?:ly)?,|third|next|finally|another|one of|there (?:is|are|was)|i want to|i'd like to|"
    r"we (?:know|can|have)|if you|when you|most|many|what|how|why|who|imagine|speaking of|turning to|in \d{4}|"
    r"a (?:study|paper|few))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Consecutive sentences that make one thought.

    Attributes:
        first: Index of the first sentence.
        last: One past the index of the last sentence.
    """

    first: int
    last: int


def units(sentences: Sequence[Sentence], costs: Sequence[float], usable: Sequence[bool]) -> list[Unit]:
    """Cut an episode into units of 20 to 90 seconds.

    Args:
        sentences: Of the whole episode, in order of time.
        costs: What a cut before each sentence costs, see `cut_costs`.
        usable: False for sentences that must not be quoted; no unit has one of them.

    Returns:
        Units in order of time, none overlapping another. Usable stretches that are too short make none.
    """
    found: list[Unit] = []
    first = 0
    while first < len(sentences):
        if not usable[first]:
            first += 1
            continue
        last = first + 1
        while last < len(sentences) and usable[last] and sentences[last].start - sentences[last - 1].end < _SILENCE:
            last += 1
        found += _cheapest(sentences, costs, first, last)
        first = last
    return found


def trimmed(unit: Unit, sentences: Sequence[Sentence], costs: Sequence[float], evidence: Sequence[float]) -> Unit:
    """Leave out how a unit begins and ends where that has nothing to do with the topic.

    It happens at the cheapest cut among those that leave 20 seconds and take almost none of the evidence away, and only
    where a cut is cheap: what leads up to a thought in other words stays with it.

    Args:
        unit: The unit.
        sentences: Of the whole episode.
        costs: What a cut before each sentence costs.
        evidence: How much each sentence says on the topic.
    """
    little = _LITTLE * sum(evidence[unit.first : unit.last])
    end = sentences[unit.last - 1].end
    first, cheapest = unit.first, _CHEAP
    passed = 0.0
    for at in range(unit.first + 1, unit.last):
        passed += evidence[at - 1]
        if passed > little or end - sentences[at].start < SHORTEST:
            break
        if costs[at] <= cheapest:
            first, cheapest = at, costs[at]
    last, cheapest = unit.last, _CHEAP
    passed = 0.0
    for at in range(unit.last - 1, first, -1):
        passed += evidence[at]
        if passed > little or sentences[at - 1].end - sentences[first].start < SHORTEST:
            break
        if costs[at] <= cheapest:
            last, cheapest = at, costs[at]
    return Unit(first, last)


def _cheapest(sentences: Sequence[Sentence], costs: Sequence[float], first: int, last: int) -> list[Unit]:
    """The cheapest cuts of one stretch; sentences that fit into no unit are left out at a price."""
    leave_out = 4.0
    best: list[float] = [0.0]
    back: list[int] = [first]
    for end in range(first + 1, last + 1):
        cheapest, start_of = best[end - 1 - first] + leave_out, -1
        for start in range(end - 1, first - 1, -1):
            length = sentences[end - 1].end - sentences[start].start
            if length > LONGEST:
                break
            if length < SHORTEST:
                continue
            off = (length - _IDEAL) / _IDEAL
            cost = (
                best[start - first]
                + off * off * (3.0 if off < 0 else 2.0)
                + (costs[start] if start > first else 0.0)
                + 0.2
            )
            if cost < cheapest:
                cheapest, start_of = cost, start
        best.append(cheapest)
        back.append(start_of)
    found: list[Unit] = []
    end = last
    while end > first:
        start = back[end - first]
        if start < 0:
            end -= 1
            continue
        found.append(Unit(start, end))
        end = start
    return found[::-1]


def cut_costs(sentences: Sequence[Sentence], contents: Sequence[Sequence[str]], language: str = "en") -> list[float]:
    """What a cut before each sentence costs: little or nothing where one belongs, 2 and more where it would hurt.

    Args:
        sentences: Of the whole episode, in order of time.
        contents: Stems of the words with a subject of each sentence.
        language: BCP 47 primary tag; how sentences lean on each other is known in English.
    """
    cohesion = _cohesion(contents)
    english = language == "en"
    costs = [0.0] * min(1, len(sentences))
    for index, (before, here) in enumerate(pairwise(sentences), start=1):
        cost = 1.1 + _GOES_ON * (cohesion[index] - _USUAL) / _SPREAD
        opening = here.text.lstrip("\"'“‘([ ")
        same = before.speaker == here.speaker
        if before.text.rstrip("\"'”’」』) ").endswith(("?", "？")):
            cost += 2.0
        if english and same and _LEANS.match(opening):
            cost += 1.0
        elif english and _BEGINS.match(opening):
            cost -= 0.5
        if not same:
            cost -= 0.4
        if here.start - before.end > 1.0:
            cost -= 0.3
        costs.append(cost)
    return costs


def _cohesion(contents: Sequence[Sequence[str]]) -> list[float]:
    """For a cut before each sentence, how alike the words on its two sides are (cosine of tf-idf), 0 to 1.

    Two windows slide over the words, and what a word changes when it passes from one into the other is added up, so
    that the work does not depend on how wide the windows are.
    """
    words = [word for sentence in contents for word in sentence]
    rarity = _rarity(contents)
    left = dict.fromkeys(rarity, 0)
    right = dict.fromkeys(rarity, 0)
    dot = left_squares = right_squares = 0.0
    for word in words[:_REACH]:
        right_squares += (2 * right[word] + 1) * rarity[word]
        right[word] += 1
    result = []
    at, count = 0, len(words)
    for sentence in contents:
        norm = left_squares * right_squares
        result.append(max(0.0, dot) / math.sqrt(norm) if norm > _NOTHING else 0.0)
        for word in sentence:
            # It leaves the right window and enters the left one.
            rare = rarity[word]
            before, after = left[word], right[word] - 1
            right[word] = after
            left[word] = before + 1
            right_squares -= (2 * after + 1) * rare
            dot += (after - before) * rare
            left_squares += (2 * before + 1) * rare
            if at >= _REACH:
                gone = words[at - _REACH]
                rare = rarity[gone]
                remaining = left[gone] = left[gone] - 1
                left_squares -= (2 * remaining + 1) * rare
                dot -= right[gone] * rare
            if at + _REACH < count:
                new = words[at + _REACH]
                rare = rarity[new]
                there = right[new]
                right[new] = there + 1
                right_squares += (2 * there + 1) * rare
                dot += left[new] * rare
            at += 1
    return result


def _rarity(contents: Sequence[Sequence[str]]) -> dict[str, float]:
    """Square of each word's inverse document frequency, a sentence being a document."""
    spread: dict[str, int] = {}
    for sentence in contents:
        for word in set(sentence):
            spread[word] = spread.get(word, 0) + 1
    return {word: math.log(len(contents) / count) ** 2 for word, count in spread.items()}
