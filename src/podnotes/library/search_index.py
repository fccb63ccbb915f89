"""The search index: a full-text table with a row per sentence, and tables of passages and people.

Row numbers encode episode and sentence, so the sentences of a block (about a minute of speech) form a range.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError
from podnotes.library.reading import read_transcript
from podnotes.library.schema import SENTENCE_TABLE
from podnotes.library.serialization import clean, from_json
from podnotes.models import Episode, Findings, QualityFlag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from podnotes.models import Transcript

#: Sentences with these flags are hallucinated and not indexed.
NOT_SAID = frozenset({QualityFlag.LOOP, QualityFlag.PHANTOM, QualityFlag.NO_SPEECH})
#: Row number of a sentence: the episode's number, shifted left by this many bits, plus the index of the sentence.
EPISODE_SHIFT = 20
#: A block is 2 ** BLOCK_SHIFT sentences: about a minute of speech.
BLOCK_SHIFT = 4


def index_transcript(connection: sqlite3.Connection, episode_id: int, transcript: Transcript) -> None:
    """Index a transcript, corrections applied, replacing the sentences of the episode."""
    from podnotes.text.sentences import sentences

    unindex_transcript(connection, episode_id)
    said = (sentence for sentence in sentences(transcript) if sentence.doubt not in NOT_SAID)
    connection.executemany(
        'INSERT INTO sentence (rowid, text, start, "end", speaker) VALUES (?, ?, ?, ?, ?)',
        (
            (row, clean(one.text), one.start, one.end, clean(one.speaker) if one.speaker else None)
            for row, one in zip(range(*rows_of(episode_id)), said, strict=False)
        ),
    )
    save_people(connection, episode_id, "transcript", {s.speaker for s in transcript.segments if s.speaker})


def unindex_transcript(connection: sqlite3.Connection, episode_id: int) -> None:
    """Remove the sentences of an episode from the index."""
    connection.execute("DELETE FROM sentence WHERE rowid >= ? AND rowid < ?", rows_of(episode_id))


def rebuild(connection: sqlite3.Connection) -> None:
    """Rebuild the index from all episodes, transcripts and findings, skipping damaged ones."""
    # Rows can't be deleted from a damaged index.
    for statement in ("DROP TABLE sentence", *SENTENCE_TABLE, "DELETE FROM passage", "DELETE FROM person"):
        connection.execute(statement)
    for (episode_id,) in connection.execute("SELECT id FROM episode").fetchall():
        record, findings = connection.execute(
            "SELECT record, (SELECT record FROM findings WHERE episode_id = episode.id ORDER BY id DESC LIMIT 1) "
            "FROM episode WHERE id = ?",
            (episode_id,),
        ).fetchone()
        with contextlib.suppress(LibraryError):
            save_people(connection, episode_id, "feed", people_of(from_json(Episode, record)))
            if (transcript := read_transcript(connection, episode_id)) is not None:
                index_transcript(connection, episode_id, transcript)
            if findings is not None:
                save_passages(connection, episode_id, from_json(Findings, findings))


def people_of(episode: Episode) -> set[str]:
    """Return the names of people in an episode according to its feed."""
    return {person.name for person in episode.persons} | ({episode.author} if episode.author else set())


def save_people(connection: sqlite3.Connection, episode_id: int, source: str, names: Iterable[str]) -> None:
    """Save the people in an episode, replacing earlier ones from the same source ("feed" or "transcript")."""
    connection.execute("DELETE FROM person WHERE episode_id = ? AND source = ?", (episode_id, source))
    connection.executemany(
        "INSERT INTO person (episode_id, source, name) VALUES (?, ?, ?)",
        [(episode_id, source, name) for name in sorted({clean(name) for name in names})],
    )


def save_passages(connection: sqlite3.Connection, episode_id: int, findings: Findings) -> None:
    """Save the times and topics of an episode's passages, replacing earlier ones."""
    connection.execute("DELETE FROM passage WHERE episode_id = ?", (episode_id,))
    connection.executemany(
        'INSERT INTO passage (episode_id, topic, start, "end") VALUES (?, ?, ?, ?)',
        [(episode_id, passage.topic, passage.start, passage.end) for passage in findings.passages],
    )


def rows_of(episode_id: int) -> tuple[int, int]:
    """Return the range of row numbers for the sentences of an episode; its end is exclusive."""
    return episode_id << EPISODE_SHIFT, (episode_id + 1) << EPISODE_SHIFT
