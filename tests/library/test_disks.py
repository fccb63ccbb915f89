"""A full disk, a read-only disk, a locked file: one clear sentence, and nothing is lost that was there.

Root may write anywhere, so that permissions test nothing there: real file systems are mounted instead, in a mount
namespace of their own, which the kernel takes away with its last process.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from podnotes.errors import LibraryError
from podnotes.library import Library, database
from podnotes.models import Chunk, Episode, Findings, Podcast
from tests.library.conftest import FEED, make_episode, make_transcript

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]

BEGIN = """
import os, random, sys
from pathlib import Path
from podnotes.errors import LibraryError, OutputError, PodnotesError
from podnotes.library import Library
from podnotes.models import Chunk
from tests.library.conftest import make_episode, make_transcript
disk = Path(sys.argv[1])
chance = random.Random(1)
def talk(words=2000):
    sentence = lambda: " ".join(str(chance.random()) for _ in range(10)) + "."
    return make_transcript("\\n".join(sentence() for _ in range(words // 10)))
def told(error, *parts):
    assert isinstance(error, PodnotesError), repr(error)
    assert "\\n" not in str(error) and str(error).endswith("."), error
    assert any(part in str(error) for part in parts), error
"""


def _can_mount() -> bool:
    unshare = shutil.which("unshare")
    if unshare is None or not sys.platform.startswith("linux"):
        return False
    command = [unshare, "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def mounting() -> None:
    if not _can_mount():
        pytest.skip("this system lets nobody mount a file system of their own")


def on_a_disk(disk: Path, program: str, *, size: str = "2m") -> str:
    """Run a program with a small disk mounted at ``disk``; what it printed."""
    disk.mkdir(exist_ok=True)
    script = f'mount -t tmpfs -o size={size} none "$1" && shift && exec "$@"'
    run = subprocess.run(
        [
            *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", str(disk)),
            *(sys.executable, "-c", BEGIN + program, str(disk)),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.usefixtures("mounting")
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    said = on_a_disk(
        tmp_path / "disk",
        """
kept = {}
with Library(disk / "library.sqlite3") as library:
    try:
        for count in range(1, 10_000):
            number = library.remember_episode(make_episode(count % 27 + 1, title=f"Take {count}", feed=f"https://{count}/"))
            transcript = talk()
            library.save_transcript(number, transcript)
            kept[number] = transcript
    except LibraryError as error:
        told(error, "is full; everything that was saved before is still there")
        print(error)
    else:
        raise SystemExit("the disk never filled up")
    # Another sentence for each further attempt, and reading goes on.
    for _ in range(3):
        try:
            library.save_chunk(number, "recipe", Chunk(0.0, 1.0, talk().segments))
        except LibraryError as error:
            told(error, "is full")
        try:
            with library.lock(number):
                pass
        except LibraryError as error:  # a claim for which there was just enough room could not be given back
            told(error, "is full", "is being processed")
    for number, transcript in kept.items():
        assert library.transcript(number) == transcript
    assert library.check().ok
assert len(kept) > 3
with Library(disk / "library.sqlite3") as library:  # a full disk doesn't keep anyone from opening it
    for number, transcript in kept.items():
        assert library.transcript(number) == transcript
    assert library.check().ok
print(len(kept), "kept")
""",
    )
    assert said.startswith("The disk of the library")


@pytest.mark.usefixtures("mounting")
def test_room_made_means_going_on(tmp_path: Path) -> None:
    on_a_disk(
        tmp_path / "disk",
        """
ballast = disk / "ballast"
with Library(disk / "library.sqlite3") as library:
    number = library.remember_episode(make_episode(1))
    free = os.statvfs(disk)
    ballast.write_bytes(bytes(free.f_bavail * free.f_frsize - 20_000))
    transcript = talk(20_000)
    try:
        library.save_transcript(number, transcript)
        raise SystemExit("there was room")
    except LibraryError as error:
        told(error, "is full")
    ballast.unlink()
    library.save_transcript(number, transcript)
    assert library.transcript(number) == transcript
    assert library.check().ok
""",
        size="4m",
    )


@pytest.mark.usefixtures("mounting")
def test_a_full_disk_for_drafts(tmp_path: Path) -> None:
    on_a_disk(
        tmp_path / "disk",
        f"""
drafts = disk / "drafts"
with Library({str(tmp_path / "library.sqlite3")!r}) as library:
    number = library.remember_episode(make_episode(1))
    def write(text, path=drafts / "one.md"):
        return library.write_draft(number, path=path, text=text, template="blog").outcome
    assert write("one") == "new"
    for target in (drafts / "one.md", drafts / "one.html"):
        try:
            write("x" * 5_000_000, target)
            raise SystemExit("there was room")
        except OutputError as error:
            told(error, "No space left on device")
    assert [path.name for path in drafts.iterdir()] == ["one.md"]
    assert (drafts / "one.md").read_text() == "one"
    assert write("two") == "updated"
    assert write("two", drafts / "one.html") == "new"
    for give in (library.backup, library.export):
        free = os.statvfs(disk)
        (disk / "ballast").write_bytes(bytes(free.f_bavail * free.f_frsize))
        try:
            give(disk / "copy")
            raise SystemExit("there was room")
        except (OutputError, LibraryError) as error:
            told(error, "can't be written")
        assert sorted(path.name for path in disk.iterdir()) == ["ballast", "drafts"]
        (disk / "ballast").unlink()
""",
    )


@pytest.mark.usefixtures("mounting")
def test_a_read_only_disk(tmp_path: Path) -> None:
    on_a_disk(
        tmp_path / "disk",
        """
import subprocess
with Library(disk / "library.sqlite3") as library:
    number = library.remember_episode(make_episode(1))
    library.save_transcript(number, talk())
subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
before = (disk / "library.sqlite3").read_bytes()
try:
    Library(disk / "library.sqlite3")
    raise SystemExit("it was opened for writing")
except LibraryError as error:
    told(error, "is read-only", "is not writable")
try:
    Library(disk / "new" / "library.sqlite3")
    raise SystemExit("it was made")
except LibraryError as error:
    told(error, "can't be created")
try:
    Library(disk / "second.sqlite3")
    raise SystemExit("it was made")
except LibraryError as error:
    told(error, "is read-only", "is not writable")
assert (disk / "library.sqlite3").read_bytes() == before
""",
    )


@pytest.mark.usefixtures("mounting")
def test_a_disk_that_becomes_read_only(tmp_path: Path) -> None:
    # A bind mount made read-only under an open library stands for a stick that is pulled or a disk that fails.
    on_a_disk(
        tmp_path / "disk",
        """
home, elsewhere = disk / "home", disk / "elsewhere"
with Library(home / "library.sqlite3") as library:
    number = library.remember_episode(make_episode(1))
    os.rename(home, elsewhere)
    home.mkdir()
    try:
        library.save_transcript(number, talk())
    except LibraryError as error:
        told(error, "library check", "is read-only", "is not writable")
with Library(elsewhere / "library.sqlite3") as library:
    assert library.episode(number) == make_episode(1)
    assert library.check().ok
""",
    )


# ------------------------------------------------------------------------------------------------------- locked

#: Claims end with their block: this one is still open when the test looks.
HELD = ExitStack()

WRITES: dict[str, Callable[[Library], object]] = {
    "remember_podcast": lambda library: library.remember_podcast(Podcast("P", (make_episode(2),), url=FEED)),
    "remember_episode": lambda library: library.remember_episode(Episode("new", "New")),
    "follow": lambda library: library.follow("https://other.example/"),
    "unfollow": lambda library: library.unfollow(FEED),
    "mark_gone": lambda library: library.mark_gone(FEED),
    "save_audio": lambda library: library.save_audio(1, Path("x.mp3")),
    "save_chunk": lambda library: library.save_chunk(1, "r", Chunk(0.0, 1.0, ())),
    "save_transcript": lambda library: library.save_transcript(1, make_transcript("Another one.")),
    "save_findings": lambda library: library.save_findings(1, Findings(notice="n"), "t"),
    "mark_done": lambda library: library.mark_done(1, "r"),
    "claim": lambda library: HELD.enter_context(library.lock(1)),
    "write_draft": lambda library: library.write_draft(1, path=library.path.parent / "x.md", text="x", template="blog"),
    "forget": lambda library: library.forget(1),
    "forget_feed": lambda library: library.forget_feed(FEED),
}

READS: dict[str, Callable[[Library], object]] = {
    "podcast": lambda library: library.podcast(FEED),
    "feeds": lambda library: library.feeds(),
    "episode": lambda library: library.episode(1),
    "find_episodes": lambda library: library.find_episodes("e"),
    "audio": lambda library: library.audio(1),
    "stretches": lambda library: library.chunks(1, "r"),
    "transcript": lambda library: library.transcript(1),
    "findings": lambda library: library.findings(1, "t"),
    "search": lambda library: library.search("pain"),
    "is_done": lambda library: library.is_done(1, "r"),
    "export": lambda library: library.export(library.path.parent / "export.jsonl"),
    "backup": lambda library: library.backup(library.path.parent / "backup.sqlite3"),
}


def content(path: Path) -> dict[str, list[object]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sentence'")
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables.fetchall()}


@pytest.fixture
def filled(path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.1)
    with Library(path) as library:
        library.remember_podcast(Podcast("P", (make_episode(1),), url=FEED))
        library.follow(FEED)
        library.save_transcript(1, make_transcript("Pain is a signal."))
    return library


@pytest.mark.parametrize("name", WRITES)
def test_every_writing_method_on_a_locked_library(filled: Library, name: str) -> None:
    before = content(filled.path)
    with closing(sqlite3.connect(filled.path, isolation_level=None)) as other, Library(filled.path) as library:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="locked") as caught:
            WRITES[name](library)
        assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
        other.execute("ROLLBACK")
        assert content(filled.path) == before
        # Afterwards it does what it should, and commits at once: another connection sees it.
        WRITES[name](library)
        assert content(filled.path) != before
        HELD.close()


@pytest.mark.parametrize("name", READS)
def test_readers_are_never_kept_waiting(filled: Library, name: str) -> None:
    with closing(sqlite3.connect(filled.path, isolation_level=None)) as other, Library(filled.path) as library:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE episode SET title = 'half-way'")
        READS[name](library)
        other.execute("ROLLBACK")


@pytest.mark.parametrize("name", [*WRITES, *READS])
def test_no_error_of_sqlite_gets_out(filled: Library, name: str) -> None:
    with Library(filled.path) as library:
        with closing(sqlite3.connect(filled.path, isolation_level=None)) as other:
            for table in ("claim", "podcast", "episode", "transcript", "stretch", "findings", "draft", "done", "audio"):
                other.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
        if name == "backup":
            return  # copies whatever there is
        with pytest.raises(LibraryError) as caught:
            ({**WRITES, **READS})[name](library)
        assert isinstance(caught.value.__cause__, sqlite3.Error)
        assert "\n" not in str(caught.value)
