"""Names: those of sponsors, read off a read and found again around it; and the show's own, which are no sponsor's."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from podnotes.passages.sentence_words import HANGING, OPENERS
from podnotes.text.words import Remembered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podnotes.passages.sentences import Sentence
    from podnotes.passages.skipping_cues import Hit

_HOST = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9-]{3,})[.,]")
_AWAY = 90.0  # seconds from an address on which a name is not part of a read that gives it
_OWN = 3  # times a name is said elsewhere when it is the show's own
_ADDRESSES = frozenset({"URL", "PATH"})
# An address as it is said: "go to eight sleep dot com".
_SAID = "com org net co io fm tv edu uk"
_SAID_ENDS = frozenset(_SAID.split())
_LEADING = "to at visit visiting is that's again online and or check try the via us our my"
_BEFORE_ADDRESS = frozenset(_LEADING.split())
_LONGEST_SAID = 3  # words
_LONGEST_NAME = 63  # letters of a label (RFC 1035)
# What a name is part of: "drinkag1.com", "functionhealth.com".
_LEAST_PART, _LEAST_REST = 4, 2  # letters
_NEAR = 75.0  # seconds
_BARE = re.compile(r"[^\w'&-]+")


def address_names(sentence: Sentence, words: Sequence[str]) -> list[str]:
    """Read the names off the web addresses of a sentence.

    Args:
        sentence: The sentence.
        words: Its words, normalised.

    Returns:
        The name of each address: "insidetracker" for "www.InsideTracker.com" and for "inside tracker dot com".
    """
    names = []
    if not _ADDRESSES.isdisjoint(words):
        tokens = sentence.text.split()
        found = (_HOST.match(tokens[at].lower().strip("\"'(“‘")) for at, word in enumerate(words) if word in _ADDRESSES)
        names = [host[1].replace("-", "") for host in found if host and len(host[1]) <= _LONGEST_NAME]
    if "dot" in words:
        for at, word in enumerate(words[:-1]):
            if word == "dot" and words[at + 1] in _SAID_ENDS:
                names += _said(words[:at])
    return names


def _said(words: Sequence[str]) -> list[str]:
    """The name before "dot com", back to the word that leads to it."""
    joined = ""
    for word in reversed(words[-_LONGEST_SAID:]):
        if word in _BEFORE_ADDRESS or not word:
            break
        joined = _joinable(word) + joined
    return [joined] if _LEAST_PART <= len(joined) <= _LONGEST_NAME else []


def own_names(sentences: Sequence[Sentence], words: Sequence[Sequence[str]]) -> frozenset[str]:
    """Find the web addresses that are the show's own, or what the episode is about.

    A sponsor is named around its address and nowhere else; the show, its network, or the company whose podcast it is,
    are named all through.

    Args:
        sentences: All sentences.
        words: Their words, normalised.

    Returns:
        Names of addresses, as `address_names` gives them.
    """
    given: dict[str, list[float]] = {}
    for sentence, of in zip(sentences, words, strict=True):
        for name in address_names(sentence, of):
            given.setdefault(name, []).append(sentence.start)
    if not given:
        return frozenset()
    for times in given.values():
        times.sort()
    elsewhere = dict.fromkeys(given, 0)
    beginnings = {name[:length] for name in given for length in range(2, len(name) + 1)}
    known = _JOINABLE.__getitem__
    for sentence, of in zip(sentences, words, strict=True):
        bare = list(map(known, of))
        if beginnings.isdisjoint(bare):
            continue
        for index, word in enumerate(bare):
            if word not in beginnings:
                continue
            joined = ""
            for end in range(index, min(index + 4, len(bare))):
                joined += bare[end]
                # "Levels" is a name where it is written as one.
                named = end > index or (index > 0 and sentence.text.split()[index][:1].isupper())
                if named and joined in given and _distance(given[joined], sentence.start) > _AWAY:
                    elsewhere[joined] += 1
    return frozenset(name for name, count in elsewhere.items() if count >= _OWN)


def _distance(times: Sequence[float], here: float) -> float:
    """Seconds to the nearest of some times, which are sorted."""
    at = bisect_left(times, here)
    return min(abs(time - here) for time in times[max(at - 1, 0) : at + 1])


def _joinable(word: str) -> str:
    """The word as it stands in an address: "its" for "it's"."""
    return word.replace("'", "").replace("-", "")


_JOINABLE = Remembered(_joinable)


def sponsor_names(
    sentences: Sequence[Sentence],
    words: Sequence[Sequence[str]],
    hits: Sequence[Sequence[Hit]],
    in_read: Sequence[bool],
) -> dict[str, set[int]]:
    """Read the sponsors' names off the reads.

    Args:
        sentences: All sentences.
        words: Their words, normalised.
        hits: Their cues.
        in_read: Which of them have been found to be in a read.

    Returns:
        Each name, lower case and without spaces ("insidetracker"), with the places of the sentences that give it.
    """
    names: dict[str, set[int]] = {}
    for place, sentence in enumerate(sentences):
        if not in_read[place]:
            continue
        for name in address_names(sentence, words[place]):
            names.setdefault(name, set()).add(place)
        tokens = sentence.text.split()
        for hit in hits[place]:
            if hit.cue.name in {"sponsor", "underwriting"}:
                name = _capitalised(tokens, hit.last)
                if name:
                    names.setdefault(name, set()).add(place)
    for part, places in _parts(sentences, words, names).items():
        names.setdefault(part, set()).update(places)
    return names


def _parts(
    sentences: Sequence[Sentence], words: Sequence[Sequence[str]], names: dict[str, set[int]]
) -> dict[str, set[int]]:
    """Names that an address begins or ends with, "AG1" of "drinkag1", and the places of the addresses.

    Only what is written as a name beside the address, and never otherwise there: "Function" and not "health".
    """
    hosts: dict[str, set[str]] = {}
    for name in names:
        for length in range(3, len(name) - _LEAST_REST + 1):
            hosts.setdefault(name[:length], set()).add(name)
            hosts.setdefault(name[-length:], set()).add(name)
    when = sorted((sentences[place].start, place) for places in names.values() for place in places)
    times = [time for time, _ in when]
    written: dict[str, set[int]] = {}
    small: set[str] = set()
    for place, sentence in enumerate(sentences):
        nearest = bisect_left(times, sentence.start - _NEAR)
        if nearest == len(times) or times[nearest] > sentence.start + _NEAR:
            continue
        tokens = sentence.text.split()
        bare = [_joinable(word.removesuffix("'s")) for word in words[place]]
        for index, word in enumerate(bare):
            for joined, last in ((word, index), (word + "".join(bare[index + 1 : index + 2]), index + 1)):
                if joined not in hosts or last >= len(bare):
                    continue
                if any(tokens[at][:1].islower() and not any(map(str.isdigit, joined)) for at in range(index, last + 1)):
                    small.add(joined)
                elif (index or last > index) and (len(joined) >= _LEAST_PART or _is_sign(tokens[index])):
                    near = range(nearest, bisect_left(times, sentence.start + _NEAR))
                    owners = [names[host] for host in hosts[joined]]
                    given = {when[at][1] for at in near if any(when[at][1] in places for places in owners)}
                    if given:
                        written.setdefault(joined, set()).update(given)
    return {part: places for part, places in written.items() if part not in small}


def _is_sign(token: str) -> bool:
    """Whether a short word is written as nothing but a name is: "AG1", "UPS"."""
    bare = _BARE.sub("", token).removesuffix("'s")
    return bare.isupper() or any(map(str.isdigit, bare))


def _capitalised(tokens: Sequence[str], first: int) -> str:
    """The run of capitalised words that follows a cue, at most two words after it."""
    for start in range(first, min(first + 3, len(tokens))):
        if not _is_name(tokens[start]):
            continue
        parts = []
        for token in tokens[start : start + 3]:
            if not _is_name(token):
                break
            parts.append(_BARE.sub("", token.lower()).removesuffix("'s"))
            if token[-1] in ".,;:?!":
                break
        return "".join(parts)
    return ""


def _is_name(token: str) -> bool:
    bare = _BARE.sub("", token)
    return len(bare) > 1 and bare[0].isupper() and bare not in OPENERS and bare.lower() not in HANGING


def with_names(
    sentences: Sequence[Sentence], words: Sequence[Sequence[str]], names: dict[str, set[int]], *, reach: float = 120.0
) -> Iterator[tuple[int, str]]:
    """Find the sentences near a read that say its sponsor's name.

    Args:
        sentences: All sentences.
        words: Their words, normalised.
        names: What `sponsor_names` gave.
        reach: Seconds between a sentence and one that gave the name.

    Yields:
        The place of a sentence and the name in it, as said; a sentence once.
    """
    given = {name: sorted(sentences[place].start for place in places) for name, places in names.items()}
    beginnings = {name[:length] for name in names for length in range(2, len(name) + 1)}
    when = sorted(time for times in given.values() for time in times)
    for place, sentence in enumerate(sentences):
        nearest = bisect_left(when, sentence.start - reach)
        if nearest == len(when) or when[nearest] > sentence.start + reach:
            continue
        bare = [word.removesuffix("'s").replace("-", "") for word in words[place]]
        for index, word in enumerate(bare):
            if word not in beginnings:
                continue
            found = _name_at(sentence.text.split(), bare, index, given, sentence.start, reach)
            if found:
                yield place, found
                break


def _name_at(
    tokens: Sequence[str], bare: Sequence[str], index: int, given: dict[str, list[float]], here: float, reach: float
) -> str | None:
    """The name that begins with this word, written in up to three words."""
    joined = ""
    for end in range(index, min(index + 3, len(bare))):
        joined += bare[end]
        # A name that is a word of the language as well ("Levels") counts when it is written as a name.
        written = tokens[index][:1].isupper() or any(map(str.isdigit, joined))
        if joined in given and (written or len(joined) > 7 or end > index):
            if _distance(given[joined], here) <= reach:
                return " ".join(tokens[index : end + 1]).strip(".,;:?!")
            return None
    return None
