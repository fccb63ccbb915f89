"""Find the words and phrases of topics in text; the longest match wins, and matches don't overlap."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from podnotes.text.stemming import stems
from podnotes.text.stopwords import content_words
from podnotes.topics.lexicons import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Topic


class Tier(IntEnum):
    """How strongly a phrase indicates its topic."""

    NEVER = 0  #: not at all: a figure of speech
    RELATED = 1  #: only near other phrases
    LEARNED = 2  #: associated with the topic in this episode
    STRONG = 3  #: nearly always
    CORE = 4  #: always

    # IntEnum's own hash runs in Python on every call, which is slow.
    __hash__ = int.__hash__


class Entry(NamedTuple):
    """A phrase of a topic."""

    phrase: str  #: as written in the pack or lexicon
    tier: Tier
    length: int  #: number of words


class Beginning(NamedTuple):
    """The phrases of a topic that begin with one particular word."""

    longer: dict[str, tuple[tuple[tuple[str, ...], Entry], ...]]  #: longer phrases by second word, longest first
    alone: Entry | None  #: the word by itself


class Matcher:
    """Finds the phrases of several topics in one language in a single pass.

    Args:
        topics: The topics, in the order of the results.
    """

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._count = len(topics)
        # By first word: the topics with phrases that begin with it, and those phrases.
        self._by_first: dict[str, list[tuple[int, Beginning]]] = {}
        for index, topic in enumerate(topics):
            described = f"{topic.title} {topic.about}" if not topic.lexicon else ""
            phrases = _phrases(topic.terms, topic.related, topic.never, topic.lexicon, described, topic.language)
            for first, beginning in phrases.items():
                self._by_first.setdefault(first, []).append((index, beginning))

    def find(self, words: Sequence[str]) -> list[list[Entry]]:
        """Find the phrases of each topic among stems from left to right; phrases of one topic don't overlap."""
        found: list[list[Entry]] = [[] for _ in range(self._count)]
        free = [0] * self._count
        by_first = self._by_first
        for at, word in enumerate(words):
            if word not in by_first:
                continue
            second = words[at + 1] if at + 1 < len(words) else ""
            for topic, (longer, entry) in by_first[word]:
                if at < free[topic]:
                    continue
                if second in longer:
                    for phrase, of_several in longer[second]:
                        if of_several.length == 2 or tuple(words[at : at + of_several.length]) == phrase:
                            entry = of_several
                            break
                if entry is not None:
                    found[topic].append(entry)
                    free[topic] = at + entry.length
        return found


@cache
def _phrases(
    terms: tuple[str, ...],
    related: tuple[str, ...],
    never: tuple[str, ...],
    lexicon_name: str,
    described: str,
    language: str,
) -> dict[str, Beginning]:
    """Return the phrases of a topic by the stem of their first word; the pack takes precedence over the lexicon."""
    # The user's description of a topic helps where there are few terms.
    tiers: list[tuple[Tier, Sequence[str]]] = [
        (Tier.RELATED, content_words(described, language)),
        (Tier.RELATED, related),
    ]
    if lexicon_name:
        words = lexicon(lexicon_name)
        # A higher tier in the lexicon overrides the pack's related words.
        tiers += [(Tier.RELATED, words.related), (Tier.STRONG, words.strong), (Tier.CORE, words.core)]
        tiers.append((Tier.NEVER, words.never))
    tiers += [(Tier.CORE, terms), (Tier.NEVER, never)]
    graded: dict[tuple[str, ...], Entry] = {}
    for tier, phrases in tiers:
        for phrase in phrases:
            key = tuple(stems(phrase, language))
            if key:
                graded[key] = Entry(phrase, tier, len(key))
    by_first: dict[str, Beginning] = {}
    for key, entry in sorted(graded.items(), key=lambda item: -len(item[0])):
        longer, alone = by_first.get(key[0], Beginning({}, None))
        if len(key) > 1:
            longer[key[1]] = (*longer.get(key[1], ()), (key, entry))
        else:
            alone = entry
        by_first[key[0]] = Beginning(longer, alone)
    return by_first
