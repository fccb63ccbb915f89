"""The library as the other packages see it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from podnotes.errors import LibraryError
from podnotes.library import drafts, indexing, schema
from podnotes.library.claims import Claims, Holder
from podnotes.library.database import Database
from podnotes.library.encoding import decode_segments, encode_segments
from podnotes.library.records import from_json, to_json
from podnotes.library.search import Filter, Searcher
from podnotes.models import Episode, Findings, Podcast, Stretch, Transcript

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from podnotes.library.drafts import DraftResult
    from podnotes.library.search import SearchResult
    from podnotes.models import Segment

#: Name of the environment variable that names the library.
LIBRARY_VARIABLE = "PODNOTES_LIBRARY"
#: Name of the library's file within its folder.
LIBRARY_NAME = "library.sqlite3"
#: Findings kept for an episode, newest first: a few packs of topics in turn, not every edit of a pack.
FINDINGS_KEPT = 4


@dataclass(frozen=True, slots=True)
class KnownEpisode:
    """An episode as the library knows it.

    Attributes:
        id: Its number in this library.
        episode: What the feed says.
        transcribed: Whether there is a transcript.
        drafted: Whether drafts were made from it, whatever their recipe.
    """

    id: int
    episode: Episode
    transcribed: bool
    drafted: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that she follows.

    Attributes:
        url: Its address.
        title: Title of the podcast; its address as long as the feed wasn't read.
        followed: Since when she follows it, in UTC.
        checked: When it was last read, in UTC, or None.
        episodes: Number of episodes that are known.
    """

    url: str
    title: str
    followed: datetime
    checked: datetime | None
    episodes: int


class Library:
    """What podnotes remembers: feeds, episodes, transcripts, findings, drafts and what became of them.

    One SQLite file. All writing methods commit before they return, whole or not at all. An open library may be used
    by several threads; each process opens its own.

    Args:
        path: The file, or a folder for one called ``library.sqlite3``. None takes what ``PODNOTES_LIBRARY`` says, else
            the user's data folder. Made when it isn't there.
        read_only: Never writes; the library must be there already.

    Raises:
        LibraryError: It can't be opened or made, is another program's file, or was written by a newer podnotes.
    """

    def __init__(self, path: str | Path | None = None, *, read_only: bool = False) -> None:
        self.path = _locate(path)
        self._database = Database(self.path, read_only=read_only)
        self._claims = Claims(self._database)
        self._searcher = Searcher(self._database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        self._claims.close()
        self._searcher.close()
        self._database.close()

    @property
    def folder(self) -> Path:
        """Folder beside the library for downloaded audio; it may not be there yet."""
        return self.path.parent / "audio"

    # ------------------------------------------------------------------------------------------------ podcasts

    def remember_podcast(self, podcast: Podcast, *, asked: str | None = None) -> None:
        """Remember a podcast and all its episodes; what was known of them is brought up to date, none is dropped.

        Args:
            podcast: As its feed was read. Without ``url`` (a local file) only its episodes are remembered.
            asked: Address it was asked for, where that differs from ``podcast.url`` since the feed has moved:
                episodes known under the old address stay the same episodes.

        Raises:
            LibraryError: Writing failed.
        """
        with self._database.write() as connection:
            if podcast.url is not None:
                self._follow_move(connection, podcast, asked)
                connection.execute(
                    "INSERT INTO podcast (url, guid, title, record, checked) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (url) DO UPDATE SET guid = excluded.guid, title = excluded.title, "
                    "record = excluded.record, checked = excluded.checked",
                    (
                        podcast.url,
                        podcast.guid,
                        _clean(podcast.title),
                        to_json(replace(podcast, episodes=())),
                        schema.now(),
                    ),
                )
            for place, episode in enumerate(podcast.episodes):
                if podcast.url is not None and episode.feed_url != podcast.url:
                    episode = replace(episode, feed_url=podcast.url)
                self._remember_episode(connection, episode, place)

    @staticmethod
    def _follow_move(connection: sqlite3.Connection, podcast: Podcast, asked: str | None) -> None:
        if connection.execute("SELECT 1 FROM podcast WHERE url = ?", (podcast.url,)).fetchone() is not None:
            return
        old = connection.execute(
            "SELECT url FROM podcast WHERE url = ? OR (guid = ? AND guid <> '') LIMIT 1", (asked, podcast.guid)
        ).fetchone()
        if old is not None:
            connection.execute("UPDATE podcast SET url = ? WHERE url = ?", (podcast.url, old[0]))
            connection.execute("UPDATE OR IGNORE episode SET feed = ? WHERE feed = ?", (podcast.url, old[0]))

    def podcast(self, url: str) -> Podcast | None:
        """What is known of a podcast, with ``etag`` and ``modified`` of the last answer, and its episodes.

        Args:
            url: Address of the feed, as ``Podcast.url`` had it.

        Returns:
            The podcast with all episodes ever seen, newest first, or None when the feed was never read.

        Raises:
            LibraryError: Reading failed.
        """
        row = self._database.row("SELECT record FROM podcast WHERE url = ? AND checked IS NOT NULL", (url,))
        if row is None:
            return None
        episodes = self._database.rows(
            "SELECT record FROM episode WHERE feed = ? ORDER BY published IS NULL, published DESC, place, id", (url,)
        )
        known = from_json(Podcast, row[0])
        return replace(known, episodes=tuple(from_json(Episode, record) for (record,) in episodes))

    def follow(self, url: str, *, title: str = "") -> bool:
        """Follow a feed, so that ``feeds`` names it.

        Args:
            url: Address of the feed.
            title: What to call it until it is read.

        Returns:
            False when she followed it already.

        Raises:
            LibraryError: Writing failed.
        """
        with self._database.write() as connection:
            bare = Podcast(title=title or url, url=url)
            connection.execute(
                "INSERT OR IGNORE INTO podcast (url, title, record) VALUES (?, ?, ?)",
                (url, _clean(bare.title), to_json(bare)),
            )
            changed = connection.execute(
                "UPDATE podcast SET followed = ? WHERE url = ? AND followed IS NULL", (schema.now(), url)
            )
            return changed.rowcount > 0

    def unfollow(self, url: str) -> bool:
        """Follow a feed no longer; what was made from it stays.

        Returns:
            False when she didn't follow it.

        Raises:
            LibraryError: Writing failed.
        """
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE podcast SET followed = NULL WHERE url = ? AND followed IS NOT NULL", (url,)
            )
            connection.execute("DELETE FROM podcast WHERE url = ? AND checked IS NULL", (url,))
            return changed.rowcount > 0

    def feeds(self) -> tuple[Feed, ...]:
        """The feeds she follows, by title.

        Raises:
            LibraryError: Reading failed.
        """
        rows = self._database.rows(
            "SELECT url, title, followed, checked, (SELECT count(*) FROM episode WHERE feed = url) FROM podcast "
            "WHERE followed IS NOT NULL ORDER BY title COLLATE NOCASE, url"
        )
        return tuple(
            Feed(url, title, _moment(followed), None if checked is None else _moment(checked), count)
            for url, title, followed, checked, count in rows
        )

    # ------------------------------------------------------------------------------------------------ episodes

    def remember_episode(self, episode: Episode) -> int:
        """Remember an episode, or bring what is known of it up to date.

        Args:
            episode: Its ``feed_url`` and ``guid`` tell it from all others.

        Returns:
            Its number in this library, always the same for the same episode.

        Raises:
            LibraryError: Writing failed.
        """
        with self._database.write() as connection:
            return self._remember_episode(connection, episode)

    @staticmethod
    def _remember_episode(connection: sqlite3.Connection, episode: Episode, place: int | None = None) -> int:
        key = (episode.feed_url or "", _clean(episode.guid))
        published = None if episode.published is None else _utc_text(episode.published)
        audio = None if episode.audio is None else episode.audio.url
        known = connection.execute("SELECT id, record FROM episode WHERE feed = ? AND guid = ?", key).fetchone()
        if known is None and audio is not None:
            # Some publishers change all guids when they change the host of their feed.
            known = connection.execute(
                "SELECT id, '' FROM episode WHERE feed = ? AND audio_url = ? AND title = ?",
                (key[0], _clean(audio), _clean(episode.title)),
            ).fetchone()
        record = to_json(episode)
        values = (*key, _clean(episode.title), _clean(episode.podcast), published, audio and _clean(audio), record)
        if known is None:
            cursor = connection.execute(
                "INSERT INTO episode (feed, guid, title, podcast, published, audio_url, record, place) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, place or 0),
            )
            number = int(cursor.lastrowid or 0)
            indexing.save_people(connection, number, "feed", indexing.people_of(episode))
            return number
        if known[1] != record or place is not None:
            connection.execute(
                "UPDATE episode SET feed = ?, guid = ?, title = ?, podcast = ?, published = ?, audio_url = ?, "
                "record = ?, place = coalesce(?, place) WHERE id = ?",
                (*values, place, known[0]),
            )
        if known[1] != record:
            indexing.save_people(connection, known[0], "feed", indexing.people_of(episode))
        return int(known[0])

    def episode(self, episode_id: int) -> Episode:
        """What is known of an episode.

        Raises:
            LibraryError: There is no such episode, or reading failed.
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
        """Episodes by what the feed says of them.

        Args:
            text: Part of the title, without regard to case; "" for all.
            podcast: Part of the podcast's title, or the address of its feed.
            since: Published then or later.
            until: Published before.
            limit: How many at most.

        Returns:
            Newest first.

        Raises:
            LibraryError: Reading failed.
        """
        conditions, values = _episode_conditions(podcast=podcast, since=since, until=until)
        if text:
            conditions.append("instr(fold(title), fold(?)) > 0")
            values.append(_clean(text))
        rows = self._database.rows(
            "SELECT id, record, id IN (SELECT episode_id FROM transcript), id IN (SELECT episode_id FROM done) "  # noqa: S608 - the conditions are our own words, her values are bound
            f"FROM episode WHERE {' AND '.join(conditions) or '1'} "
            "ORDER BY published IS NULL, published DESC, place, id LIMIT ?",
            (*values, -1 if limit is None else limit),
        )
        return tuple(
            KnownEpisode(number, from_json(Episode, record), bool(transcribed), bool(drafted))
            for number, record, transcribed, drafted in rows
        )

    def save_audio(self, episode_id: int, path: Path) -> None:
        """Remember where the audio of an episode was downloaded to.

        Raises:
            LibraryError: There is no such episode, or writing failed.
        """
        with self._writing_about(episode_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO audio (episode_id, path) VALUES (?, ?)", (episode_id, str(path.absolute()))
            )

    def audio(self, episode_id: int) -> Path | None:
        """Where the audio of an episode is, or None when it was never downloaded or is gone.

        Raises:
            LibraryError: Reading failed.
        """
        row = self._database.row("SELECT path FROM audio WHERE episode_id = ?", (episode_id,))
        return Path(row[0]) if row is not None and Path(row[0]).is_file() else None

    # ---------------------------------------------------------------------------------------------- transcripts

    def stretches(self, episode_id: int, recipe: str) -> tuple[Stretch, ...]:
        """The pieces of an episode that have been recognised so far.

        Args:
            episode_id: The episode.
            recipe: What the recognition depends on (model and options, hashed); pieces of other recipes don't count.

        Returns:
            In order of time.

        Raises:
            LibraryError: Reading failed.
        """
        rows = self._database.rows(
            'SELECT start, "end", segments, words FROM stretch WHERE episode_id = ? AND recipe = ? ORDER BY start',
            (episode_id, recipe),
        )
        return tuple(Stretch(start, end, decode_segments(segments, words)) for start, end, segments, words in rows)

    def save_stretch(self, episode_id: int, recipe: str, stretch: Stretch) -> None:
        """Remember a piece that has been recognised; it survives a power cut as soon as this returns.

        Raises:
            LibraryError: There is no such episode, or writing failed.
        """
        segments, words = encode_segments(stretch.segments)
        with self._writing_about(episode_id) as connection:
            connection.execute(
                'INSERT OR REPLACE INTO stretch (episode_id, recipe, start, "end", segments, words) '
                "VALUES (?, ?, ?, ?, ?, ?)",
                (episode_id, recipe, float(stretch.start), float(stretch.end), segments, words),
            )

    def save_transcript(self, episode_id: int, transcript: Transcript) -> None:
        """Remember the transcript of an episode in place of an earlier one.

        Its stretches are dropped, and with another transcript also the findings of the earlier one.

        Raises:
            LibraryError: There is no such episode, or writing failed.
        """
        segments, words = encode_segments(transcript.segments)
        record = to_json(replace(transcript, segments=()))
        with self._writing_about(episode_id) as connection:
            same = connection.execute(
                "SELECT 1 FROM transcript WHERE episode_id = ? AND segments = ? AND words = ? AND record = ?",
                (episode_id, segments, words, record),
            ).fetchone()
            connection.execute("DELETE FROM stretch WHERE episode_id = ?", (episode_id,))
            if same is None:
                connection.execute("DELETE FROM findings WHERE episode_id = ?", (episode_id,))
                indexing.unindex_transcript(connection, episode_id)
                connection.execute("DELETE FROM transcript WHERE episode_id = ?", (episode_id,))
                connection.execute(
                    "INSERT INTO transcript (episode_id, record, segments, words, saved) VALUES (?, ?, ?, ?, ?)",
                    (episode_id, record, segments, words, schema.now()),
                )
                indexing.index_transcript(connection, episode_id, transcript)

    def transcript(self, episode_id: int) -> Transcript | None:
        """The transcript of an episode, or None when there is none yet.

        Raises:
            LibraryError: Reading failed.
        """
        row = self._database.row("SELECT record, segments, words FROM transcript WHERE episode_id = ?", (episode_id,))
        return None if row is None else _transcript(*row)

    # ------------------------------------------------------------------------------------------------- findings

    def save_findings(self, episode_id: int, findings: Findings, topics_hash: str) -> None:
        """Remember what was found in the transcript of an episode.

        Args:
            episode_id: The episode.
            findings: Passages, and what was skipped.
            topics_hash: Hash of the topics, and of whatever else the finding depends on.

        Raises:
            LibraryError: There is no such episode, or writing failed.
        """
        with self._writing_about(episode_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO findings (episode_id, topics_hash, record, saved) VALUES (?, ?, ?, ?)",
                (episode_id, topics_hash, to_json(findings), schema.now()),
            )
            connection.execute(
                "DELETE FROM findings WHERE episode_id = ?1 AND rowid NOT IN "
                "(SELECT rowid FROM findings WHERE episode_id = ?1 ORDER BY rowid DESC LIMIT ?2)",
                (episode_id, FINDINGS_KEPT),
            )
            indexing.save_passages(connection, episode_id, findings)

    def findings(self, episode_id: int, topics_hash: str) -> Findings | None:
        """What was found in an episode with these topics.

        Returns:
            The findings, or None when they were never made, the topics are others, or the transcript is newer.

        Raises:
            LibraryError: Reading failed.
        """
        row = self._database.row(
            "SELECT record FROM findings WHERE episode_id = ? AND topics_hash = ?", (episode_id, topics_hash)
        )
        return None if row is None else from_json(Findings, row[0])

    def known_reads(self, feed_url: str | None, *, besides: int | None = None) -> tuple[str, ...]:
        """What sponsors had read out in the episodes of a feed: their texts, each once, oldest episode first.

        Args:
            feed_url: Address of the feed; None gives ().
            besides: An episode whose own don't count.

        Raises:
            LibraryError: Reading failed.
        """
        if not feed_url:
            return ()
        rows = self._database.rows(
            "SELECT e.id, f.record, t.segments, t.words FROM episode AS e JOIN transcript AS t ON t.episode_id = e.id "
            "JOIN findings AS f ON f.rowid = (SELECT max(rowid) FROM findings WHERE episode_id = e.id) "
            "WHERE e.feed = ? ORDER BY e.published IS NULL, e.published, e.place DESC, e.id",
            (feed_url,),
        )
        texts: dict[str, None] = {}
        for number, record, segments, words in rows:
            reads = [skipped for skipped in from_json(Findings, record).skipped if skipped.kind == "ad"]
            if not reads or number == besides:
                continue
            spoken = decode_segments(segments, words)
            for read in reads:
                texts[_text_between(spoken, read.start, read.end)] = None
        return tuple(text for text in texts if text)

    # ---------------------------------------------------------------------------------------------------- search

    def search(
        self,
        query: str,
        *,
        podcast: str | None = None,
        person: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        topic: str | None = None,
        limit: int = 10,
        per_episode: int = 3,
    ) -> tuple[SearchResult, ...]:
        """Search everything that was transcribed.

        Args:
            query: Words (all of them, within about a minute of talk), ``"a phrase"``, ``prefix*``, ``AND``, ``OR``,
                ``NOT`` or ``-word``, parentheses. English words are found in all their forms.
            podcast: Part of the podcast's title, or the address of its feed.
            person: Part of the name of somebody who takes part; where the transcript says who speaks, only what that
                person says.
            since: Published then or later.
            until: Published before.
            topic: Id of a topic: only passages on it.
            limit: How many episodes at most.
            per_episode: How many sentences of each at most.

        Returns:
            Episodes, best first, each with its best sentences.

        Raises:
            UsageError: The query can't be understood; says where and what was expected.
            LibraryError: Reading failed.
        """
        conditions, values = _episode_conditions(podcast=podcast, since=since, until=until)
        where = Filter(tuple(conditions), tuple(values), None if person is None else _clean(person), topic)
        return self._searcher.search(query, where, limit=limit, per_episode=per_episode)

    # --------------------------------------------------------------------------------------------------- claims

    def claim(
        self, episode_id: int, *, wait: float = 0.0, on_wait: Callable[[Holder], None] | None = None
    ) -> contextlib.AbstractContextManager[None]:
        """Work on an episode alone: ``with library.claim(number): …``.

        The claim ends with the block. That of a process that died is over at once on the same machine, and two and a
        half minutes after its last heartbeat on another. It holds for threads of one process as well.

        Args:
            episode_id: The episode.
            wait: Seconds to wait for whoever has it; ``math.inf`` waits as long as it takes.
            on_wait: Called with the holder before waiting for it, once for each.

        Returns:
            A context manager.

        Raises:
            BusyError: On entering: somebody else has it and ``wait`` is over; says who.
            LibraryError: On entering: there is no such episode, or writing failed.
        """
        return self._claims.claim(episode_id, wait=wait, on_wait=on_wait)

    def holder(self, episode_id: int) -> Holder | None:
        """Who works on an episode right now, or None.

        Raises:
            LibraryError: Reading failed.
        """
        return self._claims.holder(episode_id)

    # --------------------------------------------------------------------------------------------------- drafts

    def write_draft(self, episode_id: int | None, *, path: Path, text: str, template: str, recipe: str) -> DraftResult:
        """Write a draft where nothing of hers is in the way.

        A file that podnotes wrote and nobody touched is brought up to date in place. A file that she edited, renamed
        or moved within the folder stays as it is and a newer version goes beside it as "NAME (new).md". A draft that
        she deleted is not written again (``forget`` the episode to begin anew).

        Args:
            episode_id: The episode, or None for a draft on several episodes, which is told apart by its name.
            path: Where it belongs; the folder is made. When the episode was drafted before with this template and
                suffix in this folder, the name it got then is kept.
            text: The whole file, written as UTF-8.
            template: Name of the template.
            recipe: What the text depends on, hashed.

        Returns:
            What became of it.

        Raises:
            OutputError: The file can't be written.
            LibraryError: There is no such episode, or the library can't be written.
        """
        if episode_id is not None:
            self.episode(episode_id)
        return drafts.write_draft(
            self._database, episode_id, path=Path(path), text=text, template=template, recipe=recipe
        )

    def mark_done(self, episode_id: int, recipe: str, *, folder: Path | None = None) -> None:
        """Remember that all drafts of an episode are written.

        Args:
            episode_id: The episode.
            recipe: What the drafts depend on, hashed: topics, template, transcript's model and options.
            folder: Where the drafts went; None when that doesn't matter.

        Raises:
            LibraryError: There is no such episode, or writing failed.
        """
        with self._writing_about(episode_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO done (episode_id, recipe, folder, finished) VALUES (?, ?, ?, ?)",
                (episode_id, recipe, _folder_text(folder), schema.now()),
            )

    def is_done(self, episode_id: int, recipe: str | None, *, folder: Path | None = None) -> bool:
        """Whether ``mark_done`` was called for this episode, recipe and folder.

        What she did to the drafts since doesn't matter: an episode whose drafts she deleted is done.

        Args:
            episode_id: The episode.
            recipe: What the drafts depend on, hashed; None for whatever recipe.
            folder: Where the drafts went.

        Raises:
            LibraryError: Reading failed.
        """
        row = self._database.row(
            "SELECT 1 FROM done WHERE episode_id = ? AND recipe = coalesce(?, recipe) AND folder = ? LIMIT 1",
            (episode_id, recipe, _folder_text(folder)),
        )
        return row is not None

    # ------------------------------------------------------------------------------------------------ internals

    @contextlib.contextmanager
    def _writing_about(self, episode_id: int) -> Any:
        with self._database.write() as connection:
            if connection.execute("SELECT 1 FROM episode WHERE id = ?", (episode_id,)).fetchone() is None:
                raise LibraryError(f"There is no episode {episode_id} in the library.")
            yield connection


def _locate(path: str | Path | None) -> Path:
    if path is None:
        named = os.environ.get(LIBRARY_VARIABLE)
        if named:
            path = named
        else:
            import platformdirs

            return Path(platformdirs.user_data_dir("podnotes", appauthor=False)) / LIBRARY_NAME
    path = Path(path).expanduser()
    return path / LIBRARY_NAME if path.is_dir() else path


def _transcript(record: str, segments: bytes, words: bytes) -> Transcript:
    try:
        return replace(from_json(Transcript, record), segments=decode_segments(segments, words))
    except (ValueError, TypeError, KeyError) as error:
        raise LibraryError(
            "A transcript in the library is damaged; run podnotes library check, and go back to the last backup."
        ) from error


def _text_between(segments: tuple[Segment, ...], start: float, end: float) -> str:
    parts: list[str] = []
    for segment in segments:
        if segment.end <= start or segment.start >= end:
            continue
        inside = [word.text for word in segment.words if word.end > start and word.start < end]
        parts.append(" ".join(inside) if segment.words else segment.text)
    return " ".join(part for part in parts if part)


def _episode_conditions(
    *, podcast: str | None, since: datetime | None, until: datetime | None
) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    if podcast is not None:
        conditions.append("(feed = ? OR instr(fold(podcast), fold(?)) > 0)")
        values += [_clean(podcast), _clean(podcast)]
    if since is not None:
        conditions.append("published >= ?")
        values.append(_utc_text(since))
    if until is not None:
        conditions.append("published < ?")
        values.append(_utc_text(until))
    return conditions, values


def _clean(text: str) -> str:
    """Text that SQLite takes: half of a surrogate pair, out of a broken feed, has no place in UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _utc_text(moment: datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _folder_text(folder: Path | None) -> str:
    return "" if folder is None else os.path.abspath(folder)  # noqa: PTH100 - resolve() would follow her links
