"""An open library, and episodes to put into it."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from podnotes.library import Library
from podnotes.models import Enclosure, Episode, Person, Segment, Transcript, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FEED = "https://example.org/feed.xml"


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """Where the library is: in memory where there is such a place, so that thousands of commits wait for no disk."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path / "home" / "library.sqlite3"
        return
    with tempfile.TemporaryDirectory(prefix="podnotes-test-", dir=memory) as folder:
        yield Path(folder) / "home" / "library.sqlite3"


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    with Library(path) as opened:
        yield opened


def export(library: Library) -> list[str]:
    """The lines of an export."""
    with tempfile.TemporaryDirectory() as folder:
        return library.export(Path(folder) / "export.jsonl").read_text("utf-8").splitlines()


def make_episode(number: int = 1, *, title: str = "", feed: str | None = FEED, person: str = "Anna Berg") -> Episode:
    return Episode(
        guid=f"guid-{number}",
        title=title or f"Episode {number}",
        podcast="The Nerve Hour",
        published=datetime(2026, 1, number, 6, 0, tzinfo=UTC),
        audio=Enclosure(f"https://example.org/{number}.mp3", "audio/mpeg", 1000),
        persons=(Person(person),),
        feed_url=feed,
    )


def make_transcript(text: str, *, start: float = 0.0, speaker: str | None = None) -> Transcript:
    """A transcript of one sentence a segment, each word half a second long."""
    segments = []
    moment = start
    for sentence in text.split("\n"):
        words = []
        for word in sentence.split():
            words.append(Word(round(moment, 2), round(moment + 0.4, 2), word, 0.9))
            moment += 0.5
        segments.append(Segment(words[0].start, words[-1].end, sentence, tuple(words), speaker))
    return Transcript(tuple(segments), moment, "en", "recognised", "small.en")


@pytest.fixture
def transcribed(library: Library) -> Callable[..., int]:
    """Adds an episode with a transcript, and gives its number."""
    count = 0

    def add(text: str, *, speaker: str | None = None, **details: str) -> int:
        nonlocal count
        count += 1
        number = library.remember_episode(make_episode(count, **details))
        library.save_transcript(number, make_transcript(text, speaker=speaker))
        return number

    return add
