"""Science lexicons: the words of a topic's science, graded by how surely they speak of it.

A lexicon stands behind a topic of a pack (``lexicon = "pain"``), so that the pack stays short enough to read. It has
four lists: ``core`` words are the topic by themselves, ``strong`` ones nearly always speak of it, ``related`` ones
count near others, and ``never`` has figures of speech. They were written from textbook knowledge of each field.
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
        core: Are the topic by themselves.
        strong: Nearly always speak of the topic.
        related: Count near other words of the topic.
        never: Have a word of the topic in them and are not the topic: figures of speech.
    """

    core: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


def lexicons() -> tuple[str, ...]:
    """Names of the lexicons that come with the package, sorted."""
    folder = resources.files("podnotes.topics.lexicons")
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


@cache
def lexicon(name: str) -> Lexicon:
    """Read a lexicon by name.

    Args:
        name: One of :func:`lexicons`.
    """
    text = (resources.files("podnotes.topics.lexicons") / f"{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Lexicon(**{grade: tuple(words) for grade, words in data.items()})
