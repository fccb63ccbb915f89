"""Finding the words and phrases of topics in text, each once: the longest phrase that fits takes its words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from podnotes.passages.lexicons import lexicon
from podnotes.passages.wording import stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Topic


class Tier(IntEnum):
    """How surely a phrase speaks of its topic."""

    NEVER = 0  #: it doesn't: a figure of speech
    RELATED = 1  #: only near others
    STRONG = 2  #: nearly always
    CORE = 3  #: always


class Entry(NamedTuple):
    """A phrase of a topic."""

    phrase: str  #: as the pack or the lexicon has it
    tier: Tier
    length: int  #: words


@dataclass(frozen=True, slots=True)
class Matcher:
    """The phrases of one topic, by the stem of their first word, longest first."""

    topic: Topic
    _entries: dict[str, tuple[tuple[tuple[str, ...], Entry], ...]]

    def find(self, words: Sequence[str]) -> list[Entry]:
        """Phrases of the topic among stems, from left to right, none overlapping another.

        Args:
            words: Stems, as :func:`podnotes.passages.wording.stems` makes them.
        """
        found: list[Entry] = []
        free = 0
        entries = self._entries
        for at, word in enumerate(words):
            if at < free or word not in entries:
                continue
            for phrase, entry in entries[word]:
                if len(phrase) == 1 or tuple(words[at : at + len(phrase)]) == phrase:
                    found.append(entry)
                    free = at + len(phrase)
                    break
        return found


def matcher(topic: Topic) -> Matcher:
    """Build the matcher of a topic from its pack and, where it names one, its lexicon.

    Args:
        topic: A topic; what the pack says goes over what the lexicon says.
    """
    tiers: list[tuple[Tier, Sequence[str]]] = []
    if topic.lexicon:
        words = lexicon(topic.lexicon)
        tiers += [(Tier.RELATED, words.related), (Tier.STRONG, words.strong)]
        # The pack's own related words give way to a higher grade of the lexicon.
        tiers.insert(0, (Tier.RELATED, topic.related))
        tiers += [(Tier.CORE, words.core)]
    else:
        tiers += [(Tier.RELATED, topic.related)]
    tiers += [(Tier.CORE, topic.terms), (Tier.NEVER, topic.never)]
    phrases: dict[tuple[str, ...], Entry] = {}
    for tier, words_of_tier in tiers:
        for phrase in words_of_tier:
            key = tuple(stems(phrase, topic.language))
            if key:
                phrases[key] = Entry(phrase, tier, len(key))
    by_first: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    for key, entry in phrases.items():
        by_first.setdefault(key[0], []).append((key, entry))
    return Matcher(
        topic, {first: tuple(sorted(all_, key=lambda item: -len(item[0]))) for first, all_ in by_first.items()}
    )
