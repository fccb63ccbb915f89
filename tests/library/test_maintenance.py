"""Checking, backing up, forgetting, and taking everything elsewhere."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from podnotes.errors import BusyError, LibraryError, OutputError
from podnotes.library import Library
from podnotes.models import Chunk, Findings, Passage, Podcast
from tests.library.conftest import FEED, make_episode, make_transcript

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def full(library: Library, tmp_path: Path) -> Library:
    """A library with something of everything."""
    library.remember_podcast(Podcast("The Nerve Hour", tuple(make_episode(n) for n in (3, 2, 1)), url=FEED, etag="e"))
    library.follow(FEED)
    library.follow("https://other.example/feed")
    one, two = (library.remember_episode(make_episode(number)) for number in (1, 2))
    library.save_transcript(one, make_transcript("Endorphins calm pain.\nTouch does too.", speaker="Anna Berg"))
    passage = Passage("endorphins", 0.0, 1.4, 0.9, "Endorphins calm pain.", ("endorphin",))
    library.save_findings(one, Findings((passage,)), "topics")
    library.save_chunk(two, "recipe", Chunk(0.0, 300.0, make_transcript("Half of it.").segments))
    library.write_draft(one, path=tmp_path / "drafts" / "one.md", text="one", template="blog")
    library.write_draft(None, path=tmp_path / "drafts" / "pain.md", text="all", template="topic")
    library.mark_done(one, "r", folder=tmp_path / "drafts")
    library.folder.mkdir()
    for number, identity in ((1, one), (2, two)):
        audio = library.folder / f"{number}.mp3"
        audio.write_bytes(b"sound")
        library.save_audio(identity, audio)
    return library


def number_of(library: Library, guid: str) -> int:
    return next(known.id for known in library.find_episodes() if known.episode.guid == guid)


def execute(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, values)


# ------------------------------------------------------------------------------------------------------- check


def test_all_is_well(full: Library) -> None:
    check = full.check()
    assert check.ok
    assert check.damage == ()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE transcript SET segments = x'00'", "transcript of “Episode 1” can't be read"),
        ("UPDATE transcript SET words = zeroblob(9)", "transcript of “Episode 1” can't be read"),
        ("UPDATE stretch SET segments = x'789c'", "unfinished transcript of “Episode 2” can't be read"),
        ("UPDATE transcript SET record = '{'", "transcript of “Episode 1”"),
        ("UPDATE episode SET record = '[]' WHERE guid = 'guid-3'", "episode of “Episode 3”"),
        ("UPDATE findings SET record = '7'", "findings of “Episode 1”"),
        ("UPDATE podcast SET record = '{}' WHERE title = 'The Nerve Hour'", "podcast of"),
        ("INSERT INTO done VALUES (99, 'r', '', '')", "done has an orphaned row"),
    ],
)
def test_damage_is_found(full: Library, statement: str, message: str) -> None:
    execute(full.path, statement)
    check = full.check()
    assert not check.ok
    assert any(message in sentence for sentence in check.damage), check.damage


def test_damaged_records_are_told_in_a_sentence(full: Library) -> None:
    number = number_of(full, "guid-1")
    execute(full.path, "UPDATE transcript SET segments = x'00'")
    with pytest.raises(LibraryError, match="damaged; run podnotes library check"):
        full.transcript(number)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sentence_data WHERE id > 10",
        "UPDATE sentence_data SET block = zeroblob(40) WHERE id > 10",
    ],
)
def test_the_index_is_made_anew(full: Library, statement: str) -> None:
    execute(full.path, statement)
    check = full.check()
    assert not check.ok
    assert "--repair" in check.damage[0]
    check = full.check(repair=True)
    assert check.ok
    assert check.repaired
    (result,) = full.search("endorphin", topic="endorphins", person="berg")
    assert result.episode.guid == "guid-1"
    assert full.check() == replace(check, repaired=False)


def test_a_file_full_of_rubbish(path: Path) -> None:
    with Library(path) as library:
        for count in range(1, 28):
            number = library.remember_episode(make_episode(count))
            library.save_transcript(number, make_transcript("\n".join([f"It is about {count} pains."] * 50)))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = bytes(20_000)
    path.write_bytes(content)
    try:
        with Library(path) as library:
            check = library.check()
            assert not check.ok
            assert all(sentence.endswith(".") for sentence in check.damage)
    except LibraryError as error:
        assert "damaged" in str(error)  # noqa: PT017 - where the damage is decides which


# ------------------------------------------------------------------------------------------------------ backup

WRITING = """
import sys
from podnotes.library import Library
from tests.library.conftest import make_episode, make_transcript
with Library(sys.argv[1]) as library:
    print("ready", flush=True)
    for count in range(1, 10_000):
        number = library.remember_episode(make_episode(count % 27 + 1, title=f"Take {count}"))
        library.save_transcript(number, make_transcript(f"Take {count} is about pain."))
"""


def test_a_backup_is_whole_while_others_write(path: Path, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITING, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        with Library(path) as library:
            copies = [library.backup(tmp_path / f"backup-{count}.sqlite3") for count in range(5)]
        assert writer.poll() is None, "it was still writing"
        writer.kill()
    for copy in copies:
        with Library(copy) as backup:
            assert backup.check().ok
            for known in backup.find_episodes():
                assert known.transcribed == (backup.transcript(known.id) is not None)
    assert not [found for found in tmp_path.iterdir() if "part" in found.name]


def test_a_backup_replaces_nothing_unasked(full: Library, tmp_path: Path) -> None:
    backup = full.backup(tmp_path / "backup.sqlite3")
    full.follow("https://third.example/feed")
    with pytest.raises(OutputError, match="--force"):
        full.backup(backup)
    assert full.backup(backup, replace=True) == backup
    with Library(backup) as copy:
        assert len(copy.feeds()) == 3
    diary = tmp_path / "diary.txt"
    diary.write_text("hers")
    with pytest.raises(OutputError, match="already exists"):
        full.backup(diary)
    assert diary.read_text() == "hers"
    with pytest.raises(OutputError, match="the library itself"):
        full.backup(full.path)
    with pytest.raises(OutputError, match="can't be written"):
        full.backup(diary / "backup.sqlite3")
    folder = tmp_path / "stick"
    folder.mkdir()
    assert full.backup(folder) == folder / "library.sqlite3"


# ------------------------------------------------------------------------------------------------------ forget


def test_forgetting_an_episode(full: Library, tmp_path: Path) -> None:
    number = number_of(full, "guid-1")
    (full.folder / ".1.mp3.json").write_text("{}")  # what is remembered of the download
    full.forget(number)
    assert sorted(path.name for path in full.folder.iterdir()) == ["2.mp3"]
    assert (tmp_path / "drafts" / "one.md").read_text() == "one", "drafts are hers"
    assert full.search("endorphin") == ()
    assert full.transcript(number) is None
    assert full.check().ok
    again = full.remember_episode(make_episode(1))
    assert again != number
    assert full.transcript(again) is None


def test_audio_of_her_own_is_not_deleted(library: Library, tmp_path: Path) -> None:
    number = library.remember_episode(make_episode(feed=None))
    talk = tmp_path / "talk.mp3"
    talk.write_bytes(b"hers")
    library.save_audio(number, talk)
    library.forget(number)
    assert talk.exists()


def test_forgetting_a_feed(full: Library) -> None:
    other = full.remember_episode(make_episode(1, feed="https://other.example/feed"))
    assert full.forget_feed(FEED) == 3
    assert [known.id for known in full.find_episodes()] == [other]
    assert [feed.url for feed in full.feeds()] == ["https://other.example/feed"]
    assert full.podcast(FEED) is None
    assert full.check().ok
    with pytest.raises(LibraryError, match="has no feed"):
        full.forget_feed(FEED)


def test_what_is_being_worked_on_is_not_forgotten(full: Library) -> None:
    number = number_of(full, "guid-2")
    with full.lock(number):
        with pytest.raises(BusyError):
            full.forget_feed(FEED)
        assert len(full.find_episodes()) == 3, "all or none"
        assert full.search("endorphin")


# ------------------------------------------------------------------------------------------------------ export


def test_an_export_can_be_read_without_podnotes(full: Library, tmp_path: Path) -> None:
    target = full.export(tmp_path / "everything.jsonl")
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines] == [
        *("library", "podcast", "podcast"),
        *("episode", "episode"),
        *("episode", "transcript", "findings"),
        *("draft", "draft"),
    ]
    transcript = next(line for line in lines if line["kind"] == "transcript")["transcript"]
    assert transcript["segments"][0]["text"] == "Endorphins calm pain."
    assert transcript["segments"][0]["words"][0] == {"start": 0.0, "end": 0.4, "text": "Endorphins", "probability": 0.9}
    episode = next(line for line in lines if line["kind"] == "episode")
    assert episode["episode"]["published"] == "2026-01-03T06:00:00+00:00"
    with pytest.raises(OutputError, match="already exists"):
        full.export(target)
    assert full.export(target, replace=True) == target
    with pytest.raises(OutputError, match="can't be written"):
        full.export(target / "inside.jsonl")
