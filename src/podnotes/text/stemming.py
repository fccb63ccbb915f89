"""Stem words by language, so that "nociceptors" and "nociceptor" match.

For English, only inflections are removed (part of Porter 1980, "An algorithm for suffix stripping"): a full stemmer
conflates "excitability" with "excited" and "activation" with "active", and so finds the nervous system in every episode
about software. Other languages use nltk's Snowball stemmers; words of languages without one are left unchanged.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from podnotes.text.words import Remembered, normalized, words

if TYPE_CHECKING:
    from collections.abc import Callable

# Language names used by nltk's Snowball stemmers (https://snowballstem.org/algorithms/).
_SNOWBALL = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
}
_VOWEL = re.compile("[aeiouy]")
_SYLLABLE = re.compile("[aeiouy]+[^aeiouy]+")
# A final short syllable, whose vowel a silent "e" would lengthen.
_SHORT = re.compile("[^aeiou][aeiouy][^aeiouwxy]$")


# British spellings and their American equivalents.
_BRITISH = {
    "aesth": "esth",
    "haem": "hem",
    "oestr": "estr",
    "oedem": "edem",
    "rrhoea": "rrhea",
    "pnoea": "pnea",
    "fibre": "fiber",
    "centre": "center",
    "grey": "gray",
    "labour": "labor",
    "behaviour": "behavior",
    "tumour": "tumor",
    "neurone": "neuron",
}
_BRITISH_PART = re.compile("|".join(_BRITISH))
_BRITISH_END = re.compile(r"(?<=[a-z]{2})(i|y)s(?=(?:e|ed|es|er|ers|ing|ation|ations)$)")


# Irregular plurals.
_PLURALS = {
    "analyses": "analysis", "calves": "calf", "children": "child", "diagnoses": "diagnosis", "feet": "foot",
    "halves": "half", "men": "man", "nuclei": "nucleus", "selves": "self", "stimuli": "stimulus", "teeth": "tooth",
    "women": "woman",
}  # fmt: skip


def uninflected(word: str) -> str:
    """Remove the possessive, plural, "-ed", "-ing" and a silent "e" from a lower-case English word.

    These are steps 1 and 5a of Porter (1980). The result is a key, not a word: "massages", "massaged", "massaging" and
    "massage" all give "massag", while "hug" and "huge" stay distinct. British and American spellings give the same key.
    """
    word = word.replace("’", "'").removesuffix("'s").rstrip("'")
    word = _PLURALS.get(word, word)
    if len(word) <= 3:
        return word
    word = _BRITISH_PART.sub(lambda part: _BRITISH[part[0]], _BRITISH_END.sub(r"\1z", word))
    if word.endswith(("sses", "ies")):
        word = word[:-2]
    elif word.endswith("s") and word[-2] not in "sui":
        word = word[:-1]
    for suffix in ("ing", "ed"):
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) > 2 and _VOWEL.search(rest):
            word = _mended(rest)
            break
    if word.endswith("y") and len(word) > 3 and word[-2] not in "aeiou":
        return word[:-1] + "i"
    if word.endswith("e") and len(word) > 3:
        rest = word[:-1]
        syllables = len(_SYLLABLE.findall(rest))
        if syllables > 1 or (syllables == 1 and not _SHORT.search(rest)):
            return rest
    return word


def _mended(rest: str) -> str:
    """Restore the base form after removing "-ed" or "-ing": "hop" from "hopp", "hope" from "hop"."""
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if rest[-1] == rest[-2] and rest[-1] not in "aeioulsz":
        return rest[:-1]
    if len(_SYLLABLE.findall(rest)) == 1 and _SHORT.search(rest):
        return rest + "e"
    return rest


def stems(text: str, language: str = "en") -> list[str]:
    """Return the stems of the words of a text in a language (BCP 47 primary tag), in order."""
    known = _stems_of(language)
    return list(chain.from_iterable(map(known.__getitem__, text.split())))


def stem(word: str, language: str = "en") -> str:
    """Return the stem of a word from `podnotes.text.words.words`."""
    return _stem_of(language)[normalized(word)]


@cache
def _stem_of(language: str) -> Remembered[str]:
    """Return a cache of the stems of lower-case words in a language."""
    name = _SNOWBALL.get(language)
    strip: Callable[[str], str] = uninflected if language == "en" else str
    if name is not None:
        from nltk.stem.snowball import SnowballStemmer

        strip = SnowballStemmer(name).stem
    return Remembered(strip)


@cache
def _stems_of(language: str) -> Remembered[list[str]]:
    """Return a cache of the stems of tokens between spaces: none for "–", two for "skin-to"."""
    known = _stem_of(language)
    return Remembered(lambda token: [known[word] for word in words(normalized(token), language)])
