"""What the user chose and wrote on review pages: kept here, so that it is the same in every browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.library.episodes import writing_about
from podnotes.library.search import clean
from podnotes.models import Pick, Review

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from podnotes.library.database import Database


class Reviews:
    """The part of a library on what the user chose and wrote."""

    _database: Database

    def review(self, episode_id: int) -> Review:
        """What the user chose and wrote on the review page of an episode; empty before anything was.

        Raises:
            LibraryError: Reading failed.
        """
        with self._database.read() as connection:
            return read_review(connection, episode_id)

    def change_review(
        self,
        episode_id: int,
        *,
        picks: Iterable[Pick] = (),
        removed: Iterable[str] = (),
        words: Mapping[str, str] | None = None,
    ) -> Review:
        """Change parts of a review and leave the rest as it is, so that two pages do not undo each other.

        Args:
            episode_id: The episode.
            picks: Quotations to add, or to change where their ids are known.
            removed: Ids of quotations to take out; those that are not there do not matter.
            words: Texts by their place in the draft; an empty one is taken out.

        Returns:
            The review after the change.

        Raises:
            LibraryError: There is no such episode, or writing failed; nothing is changed then.
        """
        with writing_about(self._database, episode_id) as connection:
            write_review(connection, episode_id, picks, removed, words or {})
            return read_review(connection, episode_id)


def write_review(
    connection: sqlite3.Connection,
    episode_id: int,
    picks: Iterable[Pick],
    removed: Iterable[str],
    words: Mapping[str, str],
) -> None:
    """Change parts of a review; see ``Reviews.change_review``."""
    connection.executemany(
        "DELETE FROM review_pick WHERE episode_id = ? AND id = ?", [(episode_id, clean(id_)) for id_ in removed]
    )
    connection.executemany(
        "INSERT OR REPLACE INTO review_pick VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (episode_id, clean(one.id), clean(one.topic), one.start, one.end, one.place, clean(one.remark))
            for one in picks
        ],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO review_words VALUES (?, ?, ?)",
        [(episode_id, clean(place), clean(text)) for place, text in words.items()],
    )
    connection.execute("DELETE FROM review_words WHERE episode_id = ? AND trim(text) = ''", (episode_id,))


def read_review(connection: sqlite3.Connection, episode_id: int) -> Review:
    """The review of an episode."""
    picks = connection.execute(
        'SELECT id, topic, start, "end", place, remark FROM review_pick WHERE episode_id = ? ORDER BY place, start, id',
        (episode_id,),
    )
    words = connection.execute(
        "SELECT place, text FROM review_words WHERE episode_id = ? ORDER BY place", (episode_id,)
    )
    return Review(tuple(Pick(*row) for row in picks), tuple(words))
