"""Library methods on the user's corrections of transcripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.errors import UsageError
from podnotes.library.reading import corrected, read_corrections, read_transcript
from podnotes.library.search_index import index_transcript
from podnotes.library.serialization import clean, decode_segments
from podnotes.models import Correction

if TYPE_CHECKING:
    import sqlite3

    from podnotes.library.database import Database
    from podnotes.models import Transcript


@dataclass(frozen=True, slots=True)
class CorrectionResult:
    """Result of a correction.

    Attributes:
        correction: The correction, as saved in the library.
        places: Number of occurrences in existing transcripts.
        episodes: Number of episodes with an occurrence.
    """

    correction: Correction
    places: int
    episodes: int


class Corrections:
    """Library methods on corrections."""

    _database: Database

    def correct(
        self,
        heard: str,
        right: str,
        *,
        episode_id: int | None = None,
        feed: str | None = None,
        at: float | None = None,
    ) -> CorrectionResult:
        """Correct misheard words, in one episode or in a whole podcast.

        The correction is applied whenever an existing or future transcript is read; the library keeps the original
        words. ``--again`` updates drafts. An earlier correction of the same words is replaced.

        Args:
            heard: One or more consecutive words of the transcript (case-insensitive).
            right: The correct words. If equal to ``heard``, which requires ``at``, the words are confirmed and no
                longer uncertain.
            episode_id: The episode, or None with ``feed``.
            feed: Address of the podcast's feed, or None with ``episode_id``.
            at: Time in seconds of a single occurrence in the episode; None for all.

        Returns:
            The correction and its occurrences.

        Raises:
            UsageError: Words are missing or don't occur there, or the podcast is unknown.
            LibraryError: There is no such episode.
        """
        from podnotes.text.words import words

        heard, right = (" ".join(clean(text).split()) for text in (heard, right))
        key = _key(heard)
        if not key:
            raise UsageError("Say which words were misheard, and what was said instead.")
        if not words(right):
            raise UsageError(f"Say what was said instead of “{heard}”.")
        if heard == right and at is None:
            raise UsageError(f"“{heard}” is already what the transcript says.")
        if (episode_id is None) == (feed is None):
            raise UsageError("A correction applies either to one episode or to one show: name one of them.")
        if at is not None and episode_id is None:
            raise UsageError("A correction at one time applies to one episode: name the episode.")
        about = self._database.write() if episode_id is None else self._database.write(episode_id)
        with about as connection:
            if feed is None:
                assert episode_id is not None
                _check_heard(connection, episode_id, heard, at)
            else:
                feed = _known_feed(connection, feed)
            connection.execute(
                "DELETE FROM correction WHERE episode_id IS ? AND feed IS ? AND words = ? "
                "AND (at IS ?4 OR abs(at - ?4) < 0.01)",
                (episode_id, feed, key, at),
            )
            cursor = connection.execute(
                'INSERT INTO correction (episode_id, feed, heard, words, "right", at) VALUES (?, ?, ?, ?, ?, ?)',
                (episode_id, feed, heard, key, right, at),
            )
            kept = Correction(heard, right, at, cursor.lastrowid or 0, episode_id, feed)
            places = _renew(connection, kept)
        return CorrectionResult(kept, sum(places), len(places))

    def corrections(self, episode_id: int | None = None) -> tuple[Correction, ...]:
        """Return the corrections, oldest first.

        Args:
            episode_id: The episode to which they apply, including those of its podcast; None for all.
        """
        with self._database.read() as connection:
            return read_corrections(connection, episode_id)

    def undo_correction(self, number: int) -> Correction:
        """Undo the correction with this number, which restores the original words.

        Raises:
            UsageError: There is no such correction.
        """
        with self._database.write() as connection:
            known = next((one for one in read_corrections(connection) if one.number == number), None)
            if known is None:
                raise UsageError(f"There is no correction {number}.")
            connection.execute("DELETE FROM correction WHERE id = ?", (number,))
            _renew(connection, known)
        return known

    def corrected(self, episode_id: int, transcript: Transcript) -> Transcript:
        """Apply the corrections of an episode and of its podcast to its uncorrected transcript."""
        with self._database.read() as connection:
            return corrected(connection, episode_id, transcript)


def _check_heard(connection: sqlite3.Connection, episode_id: int, heard: str, at: float | None) -> None:
    """Raise a ``UsageError`` with a hint if words don't occur in an episode."""
    from podnotes.corrections.applying import NEAR, occurrences
    from podnotes.timestamps import clock

    transcript = read_transcript(connection, episode_id, as_heard=True)
    if transcript is None:
        raise UsageError("The episode has not been transcribed yet; make its draft first (podnotes draft).")
    places = occurrences(transcript, heard)
    if not places:
        now = corrected(connection, episode_id, transcript)
        mended = next((one for one in now.corrected if _key(heard) in _key(one.text)), None)
        hint = (
            f"it is what you put for “{mended.heard}”: correct that"
            if mended
            else "give consecutive words exactly as they are in the transcript"
        )
        raise UsageError(f"“{heard}” does not occur in the episode; {hint}.")
    if at is not None and min(abs(place - at) for place in places) > NEAR:
        some = ", ".join(clock(place) for place in places[:5])
        raise UsageError(f"“{heard}” is not heard at {clock(at)}, but at {some}.")


def _renew(connection: sqlite3.Connection, correction: Correction) -> list[int]:
    """Update the data derived from transcripts to which a correction applies.

    Returns:
        The number of occurrences in each transcript.
    """
    from podnotes.corrections import occurrences

    rows = connection.execute(
        "SELECT episode_id, segments FROM transcript JOIN episode ON episode.id = episode_id "
        "WHERE episode_id IS ?1 OR feed = ?2",
        (correction.episode_id, correction.feed),
    )
    found: list[int] = []
    wanted = _key(correction.heard).split()
    for episode_id, segments in rows:
        # Quick check: in a podcast of hundreds of hours, few transcripts have the words.
        said = _plain(" ".join(segment.text for segment in decode_segments(segments)))
        if not all(word in said for word in wanted):
            continue
        heard = read_transcript(connection, episode_id, as_heard=True)
        assert heard is not None
        if places := len(occurrences(heard, correction.heard)):
            found.append(1 if correction.at is not None else places)
            # Earlier drafts and findings are outdated. Search by topic uses the old passages until there are new ones.
            connection.execute("UPDATE OR REPLACE done SET recipe = '' WHERE episode_id = ?", (episode_id,))
            connection.execute("DELETE FROM findings WHERE episode_id = ?", (episode_id,))
            index_transcript(connection, episode_id, corrected(connection, episode_id, heard))
    return found


def _known_feed(connection: sqlite3.Connection, feed: str) -> str:
    row = connection.execute(
        "SELECT feed FROM episode WHERE feed = bare(?1) AND feed != '' UNION SELECT bare(url) FROM podcast "
        "WHERE bare(url) = bare(?1) LIMIT 1",
        (clean(feed),),
    ).fetchone()
    if row is None:
        from podnotes.urls.privacy import masked_in

        raise UsageError(f"{masked_in(feed)} is not the address of a feed in the library.")
    return str(row[0])


def _key(text: str) -> str:
    from podnotes.text.words import words

    return " ".join(_plain(word) for word in words(text))


def _plain(text: str) -> str:
    from podnotes.text.words import normalized

    return normalized(text).replace("’", "'")
