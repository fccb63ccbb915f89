"""Library methods on speakers' voices in episodes and podcasts; only an embedding of each voice is stored."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError, UsageError
from podnotes.library.serialization import clean
from podnotes.library.transcripts import Transcripts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from podnotes.diarization.diarizer import DiarizedChunk
    from podnotes.diarization.embedding import LocalSpeakers
    from podnotes.diarization.enrollment import KnownVoice
    from podnotes.library.database import Database


#: Minimum speech in seconds for adding a voice to its podcast.
REMEMBERED_S = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class EpisodeVoice:
    """A voice of an episode.

    Attributes:
        number: Its index in the episode.
        label: Speaker label in the transcript: a name, or "Speaker 1".
        reason: Explanation of the label for the user.
        seconds: Seconds of speech.
        vector: Embedding, normalised to length 1.
        start: Start in seconds of a representative turn, for a clip.
        end: End of that turn in seconds.
        known: Number of the matching voice of the podcast; None if there is too little speech to remember the voice.
        episode_id: Number of the episode in the library; 0 if not stored in one.
    """

    number: int
    label: str
    reason: str
    seconds: float
    vector: NDArray[np.float32]
    start: float
    end: float
    known: int | None = None
    episode_id: int = 0


class Voices(Transcripts):
    """Library methods on voices."""

    _database: Database

    # ------------------------------------------------------------------------------------------------ interruption

    def voice_chunks(self, episode_id: int, recipe: str) -> tuple[DiarizedChunk, ...]:
        """Return the saved chunks of an episode for a recipe (hash of audio and model), in chronological order."""
        from podnotes.diarization.diarizer import DiarizedChunk

        rows = self._database.rows(
            'SELECT start, "end", prints FROM voice_stretch WHERE episode_id = ? AND recipe = ? ORDER BY start',
            (episode_id, recipe),
        )
        return tuple(DiarizedChunk(start, end, _read_speakers(speakers)) for start, end, speakers in rows)

    def save_voice_chunk(self, episode_id: int, recipe: str, chunk: DiarizedChunk) -> None:
        """Save a diarized chunk until :meth:`save_voices` is called.

        Raises:
            LibraryError: There is no such episode.
        """
        with self._database.write(episode_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO voice_stretch VALUES (?, ?, ?, ?, ?)",
                (episode_id, recipe, chunk.start, chunk.end, _write_speakers(chunk.speakers)),
            )

    # ------------------------------------------------------------------------------------------------------ voices

    def known_voices(self, feed: str, encoder: str | None = None) -> tuple[KnownVoice, ...]:
        """Return the known voices of a podcast, those in most episodes first.

        Args:
            feed: Address of the feed.
            encoder: Embedding model of the voices, since embeddings of different models aren't comparable; None for
                all.
        """
        from podnotes.diarization.enrollment import KnownVoice

        rows = self._database.rows(
            "SELECT voice.id, voice.vector, voice.name, count(episode_id), total(episode_voice.seconds) "
            "FROM voice LEFT JOIN episode_voice ON episode_voice.voice_id = voice.id "
            "WHERE feed = bare(?) AND encoder = ifnull(?, encoder) GROUP BY voice.id ORDER BY 4 DESC, 5 DESC, 1",
            (clean(feed), encoder),
        )
        return tuple(KnownVoice(row[0], _read_vector(row[1]), *row[2:]) for row in rows)

    def episode_voices(self, episode_id: int) -> tuple[EpisodeVoice, ...]:
        """Return the voices of an episode, by number."""
        return self._voices("WHERE episode_id = ? ORDER BY number", episode_id)

    def voice_samples(self, voice: int) -> tuple[EpisodeVoice, ...]:
        """Return a podcast's voice in all its episodes, newest first."""
        return self._voices(
            "JOIN episode ON episode.id = episode_id WHERE voice_id = ? ORDER BY published DESC, episode_id DESC", voice
        )

    def _voices(self, condition: str, number: int) -> tuple[EpisodeVoice, ...]:
        rows = self._database.rows(
            'SELECT vector, number, label, reason, seconds, start, "end", voice_id, episode_id '  # noqa: S608 - constant SQL
            f"FROM episode_voice {condition}",
            (number,),
        )
        return tuple(
            EpisodeVoice(number, label, reason, seconds, _read_vector(vector), *others)
            for vector, number, label, reason, seconds, *others in rows
        )

    def save_voices(self, episode_id: int, voices: Sequence[EpisodeVoice], *, encoder: str) -> None:
        """Save the voices of an episode, replacing earlier ones, and update the voices of its podcast.

        New voices with enough speech are added to the podcast. The chunks of the episode are deleted.

        Args:
            episode_id: The episode.
            voices: Its voices.
            encoder: Model of their embeddings.

        Raises:
            LibraryError: There is no such episode.
        """
        with self._database.write(episode_id) as connection:
            connection.execute("DELETE FROM voice_stretch WHERE episode_id = ?", (episode_id,))
            connection.execute("DELETE FROM episode_voice WHERE episode_id = ?", (episode_id,))
            feed = connection.execute("SELECT feed FROM episode WHERE id = ?", (episode_id,)).fetchone()[0]
            for voice in voices:
                number = voice.known
                if number is None and feed and voice.seconds >= REMEMBERED_S:
                    number = connection.execute(
                        "INSERT INTO voice (feed, encoder, vector) VALUES (?, ?, ?)",
                        (feed, encoder, _write_vector(voice.vector)),
                    ).lastrowid
                connection.execute(
                    "INSERT INTO episode_voice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        episode_id, voice.number, number, voice.label, voice.reason, voice.seconds,
                        _write_vector(voice.vector), voice.start, voice.end,
                    ),
                )  # fmt: skip
                if number is not None:
                    _average(connection, number)
            connection.execute(
                "DELETE FROM voice WHERE name IS NULL AND id NOT IN (SELECT voice_id FROM episode_voice "
                "WHERE voice_id IS NOT NULL)"
            )

    def name_voice(self, voice: int, name: str) -> int:
        """Name a podcast's voice in the transcripts of all past and future episodes.

        Args:
            voice: Number of the voice.
            name: The name.

        Returns:
            Number of episodes in which the speaker was renamed; ``--again`` updates their drafts.

        Raises:
            UsageError: The name is empty.
            LibraryError: There is no such voice.
        """
        name = _checked(name)
        with self._database.write() as connection:
            if not connection.execute("UPDATE voice SET name = ? WHERE id = ?", (name, voice)).rowcount:
                raise LibraryError(f"There is no voice {voice} in the library.")
            heard = self.voice_samples(voice)
            for one in heard:
                self._rename_speaker(one.episode_id, one.label, name)
        return len(heard)

    def name_speaker(self, episode_id: int, label: str, name: str, *, everywhere: bool = True) -> int:
        """Name a speaker of an episode.

        Args:
            episode_id: The episode.
            label: Speaker label in its transcript: a name, or "Speaker 1".
            name: The name.
            everywhere: Whether to name the voice in all episodes of the podcast, if it is known there.

        Returns:
            Number of episodes in which the speaker was renamed; ``--again`` updates their drafts.

        Raises:
            UsageError: There is no such speaker, or the name is empty.
            LibraryError: There is no such episode.
        """
        known = {voice.label: voice.known for voice in self.episode_voices(episode_id)}.get(label)
        if everywhere and known is not None:
            return self.name_voice(known, name)
        self._rename_speaker(episode_id, label, _checked(name))
        return 1

    def _rename_speaker(self, episode_id: int, label: str, name: str) -> None:
        with self._database.write(episode_id) as connection:
            voices = connection.execute(
                "UPDATE episode_voice SET label = ?, reason = ? WHERE episode_id = ? AND label = ?",
                (name, "You named the voice.", episode_id, label),
            )
            transcript = self.transcript(episode_id, as_heard=True)
            segments = transcript.segments if transcript is not None else ()
            if not voices.rowcount and not any(segment.speaker == label for segment in segments):
                raise UsageError(f"No speaker is called {label} in this episode.")
            if transcript is not None:
                renamed = (replace(one, speaker=name) if one.speaker == label else one for one in segments)
                self.save_transcript(episode_id, replace(transcript, segments=tuple(renamed)))
            # Drafts with the old name are outdated.
            connection.execute("UPDATE OR REPLACE done SET recipe = '' WHERE episode_id = ?", (episode_id,))


def _checked(name: str) -> str:
    name = " ".join(clean(name).split())
    if not name:
        raise UsageError("The name is empty; give one like “Anna Berg”.")
    return name


def _average(connection: sqlite3.Connection, voice: int) -> None:
    """Set a podcast's voice to the mean of its episodes' embeddings, weighted by seconds (at most 60 each)."""
    import numpy as np

    rows = connection.execute("SELECT seconds, vector FROM episode_voice WHERE voice_id = ?", (voice,)).fetchall()
    mean = np.sum([min(seconds, 60.0) * _read_vector(vector) for seconds, vector in rows], axis=0)
    length = float(np.linalg.norm(mean))
    if length:
        connection.execute("UPDATE voice SET vector = ? WHERE id = ?", (_write_vector(mean / length), voice))


def _write_vector(vector: NDArray[np.float32]) -> bytes:
    return vector.astype("<f2").tobytes()


def _read_vector(packed: bytes) -> NDArray[np.float32]:
    import numpy as np

    vector = np.frombuffer(packed, "<f2").astype(np.float32)
    if not len(vector):
        raise LibraryError("A voice in the library is damaged; run podnotes library check.")
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def _write_speakers(speakers: LocalSpeakers) -> bytes:
    import numpy as np

    packed = io.BytesIO()
    np.savez_compressed(packed, **{field.name: getattr(speakers, field.name) for field in fields(speakers)})
    return packed.getvalue()


def _read_speakers(packed: bytes) -> LocalSpeakers:
    import numpy as np

    from podnotes.diarization.embedding import LocalSpeakers

    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as columns:
            return LocalSpeakers(**{field.name: columns[field.name] for field in fields(LocalSpeakers)})
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise LibraryError("Voices in the library are damaged; run podnotes library check.") from error
