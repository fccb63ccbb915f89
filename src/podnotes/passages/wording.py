"""Words of running text without their inflections, so that "nociceptors" and "nociceptor" are one word.

For English only inflections are taken off (from Porter 1980, "An algorithm for suffix stripping"): a whole stemmer
makes one word of "excitability" and "excited", "activation" and "active", and so finds the nervous system in every talk
on software. Other languages get nltk's Snowball stemmers.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Made = TypeVar("Made")

# A word keeps its apostrophe; hyphens part words, so that "skin-to-skin" and "skin to skin" are the same phrase.
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Languages by the name that nltk's Snowball stemmers have for them (https://snowballstem.org/algorithms/).
_SNOWBALL = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
}
_VOWEL = re.compile("[aeiouy]")
_SYLLABLE = re.compile("[aeiouy]+[^aeiouy]+")
# A short syllable at the end, whose vowel a silent "e" would make long.
_SHORT = re.compile("[^aeiou][aeiouy][^aeiouwxy]$")


# British spellings, which get the key of the American ones.
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


class Remembered(dict[str, Made]):
    """What becomes of each word, found out when it is first asked for: looking it up again costs next to nothing.

    Args:
        make: What is done to a word.
    """

    # Words of some hundred hours, so that a process that reads for weeks doesn't grow.
    _MOST = 1 << 18

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> Made:
        if len(self) >= self._MOST:
            self.clear()
        made = self[word] = self._make(word)
        return made


@cache
def _stems_of(language: str) -> Remembered[list[str]]:
    """The stems in whatever stands between two spaces: none in "–", two in "skin-to"."""
    # Where no stemmer is known the words stay as they are.
    strip: Callable[[str], str] = uninflected if language == "en" else str
    name = _SNOWBALL.get(language)
    if name is not None:
        from nltk.stem.snowball import SnowballStemmer

        strip = SnowballStemmer(name).stem
    known = Remembered(strip)
    return Remembered(lambda token: [known[word] for word in _WORD.findall(token.lower())])


def uninflected(word: str) -> str:
    """Take possessive, plural, "-ed", "-ing" and a silent "e" off an English word in lower case.

    These are steps 1 and 5a of Porter (1980). The result is a key and no word: "massages", "massaged", "massaging" and
    "massage" all give "massag", while "hug" and "huge" stay apart. British and American spellings give the same key.
    """
    word = word.replace("’", "'").removesuffix("'s").rstrip("'")
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
    """What is left of a word without "-ed" or "-ing", made like its base again: "hop" of "hopp", "hope" of "hop"."""
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if rest[-1] == rest[-2] and rest[-1] not in "aeioulsz":
        return rest[:-1]
    if len(_SYLLABLE.findall(rest)) == 1 and _SHORT.search(rest):
        return rest + "e"
    return rest


def stems(text: str, language: str = "en") -> list[str]:
    """Stems of the words of a text, in order.

    Args:
        text: Running text.
        language: BCP 47 primary tag of the text, such as "en".
    """
    known = _stems_of(language)
    return list(chain.from_iterable(map(known.__getitem__, text.split())))


_STOP_WORDS = """
a about actually all also am an and any are as at be because been being but by can can't could did do does doesn't
don't down for from get gets getting go goes going had has have he her here him his how i i'm i've if in into is it
it's its just kind know knows let's like lot make makes may me mean might more most must my no not now of off okay
on one or our out over people really right said say says shall she should so some sort talk talks than that that's
the their them then there there's these they they're thing things think thinks this those to up us very want wants
was way we we're well were what when where which who whom why will with without would yeah you you're you've your
"""
# Words that say nothing, as stems.
_STOP = frozenset(stems(_STOP_WORDS))


def content(words: Sequence[str]) -> list[str]:
    """Stems without those that say nothing."""
    return [word for word in words if word not in _STOP and len(word) > 1]


def content_words(text: str, language: str) -> list[str]:
    """Words of a text, in lower case and as they stand, without those that say nothing."""
    return [word for word in _WORD.findall(text.lower()) if content(stems(word, language))]
