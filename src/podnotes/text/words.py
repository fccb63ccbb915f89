"""Split running text in any script into words.

Chinese, Japanese, Thai and related scripts have no spaces between words. In these, each character is treated as a word,
so that a phrase is found wherever its characters are adjacent, as with n-grams in full-text search (Lucene's
CJKAnalyzer). Only a run of katakana is kept whole, since ペイン (pain) is not part of スペイン (Spain).
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, TypeVar

import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Made = TypeVar("Made")

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_SPACED = rf"[[\p{{L}}\p{{N}}]--[{_UNSPACED}]]"
# A word keeps its apostrophe; hyphens separate words, so that "skin-to-skin" and "skin to skin" are the same phrase.
_WORD = regex.compile(
    rf"[\p{{Katakana}}ー]+|[{_UNSPACED}]\p{{M}}*|{_SPACED}(?:{_SPACED}|\p{{M}})*(?:['’]{_SPACED}(?:{_SPACED}|\p{{M}})*)*",
    regex.V1,
)
_IS_UNSPACED = regex.compile(rf"[{_UNSPACED}]")
# No space is written between these: the characters themselves and their full-width punctuation.
_WIDE_END = regex.compile(rf"[{_UNSPACED}、。，．！？：；）」』】》〉…・]\p{{M}}*$")
_WIDE_START = regex.compile(rf"[{_UNSPACED}、。，．！？：；（「『【《〈…・]")
# Average length of a word in scripts without spaces.
_CHARACTERS_A_WORD = 2


class Remembered(dict[str, Made]):
    """A cache of the results of a function of a word, filled on first access.

    Args:
        make: The function.
    """

    # Enough for hundreds of hours of speech; limits the memory of a long-running process.
    _MOST = 1 << 18

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> Made:
        if len(self) >= self._MOST:
            self.clear()
        made = self[word] = self._make(word)
        return made


def normalized(text: str) -> str:
    """Convert to lower case and NFKC: full-width letters become ordinary ones, ü a single character."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def words(text: str, language: str = "en") -> list[str]:
    """Return the words of a text as written, in order.

    In English, apostrophes belong to the word ("don't"); in other languages (BCP 47 primary tag) they separate an
    elided article from it ("l'endorphine").
    """
    if language == "en" or ("'" not in text and "’" not in text):
        found: list[str] = _WORD.findall(text)
        return found
    return [text[first:last] for first, last in word_spans(text, language)]


def word_spans(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Return the start and end positions of the `words` of a text, in order."""
    spans: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        first, last = match.span()
        if language != "en":
            for at in range(first, last):
                if text[at] in "'’":
                    spans.append((first, at))
                    first = at + 1
        spans.append((first, last))
    return spans


def is_unspaced(text: str) -> bool:
    """Return whether a text has characters of a script without spaces between words."""
    return not text.isascii() and _IS_UNSPACED.search(text) is not None


def count_words(text: str) -> int:
    """Count the words of a text as a person would; in scripts without spaces, two characters are a word."""
    if not is_unspaced(text):
        return len(text.split())
    characters = len(_IS_UNSPACED.findall(text))
    others = [token for token in _IS_UNSPACED.sub(" ", text).split() if any(map(str.isalnum, token))]
    return len(others) + -(-characters // _CHARACTERS_A_WORD)


def is_spaced(before: str, after: str) -> bool:
    """Return whether a space belongs between two pieces of text: always, except within scripts without spaces."""
    return not (_WIDE_START.match(after) and _WIDE_END.search(before[-3:]))


def joined(pieces: Iterable[str]) -> str:
    """Join pieces of text with single spaces, except where both sides are in a script without spaces."""
    found: list[str] = []
    for piece in pieces:
        if found and is_spaced(found[-1], piece):
            found.append(" ")
        found.append(piece)
    return "".join(found)
