"""A dictionary of English: the words in pyspellchecker's frequency list (MIT), and what science forms from them."""

from __future__ import annotations

from functools import cache

from podnotes.text.stemming import stem

# Scientific terms combine these with words of the dictionary.
_PREFIXES = (
    *("anti", "auto", "bio", "cardio", "counter", "cyto", "dis", "electro", "endo", "epi", "extra", "hydro", "hyper"),
    *("hypo", "immuno", "inter", "intra", "macro", "mega", "meta", "micro", "mono", "multi", "myo", "nano", "neuro"),
    *("non", "out", "over", "patho", "photo", "physio", "poly", "post", "pre", "pro", "pseudo", "psycho", "re", "self"),
    *("semi", "sub", "super", "trans", "un", "under", "vaso"),
)
_LEAST_PART = 4  # letters of each half of a compound


def in_dictionary(word: str) -> bool:
    """Whether a word is a form of one in the list."""
    return not _stems().isdisjoint(_forms(word))


def is_derived(word: str) -> bool:
    """Whether a word is one in the list with a prefix of science or "-like", or two of them in one."""
    known = _stems()
    return any(
        form.removesuffix("like") in known
        or any(form.startswith(prefix) and form[len(prefix) :] in known for prefix in _PREFIXES)
        or any(form[:at] in known and form[at:] in known for at in range(_LEAST_PART, len(form) - _LEAST_PART + 1))
        for form in _forms(word)
    )


def _forms(word: str) -> tuple[str, str, str]:
    key = stem(word)
    return key, f"{key}e", key.replace("our", "or")  # a silent "e" that the stem has lost; colour, color


@cache
def _stems() -> frozenset[str]:
    from spellchecker import SpellChecker

    return frozenset(map(stem, SpellChecker(language="en").word_frequency.dictionary))
