"""The part of a library that keeps what the user put right in transcripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.errors import UsageError
from podnotes.library import search
from podnotes.library.episodes import writing_about
from podnotes.library.reading import all_corrections, corrected, corrections_of, read_transcript
from podnotes.library.search import clean
from podnotes.library.serialization import decode_segments, from_json
from podnotes.models import Correction, Findings

if TYPE_CHECKING:
    import sqlite3

    from podnotes.library.database import Database
    from podnotes.models import Transcript


# Whoever types these means a pattern.
_SIGNS = re.compile(r"[*\\^$|+<>={}\[\]_~`]")


@dataclass(frozen=True, slots=True)
class CorrectionResult:
    """What a correction changed.

    Attributes:
        correction: As it is in the library.
        places: At how many places it is heard in what was transcribed so far.
        episodes: In how many episodes.
    """

    correction: Correction
    places: int
    episodes: int


class Corrections:
    """The part of a library on what was misheard."""

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
        """Put right what was misheard, in one episode or in a whole show.

        From now on transcripts are read with it, whether they are there already or come later; the words as heard stay
        in the library. Drafts are brought up to date by ``--again``. An earlier correction of the same words there is
        replaced.

        Args:
            heard: The words of the transcript: one or several in a row, whatever their case.
            right: What was said. The same as ``heard`` says that they are right: they are no longer uncertain.
            episode_id: The episode; or
            feed: the address of the show's feed.
            at: Second of the one place in the episode that is meant; None for everywhere.

        Returns:
            Where it applies.

        Raises:
            UsageError: Words are missing, are not heard in the episode, or not there; or the show isn't known.
            LibraryError: There is no such episode, or writing failed.
        """
        from podnotes.text.words import words

        heard, right = (" ".join(clean(text).split()) for text in (heard, right))
        key = _key(heard)
        if not key:
            raise UsageError("Say which words were misheard, and what was said instead.")
        if sign := _SIGNS.search(heard):
            raise UsageError(f"“{heard}” has “{sign[0]}” in it: give words, which are looked for just as they stand.")
        if not words(right):
            raise UsageError(f"Say what was said instead of “{heard}”.")
        if heard == right and at is None:
            raise UsageError(f"“{heard}” is what the transcript has already.")
        if (episode_id is None) == (feed is None):
            raise UsageError("A correction is for one episode or for one show.")
        if at is not None and episode_id is None:
            raise UsageError("A correction of one place is for one episode.")
        about = self._database.write() if episode_id is None else writing_about(self._database, episode_id)
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
        """What was put right, in the order in which it was.

        Args:
            episode_id: Only what counts for this episode, that of its show included; None for all.

        Raises:
            LibraryError: Reading failed.
        """
        with self._database.read() as connection:
            return all_corrections(connection) if episode_id is None else corrections_of(connection, episode_id)

    def undo_correction(self, number: int) -> Correction:
        """Take back a correction: the words are again as they were heard.

        Args:
            number: Its ``number``.

        Returns:
            What it was.

        Raises:
            UsageError: There is none of this number.
            LibraryError: Writing failed.
        """
        with self._database.write() as connection:
            known = next((one for one in all_corrections(connection) if one.number == number), None)
            if known is None:
                raise UsageError(f"There is no correction {number}.")
            connection.execute("DELETE FROM correction WHERE id = ?", (number,))
            _renew(connection, known)
        return known

    def corrected(self, episode_id: int, transcript: Transcript) -> Transcript:
        """Put the corrections of an episode and of its show into its words.

        Args:
            episode_id: The episode.
            transcript: The words as heard.

        Raises:
            LibraryError: Reading failed.
        """
        with self._database.read() as connection:
            return corrected(connection, episode_id, transcript)


def _check_heard(connection: sqlite3.Connection, episode_id: int, heard: str, at: float | None) -> None:
    """Refuse words that are not heard in an episode, saying what is there instead."""
    from podnotes.corrections.applying import NEAR, occurrences
    from podnotes.timestamps import clock

    transcript = read_transcript(connection, episode_id, as_heard=True)
    if transcript is None:
        raise UsageError("The episode was not transcribed yet; make its draft first (podnotes draft).")
    places = occurrences(transcript, heard)
    if not places:
        now = corrected(connection, episode_id, transcript)
        mended = next((one for one in now.corrected if _key(heard) in _key(one.text)), None)
        hint = (
            f"it is what you put for “{mended.heard}”: correct that"
            if mended
            else "give the words as the transcript has them, in a row"
        )
        raise UsageError(f"“{heard}” is not heard in the episode; {hint}.")
    if at is not None and min(abs(place - at) for place in places) > NEAR:
        some = ", ".join(clock(place) for place in places[:5])
        raise UsageError(f"“{heard}” is not heard at {clock(at)}, but at {some}.")


def _renew(connection: sqlite3.Connection, correction: Correction) -> list[int]:
    """Bring up to date what was made of the transcripts in which a correction is heard.

    Returns:
        The number of places in each of them.
    """
    from podnotes.corrections import apply_corrections, occurrences

    rows = connection.execute(
        "SELECT episode_id, segments FROM transcript JOIN episode ON episode.id = episode_id "
        "WHERE episode_id IS ?1 OR feed = ?2",
        (correction.episode_id, correction.feed),
    )
    found: list[int] = []
    wanted = _key(correction.heard).split()
    for episode_id, segments in rows:
        # Of a show of hundreds of hours, few have the words.
        said = _plain(" ".join(segment.text for segment in decode_segments(segments)))
        if not all(word in said for word in wanted):
            continue
        heard = read_transcript(connection, episode_id, as_heard=True)
        assert heard is not None
        places = len(occurrences(heard, correction.heard))
        if not places:
            continue
        found.append(1 if correction.at is not None else places)
        # Drafts made before are no longer current.
        connection.execute("UPDATE OR REPLACE done SET recipe = '' WHERE episode_id = ?", (episode_id,))
        if not apply_corrections(heard, [correction]).corrected:
            continue
        findings = connection.execute(
            "SELECT record FROM findings WHERE episode_id = ? ORDER BY id DESC LIMIT 1", (episode_id,)
        ).fetchone()
        search.unindex_transcript(connection, episode_id)
        connection.execute("DELETE FROM findings WHERE episode_id = ?", (episode_id,))
        search.index_transcript(connection, episode_id, heard)
        if findings is not None:
            # Until passages are looked for again, searching by topic finds those that there were.
            search.save_passages(connection, episode_id, from_json(Findings, findings[0]))
    return found


def _known_feed(connection: sqlite3.Connection, feed: str) -> str:
    row = connection.execute(
        "SELECT feed FROM episode WHERE feed = bare(?1) AND feed != '' UNION SELECT bare(url) FROM podcast "
        "WHERE bare(url) = bare(?1) LIMIT 1",
        (clean(feed),),
    ).fetchone()
    if row is None:
        from podnotes.urls.privacy import masked_in

        raise UsageError(f"{masked_in(feed)} is not the address of a feed that the library knows.")
    return str(row[0])


def _key(text: str) -> str:
    from podnotes.text.words import words

    return " ".join(_plain(word) for word in words(text))


def _plain(text: str) -> str:
    from podnotes.text.words import normalized

    return normalized(text).replace("’", "'")
