"""Killed at any moment, a run goes on where it stopped and ends as if nothing had happened.

The real command works on the sample podcast, served from loopback, with the real speech model, in a process of its
own that is killed from outside at random moments. So that forty kills take a minute and not ten, the processes are
forked from one that has imported everything, and stretches of recognition are a single window long.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import pytest

from podnotes.library import Library
from tests.http.loopback import Loopback, audio, content
from tests.library.conftest import export

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podnotes.models import Transcript

#: Kills in all, and the most of them in one run before it may end.
KILLS = 30
KILLS_IN_A_RUN = 10

FORKED = """
import json, os, signal, sys
import av, faster_whisper, nltk.stem.snowball  # what takes long to import
import podnotes.cli, podnotes.notes, podnotes.passages, podnotes.pipeline, podnotes.asr
import podnotes.transcripts, podnotes.topics
from podnotes.asr import recognition
assert recognition._CHUNK_SECONDS > 30
recognition._CHUNK_SECONDS = 1.0
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        status = 99
        try:
            said = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(said, 1)
            os.dup2(said, 2)
            sys.argv = ["podnotes", *json.loads(line)]
            status = podnotes.cli.main()
        except SystemExit as end:
            status = end.code
        finally:
            os._exit(status or 0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Forge:
    """Starts ``podnotes`` processes quickly."""

    def __init__(self, said: Path) -> None:
        self._said = said

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", FORKED, str(self._said)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate(timeout=60)

    def start(self, *arguments: str) -> int:
        """Start ``podnotes`` with these arguments; return the number of its process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def wait(self) -> int:
        """Wait for the process that was started last; return its exit status, negative for a signal."""
        return os.waitstatus_to_exitcode(int(self._answer()))

    def said(self) -> str:
        """What the process that was started last said."""
        return self._said.read_text()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    with Forge(tmp_path_factory.mktemp("forge") / "said.txt") as started:
        yield started


@pytest.fixture
def feed(sample_podcast: Path) -> Iterator[str]:
    """The sample podcast on the web, its audio coming slowly enough to be cut off."""
    types = {".vtt": "text/vtt", ".srt": "application/x-subrip", ".json": "application/json"}
    with Loopback() as server:
        for path in sample_podcast.rglob("*"):
            place = f"/{path.relative_to(sample_podcast)}"
            if path.suffix == ".mp3":
                server.add(place, audio(path.read_bytes(), etag=f'"{path.name}"', pause_s=0.02))
            elif path.is_file():
                server.add(place, content(path.read_bytes(), types.get(path.suffix, "application/rss+xml")))
        yield server.url("/feed.xml")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def remembered(path: Path) -> list[tuple[str, Transcript, object]]:
    """All transcripts and findings; without where the audio was, which is another folder for each run."""
    memory = []
    with Library(path) as library:
        assert library.check().ok
        lines = [json.loads(line) for line in export(library)]
        findings = {line["episode"]: line["findings"] for line in lines if line["kind"] == "findings"}
        for known in library.find_episodes():
            transcript = library.transcript(known.id)
            assert transcript is not None
            memory.append((known.episode.guid, replace(transcript, origin=None), findings[known.id]))
    return memory


SAVING = """
import sys
from podnotes.library import Library
from tests.library.conftest import make_episode, make_transcript
with Library(sys.argv[1]) as library:
    present = len(library.find_episodes())
    for count in range(max(0, present - 1), 100_000):
        number = library.remember_episode(make_episode(count % 27 + 1, feed=f"https://example.org/{count}"))
        library.save_transcript(number, make_transcript("\\n".join([f"Take {count} is about pain."] * 40)))
        library.write_draft(number, path=library.path.parent / "drafts" / f"{count}.md", text=f"Take {count}",
                            template="blog")
        library.mark_done(number, "r")
        print(number, flush=True)
"""


def test_what_was_said_to_be_saved_is_there(path: Path) -> None:
    chance = random.Random(7)
    saved: set[int] = set()
    for _ in range(12):
        with subprocess.Popen([sys.executable, "-c", SAVING, str(path)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            saved.add(int(process.stdout.readline()))
            time.sleep(chance.uniform(0.0, 0.2))
            process.kill()
            # What was cut off in the middle of a line wasn't said.
            saved |= {int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")}
        with Library(path) as library:
            assert library.check().ok
            for number in saved:
                assert library.is_done(number, "r")
                transcript = library.transcript(number)
                assert transcript is not None
                count = transcript.segments[0].text.split()[1]
                assert (path.parent / "drafts" / f"{count}.md").read_text() == f"Take {count}"
    # Only what the last kill interrupted can have left a part; the run after it writes over that.
    parts = [part.name for part in (path.parent / "drafts").glob(".*")]
    assert len(parts) <= 1, parts


class Bench:
    """A folder to run in: library, audio and drafts."""

    def __init__(self, folder: Path, feed: str, model: Path) -> None:
        self.library = folder / "home" / "library.sqlite3"
        self.drafts = folder / "drafts"
        self.audio = folder / "home" / "audio"
        self.arguments = (
            *("draft", feed, "--episodes", "3", "--model", str(model), "--batch-size", "1", "--quiet", "--no-speakers"),
            *("--out", str(self.drafts), "--library", str(self.library)),
        )


@pytest.mark.speech
def test_killed_at_random_moments(forge: Forge, feed: str, speech_model: Path, tmp_path: Path) -> None:
    reference = Bench(tmp_path / "reference", feed, speech_model)
    began = time.monotonic()
    forge.start(*reference.arguments)
    assert forge.wait() == 0, forge.said()
    whole = time.monotonic() - began
    expected = files(reference.drafts)
    assert len(expected) == 4, "two drafts, as Markdown and as a page"
    memory = remembered(reference.library)

    chance = random.Random(20261122)
    kills: list[float] = []
    number = 0
    while len(kills) < KILLS:
        number += 1
        bench = Bench(tmp_path / f"run-{number}", feed, speech_model)
        status, killed = 1, 0
        while status != 0:
            process = forge.start(*bench.arguments)
            if killed < KILLS_IN_A_RUN and len(kills) < KILLS:
                moment = chance.uniform(0.0, whole * 0.25)
                time.sleep(moment)
                with contextlib.suppress(ProcessLookupError):  # done already
                    # As Ctrl-C now and then; as a power cut mostly.
                    os.kill(process, signal.SIGINT if chance.random() < 0.2 else signal.SIGKILL)
            status = forge.wait()
            assert status in {0, -signal.SIGKILL, -signal.SIGINT, 130}, f"ended with {status}: {forge.said()}"
            if status != 0:
                killed += 1
                kills.append(moment)
        assert files(bench.drafts) == expected, "byte for byte"
        for before, after in zip(memory, remembered(bench.library), strict=True):
            assert after == before
        assert sorted(files(bench.audio)) == sorted(files(reference.audio)), "nothing half-downloaded is left"
        assert not [path for path in (tmp_path / f"run-{number}").rglob("*") if "part" in path.name]
    print(f"{len(kills)} kills in {number} runs of {whole:.1f} s uninterrupted")  # noqa: T201 - the figure, with -s
