"""Identify the language of a text by its script and its function words.

Function words make up a fifth to a half of running text in any language, and languages share few of them (Ingle 1976,
"A language identification table"); a page is enough to identify the language.
"""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING

import regex

from podnotes.text.stopwords import listed_languages, stop_words
from podnotes.text.words import count_words, normalized, words

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "nl": "Dutch", "sv": "Swedish", "da": "Danish", "no": "Norwegian", "pl": "Polish", "fi": "Finnish", "ru": "Russian",
    "ja": "Japanese", "zh": "Chinese", "ko": "Korean", "ar": "Arabic", "he": "Hebrew", "tr": "Turkish",
    "hu": "Hungarian", "el": "Greek", "th": "Thai", "ro": "Romanian", "cs": "Czech", "uk": "Ukrainian",
}  # fmt: skip
# Aliases and deprecated tags.
_SAME = {"nb": "no", "nn": "no", "iw": "he", "cmn": "zh", "yue": "zh", "jp": "ja"}
# Scripts that identify a language. Kana (Japanese) are checked before Han (Chinese).
_SCRIPTS = {
    "ja": regex.compile(r"[\p{Hiragana}\p{Katakana}]"),
    "zh": regex.compile(r"\p{Han}"),
    "ko": regex.compile(r"\p{Hangul}"),
    "th": regex.compile(r"\p{Thai}"),
    "he": regex.compile(r"\p{Hebrew}"),
    "el": regex.compile(r"\p{Greek}"),
}
_LETTER = regex.compile(r"\p{L}")
_OWN_SCRIPT = 0.3  # minimum share of the letters
_SAMPLE = 100  # minimum number of texts in the sample, if there are that many
# Minimum number of words for a reliable result.
_ENOUGH = 40
# Minimum share of function words in a text, and minimum number of different ones: "com" alone is not Portuguese.
_TELLING = 0.32
# Terse text, such as a list of symptoms, has fewer of them; then the share must be at least _APART times that of
# the next language.
_TERSE, _APART = 0.16, 2.0
_DIFFERENT = 4


def language_name(language: str) -> str:
    """Return the English name of a language, or its code if unknown."""
    return _NAMES.get(language, language)


def primary(tag: str | None) -> str | None:
    """Return the primary subtag of a BCP 47 tag, resolving aliases ("no" for "nb-NO"); None for None and "und"."""
    found = (tag or "").replace("_", "-").split("-")[0].strip().lower()
    return _SAME.get(found, found) if found not in ("", "und") else None


def guess_language(texts: Sequence[str]) -> str | None:
    """Identify the language of a transcript's sentences (BCP 47 primary tag).

    Returns "und" if it is clearly none of the known languages; None if there is too little text.
    """
    # Sample the whole text: an English interview may open with a French song.
    step = max(1, len(texts) // _SAMPLE)
    sample = normalized(" ".join(texts[::step]))
    if count_words(sample) < _ENOUGH:
        return None
    if not sample.isascii():
        letters = len(_LETTER.findall(sample))
        for language, script in _SCRIPTS.items():
            if len(script.findall(sample)) >= _OWN_SCRIPT * letters:
                return language
    counts = Counter(words(sample, "und"))
    shares = {
        language: sum(counts[word] for word in known) / counts.total()
        for language in listed_languages()
        if len((known := stop_words(language)) & counts.keys()) >= _DIFFERENT
    }
    if not shares:
        return "und"
    first, second = heapq.nlargest(2, [*shares.values(), 0.0])
    if first < _TELLING and (first < _TERSE or first < _APART * second):
        return "und"
    return max(shares, key=lambda language: shares[language])


def spoken_language(texts: Sequence[str], tag: str | None) -> str | None:
    """Determine the language of a transcript by its words, which take precedence, and its stated language (or None).

    Returns a BCP 47 primary tag: "und" if it is clearly none of the known languages; None if it can't be determined.
    """
    stated, guessed = primary(tag), guess_language(texts)
    if guessed is None:
        return stated
    # The words match no known language and the tag names an unknown one, so it may well be right.
    return stated if guessed == "und" and stated and stated not in (*listed_languages(), *_SCRIPTS) else guessed
