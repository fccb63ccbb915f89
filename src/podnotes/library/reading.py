"""Reading transcripts with the user's corrections applied."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from podnotes.library.serialization import decode_segments, from_json
from podnotes.models import Correction, Transcript

if TYPE_CHECKING:
    import sqlite3

_COLUMNS = 'SELECT heard, "right", at, id, episode_id, feed FROM correction'


def read_transcript(connection: sqlite3.Connection, episode_id: int, *, as_heard: bool = False) -> Transcript | None:
    """Read the transcript of an episode, uncorrected if ``as_heard``; None if there is none."""
    row = connection.execute(
        "SELECT record, segments, words FROM transcript WHERE episode_id = ?", (episode_id,)
    ).fetchone()
    if row is None:
        return None
    heard = replace(from_json(Transcript, row[0]), segments=decode_segments(row[1], row[2]))
    return heard if as_heard else corrected(connection, episode_id, heard)


def corrected(connection: sqlite3.Connection, episode_id: int, transcript: Transcript) -> Transcript:
    """Apply the corrections of an episode and its podcast to its transcript."""
    known = corrections_of(connection, episode_id)
    if not known:
        return transcript
    from podnotes.corrections import apply_corrections

    return apply_corrections(transcript, known)


def corrections_of(connection: sqlite3.Connection, episode_id: int) -> tuple[Correction, ...]:
    """Return the corrections that apply to an episode."""
    return _corrections(
        connection,
        "WHERE episode_id = ?1 OR feed = (SELECT nullif(feed, '') FROM episode WHERE id = ?1)",
        episode_id,
    )


def all_corrections(connection: sqlite3.Connection) -> tuple[Correction, ...]:
    """Return all corrections in the library."""
    return _corrections(connection, "")


def _corrections(connection: sqlite3.Connection, condition: str, *values: object) -> tuple[Correction, ...]:
    rows = connection.execute(f"{_COLUMNS} {condition} ORDER BY id", values)
    return tuple(Correction(*row) for row in rows)
