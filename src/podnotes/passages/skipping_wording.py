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
_SPOTS = 5  # times that a spot is repeated in an episode at most

_YOU_WORDS = frozenset({"you", "your", "you're", "you'll", "you've", "yours"})
_NO_NAMES = HANGING | CLINGING | frozenset(word.lower() for word in OPENERS)


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
    times, written_small = _mentions(sentences, words, selling)
    in_spots = {word for word, at in times.items() if len(at) > 1 and _is_in_spots(at)}
    result = []
    for sentence, of in zip(sentences, words, strict=True):
        new, names, back, talk, you = [], [], 0, 0, False
        tokens: list[str] | None = None
        for place, word in enumerate(of):
            if word in talking:
                talk += 1
                continue
            if word in _YOU_WORDS:
                you = True
                continue
            if word in selling and word not in new and _is_new(times[word], sentence.start):
                new.append(word)
            bare = word.removesuffix("'s")
            if bare in in_spots:
                tokens = tokens or sentence.text.split()
                if tokens[place][:1].isupper() and bare not in written_small:
                    names.append(tokens[place].strip(".,;:?!\"'"))
                else:
                    back += 1
        score = (
            _ELSE
            + _SELLING * min(len(new), _MOST_SELLING)
            + _NAME * min(len(names), _MOST_NAMES)
            + _COMING_BACK * min(back, _MOST_COMING_BACK)
            + _TALKING * min(talk, _MOST_TALKING)
            + _YOU * you
            + _IMPERATIVE * (bool(of) and of[0] in imperatives)
            + _LENGTH * min(len(of), _MOST_LENGTH)
        )
        result.append(Wording(score, tuple(new), tuple(dict.fromkeys(names))))
    return result


def _mentions(
    sentences: Sequence[Sentence], words: Sequence[Sequence[str]], selling: frozenset[str]
) -> tuple[dict[str, list[float]], set[str]]:
    """When each word is said, and which are written small."""
    times: dict[str, list[float]] = defaultdict(list)
    written_small: set[str] = set()
    for sentence, of in zip(sentences, words, strict=True):
        for word in of:
            bare = word.removesuffix("'s")
            if len(bare) > 2 and bare not in _NO_NAMES and bare != "NUM":
                times[bare].append(sentence.start)
            elif word in selling:
                times[word].append(sentence.start)
        written_small.update(
            token for token in (t.strip(".,;:?!\"'()") for t in sentence.text.split()) if token[:1].islower()
        )
    return times, written_small


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
