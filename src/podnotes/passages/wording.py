"""Words of running text and their stems, so that "nociceptors" and "nociceptor" are one word."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# A word keeps its apostrophe; hyphens part words, so that "skin-to-skin" and "skin to skin" are the same phrase.
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Languages by the name that nltk's Snowball stemmers have for them (https://snowballstem.org/algorithms/).
_SNOWBALL = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
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


@cache
def stemmer(language: str) -> Callable[[str], str]:
    """Return the function that stems a lower-case word of a language; words stay as they are where there is none.

    Args:
        language: BCP 47 primary tag, such as "en".
    """
    known: dict[str, str] = {}
    name = _SNOWBALL.get(language)
    if name is None:
        return lambda word: word
    from nltk.stem.snowball import SnowballStemmer

    snowball = SnowballStemmer(name).stem

    def stem(word: str) -> str:
        found = known.get(word)
        if found is None:
            found = str(snowball(word.replace("’", "'").removesuffix("'s")))
            known[word] = found
        return found

    return stem


def stems(text: str, language: str = "en") -> list[str]:
    """Stems of the words of a text, in order.

    Args:
        text: Running text.
        language: BCP 47 primary tag of the text.
    """
    stem = stemmer(language)
    return [stem(word) for word in _WORD.findall(text.lower())]
