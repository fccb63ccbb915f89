"""Training episodes: labelled ones, and synthetic ones with our own texts inserted into their content."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from podnotes.ads.features import Features, breaks, describe, normalised
from podnotes.ads.viterbi import AD, CONTENT, FIRST, HOUSE, INSIDE, LAST, ONLY
from podnotes.models import Segment, Transcript
from podnotes.text.sentences import Sentence, sentences
from podnotes.transcripts.formats import read_transcript

TEXTS = Path(__file__).parent / "texts"
TESTS = Path(__file__).parents[2] / "tests" / "ads"
TESTED = {"spots": "reads", "reads": "reads", "housekeeping": "housekeeping", "stays": "talk"}
OWN = "our own texts"

_NUMBER = re.compile(r"-?(?=[0-9a-f]*\d)[0-9a-f]+$")
_EDGE = 2.5  # tolerance in seconds around the beginning and end of a label
_PAUSES = (0.5, 0.8, 1.2, 1.8, 2.5, 4.0)  # silence in seconds before an inserted text
_TALK = (15, 45)  # number of sentences between inserted texts
# Share of sponsor reads with a digression in the middle, as hosts often make ("I've been sleeping badly …"), and its
# number of sentences.
_DIGRESSING, _DIGRESSION = 0.3, (2, 8)


class Passage(NamedTuple):
    """One of our own texts: its kind, style, name and words."""

    kind: str
    style: str
    name: str
    text: str


@dataclass(frozen=True)
class Episode:
    """A training episode.

    Attributes:
        podcast: Podcast; its episodes are held out together.
        captions: Whether punctuation and capitals are missing.
        sentences: All its sentences.
        allowed: States that each sentence may have.
        sources: Origin of each sentence, since only phrases from several sources are learned.
        features: Features of each sentence.
        breaks: Break before each sentence.
    """

    podcast: str
    captions: bool
    sentences: tuple[Sentence, ...]
    allowed: list[frozenset[int]]
    sources: list[str]
    features: list[Features]
    breaks: list[list[float]]


def podcast(name: str) -> str:
    """Return the podcast of an episode's file: "hl" of "hl010", "tosh-show" of "tosh-show-5f68"."""
    return _NUMBER.sub("", name)


def texts() -> list[Passage]:
    """Read our own sponsor reads, housekeeping and content from ``texts/`` and the tests."""
    found = []
    for kind in ("reads", "housekeeping", "talk"):
        style = ""
        for at, line in enumerate((TEXTS / f"{kind}.txt").read_text(encoding="utf-8").splitlines()):
            if line.startswith("## "):
                style = line[3:]
            elif line:
                found.append(Passage(kind, style, f"{kind} {at}", line))
    for name, kind in TESTED.items():
        lines = (TESTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        found += [Passage(kind, "", f"{name} {at}", text) for at, text in enumerate(lines) if not text.startswith("# ")]
    return found


def labelled(file: Path, *, captions: bool = False) -> Episode:
    """Read an episode with its labels.

    Args:
        file: NAME.vtt; NAME.qrels.tsv beside it is optional.
        captions: Whether to remove punctuation and capitals.

    Returns:
        The episode.
    """
    spans: dict[str, list[tuple[float, float]]] = {"AD": [], "HOUSE": []}
    labels = file.with_suffix(".qrels.tsv")
    for line in labels.read_text(encoding="utf-8").splitlines() if labels.is_file() else ():
        kind, start, end = line.split("\t")[:3]
        if kind in spans:
            spans[kind].append((float(start), float(end)))
    transcript = read_transcript(file)
    made = sentences(_plain(transcript) if captions else transcript)
    either = frozenset({CONTENT, HOUSE})
    allowed, in_read = [], []
    for one in made:
        middle = (one.start + one.end) / 2
        inside = [kind for kind, of in spans.items() if any(start <= middle < end for start, end in of)]
        edge = any(abs(middle - time) < _EDGE for of in spans.values() for span in of for time in span)
        in_read.append("AD" in inside)
        if "HOUSE" in inside:
            allowed.append(frozenset({HOUSE}))
        else:
            allowed.append(frozenset({CONTENT}) if spans["HOUSE"] and not edge else either)
    # A labelled span may contain several reads.
    for at, inside_read in enumerate(in_read):
        if inside_read:
            allowed[at] = AD
    for at, (before, here) in enumerate(pairwise([False, *in_read])):
        if here and not before:
            allowed[at] &= {FIRST, ONLY}
    for at, (here, after) in enumerate(pairwise([*in_read, False])):
        if here and not after:
            allowed[at] &= {LAST, ONLY}
    return _episode(podcast(file.stem), captions, made, allowed, [podcast(file.stem)] * len(made))


def talk_of(episodes: list[Episode]) -> list[list[str]]:
    """Return sentences from the middle of each episode that are very likely content."""
    found = []
    for one in episodes:
        eighth = len(one.sentences) // 8
        middle = range(eighth, len(one.sentences) - eighth)
        said = [one.sentences[at].text for at in middle if CONTENT in one.allowed[at]]
        if len(said) > 2 * _TALK[1]:
            found.append(said)
    return found


def made(passages: list[Passage], talk: list[list[str]], times: int, seed: int) -> list[Episode]:
    """Make episodes by inserting our own texts between passages of content.

    Args:
        passages: The texts.
        talk: Passages of content.
        times: Number of uses of each text.
        seed: Seed of the arrangement.

    Returns:
        The episodes.
    """
    rng = random.Random(seed)
    found = []
    for _ in range(times):
        parts = _parts(passages, rng)
        while parts:
            here, parts = parts[:7], parts[7:]
            reads = [part for part in here if any(one.kind == "reads" for one in part)]
            if reads and rng.random() < 0.4:  # sponsor reads are often repeated
                here.insert(rng.randrange(len(here) + 1), rng.choice(reads))
            found.append(_put_into_talk(here, talk, rng, captions=rng.random() < 0.3))
    return found


def _parts(passages: list[Passage], rng: random.Random) -> list[list[Passage]]:
    """Arrange the texts in random order, with some reads together and some next to housekeeping."""
    parts = []
    house = [one for one in passages if one.kind == "housekeeping"]
    for kind, most in (("reads", (1, 1, 2, 3, 4)), ("housekeeping", (1, 1, 2, 3)), ("talk", (1,))):
        left = [one for one in passages if one.kind == kind]
        rng.shuffle(left)
        while left:
            size = rng.choice(most)
            part, left = left[:size], left[size:]
            if kind == "reads":
                chance = rng.random()
                if chance < 0.3:
                    part.append(rng.choice([one for one in house if chance < 0.1 or one.style == "welcome"]))
                elif chance < 0.5:
                    styles = ("breaks",) if chance < 0.4 else ("goodbye", "credits")
                    part.insert(0, rng.choice([one for one in house if one.style in styles]))
            parts.append(part)
    rng.shuffle(parts)
    return parts


def _put_into_talk(parts: list[list[Passage]], talk: list[list[str]], rng: random.Random, *, captions: bool) -> Episode:
    segments: list[Segment] = []
    marks: list[tuple[float, float, str, str]] = []
    at = 0.0
    pace = rng.uniform(0.27, 0.42)  # seconds per word

    def say(said: list[str], kind: str, source: str) -> None:
        nonlocal at
        begin = at
        for one in said:
            until = at + len(one.split()) * pace
            segments.append(Segment(at, until - 0.03, one))
            at = until + rng.choice([0.0, 0.1, 0.2, 0.3])
        marks.append((begin, at, kind, source))

    def some_talk(fewest: int, most: int) -> list[str]:
        source, size = rng.choice(talk), rng.randint(fewest, most)
        first = rng.randrange(len(source) - size)
        return source[first : first + size]

    if rng.random() < 0.75:
        say(some_talk(*_TALK), "talk", "")
    for part in parts:
        reads = any(one.kind == "reads" for one in part)
        silent = rng.random() < (0.55 if reads else 0.3)
        at += silent * rng.choice(_PAUSES)
        for one in part:
            said = re.split(r"(?<=[.?!]) (?=\S)", one.text)
            if one.kind == "reads" and len(said) > 2 and rng.random() < _DIGRESSING:
                middle = rng.randrange(1, len(said) - 1)
                said[middle:middle] = some_talk(*_DIGRESSION)
            say(said, one.kind, one.name)
            at += reads * rng.choice([0.0, 0.2, 0.4, 0.8, 1.5])
        at += silent * rng.choice(_PAUSES)
        if part is not parts[-1] or rng.random() < 0.75:
            say(some_talk(*_TALK), "talk", "")
    transcript = Transcript(tuple(segments), at, "en")
    cut = sentences(_plain(transcript) if captions else transcript)
    kinds, sources = [], []
    for sentence in cut:
        middle = (sentence.start + sentence.end) / 2
        kind, source = next(((kind, of) for start, end, kind, of in marks if start <= middle < end), ("talk", ""))
        kinds.append(kind)
        sources.append(source)
    allowed = []
    for place, kind in enumerate(kinds):
        first = place == 0 or sources[place - 1] != sources[place]
        last = place + 1 == len(cut) or sources[place + 1] != sources[place]
        read = (ONLY if last else FIRST) if first else LAST if last else INSIDE
        allowed.append(frozenset({{"reads": read, "housekeeping": HOUSE, "talk": CONTENT}[kind]}))
    return _episode(OWN, captions, cut, allowed, sources)


def _plain(transcript: Transcript) -> Transcript:
    """Remove capitals and punctuation, as in some captions."""
    said = [
        replace(one, text=re.sub(r"[.,?!;:\"]+(?=\s|$)", "", one.text.lower()), words=()) for one in transcript.segments
    ]
    return replace(transcript, segments=tuple(one for one in said if one.text.strip()))


def _episode(
    of: str, captions: bool, cut: tuple[Sentence, ...], allowed: list[frozenset[int]], sources: list[str]
) -> Episode:
    words = [normalised(one.text) for one in cut]
    return Episode(of, captions, cut, allowed, sources, describe(cut, words), breaks(cut))
