"""Cue phrases of sponsor reads and housekeeping, and how they are found in a sentence.

The phrases stand in ``skipping_cues.toml``, where their small notation is explained. They are matched word by word and
not as regular expressions: each phrase is looked at only where its rarest word occurs, so that hundreds of phrases cost
little more than looking up each word of the transcript once.
"""

from __future__ import annotations

import functools
import math
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple

from podnotes.passages.sentence_words import CLINGING, HANGING
from podnotes.text.words import Remembered

# Words that are no good to look a phrase up by: they are everywhere.
_ALSO = "and all one up now here so get go like them what then us back good make use see show"
_COMMON = HANGING | CLINGING | frozenset(_ALSO.split())

_GAP = 4  # words that ".." may stand for
_TOP_LEVEL = (
    "com|org|net|co|io|fm|tv|edu|gov|app|link|ai|us|uk|ca|au|de|shop|store|health|life|me|info|biz|ly|gg|club|live|bio"
    "|dev|tech|so|xyz|online|site|world|news|studio|cloud|email|money|fit|eu|ie|nz|in|ch"
)
_ADDRESS = re.compile(rf"(?:https?://)?(?:[a-z0-9-]+[.,]+)+(?:{_TOP_LEVEL})(?:/.*)?|https?://.+|www\..+")
_PHONE = re.compile(
    r"(?:1-?)?\(?[89][0-9]{2}\)?-?[a-z0-9]{3}-?[a-z0-9]{4}|1-[89][0-9]{2}-[a-z0-9-]{5,}|[2-9][0-9]{2}-[0-9]{3}-[0-9]{4}"
)
_PRICE = re.compile(r"[$£€]\d[\d,.]*(?:k|m|bn|million|billion)?|\d[\d,.]*[€£]")
_PERCENT = re.compile(r"\d[\d.,]*%")
_SOCIAL = re.compile(
    r"(?:https?://)?(?:www[.,]+)?(?:patreon|instagram|twitter|facebook|youtube|tiktok|discord|substack|twitch|bsky|ko-fi"
    r"|buymeacoffee|threads|mastodon|reddit|spotify)[.,]+(?:com|gg|tv|app|net|social)(?:/.*)?"
)
# "sofi.com/cj" as "sofi.com slash CJ" is written; not the pages of places where people keep code and articles.
_PATH = re.compile(
    r"(?:https?://)?(?:www\.)?(?!(?:git|npmjs|pypi|crates|wikipedia|stackoverflow|medium|arxiv|doi)).+\.[a-z]+/[a-z0-9-]+/?"
)
_NUMBER = re.compile(r"\d[\d,.]*(?:st|nd|rd|th|k|\+)?|\d+-\d+")
# The phrases are in American spelling.
_AMERICAN = {
    "programme": "program",
    "programmes": "programs",
    "favourite": "favorite",
    "favourites": "favorites",
    "neighbourhood": "neighborhood",
    "colour": "color",
    "colours": "colors",
    "flavour": "flavor",
    "flavours": "flavors",
    "personalised": "personalized",
    "customised": "customized",
    "enrol": "enroll",
    "theatres": "theaters",
    "cheque": "check",
    "organisation": "organization",
}
_EDGE = ".,?!;:\"'()[]{}<>…“”‘’«»*_-–—/\\"


class Slot(NamedTuple):
    """One place of a phrase: which words may stand there, or which may not (``other``)."""

    words: frozenset[str]
    other: bool = False
    optional: bool = False
    gap: bool = False
    start: bool = False
    end: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """A kind of evidence.

    Attributes:
        name: Its name.
        kind: "ad", "housekeeping", "break", "back" or "public".
        score: What it is worth, in log-odds.
        says: How a reason tells it.
    """

    name: str
    kind: str
    score: float
    says: str


class Hit(NamedTuple):
    """A cue in a sentence, with the words that are it: ``words[first:last]``; ``again`` where it comes twice."""

    cue: Cue
    first: int
    last: int
    again: bool = False


class _Place(NamedTuple):
    """A phrase where its rarest word stands.

    Attributes:
        cue: What the phrase is a sign of.
        slots: The phrase.
        least: How many words come before the rarest one at least.
        most: And at most.
        until: The last place in a sentence at which the rarest word may stand.
        second: Words of which one must be there as well.
    """

    cue: Cue
    slots: tuple[Slot, ...]
    least: int
    most: int
    until: float
    second: frozenset[str]


class Cues:
    """All cue phrases, ready to be looked up.

    Attributes:
        cues: The cues by name.
        lists: Lists of single words by name: "selling", "imperatives", "talking".

    Args:
        text: The phrases, as TOML.
    """

    def __init__(self, text: str) -> None:
        tables = tomllib.loads(text)
        self.cues: dict[str, Cue] = {}
        self.lists = {name: frozenset(words.split()) for name, words in tables["wording"].items()}
        self._by_word: dict[str, list[_Place]] = {}
        for table in tables["cue"]:
            cue = Cue(table["name"], table["kind"], float(table["score"]), table["says"])
            self.cues[cue.name] = cue
            for phrase in table["phrases"].splitlines():
                self._add(cue, phrase)

    def _add(self, cue: Cue, text: str) -> None:
        slots = tuple(_slot(word) for word in text.split())
        fixed = [i for i, slot in enumerate(slots) if slot.words and not (slot.optional or slot.other)]
        # The slot with the fewest common words among its choices; of those, the one with the fewest choices.
        ranked = sorted(fixed, key=lambda i: _commonness(slots[i]))
        anchor = ranked[0]
        second = next((slots[i].words for i in ranked[1:] if not slots[i].end), frozenset[str]())
        least = sum(1 for slot in slots[:anchor] if slot.words and not slot.optional)
        most = sum(_GAP if slot.gap else 1 for slot in slots[:anchor] if slot.words or slot.gap)
        until = most if slots[0].start else math.inf
        for word in slots[anchor].words:
            self._by_word.setdefault(word, []).append(_Place(cue, slots, least, most, until, second))

    def find(self, words: list[str]) -> list[Hit]:
        """Find the cues of a sentence, each once.

        Args:
            words: The sentence, as `normalised` gives it.

        Returns:
            At most one hit for each cue.
        """
        present = set(words)
        if self._by_word.keys().isdisjoint(present):
            return []
        hits: dict[str, Hit] = {}
        by_word = self._by_word
        for at, word in enumerate(words):
            if word not in by_word:
                continue
            for cue, slots, least, most, until, second in by_word[word]:
                if at > until or (second and second.isdisjoint(present)):
                    continue
                hit = hits.get(cue.name)
                if hit and (hit.again or hit.last > at):
                    continue
                for first in range(max(hit.last if hit else 0, at - most), at - least + 1):
                    last = _match(slots, 0, words, first)
                    if last > at:
                        hits[cue.name] = hit._replace(again=True) if hit else Hit(cue, first, last)
                        break
        return list(hits.values())


@functools.cache
def english() -> Cues:
    """The English cue phrases that come with the package."""
    return Cues(resources.files("podnotes.passages").joinpath("skipping_cues.toml").read_text(encoding="utf-8"))


@functools.cache
def _commonness(slot: Slot) -> tuple[int, int]:
    return len(slot.words & _COMMON), len(slot.words)


@functools.cache
def _slot(text: str) -> Slot:
    if text == "..":
        return Slot(frozenset(), gap=True)
    if text == "^":
        return Slot(frozenset(), start=True)
    if text == "$":
        return Slot(frozenset(), end=True)
    if text.startswith("!"):
        return Slot(frozenset(text[1:].split("|")), other=True)
    optional = text.endswith("?")
    choices = text.removesuffix("?").split("|")
    if "URL" in choices:
        choices.append("PATH")
    return Slot(frozenset(choices) - {"", "$"}, optional=optional, end="$" in choices)


def _match(slots: tuple[Slot, ...], at: int, words: list[str], place: int) -> int:
    """Where the phrase ends when its slots from ``at`` on are matched from ``place`` on, or -1."""
    while at < len(slots):
        slot = slots[at]
        if slot.gap:
            for skipped in range(min(_GAP, len(words) - place) + 1):
                last = _match(slots, at + 1, words, place + skipped)
                if last >= 0:
                    return last
            return -1
        if slot.start:
            if place != 0:
                return -1
        elif place < len(words) and (words[place] in slot.words) is not slot.other:
            if slot.optional:
                last = _match(slots, at + 1, words, place + 1)
                if last >= 0:
                    return last
            else:
                place += 1
        elif slot.end and place >= len(words):
            pass
        elif not slot.optional:
            return -1
        at += 1
    return place


def _normalise(word: str) -> str:
    bare = word.lower().replace("’", "'").strip(_EDGE)
    if not bare or bare.isalpha():
        return _AMERICAN.get(bare, bare)
    if _ADDRESS.fullmatch(bare):
        return "SOCIAL" if _SOCIAL.fullmatch(bare) else "PATH" if _PATH.fullmatch(bare) else "URL"
    if bare[-1] == "%" and _PERCENT.fullmatch(bare):
        return "PERCENT"
    if _PRICE.fullmatch(bare):
        return "PRICE"
    if _PHONE.fullmatch(bare):
        return "PHONE"
    if bare[0].isdigit() and _NUMBER.fullmatch(bare):
        return "NUM"
    return bare


_NORMALISED = Remembered(_normalise)


def normalised(text: str) -> list[str]:
    """The words of a sentence as phrases are matched with them.

    Args:
        text: The sentence.

    Returns:
        One item a word: lower case, without punctuation; "URL", "PATH" (an address with more behind the slash),
        "SOCIAL" (one at Patreon, YouTube, …), "PRICE",
        "PERCENT", "PHONE" and "NUM" for what those say; "" for a word that is only punctuation.
    """
    return list(map(_NORMALISED.__getitem__, text.split()))
