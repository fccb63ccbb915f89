"""Term matching and text similarity by stems."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from podnotes.text import stemming, stopwords
from podnotes.text.words import word_spans

if TYPE_CHECKING:
    from collections.abc import Sequence


#: Language with capitalised nouns.
CAPITALISED_NOUNS = "de"


def stems(text: str, language: str = "en") -> tuple[str, ...]:
    """Return the stems of all words of a text, in order."""
    return tuple(stemming.stems(text, language))


def content_stems(text: str, language: str = "en") -> tuple[str, ...]:
    """Return the stems of the content words (all but stop words), in order."""
    return tuple(stopwords.content_stems(text, language))


def occurs(term: str, text: str, language: str = "en") -> bool:
    """Return whether a term (one or more words, any inflection) occurs in a text."""
    return bool(as_said(stems(term, language), text, language))


def as_said(phrase: Sequence[str], text: str, language: str = "en") -> list[str]:
    """Return the forms in which a term, given by its stems, occurs in a text: "nociceptors" for "nociceptor".

    They are in lower case except for abbreviations and German nouns.
    """
    spans = word_spans(text, language)
    found = []
    for index in range(len(spans) - len(phrase) + 1 if phrase else 0):
        part = spans[index : index + len(phrase)]
        if all(
            stemming.stem(text[first:last], language) == wanted
            for (first, last), wanted in zip(part, phrase, strict=True)
        ):
            words = text[part[0][0] : part[-1][1]]
            kept = language == CAPITALISED_NOUNS or sum(character.isupper() for character in words) > 1
            found.append(words if kept else words.lower())
    return found


def weights(documents: Sequence[Sequence[str]]) -> dict[str, float]:
    """Compute the inverse document frequency of each stem over the given documents."""
    counts = Counter(word for document in documents for word in set(document))
    return {word: math.log(1 + len(documents) / count) for word, count in counts.items()}


def vector(content: Sequence[str], idf: dict[str, float]) -> dict[str, float]:
    """Compute the tf-idf vector of a sentence, normalised to length one."""
    counts: dict[str, float] = {}
    for word in content:
        counts[word] = counts.get(word, 0.0) + idf.get(word, 1.0)
    norm = math.sqrt(sum(value * value for value in counts.values())) or 1.0
    return {word: value / norm for word, value in counts.items()}


def likeness(one: dict[str, float], other: dict[str, float]) -> float:
    """Compute the cosine similarity of two vectors of length one: 0 for no shared words, 1 for the same words."""
    if len(one) > len(other):
        one, other = other, one
    return sum(value * other[word] for word, value in one.items() if word in other)


def alternatives(listed: str) -> str:
    """Join expressions separated by semicolons into one group of alternatives, longest first."""
    items = [re.sub(r"\|\s+", "|", " ".join(item.split())) for item in listed.split(";")]
    return "(?:" + "|".join(sorted((item for item in items if item), key=len, reverse=True)) + ")"
