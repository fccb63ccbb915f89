"""Science lexicons: the vocabulary of a topic's field, graded by how strongly each word indicates the topic.

A topic in a pack can refer to a lexicon (``lexicon = "pain"``), so that the pack stays short enough to read. A lexicon
has four lists: ``core`` words always indicate the topic, ``strong`` words nearly always, ``related`` words only near
others, and ``never`` lists figures of speech. The lexicons were written from textbook knowledge of each field.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Graded words of one field.

    Attributes:
        core: Words that always indicate the topic.
        strong: Words that nearly always indicate it.
        related: Words that count only near others.
        never: Figures of speech that contain a word of the topic but aren't about it.
    """

    core: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


def lexicons() -> tuple[str, ...]:
    """Return the names of the lexicons included in the package, sorted."""
    folder = resources.files("podnotes.topics.lexicons")
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


@cache
def lexicon(name: str) -> Lexicon:
    """Read a lexicon by name."""
    text = (resources.files("podnotes.topics.lexicons") / f"{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Lexicon(**{grade: tuple(words) for grade, words in data.items()})
