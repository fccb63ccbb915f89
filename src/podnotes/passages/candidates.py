"""Segment an episode into thoughts of 20 to 90 seconds, the candidates for passages.

The best segmentation of the whole episode is found by dynamic programming over sentence boundaries (after Utiyama and
Isahara 2001, "A statistical model for domain-independent text segmentation"). A cut costs more where vocabulary
continues across it (TextTiling, Hearst 1997), before a sentence that depends on the previous one, and between a
question and its answer.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.text.sentences import Sentence

SHORTEST = 20.0  # seconds
LONGEST = 90.0  # seconds
_IDEAL = 33.0  # seconds: long enough for a thought, short enough to quote
# Number of words compared on each side of a cut, and the change in its cost per standard deviation of cohesion.
_REACH = 40
_GOES_ON = 0.5
# Mean and standard deviation of cohesion over 40 hours of speech; nearly the same in every episode.
_USUAL, _SPREAD = 0.127, 0.087
# A silence this long ends every passage.
_SILENCE = 8.0  # seconds

# Openings that depend on the previous sentence. "And why …" does not: it asks something new.
_ASKS = r"(?:why|what|how|who|when|where|do|does|is|are|can)\b"
_LEANS = re.compile(
    rf"(?:(?:and|but)(?! {_ASKS})|because|or|which|that|that's|this|these|those|it|it's|its|he|he's|she|she's|they|"
    r"they're|their|his|her|then|also|either|neither|same|such|so (?:that|this|it|they|these|those|he|she)(?:'s|'re)?|"
    r"in other words|for example|for instance|in that|in this|in those|in these|at that|again|meaning|hence|therefore|"
    r"yeah|yes|no|right|exactly|not|likewise|as a (?:result|consequence)|or rather|there|to do that|"
    r"the (?:other|second|same|latter|reason))\b",
    re.IGNORECASE,
)
# Openings that begin something new.
_BEGINS = re.compile(
    rf"(?:(?:and|but) {_ASKS}|now|okay|ok|all right|alright|so (?:let|what|how|the|if|when|today|i|we|here)\b|let's|"
    r"let me|today|first|second(?:ly)?,|third|next|finally|another|one of|there (?:is|are|was)|i want to|i'd like to|"
    r"we (?:know|can|have)|if you|when you|most|many|what|how|why|who|imagine|speaking of|turning to|in \d{4}|"
    r"a (?:study|paper|few))",
    re.IGNORECASE,
)


def units(sentences: Sequence[Sentence], costs: Sequence[float], usable: Sequence[bool]) -> list[range]:
    """Segment an episode into non-overlapping thoughts of 20 to 90 seconds: ranges of sentences, in order of time.

    ``costs`` are from `cut_costs`. No thought contains a sentence that isn't usable; runs of usable sentences that are
    too short belong to none.
    """
    found: list[range] = []
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


def _cheapest(sentences: Sequence[Sentence], costs: Sequence[float], first: int, last: int) -> list[range]:
    """Find the cheapest segmentation of one run; sentences that fit no thought are left out at a cost."""
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
    found: list[range] = []
    end = last
    while end > first:
        start = back[end - first]
        if start < 0:
            end -= 1
            continue
        found.append(range(start, end))
        end = start
    return found[::-1]


def cut_costs(sentences: Sequence[Sentence], contents: Sequence[Sequence[str]], language: str = "en") -> list[float]:
    """Return the cost of a cut before each sentence.

    It is near or below 0 at a natural boundary, and 2 or more between sentences that belong together. ``contents`` has
    the stems of the content words of each sentence. Opening words are considered in English only.
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
    """Compute the similarity of the words on either side of a cut before each sentence (cosine of tf-idf), 0 to 1."""
    words = [word for sentence in contents for word in sentence]
    rarity = _rarity(contents)
    result = []
    at = 0
    for sentence in contents:
        left, right = Counter(words[max(0, at - _REACH) : at]), Counter(words[at : at + _REACH])
        dot = sum(count * right[word] * rarity[word] for word, count in left.items() if word in right)
        squares = [sum(count * count * rarity[word] for word, count in side.items()) for side in (left, right)]
        norm = math.sqrt(squares[0] * squares[1])
        result.append(dot / norm if norm > 0 else 0.0)
        at += len(sentence)
    return result


def _rarity(contents: Sequence[Sequence[str]]) -> dict[str, float]:
    """Compute the squared inverse document frequency of each word, treating each sentence as a document."""
    spread = Counter(word for sentence in contents for word in set(sentence))
    return {word: math.log(len(contents) / count) ** 2 for word, count in spread.items()}
