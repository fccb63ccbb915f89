"""Words of running text in any script.

Chinese, Japanese, Thai and their neighbours are written without spaces between words. There each character is a word of
its own here, so that a phrase is found wherever its characters stand side by side, as full-text search does with
n-grams (Lucene's CJKAnalyzer); only a run of katakana stays in one piece, since ペイン (pain) is no part of スペイン
(Spain).
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
# A word keeps its apostrophe; hyphens part words, so that "skin-to-skin" and "skin to skin" are the same phrase.
_WORD = regex.compile(
    rf"[\p{{Katakana}}ー]+|[{_UNSPACED}]\p{{M}}*|{_SPACED}(?:{_SPACED}|\p{{M}})*(?:['’]{_SPACED}(?:{_SPACED}|\p{{M}})*)*",
    regex.V1,
)
_IS_UNSPACED = regex.compile(rf"[{_UNSPACED}]")
# Between these nobody writes a space: the characters themselves, and their full-width punctuation.
_WIDE_END = regex.compile(rf"[{_UNSPACED}、。，．！？：；）」』】》〉…・]\p{{M}}*$")
_WIDE_START = regex.compile(rf"[{_UNSPACED}、。，．！？：；（「『【《〈…・]")
# About so many characters make a word where no spaces do.
_CHARACTERS_A_WORD = 2


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


def normalized(text: str) -> str:
    """Lower case, with one form for each character: full-width letters are letters, ü is one character (NFKC)."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def words(text: str, language: str = "en") -> list[str]:
    """The words of a text as they stand in it, in order.

    Args:
        text: Running text.
        language: BCP 47 primary tag. Apostrophes belong to the word in English ("don't"); in other languages they part
            an elided article from it ("l'endorphine").
    """
    if language == "en" or ("'" not in text and "’" not in text):
        found: list[str] = _WORD.findall(text)
        return found
    return [text[first:last] for first, last in word_spans(text, language)]


def word_spans(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Where the words of a text begin and end, in order.

    Args:
        text: Running text.
        language: BCP 47 primary tag, see `words`.
    """
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
    """Whether a text has characters of a script that puts no spaces between words."""
    return not text.isascii() and _IS_UNSPACED.search(text) is not None


def count_words(text: str) -> int:
    """How many words a text has, as a person counts them; two characters are a word in scripts without spaces."""
    if not is_unspaced(text):
        return len(text.split())
    characters = len(_IS_UNSPACED.findall(text))
    others = [token for token in _IS_UNSPACED.sub(" ", text).split() if any(map(str.isalnum, token))]
    return len(others) + -(-characters // _CHARACTERS_A_WORD)


def is_spaced(before: str, after: str) -> bool:
    """Whether a space stands between two pieces of text: everywhere but inside scripts without them."""
    return not (_WIDE_START.match(after) and _WIDE_END.search(before[-3:]))


def joined(pieces: Iterable[str]) -> str:
    """Join pieces of text with single spaces, but where both sides are of a script without them.

    Args:
        pieces: Sentences, or parts of them.
    """
    found: list[str] = []
    for piece in pieces:
        if found and is_spaced(found[-1], piece):
            found.append(" ")
        found.append(piece)
    return "".join(found)
