"""The whole library as JSON lines, readable without podnotes.

Each line is an object with a ``kind``: first ``library`` (version of the format), then podcasts, episodes and the data
of episodes, which refers to them by ``episode``, a number within the file. The fields of ``podcast``, ``episode``,
``transcript`` and ``findings`` are those of ``podnotes.models``. Times within an episode are in seconds; dates and
times are in ISO 8601 and UTC.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from podnotes import __version__
from podnotes.library import schema
from podnotes.library.reading import read_corrections, read_transcript
from podnotes.library.reviews import read_review
from podnotes.library.serialization import to_plain
from podnotes.models import Review
from podnotes.urls.addresses import is_web, without_credentials

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

#: Version of the format.
FORMAT = 1


def export_lines(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield one JSON object per line, without line endings, as of when the first line is requested."""
    connection.execute("BEGIN")
    yield _line("library", format=FORMAT, podnotes=__version__, exported=schema.now())
    for url, record, followed, checked, gone in connection.execute(
        "SELECT url, record, followed, checked, gone FROM podcast ORDER BY id"
    ):
        podcast = json.loads(record)
        yield _line("podcast", url=_bare(url), podcast=_bare(podcast), followed=followed, checked=checked, gone=gone)
    for number, record, place, audio in connection.execute(
        "SELECT id, record, place, path FROM episode LEFT JOIN audio ON episode_id = id ORDER BY id"
    ):
        yield _line("episode", number=number, episode=_bare(json.loads(record)), place=place, audio=audio)
        transcript = read_transcript(connection, number, as_heard=True)
        if transcript is not None:
            (saved,) = connection.execute("SELECT saved FROM transcript WHERE episode_id = ?", (number,)).fetchone()
            yield _line("transcript", episode=number, transcript=to_plain(transcript), saved=saved)
        for topics_hash, found, saved in connection.execute(
            "SELECT topics_hash, record, saved FROM findings WHERE episode_id = ? ORDER BY id", (number,)
        ):
            yield _line("findings", episode=number, topics_hash=topics_hash, findings=json.loads(found), saved=saved)
        review = read_review(connection, number)
        if review != Review():
            yield _line("review", episode=number, review=to_plain(review))
    for episode, template, path in connection.execute("SELECT episode_id, template, path FROM draft ORDER BY id"):
        yield _line("draft", episode=episode, template=template, path=path)
    for correction in read_corrections(connection):
        yield _line("correction", episode=correction.episode_id, correction=to_plain(correction))


def _line(kind: str, **fields: Any) -> str:
    return json.dumps({"kind": kind, **fields}, separators=(",", ":"))


def _bare(value: Any) -> Any:
    """Remove user names and passwords from all addresses, since exports may be shared."""
    if isinstance(value, dict):
        return {name: _bare(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return without_credentials(value) if isinstance(value, str) and is_web(value) else value
