"""Measure a large library: search time, time to add an episode, disk space per hour of speech.

    python benchmarks/library.py                       2,000 episodes of 20,000 words: 40 million words, 4,200 hours
    python benchmarks/library.py --episodes 200        a small one, in a minute
    python benchmarks/library.py --keep library.db     keep the library for further runs

The transcripts are synthetic: words are drawn from a vocabulary of 40,000 with Zipf-Mandelbrot frequencies, as in
natural speech; terms of the pack ``bodywork`` have the ranks that they would have on a podcast about the body;
sentences have about 14 words and times at 160 words per minute. Each search is run once to warm up and then timed;
adding is timed alternately in the large library and in empty ones.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from podnotes import Enclosure, Episode, Findings, Passage, Person, Segment, Transcript, load_topics
from podnotes.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS_A_MINUTE = 160
VOCABULARY = 40_000
PODCASTS = 40
FUNCTION_WORDS = [
    "the",
    "and",
    "to",
    "of",
    "that",
    "a",
    "I",
    "you",
    "in",
    "it",
    "is",
    "so",
    "this",
    "we",
    "what",
    "have",
    "are",
    "be",
    "on",
    "for",
    "they",
    "but",
    "with",
    "can",
    "your",
    "if",
    "or",
    "not",
    "do",
    "about",
    "my",
    "as",
    "was",
    "just",
    "there",
    "like",
    "one",
    "how",
    "all",
    "because",
    "when",
    "people",
    "know",
    "think",
    "from",
    "very",
    "at",
    "get",
    "really",
    "some",
    "then",
    "more",
    "will",
    "which",
    "them",
    "would",
    "these",
    "by",
    "out",
    "our",
    "up",
    "an",
    "has",
    "going",
    "don't",
    "time",
    "who",
    "he",
    "things",
    "actually",
    "also",
    "into",
    "way",
]
LIMIT_S = 0.050


class Document:
    """Generator of transcripts.

    Args:
        seed: Seed of the random generator.
    """

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self.topics = load_topics("bodywork")
        terms = sorted({term for topic in self.topics for term in (*topic.terms, *topic.related)})
        self._random.shuffle(terms)
        rest = list(FUNCTION_WORDS)
        syllables = [
            c + v
            for c in ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "sh", "th", "br", "st"]
            for v in ["a", "e", "i", "o", "u", "ai", "ea"]
        ]
        made: set[str] = set()
        while len(made) < VOCABULARY - len(terms) - len(rest):
            made.add("".join(self._random.choice(syllables, self._random.integers(1, 4))) + "nt"[: len(made) % 3])
        rest += sorted(made)
        # The terms have ranks from 150 ("brain", "body") to 15,000 ("dynorphin").
        ranks = np.unique(np.geomspace(150, 15_000, len(terms)).astype(int))
        for rank, term in zip(ranks, terms, strict=False):
            rest.insert(int(rank), term)
        self.terms = terms[: len(ranks)]
        self.vocabulary = np.array(rest, dtype=object)
        weights = 1 / (np.arange(len(rest)) + 2.7)
        self._cumulated = np.cumsum(weights / weights.sum())

    def transcript(self, words: int) -> Transcript:
        """Generate a transcript with a number of words (a phrase counts as one)."""
        drawn = self.vocabulary[np.searchsorted(self._cumulated, self._random.random(words))]
        segments, first, moment = [], 0, 0.0
        for length in self._random.lognormal(2.5, 0.5, words // 10).astype(int) + 2:
            if first >= words:
                break
            text = " ".join(drawn[first : first + length]).capitalize() + "."
            first += length
            end = round(moment + (text.count(" ") + 1) * 60 / WORDS_A_MINUTE, 2)
            segments.append(Segment(moment, end, text))
            moment = end
        return Transcript(tuple(segments), moment, "en", "recognised", "small.en")

    def findings(self, transcript: Transcript) -> Findings:
        """Generate a few passages on each topic at random times."""
        passages = []
        for topic in self.topics:
            for place in self._random.integers(0, len(transcript.segments) - 5, 4):
                held = transcript.segments[place : place + 4]
                text = " ".join(segment.text for segment in held)
                passages.append(Passage(topic.id, held[0].start, held[-1].end, 0.5, text))
        return Findings(tuple(passages), (), transcript.duration)

    def episode(self, number: int) -> Episode:
        """Generate an episode as in a feed."""
        podcast = number % PODCASTS
        return Episode(
            guid=f"episode-{number}",
            title=f"Episode {number}",
            podcast=f"Podcast {podcast:02}",
            published=datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=number),
            audio=Enclosure(f"https://example.org/{number}.mp3", "audio/mpeg", 60_000_000),
            persons=(Person(f"Host {podcast:02}"), Person(f"Guest {number % 500}", "guest")),
            summary="What it is about. " * 20,
            feed_url=f"https://example.org/{podcast}.xml",
        )


def add(library: Library, talk: Document, number: int, transcript: Transcript) -> float:
    """Add an episode with transcript and findings; return the seconds it took."""
    findings = talk.findings(transcript)
    began = time.perf_counter()
    identity = library.remember_episode(talk.episode(number))
    library.save_transcript(identity, transcript)
    library.save_findings(identity, findings, "topics")
    return time.perf_counter() - began


def build(path: Path, talk: Document, episodes: int, words: int) -> None:
    """Fill a library."""
    began, spent = time.perf_counter(), 0.0
    with Library(path) as library:
        present = len(library.find_episodes())
        for number in range(present, episodes):
            spent += add(library, talk, number, talk.transcript(words))
            if (number + 1) % 100 == 0:
                elapsed = time.perf_counter() - began
                print(f"  {number + 1} episodes, {elapsed:.0f} s, {spent:.0f} of it adding", file=sys.stderr)


def searches(talk: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return kind, query and filters of typical searches, with terms from frequent to rare."""
    single = [term for term in talk.terms if " " not in term and "-" not in term and "'" not in term]
    phrases = [term for term in talk.terms if " " in term]
    some = single[:: max(1, len(single) // 40)][:40]
    for term in some:
        yield "one word", term, {}
    for first, second in zip(some, some[7:] + some[:7], strict=True):
        yield "two words", f"{first} {second}", {}
        yield "not", f"{first} -{second}", {}
    for phrase in phrases[:: max(1, len(phrases) // 40)][:40]:
        yield "phrase", f'"{phrase}"', {}
    for term in some[::2]:
        yield "prefix", f"{term[:5]}*", {}
    for count, term in enumerate(some):
        yield "by podcast", term, {"podcast": f"Podcast {count % PODCASTS:02}"}
        yield "by person", term, {"person": f"Guest {count}"}
        yield "by date", term, {"since": datetime(2020, 1, 1, tzinfo=UTC), "until": datetime(2021, 1, 1, tzinfo=UTC)}
        yield "by topic", term, {"topic": talk.topics[count % len(talk.topics)].id}


def time_searches(library: Library, talk: Document) -> float:
    """Time all searches, print the times by kind, and return the median of all in seconds."""
    times: dict[str, list[float]] = {}
    empty = 0
    for kind, query, filters in searches(talk):
        library.search(query, **filters)
        began = time.perf_counter()
        found = library.search(query, **filters)
        times.setdefault(kind, []).append(time.perf_counter() - began)
        empty += not found
    every = [value for values in times.values() for value in values]
    print(f"\n{'searches':<12} {'number':>6} {'median':>9} {'95 %':>9} {'slowest':>9}   (ms)")
    for kind, values in [*times.items(), ("all", every)]:
        ordered = sorted(values)
        late = ordered[int(len(ordered) * 0.95)]
        print(f"{kind:<12} {len(values):>6} {statistics.median(values) * 1e3:>9.1f} {late * 1e3:>9.1f} "
              f"{ordered[-1] * 1e3:>9.1f}")  # fmt: skip
    print(f"{empty} of {len(every)} found nothing.")
    for query in ("the", "people think"):
        began = time.perf_counter()
        library.search(query)
        print(f"the worst: “{query}”, which is nearly everywhere, {(time.perf_counter() - began) * 1e3:.0f} ms")
    return statistics.median(every)


def time_adding(library: Library, talk: Document, folder: Path, *, first: int, count: int, words: int) -> float:
    """Add the same episodes to this and empty libraries alternately, print both times, and return their ratio."""
    here: list[float] = []
    empty: list[float] = []
    for number in range(first, first + count):
        transcript = talk.transcript(words)
        with Library(folder / f"empty-{number}.db") as other:
            # Alternates the order, since the second one finds warm caches.
            pairs = [(here, library), (empty, other)]
            for times, target in pairs if number % 2 else pairs[::-1]:
                times.append(add(target, talk, number, transcript))
    for name, values in (("in this library", here), ("in an empty one", empty)):
        print(f"adding one episode {name}: median {statistics.median(values) * 1e3:.0f} ms, "
              f"mean {statistics.mean(values) * 1e3:.0f} ms, slowest {max(values) * 1e3:.0f} ms")  # fmt: skip
    return statistics.median(here) / statistics.median(empty)


def main() -> int:
    """Build, measure, print; return 1 if the median search takes longer than the limit."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--episodes", type=int, default=2000)
    options.add_argument("--words", type=int, default=20_000, help="words per episode (default: 20,000)")
    options.add_argument("--keep", type=Path, help="build the library in this file, or use the existing one")
    options.add_argument("--adds", type=int, default=40, help="number of episodes added for timing (default: 40)")
    given = options.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="podnotes-benchmark-"))
        stack.callback(shutil.rmtree, folder)
        path = given.keep or folder / "library.db"
        talk = Document()
        build(path, talk, given.episodes, given.words)
        library = stack.enter_context(Library(path))
        known = library.find_episodes()
        hours = (
            sum(transcript.duration for one in known[::20] if (transcript := library.transcript(one.id))) / 3600 * 20
        )
        library.backup(folder / "compact.db")
        size = (folder / "compact.db").stat().st_size
        print(f"{len(known)} episodes, {hours:,.0f} hours, {hours * 60 * WORDS_A_MINUTE / 1e6:.1f} million words")
        print(f"file: {path.stat().st_size / 1e6:,.0f} MB, {size / hours / 1e3:.0f} kB an hour of speech")
        ratio = time_adding(library, talk, folder, first=len(known), count=given.adds, words=given.words)
        print(f"as long as in an empty library: × {ratio:.2f}")
        median = time_searches(library, talk)
    print(f"\nmedian of all searches {median * 1e3:.1f} ms; limit {LIMIT_S * 1e3:.0f} ms")
    return int(median > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
