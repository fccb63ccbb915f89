"""Reading transcripts with the user's corrections applied."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from podnotes.library.serialization import decode_segments, from_json
from podnotes.models import Correction, Transcript

if TYPE_CHECKING:
    import sqlite3


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
    known = read_corrections(connection, episode_id)
    if not known:
        return transcript
    from podnotes.corrections import apply_corrections

    return apply_corrections(transcript, known)


def read_corrections(connection: sqlite3.Connection, episode_id: int | None = None) -> tuple[Correction, ...]:
    """Read the corrections that apply to an episode, oldest first; None for all in the library."""
    rows = connection.execute(
        'SELECT heard, "right", at, id, episode_id, feed FROM correction WHERE ?1 IS NULL OR episode_id = ?1 '
        "OR feed = (SELECT nullif(feed, '') FROM episode WHERE id = ?1) ORDER BY id",
        (episode_id,),
    )
    return tuple(Correction(*row) for row in rows)
