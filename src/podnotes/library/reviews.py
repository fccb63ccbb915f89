"""Library methods on reviews: the user's picks and texts from review pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.library.serialization import clean
from podnotes.models import Pick, Review

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from podnotes.library.database import Database


class Reviews:
    """Library methods on reviews."""

    _database: Database

    def review(self, episode_id: int) -> Review:
        """Return the user's picks and texts from the review page of an episode; possibly empty."""
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
        """Change parts of a review; two open pages don't overwrite each other's changes.

        Args:
            episode_id: The episode.
            picks: Quotes to add, or to replace if their ids are known.
            removed: Ids of quotes to remove; unknown ones are ignored.
            words: Texts by placeholder; an empty text is removed.

        Returns:
            The changed review.

        Raises:
            LibraryError: There is no such episode.
        """
        with self._database.write(episode_id) as connection:
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
                [(episode_id, clean(place), clean(text)) for place, text in (words or {}).items()],
            )
            connection.execute("DELETE FROM review_words WHERE episode_id = ? AND trim(text) = ''", (episode_id,))
            return read_review(connection, episode_id)


def read_review(connection: sqlite3.Connection, episode_id: int) -> Review:
    """Read the review of an episode."""
    picks = connection.execute(
        'SELECT id, topic, start, "end", place, remark FROM review_pick WHERE episode_id = ? ORDER BY place, start, id',
        (episode_id,),
    )
    words = connection.execute(
        "SELECT place, text FROM review_words WHERE episode_id = ? ORDER BY place", (episode_id,)
    )
    return Review(tuple(Pick(*row) for row in picks), tuple(words))
