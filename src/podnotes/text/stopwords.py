"""Stop words by language: articles, pronouns, auxiliaries and fillers.

The lists (`stopwords.toml`) were written for spoken language and for this project: existing ones (Snowball's, nltk's)
were made for newspaper text and lack spoken fillers ("halt", "pues", "du coup"). Languages without a list have no stop
words.
"""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from podnotes.text.stemming import stem
from podnotes.text.words import Remembered, is_unspaced, normalized, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = Path(__file__).with_name("stopwords.toml")
_ALSO = {"nb": "no", "nn": "no"}

# In Japanese, hiragana are mostly endings and particles; content words are written in katakana and kanji.
_PIECE = regex.compile(
    r"(?P<word>[\p{Katakana}ー]{2,})|(?P<run>\p{Han}+|(?:[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*)+)"
)
_CHARACTER = regex.compile(r".\p{M}*")


def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language (BCP 47 primary tag) in lower case; empty if there is no list."""
    return _lists().get(_ALSO.get(language, language), frozenset())


def listed_languages() -> tuple[str, ...]:
    """Return the languages with a list that write spaces between words (BCP 47 primary tags)."""
    return tuple(language for language in _lists() if language not in ("ja", "zh"))


@cache
def _lists() -> dict[str, frozenset[str]]:
    lists = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {language: frozenset(words_of.split()) for language, words_of in lists.items()}


def is_stop_word(word: str, language: str) -> bool:
    """Return whether a word, as written, is a stop word."""
    return normalized(word).replace("’", "'") in stop_words(language)


def content_stems(text: str, language: str = "en") -> list[str]:
    """Return the stems of the content words of a text, in order.

    In scripts without spaces, these are pairs of adjacent characters, and katakana words; Japanese hiragana (endings
    and particles) and Chinese function characters (的, 了) act as separators.
    """
    known = _content_of(language)
    return list(chain.from_iterable(map(known.__getitem__, text.split())))


def content_words(text: str, language: str = "en") -> list[str]:
    """Return the content words of a text, in lower case and unstemmed."""
    plain = normalized(text)
    if is_unspaced(plain):
        return list(_pieces(plain, language))
    return [word for word in words(plain, language) if _has_subject(word, language)]


def _has_subject(word: str, language: str) -> bool:
    return len(word) > 1 and not is_stop_word(word, language)


@cache
def _content_of(language: str) -> Remembered[list[str]]:
    """Return a cache of the stems of the content words in tokens between spaces."""
    return Remembered(lambda token: [stem(word, language) for word in content_words(token, language)])


def _pieces(text: str, language: str) -> Iterator[str]:
    """Generate the content words and character pairs of text in a script without spaces."""
    at = 0
    for match in chain(_PIECE.finditer(text), [None]):
        first, last = match.span() if match else (len(text), len(text))
        between = words(text[at:first], language)
        yield from (word for word in between if not is_unspaced(word) and _has_subject(word, language))
        at = last
        if match and match["word"]:
            yield match["word"]
        elif match:
            yield from _pairs(match["run"], language)


def _pairs(run: str, language: str) -> Iterator[str]:
    """Generate pairs of adjacent characters, or the single character."""
    stop = stop_words(language)
    part: list[str] = []
    for character in [*_CHARACTER.findall(run), ""]:
        if character and (language == "ja" or character not in stop):
            part.append(character)
            continue
        pairs = ["".join(two) for two in pairwise(part)] or part
        yield from (pair for pair in pairs if pair not in stop)
        part = []
