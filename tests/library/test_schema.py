"""Old libraries are brought up to date, strange and newer files are left alone."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from podnotes.errors import LibraryError
from podnotes.library import Library, schema
from podnotes.library.database import Database
from podnotes.models import Chunk
from tests.library.conftest import make_episode, make_transcript

SCHEMAS = Path(__file__).parent / "schemas"


def restore(version: int, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((SCHEMAS / f"version-{version}.sql").read_text())


def pragma(path: Path, name: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def tables(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: re.sub(r"--.*|[\s\"]+", "", sql) for name, sql in rows}


def test_there_is_a_fixture_of_every_old_version() -> None:
    assert sorted(path.name for path in SCHEMAS.iterdir()) == sorted(
        f"version-{number}.sql" for number in range(1, schema.SCHEMA_VERSION)
    )


@pytest.mark.parametrize("version", range(1, schema.SCHEMA_VERSION))
def test_an_old_library_is_brought_up_to_date(version: int, path: Path, tmp_path: Path) -> None:
    restore(version, path)
    with Library(path) as library:
        assert library.check().damage == ()
        numbers = {known.episode.title: known.id for known in library.find_episodes()}
        one, two = numbers["How pain is made"], numbers["Touch and sleep"]
        transcript = library.transcript(one)
        assert transcript is not None
        assert transcript.segments[1].text == "Slow touch calms the nervous system."
        assert transcript.segments[0].words[-1].text == "run."
        findings = library.findings(one, "hash-of-topics")
        assert findings is not None
        assert findings.passages[0].terms == ("endorphin",)
        assert library.chunks(two, "recipe") == (Chunk(0.0, 8.0, transcript.segments[:1]),)
        assert library.is_done(one, "recipe")
        assert [feed.title for feed in library.feeds()] == ["Other", "The Nerve Hour"]
        # What the version didn't have is made from what it had.
        assert [result.episode_id for result in library.search("endorphin")] == [one]
        assert [result.episode_id for result in library.search("released", person="berg")] == [one]
        assert library.search("touch", person="berg") == ()
        assert [result.episode_id for result in library.search("painkillers", topic="endorphins")] == [one]
    assert pragma(path, "user_version") == schema.SCHEMA_VERSION
    assert pragma(path, "application_id") == schema.APPLICATION_ID
    with Library(tmp_path / "fresh") as fresh:
        assert tables(path) == tables(fresh.path), "an old library ends as a new one begins"


@pytest.mark.parametrize("version", range(1, 4))
def test_episodes_of_private_feeds_are_marked(version: int, path: Path) -> None:
    restore(version, path)
    with closing(sqlite3.connect(path)) as connection:
        (feed,) = connection.execute("SELECT feed FROM episode ORDER BY id").fetchone()
        secret = feed.replace("//", "//anna:topsecret@")
        connection.execute("UPDATE podcast SET url = ? WHERE url = ?", (secret, feed))
        connection.commit()
    with Library(path) as library:
        for known in library.find_episodes():
            assert known.episode.private is (known.episode.feed_url == feed)
        assert any(known.episode.private for known in library.find_episodes())


@pytest.mark.parametrize("version", range(1, schema.SCHEMA_VERSION))
def test_a_migration_that_fails_leaves_the_old_version(
    version: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore(version, path)
    before = tables(path)
    fails = ("CREATE TABLE half (done)", "SELECT * FROM no_such_table")
    monkeypatch.setitem(schema.MIGRATIONS, schema.SCHEMA_VERSION, fails)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    with pytest.raises(LibraryError, match="no_such_table"):
        Library(path)
    assert pragma(path, "user_version") == version
    assert tables(path) == before
    monkeypatch.undo()
    with Library(path) as library:
        assert library.check().ok


def test_a_migration_that_breaks_the_links_is_undone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(path) as library:
        library.save_transcript(library.remember_episode(make_episode()), make_transcript("Hello."))
    breaks = (
        "PRAGMA defer_foreign_keys = ON",
        "DELETE FROM sqlite_sequence",
        "UPDATE transcript SET episode_id = 77",
    )
    monkeypatch.setitem(schema.MIGRATIONS, schema.SCHEMA_VERSION, breaks)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    with pytest.raises(LibraryError, match="is inconsistent"):
        Library(path)
    monkeypatch.undo()
    with Library(path) as library:
        assert library.check().ok


def test_a_newer_library_is_refused_untouched(path: Path) -> None:
    with Library(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="newer podnotes"):
        Library(path)
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE contact (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="another program"):
        Library(path)
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"Dear diary, " * 100, b"x", bytes(5000)])
def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "diary.txt"
    path.write_bytes(content)
    with pytest.raises(LibraryError, match="not a podnotes library"):
        Library(path)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match="can't be created"):
        Library(tmp_path / "file" / "library.sqlite3")


def test_a_python_with_an_old_sqlite(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(LibraryError, match="use a newer Python"):
        Library(path)
    assert not path.parent.exists()


def test_how_it_is_kept(library: Library) -> None:
    database = Database(library.path)
    with closing(database):
        assert database.row("PRAGMA journal_mode") == ("wal",)
        assert database.row("PRAGMA foreign_keys") == (1,)
        assert database.row("PRAGMA synchronous") == (2,)
        assert database.row("PRAGMA busy_timeout") == (30_000,)


def test_many_processes_make_it_at_once(path: Path) -> None:
    program = (
        "import sys; from podnotes.library import Library; from podnotes.models import Episode\n"
        "sys.stdin.read()\n"
        "with Library(sys.argv[1]) as library: print(library.remember_episode(Episode('one', 'One')))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    for process in started:  # all wait for this, then go at once
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    answers = [process.communicate(timeout=60)[0] for process in started]
    assert answers == ["1\n"] * 6
    with Library(path) as library:
        assert library.check().ok
