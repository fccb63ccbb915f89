"""Whether a sentence is worded as advertising is: without a cue phrase, by the words themselves.

A spot brings words of buying and selling into an episode that has had none, names a name several times in half a
minute that is never heard again, tells the listener what to do, and is written to be read out: nobody says "um" in it.
Each of these is weak. Their weights are log-odds from a logistic regression on sentences of five shows with marked
reads, rounded; docs/skipping.md says how they do on shows that were left out.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from podnotes.passages.sentence_words import CLINGING, HANGING, OPENERS
from podnotes.passages.skipping_cues import english
from podnotes.text.words import Remembered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.passages.sentences import Sentence

_SELLING, _MOST_SELLING = 1.2, 4  # log-odds a word; words that count
_NAME, _MOST_NAMES = 1.2, 2
_COMING_BACK, _MOST_COMING_BACK = 0.3, 3
_TALKING, _MOST_TALKING = -0.45, 3
_IMPERATIVE = 0.7
_YOU = 0.4
_LENGTH, _MOST_LENGTH = -0.05, 40  # log-odds a word: in a long sentence something of the above is found by chance
_ELSE = -0.4

_AWAY = 90.0  # seconds from which on a word is elsewhere in the episode
_TOGETHER = 60.0  # seconds between two mentions that belong to one spot
_SPOT = 120.0  # seconds that mentions of a name in a spot lie apart at most
_SHORT = 300.0  # seconds of an episode in which new words say little
_SPOTS = 5  # times that a spot is repeated in an episode at most

_YOU_WORDS = frozenset({"you", "your", "you're", "you'll", "you've", "yours"})
# Written with a capital letter, and no name of a product.
_CALENDAR = """
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
october november december please thank thanks welcome hello today tonight tomorrow yesterday doctor mister
"""
_NO_NAMES = HANGING | CLINGING | frozenset(_CALENDAR.split()) | {word.lower() for word in OPENERS}


class Wording(NamedTuple):
    """How a sentence is worded.

    Attributes:
        score: Log-odds of advertising.
        selling: Its words of buying and selling that are new to the episode.
        names: Names in it that are only heard here.
    """

    score: float
    selling: tuple[str, ...]
    names: tuple[str, ...]


def wordings(sentences: Sequence[Sentence], words: Sequence[Sequence[str]]) -> list[Wording]:
    """Weigh the wording of every sentence.

    Args:
        sentences: All sentences of an episode.
        words: Their words, normalised.

    Returns:
        One result a sentence.
    """
    lists = english().lists
    selling, imperatives, talking = lists["selling"], lists["imperatives"], lists["talking"]
    bares = [list(map(_BARE.__getitem__, of)) for of in words]
    times = _mentions(sentences, bares)
    in_spots = {word for word, at in times.items() if len(at) > 1 and _is_in_spots(at)}
    spoken = [_in_spots(sentence, of, in_spots) for sentence, of in zip(sentences, bares, strict=True)]
    written_small = {bare for pairs in spoken for bare, token in pairs if token[:1].islower()}
    # In a short episode all words are new.
    long_enough = min(1.0, (sentences[-1].end - sentences[0].start) / _SHORT) if sentences else 1.0
    result = []
    for sentence, of, bare, pairs in zip(sentences, words, bares, spoken, strict=True):
        new: tuple[str, ...] = ()
        if not selling.isdisjoint(bare):
            start = sentence.start
            new = tuple(dict.fromkeys(word for word in bare if word in selling and _is_new(times[word], start)))
        names = [token for word, token in pairs if word not in written_small and token[:1].isupper()] if pairs else []
        score = _ELSE + _LENGTH * min(len(of), _MOST_LENGTH)
        if new:
            score += _SELLING * min(len(new), _MOST_SELLING) * long_enough
        if pairs:
            score += _NAME * min(len(names), _MOST_NAMES) * long_enough
            score += _COMING_BACK * min(len(pairs) - len(names), _MOST_COMING_BACK)
        if not talking.isdisjoint(of):
            score += _TALKING * min(sum(word in talking for word in of), _MOST_TALKING)
        if not _YOU_WORDS.isdisjoint(of):
            score += _YOU
        if of and of[0] in imperatives:
            score += _IMPERATIVE
        result.append(Wording(score, new, tuple(dict.fromkeys(names))))
    return result


def _bare(word: str) -> str:
    """The word as a name would be looked for, or "" when it is none."""
    word = word.removesuffix("'s")
    return "" if word in _NO_NAMES or word == "NUM" else word


_BARE = Remembered(_bare)


def _mentions(sentences: Sequence[Sentence], bares: Sequence[Sequence[str]]) -> dict[str, list[float]]:
    """When each word is said."""
    times: dict[str, list[float]] = defaultdict(list)
    for sentence, of in zip(sentences, bares, strict=True):
        start = sentence.start
        for word in of:
            if word:
                times[word].append(start)
    return times


def _in_spots(sentence: Sentence, bares: Sequence[str], in_spots: set[str]) -> list[tuple[str, str]]:
    """The words of a sentence that are only said in spots, each with how it is written."""
    if in_spots.isdisjoint(bares):
        return []
    tokens = sentence.text.split()
    return [(bare, tokens[place].strip(".,;:?!\"'()")) for place, bare in enumerate(bares) if bare in in_spots]


def _is_new(at: Sequence[float], here: float) -> bool:
    """Whether a word is said at most once elsewhere in the episode."""
    elsewhere = 0
    for time in at:
        if abs(time - here) > _AWAY:
            elsewhere += 1
            if elsewhere > 1:
                return False
    return True


def _is_in_spots(at: Sequence[float]) -> bool:
    """Whether a word is only said in short stretches, at least twice in each."""
    spots, first, count = 0, at[0], 0
    last = at[0]
    for time in [*at, float("inf")]:
        if time - last > _TOGETHER:
            if count < 2 or last - first > _SPOT:
                return False
            spots += 1
            first, count = time, 0
        last = time
        count += 1
    return spots <= _SPOTS
