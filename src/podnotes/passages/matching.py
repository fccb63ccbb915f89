"""Finding the words and phrases of topics in text, each once: the longest phrase that fits takes its words."""

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
    """How surely a phrase speaks of its topic."""

    NEVER = 0  #: it doesn't: a figure of speech
    RELATED = 1  #: only near others
    LEARNED = 2  #: it goes with the topic in this episode
    STRONG = 3  #: nearly always
    CORE = 4  #: always

    # An enumeration's own hash is worked out in Python each time.
    __hash__ = int.__hash__


class Entry(NamedTuple):
    """A phrase of a topic."""

    phrase: str  #: as the pack or the lexicon has it
    tier: Tier
    length: int  #: words


class Beginning(NamedTuple):
    """What of a topic begins with a certain word."""

    longer: dict[str, tuple[tuple[tuple[str, ...], Entry], ...]]  #: by the second word, the longest first
    alone: Entry | None  #: the word itself


class Matcher:
    """Finds the phrases of several topics of one language in one go over the words.

    Args:
        topics: Their order is the order of the results.
    """

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._count = len(topics)
        # By the first word: which topics have phrases that begin with it, and those.
        self._by_first: dict[str, list[tuple[int, Beginning]]] = {}
        for index, topic in enumerate(topics):
            described = f"{topic.title} {topic.about}" if not topic.lexicon else ""
            phrases = _phrases(topic.terms, topic.related, topic.never, topic.lexicon, described, topic.language)
            for first, beginning in phrases.items():
                self._by_first.setdefault(first, []).append((index, beginning))

    def find(self, words: Sequence[str]) -> list[list[Entry]]:
        """Find the phrases of each topic, from left to right, none of a topic overlapping another of it.

        Args:
            words: Stems, as `podnotes.text.stemming.stems` makes them.

        Returns:
            One list for each topic.
        """
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
    """Phrases of a topic by the stem of their first word; what the pack says goes over what the lexicon says."""
    # What she wrote about a topic helps where her terms are few.
    tiers: list[tuple[Tier, Sequence[str]]] = [
        (Tier.RELATED, content_words(described, language)),
        (Tier.RELATED, related),
    ]
    if lexicon_name:
        words = lexicon(lexicon_name)
        # The pack's related words give way to a higher grade in the lexicon.
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
