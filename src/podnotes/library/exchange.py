"""The whole library as JSON lines, readable without podnotes, and back.

Each line is an object with ``kind``: first one ``library`` (version of the format), then podcasts, episodes, and what
belongs to an episode, which names it by ``episode``, a number that counts within the file. The fields of ``podcast``,
``episode``, ``transcript``, ``findings`` and ``stretch`` are those of ``podnotes.models``; times inside an episode are
seconds, moments are ISO 8601 in UTC.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podnotes import __version__
from podnotes.errors import LibraryError
from podnotes.files import whole_file
from podnotes.http.addresses import is_web, without_credentials
from podnotes.library import indexing, schema
from podnotes.library.corrections import insert_correction
from podnotes.library.database import Database
from podnotes.library.encoding import decode_segments, encode_segments
from podnotes.library.podcasts import insert_episode, known_episode
from podnotes.library.reading import all_corrections, corrections_of
from podnotes.library.records import from_json, from_plain, to_json, to_plain
from podnotes.library.reviews import read_review, write_review
from podnotes.models import Correction, Episode, Findings, Podcast, Review, Stretch, Transcript

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

#: Version of the format.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought.

    Attributes:
        episodes: Episodes that were not known before.
        transcripts: Transcripts that were not there before.
        lines: Lines that were read.
    """

    episodes: int
    transcripts: int
    lines: int


class Exchange:
    """The part of a library that writes itself out and reads others in."""

    path: Path
    _database: Database

    def export_lines(self) -> Iterator[str]:
        """Everything in the library, one JSON object a line, as it was when the first line was asked for.

        Others may write meanwhile. Audio files and drafts are named, not included.

        Yields:
            Lines without their line end.

        Raises:
            LibraryError: Reading failed.
        """
        # A connection of its own: a long transaction for reading keeps nobody waiting, this process included.
        with contextlib.closing(Database(self.path, read_only=True)) as database, database.read() as connection:
            connection.execute("BEGIN")
            yield _line("library", format=FORMAT, podnotes=__version__, exported=schema.now())
            for url, record, followed, checked, gone in connection.execute(
                "SELECT url, record, followed, checked, gone FROM podcast ORDER BY id"
            ):
                podcast = to_plain(from_json(Podcast, record))
                yield _line(
                    "podcast", url=_bare(url), podcast=_bare(podcast), followed=followed, checked=checked, gone=gone
                )
            for correction in all_corrections(connection):
                if correction.episode_id is None:
                    yield _line("correction", episode=None, correction=to_plain(correction))
            for number, record, place, audio in connection.execute(
                "SELECT id, record, place, path FROM episode LEFT JOIN audio ON episode_id = id ORDER BY id"
            ):
                yield _line("episode", number=number, episode=_bare(json.loads(record)), place=place, audio=audio)
                yield from _lines_of_episode(connection, number)
            for draft in _drafts(connection, "episode_id IS NULL"):
                yield _line("draft", episode=None, **draft)

    def export(self, target: str | Path, *, replace: bool = False) -> Path:
        """Write ``export_lines`` into a file, UTF-8.

        Args:
            target: A file.
            replace: Whether a file that is there may be replaced.

        Returns:
            The file.

        Raises:
            OutputError: There is such a file, or it can't be written.
            LibraryError: Reading failed.
        """
        target = Path(target).expanduser()
        # The tokens of private feeds are in it.
        with whole_file(target, replace=replace, private=True) as part, part.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in self.export_lines())
        return target

    def import_lines(self, lines: Iterable[str], *, name: str = "the import") -> Imported:
        """Take in what ``export_lines`` gave. What is here already stays; the rest is added, line by line.

        Interrupted, it goes on when it is given the same again.

        Args:
            lines: The lines.
            name: What to call them in messages.

        Returns:
            What it brought.

        Raises:
            LibraryError: A line can't be understood (says which; those before it are kept), or writing failed.
        """
        reader = _Reader(self._database)
        count = 0
        for count, line in enumerate(lines, start=1):
            try:
                held = json.loads(line)
                if count == 1 and (not isinstance(held, dict) or held.get("kind") != "library"):
                    raise LibraryError(f"{name} is no export of podnotes.")
                if count == 1 and int(held["format"]) > FORMAT:
                    raise LibraryError(f"{name} was written by a newer podnotes; update podnotes to import it.")
                reader.take(held)
            except (ValueError, TypeError, KeyError) as error:
                raise LibraryError(
                    f"Line {count} of {name} can't be understood; what comes before it was imported."
                ) from error
        if count == 0:
            raise LibraryError(f"{name} is empty.")
        return Imported(reader.episodes, reader.transcripts, count)

    def import_file(self, source: str | Path) -> Imported:
        """Take in a file that ``export`` wrote; see ``import_lines``.

        Raises:
            LibraryError: The file can't be read or understood, or writing failed.
        """
        source = Path(source).expanduser()
        try:
            with source.open(encoding="utf-8") as file:
                return self.import_lines(file, name=str(source))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise LibraryError(f"{source} can't be read ({reason}).") from error


# -------------------------------------------------------------------------------------------------- writing


def _line(kind: str, **fields: Any) -> str:
    return json.dumps({"kind": kind, **fields}, separators=(",", ":"))


def _bare(value: Any) -> Any:
    """Leave out name and password of each address in a podcast or an episode: an export is made to be handed on."""
    if isinstance(value, dict):
        return {name: _bare(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return without_credentials(value) if isinstance(value, str) and is_web(value) else value


def _lines_of_episode(connection: sqlite3.Connection, number: int) -> Iterator[str]:
    for correction in corrections_of(connection, number):
        if correction.episode_id is not None:
            yield _line("correction", episode=number, correction=to_plain(correction))
    for record, segments, words, saved in connection.execute(
        "SELECT record, segments, words, saved FROM transcript WHERE episode_id = ?", (number,)
    ):
        transcript = replace(from_json(Transcript, record), segments=decode_segments(segments, words))
        yield _line("transcript", episode=number, transcript=to_plain(transcript), saved=saved)
    for recipe, start, end, segments, words in connection.execute(
        'SELECT recipe, start, "end", segments, words FROM stretch WHERE episode_id = ? ORDER BY recipe, start',
        (number,),
    ):
        stretch = Stretch(start, end, decode_segments(segments, words))
        yield _line("stretch", episode=number, recipe=recipe, stretch=to_plain(stretch))
    for topics_hash, record, saved in connection.execute(
        "SELECT topics_hash, record, saved FROM findings WHERE episode_id = ? ORDER BY id", (number,)
    ):
        yield _line("findings", episode=number, topics_hash=topics_hash, findings=json.loads(record), saved=saved)
    for draft in _drafts(connection, "episode_id = ?", number):
        yield _line("draft", episode=number, **draft)
    for recipe, folder, finished in connection.execute(
        "SELECT recipe, folder, finished FROM done WHERE episode_id = ? ORDER BY recipe, folder", (number,)
    ):
        yield _line("done", episode=number, recipe=recipe, folder=folder, finished=finished)
    review = read_review(connection, number)
    if review != Review():
        yield _line("review", episode=number, review=to_plain(review))


_DRAFT = ("template", "folder", "name", "path", "taken", "recipe")
_VERSION = ("hash", "size", "path", "landed", "recipe", "written")


def _drafts(connection: sqlite3.Connection, condition: str, *values: int) -> Iterator[dict[str, Any]]:
    rows = connection.execute(
        f"SELECT id, {', '.join(_DRAFT)} FROM draft WHERE {condition} ORDER BY id",  # noqa: S608 - our own words
        values,
    )
    for identity, *fields in rows:
        versions = connection.execute(
            f"SELECT {', '.join(_VERSION)} FROM draft_version WHERE draft_id = ? ORDER BY rowid",  # noqa: S608 - our own words
            (identity,),
        ).fetchall()
        yield {
            **dict(zip(_DRAFT, fields, strict=True)),
            "versions": [dict(zip(_VERSION, version, strict=True)) for version in versions],
        }


# -------------------------------------------------------------------------------------------------- reading


class _Reader:
    """Takes lines into a library, one transaction each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers: dict[int, int] = {}
        # Episodes whose transcript here is that of the import: findings of another one are of no use.
        self._same: set[int] = set()
        self.episodes = 0
        self.transcripts = 0

    def take(self, held: dict[str, Any]) -> None:
        kind = held["kind"]
        take = getattr(self, f"_take_{kind}", None)
        if take is None:
            raise ValueError(f"there is no kind {kind}")
        with self._database.write() as connection:
            take(connection, held)

    def _take_library(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        """Nothing to keep."""

    def _take_podcast(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        podcast = from_plain(Podcast, held["podcast"])
        connection.execute(
            "INSERT INTO podcast (url, guid, title, record, followed, checked, gone) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (url) DO UPDATE SET followed = coalesce(followed, excluded.followed)",
            (
                self._known_address(connection, str(held["url"])),
                podcast.guid,
                podcast.title,
                to_json(podcast),
                held["followed"],
                held["checked"],
                held.get("gone"),  # exports from before the mark have none
            ),
        )

    @staticmethod
    def _known_address(connection: sqlite3.Connection, url: str) -> str:
        """The address under which the feed is known here, which may have a name and password that the import lacks."""
        known = connection.execute("SELECT url FROM podcast WHERE bare(url) = bare(?)", (url,)).fetchone()
        return url if known is None else str(known[0])

    def _take_episode(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        episode = from_plain(Episode, held["episode"])
        known = known_episode(connection, episode)
        if known is None:
            known = insert_episode(connection, episode, int(held["place"]))
            self.episodes += 1
        self._numbers[int(held["number"])] = known
        if held["audio"] is not None:
            connection.execute("INSERT OR IGNORE INTO audio (episode_id, path) VALUES (?, ?)", (known, held["audio"]))

    def _episode(self, held: dict[str, Any]) -> int:
        return self._numbers[int(held["episode"])]

    def _take_transcript(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        number = self._episode(held)
        transcript = from_plain(Transcript, held["transcript"])
        columns = (to_json(replace(transcript, segments=())), *encode_segments(transcript.segments))
        known = connection.execute(
            "SELECT record, segments, words FROM transcript WHERE episode_id = ?", (number,)
        ).fetchone()
        if known is None or known == columns:
            self._same.add(number)
        if known is not None:
            return
        connection.execute(
            "INSERT INTO transcript (episode_id, record, segments, words, saved) VALUES (?, ?, ?, ?, ?)",
            (number, *columns, str(held["saved"])),
        )
        indexing.index_transcript(connection, number, transcript)
        self.transcripts += 1

    def _take_correction(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        number = None if held["episode"] is None else self._episode(held)
        insert_correction(connection, replace(from_plain(Correction, held["correction"]), episode_id=number))

    def _take_stretch(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        stretch = from_plain(Stretch, held["stretch"])
        connection.execute(
            'INSERT OR IGNORE INTO stretch (episode_id, recipe, start, "end", segments, words) '
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                self._episode(held),
                str(held["recipe"]),
                stretch.start,
                stretch.end,
                *encode_segments(stretch.segments),
            ),
        )

    def _take_findings(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        number = self._episode(held)
        if number not in self._same:
            return
        findings = from_plain(Findings, held["findings"])
        added = connection.execute(
            "INSERT OR IGNORE INTO findings (episode_id, topics_hash, record, saved) VALUES (?, ?, ?, ?)",
            (number, str(held["topics_hash"]), to_json(findings), str(held["saved"])),
        )
        if added.rowcount:
            indexing.save_passages(connection, number, findings)

    def _take_draft(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        number = None if held["episode"] is None else self._episode(held)
        fields = [held[name] for name in _DRAFT]
        if connection.execute(
            "SELECT 1 FROM draft WHERE episode_id IS ? AND template = ? AND folder = ? AND name = ?",
            (number, *fields[:3]),
        ).fetchone():
            return
        cursor = connection.execute(
            f"INSERT INTO draft (episode_id, {', '.join(_DRAFT)}) VALUES (?{', ?' * len(_DRAFT)})",  # noqa: S608 - our own words
            (number, *fields),
        )
        connection.executemany(
            f"INSERT INTO draft_version (draft_id, {', '.join(_VERSION)}) VALUES (?{', ?' * len(_VERSION)})",  # noqa: S608 - our own words
            [(cursor.lastrowid, *(version[name] for name in _VERSION)) for version in held["versions"]],
        )

    def _take_review(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        number = self._episode(held)
        here = read_review(connection, number)
        review = from_plain(Review, held["review"])
        picks = [pick for pick in review.picks if all(pick.id != known.id for known in here.picks)]
        write_review(connection, number, picks, (), {**dict(review.words), **dict(here.words)})

    def _take_done(self, connection: sqlite3.Connection, held: dict[str, Any]) -> None:
        connection.execute(
            "INSERT OR IGNORE INTO done (episode_id, recipe, folder, finished) VALUES (?, ?, ?, ?)",
            (self._episode(held), str(held["recipe"]), str(held["folder"]), str(held["finished"])),
        )
