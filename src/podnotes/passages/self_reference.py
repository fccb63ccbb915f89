"""Estimate how much of a thought is about its subject rather than about the speaker or the show.

Personal remarks ("I remember when I …") and announcements ("today we are going to talk about …") can contain a topic's
words without saying anything quotable on it. Both are measured by word counts, as in Pennebaker's "Linguistic Inquiry
and Word Count".
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from podnotes.text.stemming import stems

if TYPE_CHECKING:
    from collections.abc import Sequence

# The largest deduction for each, and the amount at which it is reached.
_SELF, _MOST_SELF = 0.3, 10  # first-person words per hundred
_ANNOUNCING, _MOST_ANNOUNCING = 0.15, 4  # announcements in the thought

_FIRST_PERSON = frozenset(
    ["i", "i'm", "i've", "i'd", "i'll", "i’m", "i’ve", "i’d", "i’ll", "me", "my", "mine", "myself"]
)
_SAYING = "talk discuss cover tell get explain teach mention"
_ANNOUNCEMENTS = (
    *("today", "episode", "podcast", "my guest", "in a moment", "in a minute", "in a bit", "in a few minutes"),
    *("later in", "later on", "talk about", "discuss earlier", "mentioned earlier", "as i mentioned"),
    *("you will learn", "you'll learn", "going to learn", "going to hear", "before we begin", "before we start"),
    *(f"{lead} {saying}" for lead in ("going to", "i'll", "we'll", "i will", "we will") for saying in _SAYING.split()),
    *(f"{lead} {saying}" for lead in ("i want to", "i'd like to") for saying in _SAYING.split()),
)


def substance(words: Sequence[str]) -> float:
    """Return the share of an English thought's evidence that counts, given the stems of its words: 0.55 to 1."""
    if not words:
        return 1.0
    by_first = _announcements()
    about_self = sum(map(_FIRST_PERSON.__contains__, words))
    announcing = 0
    for at in [place for place, word in enumerate(words) if word in by_first]:
        announcing += any(tuple(words[at : at + len(phrase)]) == phrase for phrase in by_first[words[at]])
    self_share = min(1.0, about_self / len(words) * 100 / _MOST_SELF)
    return 1.0 - _SELF * self_share - _ANNOUNCING * min(1.0, announcing / _MOST_ANNOUNCING)


@cache
def _announcements() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the announcements as stems, indexed by their first stem."""
    by_first: dict[str, tuple[tuple[str, ...], ...]] = {}
    for announcement in _ANNOUNCEMENTS:
        phrase = tuple(stems(announcement))
        by_first[phrase[0]] = (*by_first.get(phrase[0], ()), phrase)
    return by_first
