"""Library methods on podcasts, episodes and followed feeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podnotes.audio_types import TYPES, extension_of
from podnotes.errors import LibraryError
from podnotes.library import schema
from podnotes.library.search_index import people_of, save_people
from podnotes.library.serialization import clean, from_json, to_json
from podnotes.models import Episode, Podcast
from podnotes.urls.addresses import without_credentials
from podnotes.urls.privacy import MaskedRepr

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from podnotes.library.database import Database


@dataclass(frozen=True, slots=True)
class KnownEpisode:
    """An episode in the library.

    Attributes:
        id: Its number in this library.
        episode: The episode as in its feed.
        transcribed: Whether it has a transcript.
    """

    id: int
    episode: Episode
    transcribed: bool


@dataclass(frozen=True, slots=True, repr=False)
class Feed(MaskedRepr):
    """A feed that the user follows.

    Attributes:
        url: Its address.
        title: Title of the podcast; the address until the feed is first read.
        checked: Time in UTC when it was last read, or None.
        episodes: Number of known episodes.
        gone: Time in UTC when its permanent removal (status 410) was detected, or None. Derived data stays; the feed
            isn't requested again unless it is read explicitly or followed again.
    """

    url: str
    title: str
    checked: datetime | None
    episodes: int
    gone: datetime | None = None


class Episodes:
    """Library methods on podcasts and episodes."""

    _database: Database

    def remember_podcast(self, podcast: Podcast, *, asked: str | None = None) -> None:
        """Save or update a podcast and its episodes; episodes missing from the feed are kept.

        Args:
            podcast: The podcast as read from its feed. Without ``url`` (a local file), only its episodes are saved.
            asked: Requested address if the feed has moved to ``podcast.url``; episodes known under the old address keep
                their identity.
        """
        episodes = podcast.episodes
        with self._database.write() as connection:
            if podcast.url is not None:
                if asked is not None and asked != podcast.url:
                    _follow_move(connection, asked, podcast.url)
                connection.execute(
                    "INSERT INTO podcast (url, guid, title, record, checked) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (url) DO UPDATE SET guid = excluded.guid, title = excluded.title, "
                    "record = excluded.record, checked = excluded.checked, gone = NULL",
                    (
                        podcast.url,
                        podcast.guid,
                        clean(podcast.title),
                        to_json(replace(podcast, episodes=())),
                        schema.now(),
                    ),
                )
                # Only the podcast's address includes user name and password.
                feed = without_credentials(podcast.url)
                episodes = tuple(replace(episode, feed_url=feed) for episode in episodes)
                _take_new_guids(connection, feed, episodes)
            for place, episode in enumerate(episodes):
                _remember_episode(connection, episode, place)

    def podcast(self, url: str) -> Podcast | None:
        """Look up a podcast, including ``etag`` and ``modified`` of the last response.

        Returns:
            The podcast at this address with all episodes ever seen, newest first; None if the feed was never read.
        """
        row = self._database.row("SELECT record FROM podcast WHERE url = ? AND checked IS NOT NULL", (url,))
        if row is None:
            return None
        episodes = self._database.rows(
            "SELECT record FROM episode WHERE feed = bare(?) ORDER BY published IS NULL, published DESC, place, id",
            (url,),
        )
        known = from_json(Podcast, row[0])
        return replace(known, episodes=tuple(from_json(Episode, record) for (record,) in episodes))

    def follow(self, url: str) -> bool:
        """Follow a feed, named by its address until it is first read; a feed marked as gone is requested again.

        Returns:
            False if the user followed it already.
        """
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO podcast (url, title, record) VALUES (?, ?, ?)",
                (url, clean(url), to_json(Podcast(title=url, url=url))),
            )
            connection.execute("UPDATE podcast SET gone = NULL WHERE url = ?", (url,))
            changed = connection.execute(
                "UPDATE podcast SET followed = ? WHERE url = ? AND followed IS NULL", (schema.now(), url)
            )
            return changed.rowcount > 0

    def unfollow(self, url: str) -> bool:
        """Stop following a feed; data derived from it stays.

        Returns:
            False if the user didn't follow it.
        """
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE podcast SET followed = NULL WHERE url = ? AND followed IS NOT NULL", (url,)
            )
            connection.execute("DELETE FROM podcast WHERE url = ? AND checked IS NULL", (url,))
            return changed.rowcount > 0

    def mark_unchanged(self, url: str) -> None:
        """Record that a feed was just read without changes; cheaper than ``remember_podcast``."""
        with self._database.write() as connection:
            connection.execute("UPDATE podcast SET checked = ?, gone = NULL WHERE url = ?", (schema.now(), url))

    def mark_gone(self, url: str) -> bool:
        """Mark a feed as permanently removed by its publisher; data derived from it stays.

        Returns:
            False if the feed is unknown or already marked.
        """
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE podcast SET gone = ? WHERE url = ? AND gone IS NULL", (schema.now(), url)
            )
            return changed.rowcount > 0

    def feeds(self) -> tuple[Feed, ...]:
        """Return the feeds that the user follows, sorted by title, including those marked as gone."""
        rows = self._database.rows(
            "SELECT url, title, checked, (SELECT count(*) FROM episode WHERE feed = bare(url)), gone "
            "FROM podcast WHERE followed IS NOT NULL ORDER BY title COLLATE NOCASE, url"
        )
        return tuple(
            Feed(url, title, _moment(checked), count, _moment(gone)) for url, title, checked, count, gone in rows
        )

    # ------------------------------------------------------------------------------------------------ episodes

    def remember_episode(self, episode: Episode) -> int:
        """Save or update an episode, identified by ``feed_url`` and ``guid``; return its permanent number."""
        with self._database.write() as connection:
            return _remember_episode(connection, episode)

    def episode(self, episode_id: int) -> Episode:
        """Look up an episode.

        Raises:
            LibraryError: There is no such episode.
        """
        row = self._database.row("SELECT record FROM episode WHERE id = ?", (episode_id,))
        if row is None:
            raise LibraryError(f"There is no episode {episode_id} in the library.")
        return from_json(Episode, row[0])

    def find_episodes(
        self,
        text: str = "",
        *,
        podcast: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> tuple[KnownEpisode, ...]:
        """Find episodes by metadata.

        Args:
            text: Part of the title, case-insensitive; "" for all.
            podcast: Part of the podcast's title, or the address of its feed.
            since: Earliest time of publication.
            until: Latest time of publication, exclusive.
            limit: Maximum number of episodes.

        Returns:
            The episodes, newest first.
        """
        conditions, values = episode_conditions(podcast=podcast, since=since, until=until)
        if text:
            conditions.append("instr(fold(title), fold(?)) > 0")
            values.append(clean(text))
        rows = self._database.rows(
            "SELECT id, record, id IN (SELECT episode_id FROM transcript) "  # noqa: S608 - constant SQL; values are bound
            f"FROM episode WHERE {' AND '.join(conditions) or '1'} "
            "ORDER BY published IS NULL, published DESC, place, id LIMIT ?",
            (*values, -1 if limit is None else limit),
        )
        return tuple(
            KnownEpisode(number, from_json(Episode, record), bool(transcribed)) for number, record, transcribed in rows
        )

    def feed_address(self, episode_id: int) -> str | None:
        """Return the address of an episode's feed with user name and password, for requests only, never for display.

        Returns None if the feed is a local file or unknown.
        """
        row = self._database.row(
            "SELECT url FROM podcast JOIN episode ON episode.feed = bare(url) WHERE episode.id = ?", (episode_id,)
        )
        return None if row is None else str(row[0])

    def save_audio(self, episode_id: int, path: Path) -> None:
        """Record the path of an episode's downloaded audio.

        Raises:
            LibraryError: There is no such episode.
        """
        with self._database.write(episode_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO audio (episode_id, path) VALUES (?, ?)", (episode_id, str(path.absolute()))
            )

    def audio(self, episode_id: int) -> Path | None:
        """Return the path of an episode's audio, or None if it was never downloaded or no longer exists."""
        row = self._database.row("SELECT path FROM audio WHERE episode_id = ?", (episode_id,))
        return Path(row[0]) if row is not None and Path(row[0]).is_file() else None


def _follow_move(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Move a podcast and its episodes, corrections and voices to a new address, which may be known too."""
    connection.execute("UPDATE OR IGNORE podcast SET url = ? WHERE url = ?", (new, old))
    connection.execute(
        "UPDATE podcast SET followed = coalesce(followed, (SELECT followed FROM podcast WHERE url = ?)) WHERE url = ?",
        (old, new),
    )
    connection.execute("DELETE FROM podcast WHERE url = ?", (old,))
    for table in ("episode", "correction", "voice"):
        connection.execute(
            f"UPDATE OR IGNORE {table} SET feed = bare(?) WHERE feed = bare(?)",  # noqa: S608 - one of three constants
            (new, old),
        )


def _take_new_guids(connection: sqlite3.Connection, feed: str, episodes: Sequence[Episode]) -> None:
    """Update the guids of a feed's episodes that the publisher has changed, as some do when they move to another host.

    An episode whose guid is still in the feed keeps it, however similar another episode is.
    """
    guids = {clean(episode.guid) for episode in episodes}
    known = connection.execute("SELECT id, guid, record FROM episode WHERE feed = ?", (clean(feed),)).fetchall()
    named = {guid for _, guid, _ in known}
    new = [episode for episode in episodes if clean(episode.guid) not in named]
    lost: dict[tuple[object, ...], set[int]] = {}
    for number, guid, record in known if new else ():
        if guid not in guids:
            for mark in _marks(from_json(Episode, record)):
                lost.setdefault(mark, set()).add(number)
    for episode in new:
        same = next((lost[mark] for mark in _marks(episode) if len(lost.get(mark, ())) == 1), None)
        if same is not None:
            (number,) = same
            connection.execute("UPDATE OR IGNORE episode SET guid = ? WHERE id = ?", (clean(episode.guid), number))
            for numbers in lost.values():
                numbers.discard(number)


def _marks(episode: Episode) -> Iterator[tuple[object, ...]]:
    """Yield keys that match an episode without its guid: audio with title or time; title and date with length."""
    title = " ".join(episode.title.casefold().split())
    published = episode.published
    if episode.audio is not None:
        address = without_credentials(episode.audio.url).rpartition("://")[2]
        if extension_of(episode.audio.url) in TYPES:
            address = address.partition("?")[0]  # hosts change the query, which only matters without a file name
        yield "audio", address, title
        if published is not None:
            yield "audio", address, published.timestamp()
    if published is not None:
        day = published.astimezone(UTC).date()
        if episode.duration:
            yield "seconds", title, day, round(episode.duration)
        if episode.audio is not None and episode.audio.length:
            yield "bytes", title, day, episode.audio.length


def _remember_episode(connection: sqlite3.Connection, episode: Episode, place: int | None = None) -> int:
    key = clean(without_credentials(episode.feed_url or "")), clean(episode.guid)
    changed = connection.execute(
        "INSERT INTO episode (feed, guid, title, podcast, published, audio_url, record, place) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, 0)) ON CONFLICT (feed, guid) DO UPDATE SET "
        "title = ?3, podcast = ?4, published = ?5, audio_url = ?6, record = ?7, place = coalesce(?8, place) "
        "WHERE record != ?7 OR place != coalesce(?8, place)",
        (
            *key,
            clean(episode.title),
            clean(episode.podcast),
            None if episode.published is None else _utc_text(episode.published),
            None if episode.audio is None else clean(episode.audio.url),
            to_json(episode),
            place,
        ),
    )
    (number,) = connection.execute("SELECT id FROM episode WHERE feed = ? AND guid = ?", key).fetchone()
    if changed.rowcount:
        save_people(connection, number, "feed", people_of(episode))
    return int(number)


def episode_conditions(
    *, podcast: str | None, since: datetime | None, until: datetime | None
) -> tuple[list[str], list[Any]]:
    """Translate the arguments of ``find_episodes`` to SQL conditions on the table ``episode`` and their values."""
    conditions: list[str] = []
    values: list[Any] = []
    if podcast is not None:
        conditions.append("(feed = bare(?) OR instr(fold(podcast), fold(?)) > 0)")
        values += [clean(podcast), clean(podcast)]
    if since is not None:
        conditions.append("published >= ?")
        values.append(_utc_text(since))
    if until is not None:
        conditions.append("published < ?")
        values.append(_utc_text(until))
    return conditions, values


def _utc_text(moment: datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
