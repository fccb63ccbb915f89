"""Export of the whole library as JSON lines, readable without podnotes.

Each line is an object with a ``kind``: first ``library`` (version of the format), then podcasts, episodes and the data
of episodes, which refers to them by ``episode``, a number within the file. The fields of ``podcast``, ``episode``,
``transcript`` and ``findings`` are those of ``podnotes.models``. Times within an episode are in seconds; dates and
times are in ISO 8601 and UTC.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace as with_fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podnotes import __version__
from podnotes.files import whole_file
from podnotes.library import schema
from podnotes.library.database import Database
from podnotes.library.reading import all_corrections, corrections_of
from podnotes.library.reviews import read_review
from podnotes.library.serialization import decode_segments, from_json, to_plain
from podnotes.models import Podcast, Review, Transcript
from podnotes.urls.addresses import is_web, without_credentials

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

#: Version of the format.
FORMAT = 1


class Export:
    """Library methods for export."""

    path: Path
    _database: Database

    def export_lines(self) -> Iterator[str]:
        """Yield the whole library as one JSON object per line, as of when the first line is requested.

        Other processes may write meanwhile. Audio files and drafts are named, not included.

        Yields:
            Lines without line endings.
        """
        # A separate connection keeps the long read transaction from blocking other threads.
        with contextlib.closing(Database(self.path)) as database, database.read() as connection:
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
        """Write ``export_lines`` to a UTF-8 file.

        Args:
            target: The file.
            replace: Whether to replace an existing file.

        Returns:
            The file.

        Raises:
            OutputError: The file exists or can't be written.
        """
        target = Path(target).expanduser()
        # The export contains tokens of private feeds.
        with whole_file(target, replace=replace, private=True) as part, part.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in self.export_lines())
        return target


# -------------------------------------------------------------------------------------------------- writing


def _line(kind: str, **fields: Any) -> str:
    return json.dumps({"kind": kind, **fields}, separators=(",", ":"))


def _bare(value: Any) -> Any:
    """Remove user names and passwords from all addresses, since exports may be shared."""
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
        transcript = with_fields(from_json(Transcript, record), segments=decode_segments(segments, words))
        yield _line("transcript", episode=number, transcript=to_plain(transcript), saved=saved)
    for topics_hash, record, saved in connection.execute(
        "SELECT topics_hash, record, saved FROM findings WHERE episode_id = ? ORDER BY id", (number,)
    ):
        yield _line("findings", episode=number, topics_hash=topics_hash, findings=json.loads(record), saved=saved)
    for draft in _drafts(connection, "episode_id = ?", number):
        yield _line("draft", episode=number, **draft)
    review = read_review(connection, number)
    if review != Review():
        yield _line("review", episode=number, review=to_plain(review))


def _drafts(connection: sqlite3.Connection, condition: str, *values: int) -> Iterator[dict[str, Any]]:
    for template, path in connection.execute(
        f"SELECT template, path FROM draft WHERE {condition} ORDER BY id",  # noqa: S608 - constant SQL
        values,
    ):
        yield {"template": template, "path": path}
