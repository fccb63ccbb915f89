"""English dictionary: the words in pyspellchecker's frequency list (MIT) and scientific words derived from them."""

from __future__ import annotations

from functools import cache

from podnotes.text.stemming import stem

# Scientific terms combine these with dictionary words.
_PREFIXES = (
    *("anti", "auto", "bio", "cardio", "counter", "cyto", "dis", "electro", "endo", "epi", "extra", "hydro", "hyper"),
    *("hypo", "immuno", "inter", "intra", "macro", "mega", "meta", "micro", "mono", "multi", "myo", "nano", "neuro"),
    *("non", "out", "over", "patho", "photo", "physio", "poly", "post", "pre", "pro", "pseudo", "psycho", "re", "self"),
    *("semi", "sub", "super", "trans", "un", "under", "vaso"),
)
_LEAST_PART = 4  # letters of each half of a compound


def in_dictionary(word: str) -> bool:
    """Return whether a word, in any inflection, is in the list."""
    return not _stems().isdisjoint(_forms(word))


def is_derived(word: str) -> bool:
    """Return whether a word is formed from words in the list: with a scientific prefix or "-like", or as a compound."""
    known = _stems()
    return any(
        form.removesuffix("like") in known
        or any(form.startswith(prefix) and form[len(prefix) :] in known for prefix in _PREFIXES)
        or any(form[:at] in known and form[at:] in known for at in range(_LEAST_PART, len(form) - _LEAST_PART + 1))
        for form in _forms(word)
    )


def _forms(word: str) -> tuple[str, str, str]:
    key = stem(word)
    return key, f"{key}e", key.replace("our", "or")  # with the silent "e" that stemming removes; with American spelling


@cache
def _stems() -> frozenset[str]:
    from spellchecker import SpellChecker

    return frozenset(map(stem, SpellChecker(language="en").word_frequency.dictionary))
