"""Library methods on transcripts, chunks of unfinished transcripts, and findings."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError, TranscriptError
from podnotes.library import schema
from podnotes.library.reading import corrected, read_transcript
from podnotes.library.search_index import index_transcript, save_passages
from podnotes.library.serialization import decode_segments, encode_segments, from_json, to_json
from podnotes.models import Chunk, Findings, Transcript

if TYPE_CHECKING:
    from podnotes.library.database import Database
    from podnotes.models import Segment

#: Number of findings kept per episode: enough to alternate between a few topic packs.
FINDINGS_KEPT = 4


class Transcripts:
    """Library methods on transcripts and findings."""

    _database: Database

    def chunks(self, episode_id: int, recipe: str) -> tuple[Chunk, ...]:
        """Return the saved chunks of an episode for a hash of model, options and audio, in chronological order."""
        rows = self._database.rows(
            'SELECT start, "end", segments, words FROM stretch WHERE episode_id = ? AND recipe = ? ORDER BY start',
            (episode_id, recipe),
        )
        return tuple(Chunk(start, end, decode_segments(segments, words)) for start, end, segments, words in rows)

    def save_chunk(self, episode_id: int, recipe: str, chunk: Chunk) -> None:
        """Save a recognised chunk durably: it survives a power failure.

        Raises:
            TranscriptError: A time is infinite or not a number.
            LibraryError: There is no such episode.
        """
        _check_times(chunk.segments)
        segments, words = encode_segments(chunk.segments)
        with self._database.write(episode_id) as connection:
            connection.execute(
                'INSERT OR REPLACE INTO stretch (episode_id, recipe, start, "end", segments, words) '
                "VALUES (?, ?, ?, ?, ?, ?)",
                (episode_id, recipe, float(chunk.start), float(chunk.end), segments, words),
            )

    def save_transcript(self, episode_id: int, transcript: Transcript) -> None:
        """Save the uncorrected transcript of an episode, replacing an earlier one.

        Deletes the chunks of the episode and, if the transcript has changed, its findings.

        Raises:
            TranscriptError: A time is infinite or not a number.
            LibraryError: The transcript has corrections applied, or there is no such episode.
        """
        _check_times(transcript.segments)
        if transcript.corrected:
            raise LibraryError("A corrected transcript can't be saved as the original: read it with as_heard=True.")
        segments, words = encode_segments(transcript.segments)
        record = to_json(replace(transcript, segments=()))
        with self._database.write(episode_id) as connection:
            same = connection.execute(
                "SELECT 1 FROM transcript WHERE episode_id = ? AND segments = ? AND words = ? AND record = ?",
                (episode_id, segments, words, record),
            ).fetchone()
            connection.execute("DELETE FROM stretch WHERE episode_id = ?", (episode_id,))
            if same is None:
                connection.execute("DELETE FROM findings WHERE episode_id = ?", (episode_id,))
                connection.execute("DELETE FROM transcript WHERE episode_id = ?", (episode_id,))
                connection.execute(
                    "INSERT INTO transcript (episode_id, record, segments, words, saved) VALUES (?, ?, ?, ?, ?)",
                    (episode_id, record, segments, words, schema.now()),
                )
                index_transcript(connection, episode_id, corrected(connection, episode_id, transcript))

    def transcript(self, episode_id: int, *, as_heard: bool = False) -> Transcript | None:
        """Return the transcript of an episode, uncorrected if ``as_heard``; None if there is none yet."""
        with self._database.read() as connection:
            return read_transcript(connection, episode_id, as_heard=as_heard)

    # ------------------------------------------------------------------------------------------------- findings

    def save_findings(self, episode_id: int, findings: Findings, topics_hash: str) -> None:
        """Save the findings of an episode under a hash of the topics and everything else they depend on.

        Raises:
            LibraryError: There is no such episode.
        """
        with self._database.write(episode_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO findings (episode_id, topics_hash, record, saved) VALUES (?, ?, ?, ?)",
                (episode_id, topics_hash, to_json(replace(findings, topics=())), schema.now()),
            )
            connection.execute(
                "DELETE FROM findings WHERE episode_id = ?1 AND id NOT IN "
                "(SELECT id FROM findings WHERE episode_id = ?1 ORDER BY id DESC LIMIT ?2)",
                (episode_id, FINDINGS_KEPT),
            )
            save_passages(connection, episode_id, findings)

    def findings(self, episode_id: int, topics_hash: str) -> Findings | None:
        """Return the saved findings of an episode for these topics and the current transcript, or None."""
        row = self._database.row(
            "SELECT record FROM findings WHERE episode_id = ? AND topics_hash = ?", (episode_id, topics_hash)
        )
        return None if row is None else from_json(Findings, row[0])


def _check_times(segments: tuple[Segment, ...]) -> None:
    for segment in segments:
        if not (math.isfinite(segment.start) and math.isfinite(segment.end)):
            raise TranscriptError(f"“{segment.text[:60]}” has no valid time, so the transcript can't be saved.")
