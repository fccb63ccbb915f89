"""Words by their stems: which terms a sentence has, and how much two texts share."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

# Words without a subject of their own; what talk is full of counts among them.
_STOP_WORDS = """
    a about above actually after again all also always am an and another any anything are around as at away back
    basically be because been before being below between bit both but by call called came can can't cannot come
    could couldn't did didn't different do does doesn't doing don't done down during each either else even ever
    every everything example fact far few for from further get gets getting give go goes going gonna good got
    great had has hasn't have haven't having he he's her here hers herself him himself his how i i'd i'll i'm
    i've if important in instance interesting into is isn't it it's its itself just keep kind know known least
    less let let's like little look lot lots made make makes many may maybe me mean means might more most much
    must my myself need never new no nor not now of off often okay on once one ones only or other others our
    ourselves out over own part people perhaps person point probably put quite rather really right said same say
    saying says see seen she she's should so some somebody someone something sort still stuff such sure take
    talk talked talking tell than that that's the their theirs them themselves then there there's these they
    they're they've thing things think this those though three through time times to too two turn turns under
    until up us use used using very want was wasn't way ways we we'll we're we've well went were weren't what
    what's when where whether which while who whom why will with within without won't would wouldn't yeah yes
    yet you you'll you're you've your yours yourself
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


@lru_cache(maxsize=1)
def _stemmer() -> object:
    from nltk.stem.snowball import EnglishStemmer  # the pack's terms are matched with the same one

    return EnglishStemmer(ignore_stopwords=False)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a word, lower case (Porter 2, "Snowball English")."""
    result: str = _stemmer().stem(word.lower().replace("’", "'"))  # type: ignore[attr-defined]  # nltk has no annotations
    return result


def stems(text: str) -> tuple[str, ...]:
    """The stems of all words of a text, in order."""
    return tuple(stem(word) for word in _WORD.findall(text))


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the words that carry a subject, in order."""
    return tuple(stem(word) for word in _WORD.findall(text) if len(word) > 1 and word.lower() not in STOP_WORDS)


def occurs(term: str, text_stems: Sequence[str]) -> bool:
    """Whether a term (one or more words, any inflection) occurs.

    Args:
        term: As a topic pack has it.
        text_stems: What :func:`stems` gives for the text.

    Returns:
        True when the term's stems stand in the text side by side.
    """
    wanted = stems(term)
    size = len(wanted)
    if not size:
        return False
    first = wanted[0]
    return any(
        found == first and tuple(text_stems[index : index + size]) == wanted for index, found in enumerate(text_stems)
    )


def as_said(phrase: Sequence[str], text: str) -> list[str]:
    """How a text words a term: "nociceptors" for the stem of "nociceptor".

    Args:
        phrase: Stems of the term.
        text: Where to look.

    Returns:
        Each place's words, in lower case but for names and abbreviations, in order.
    """
    matches = list(_WORD.finditer(text))
    found = []
    for index in range(len(matches) - len(phrase) + 1):
        part = matches[index : index + len(phrase)]
        if all(stem(match.group()) == wanted for match, wanted in zip(part, phrase, strict=True)):
            words = text[part[0].start() : part[-1].end()]
            found.append(words if sum(character.isupper() for character in words) > 1 else words.lower())
    return found


def weights(documents: Iterable[Sequence[str]]) -> dict[str, float]:
    """How telling each stem is: inverse document frequency over the sentences of the episode."""
    counts: dict[str, int] = {}
    total = 0
    for document in documents:
        total += 1
        for word in set(document):
            counts[word] = counts.get(word, 0) + 1
    return {word: math.log(1 + total / count) for word, count in counts.items()}


def vector(content: Sequence[str], idf: dict[str, float]) -> dict[str, float]:
    """Tf-idf vector of a sentence, of length one."""
    counts: dict[str, float] = {}
    for word in content:
        counts[word] = counts.get(word, 0.0) + idf.get(word, 1.0)
    norm = math.sqrt(sum(value * value for value in counts.values())) or 1.0
    return {word: value / norm for word, value in counts.items()}


def likeness(one: dict[str, float], other: dict[str, float]) -> float:
    """Cosine of two vectors of length one: 0 nothing in common, 1 the same words."""
    if len(one) > len(other):
        one, other = other, one
    return sum(value * other[word] for word, value in one.items() if word in other)


def alternatives(listed: str) -> str:
    """Expressions apart by semicolons as one group of alternatives, the longest first."""
    items = [re.sub(r"\|\s+", "|", " ".join(item.split())) for item in listed.split(";")]
    return "(?:" + "|".join(sorted((item for item in items if item), key=len, reverse=True)) + ")"
