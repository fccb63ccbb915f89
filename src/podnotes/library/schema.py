"""The schema of the library, and migrations of older files.

Migrations are numbered functions in ``MIGRATIONS``; the number of those applied to a file is its ``user_version``. All
missing ones run in one transaction, so a file is never between versions. A released migration is never edited: add a
new one, with a fixture of the version that it starts from in ``tests/library/schemas``.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError
from podnotes.urls.addresses import without_credentials
from podnotes.urls.privacy import is_private

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

#: Marks the file as a podnotes library (bytes 68 to 71 of an SQLite file, "podn").
APPLICATION_ID = int.from_bytes(b"podn", "big")


#: The search index; a row's number encodes the episode and the sentence (see search.py).
SENTENCE_TABLE = (
    """CREATE VIRTUAL TABLE sentence USING fts5(
        text, start UNINDEXED, "end" UNINDEXED, speaker UNINDEXED, tokenize='porter unicode61 remove_diacritics 2'
    )""",
    # Merging when sixteen parts of a size have come together, not a little at each transcript, costs an eighth of the
    # time, and adding to a large library is as quick as to an empty one.
    "INSERT INTO sentence (sentence, rank) VALUES ('automerge', 0)",
)


def _first(connection: sqlite3.Connection) -> None:
    """Podcasts, episodes, derived data, and locks."""
    for statement in (
        """CREATE TABLE podcast (
            id INTEGER PRIMARY KEY,
            url TEXT NOT NULL UNIQUE,
            guid TEXT,
            title TEXT NOT NULL,
            record TEXT NOT NULL,      -- models.Podcast as JSON, without its episodes
            followed TEXT,             -- since when the user follows it, else NULL
            checked TEXT               -- when its feed was last read
        ) STRICT""",
        """CREATE TABLE episode (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: drafts on the disk outlive an episode
            feed TEXT NOT NULL,        -- address of the feed, '' for a file of the user's own
            guid TEXT NOT NULL,
            title TEXT NOT NULL,
            podcast TEXT NOT NULL,
            published TEXT,
            audio_url TEXT,
            place INTEGER NOT NULL DEFAULT 0,      -- position in the feed, for episodes without a date
            record TEXT NOT NULL,      -- models.Episode as JSON
            UNIQUE (feed, guid)
        ) STRICT""",
        "CREATE INDEX episode_published ON episode (published)",
        """CREATE TABLE audio (
            episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
            path TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE stretch (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            recipe TEXT NOT NULL,
            start REAL NOT NULL,
            "end" REAL NOT NULL,
            segments BLOB NOT NULL,
            words BLOB NOT NULL,
            PRIMARY KEY (episode_id, recipe, start)
        ) STRICT""",
        """CREATE TABLE transcript (
            episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
            record TEXT NOT NULL,      -- models.Transcript as JSON, without its segments
            segments BLOB NOT NULL,
            words BLOB NOT NULL,
            saved TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE findings (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            topics_hash TEXT NOT NULL,
            record TEXT NOT NULL,      -- models.Findings as JSON
            saved TEXT NOT NULL,
            PRIMARY KEY (episode_id, topics_hash)
        ) STRICT""",
        """CREATE TABLE draft (
            id INTEGER PRIMARY KEY,
            episode_id INTEGER REFERENCES episode ON DELETE CASCADE,  -- NULL: a draft on several episodes
            template TEXT NOT NULL,
            folder TEXT NOT NULL,
            name TEXT NOT NULL,        -- as it was first called; with an episode only the suffix tells drafts apart
            path TEXT NOT NULL,        -- where it was last seen
            taken INTEGER NOT NULL DEFAULT 0,      -- 1: renamed, so that it is the user's
            recipe TEXT NOT NULL       -- of the newest version
        ) STRICT""",
        "CREATE INDEX draft_episode ON draft (episode_id)",
        """CREATE TABLE draft_version (
            draft_id INTEGER NOT NULL REFERENCES draft ON DELETE CASCADE,
            hash TEXT NOT NULL,        -- SHA-256 of the file's bytes
            size INTEGER NOT NULL,
            path TEXT NOT NULL,        -- where this version was put
            landed INTEGER NOT NULL,   -- 0 from before the file is put in place until just after
            recipe TEXT NOT NULL,
            written TEXT NOT NULL,
            PRIMARY KEY (draft_id, hash)
        ) STRICT""",
        """CREATE TABLE done (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            recipe TEXT NOT NULL,
            folder TEXT NOT NULL,
            finished TEXT NOT NULL,
            PRIMARY KEY (episode_id, recipe, folder)
        ) STRICT""",
        """CREATE TABLE unfinished_file (
            path TEXT PRIMARY KEY,     -- a temporary file that exists only while its process lives
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            started TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE claim (
            episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
            token TEXT NOT NULL,
            host TEXT NOT NULL,        -- name of the machine, for the user
            machine TEXT NOT NULL,     -- what tells machines (and containers) apart
            pid INTEGER NOT NULL,
            started TEXT NOT NULL,     -- start of the process: numbers of processes are given again
            since TEXT NOT NULL,
            heartbeat REAL NOT NULL    -- seconds since 1970
        ) STRICT""",
    ):
        connection.execute(statement)


def _second(connection: sqlite3.Connection) -> None:
    """Full-text search, people, and passages by topic."""
    for statement in (
        # No text in it: a row's words are those of the piece with the same number .
        """CREATE VIRTUAL TABLE spoken
            USING fts5(text, content='', columnsize=0, tokenize='porter unicode61 remove_diacritics 2')""",
        # Merging when sixteen parts of a size have come together, not a little at each transcript, costs an eighth of
        # the time, and adding to a large library is as quick as to an empty one.
        "INSERT INTO spoken (spoken, rank) VALUES ('automerge', 0)",
        """CREATE TABLE piece (
            id INTEGER PRIMARY KEY,    -- number of the episode, shifted, plus its place in the episode
            record BLOB NOT NULL       -- its sentences, with times and speakers
        ) STRICT""",
        """CREATE TABLE passage (
            episode_id INTEGER NOT NULL REFERENCES transcript ON DELETE CASCADE,
            topic TEXT NOT NULL,
            piece INTEGER NOT NULL,    -- that has sentences of it
            first INTEGER NOT NULL,    -- sentence within the piece
            last INTEGER NOT NULL      -- one past the last
        ) STRICT""",
        "CREATE INDEX passage_topic ON passage (topic, piece)",
        "CREATE INDEX passage_episode ON passage (episode_id)",
        "CREATE INDEX passage_piece ON passage (piece)",
        """CREATE TABLE person (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            source TEXT NOT NULL,      -- 'feed' or 'transcript'
            name TEXT NOT NULL,
            PRIMARY KEY (episode_id, source, name)
        ) STRICT, WITHOUT ROWID""",
        # The newest findings of an episode have the highest number, even after VACUUM.
        "ALTER TABLE findings RENAME TO findings_1",
        """CREATE TABLE findings (
            id INTEGER PRIMARY KEY,
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            topics_hash TEXT NOT NULL,
            record TEXT NOT NULL,      -- models.Findings as JSON
            saved TEXT NOT NULL,
            UNIQUE (episode_id, topics_hash)
        ) STRICT""",
        """INSERT INTO findings (episode_id, topics_hash, record, saved)
            SELECT episode_id, topics_hash, record, saved FROM findings_1 ORDER BY rowid""",
        "DROP TABLE findings_1",
        # An episode that got a new guid is found by its audio.
        "CREATE INDEX episode_audio ON episode (feed, audio_url)",
    ):
        connection.execute(statement)


def _third(connection: sqlite3.Connection) -> None:
    """Feeds that their publisher has removed permanently."""
    connection.execute("ALTER TABLE podcast ADD COLUMN gone TEXT")  # since when, NULL as long as it answers


def _fourth(connection: sqlite3.Connection) -> None:
    """Episodes of private feeds are marked as such, before their feed is read again."""
    for (url,) in connection.execute("SELECT url FROM podcast").fetchall():
        if is_private(url):
            connection.execute(
                "UPDATE episode SET record = json_set(record, '$.private', json('true')) WHERE feed = ?",
                (without_credentials(url),),
            )


def _fifth(connection: sqlite3.Connection) -> None:
    """Voices of episodes and podcasts, and chunks analysed so far."""
    for statement in (
        """CREATE TABLE voice (
            id INTEGER PRIMARY KEY,
            feed TEXT NOT NULL,        -- address of the show's feed
            encoder TEXT NOT NULL,     -- that made the vector: only those of one encoder can be compared
            name TEXT,                 -- who it is, NULL as long as nobody has said
            vector BLOB NOT NULL       -- 256 numbers in half precision
        ) STRICT""",
        "CREATE INDEX voice_feed ON voice (feed)",
        """CREATE TABLE episode_voice (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            number INTEGER NOT NULL,   -- within the episode
            voice_id INTEGER REFERENCES voice ON DELETE SET NULL,
            label TEXT NOT NULL,       -- what the transcript calls it
            reason TEXT NOT NULL,      -- why
            seconds REAL NOT NULL,
            vector BLOB NOT NULL,
            start REAL NOT NULL,       -- of a turn that shows it well
            "end" REAL NOT NULL,
            PRIMARY KEY (episode_id, number)
        ) STRICT""",
        "CREATE INDEX episode_voice_voice ON episode_voice (voice_id)",
        """CREATE TABLE voice_stretch (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            recipe TEXT NOT NULL,      -- encoder and audio
            start REAL NOT NULL,
            "end" REAL NOT NULL,
            prints BLOB NOT NULL,
            PRIMARY KEY (episode_id, recipe, start)
        ) STRICT""",
    ):
        connection.execute(statement)


def _sixth(connection: sqlite3.Connection) -> None:
    """Corrections of misheard words; transcripts themselves are stored uncorrected."""
    for statement in (
        """CREATE TABLE correction (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: the user undoes by number
            episode_id INTEGER REFERENCES episode ON DELETE CASCADE,  -- NULL: of the whole show
            feed TEXT,                 -- address of the show's feed, NULL for one episode
            heard TEXT NOT NULL,
            words TEXT NOT NULL,       -- the words of it, in lower case
            "right" TEXT NOT NULL,
            at REAL,                   -- second of the one place, NULL for everywhere
            CHECK ((episode_id IS NULL) != (feed IS NULL))
        ) STRICT""",
        "CREATE INDEX correction_episode ON correction (episode_id)",
        "CREATE INDEX correction_feed ON correction (feed)",
    ):
        connection.execute(statement)


def _seventh(connection: sqlite3.Connection) -> None:
    """The user's choices and texts on review pages."""
    for statement in (
        """CREATE TABLE review_pick (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            id TEXT NOT NULL,          -- given by the page, the same for the same quotation
            topic TEXT NOT NULL,
            start REAL NOT NULL,
            "end" REAL NOT NULL,
            place REAL NOT NULL,       -- quotations of a topic stand in its order
            remark TEXT NOT NULL,
            PRIMARY KEY (episode_id, id)
        ) STRICT""",
        """CREATE TABLE review_words (
            episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
            place TEXT NOT NULL,       -- 'title', 'opening', 'practice:pain' …
            text TEXT NOT NULL,
            PRIMARY KEY (episode_id, place)
        ) STRICT""",
    ):
        connection.execute(statement)


def _eighth(connection: sqlite3.Connection) -> None:
    """Topics, template and folder of an episode's last draft, as defaults for other commands."""
    connection.execute(
        """CREATE TABLE drafted_with (
            episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
            topics TEXT,               -- name of the pack or path of the file, NULL for topics made in Python
            template TEXT NOT NULL,
            folder TEXT NOT NULL,
            finished TEXT NOT NULL
        ) STRICT"""
    )


def _ninth(connection: sqlite3.Connection) -> None:
    """A search table with one row per sentence; locks of the operating system instead of expiring rows."""
    for statement in (
        *(f"DROP TABLE {table}" for table in ("spoken", "piece", "passage", "claim", "unfinished_file")),
        *SENTENCE_TABLE,
        """CREATE TABLE passage (
            episode_id INTEGER NOT NULL REFERENCES transcript ON DELETE CASCADE,
            topic TEXT NOT NULL,
            start REAL NOT NULL,
            "end" REAL NOT NULL
        ) STRICT""",
        "CREATE INDEX passage_topic ON passage (topic, episode_id)",
        "CREATE INDEX passage_episode ON passage (episode_id)",
        """CREATE TABLE claim (
            episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
            run TEXT NOT NULL,         -- whose lock says whether it is alive (see locks.py)
            pid INTEGER NOT NULL,
            since TEXT NOT NULL
        ) STRICT""",
        "ALTER TABLE draft ADD COLUMN mark TEXT",  # what its front matter says of the episode
        *(f"ALTER TABLE draft DROP COLUMN {column}" for column in ("taken", "recipe")),
        "DELETE FROM draft_version WHERE landed = 0",
        *(f"ALTER TABLE draft_version DROP COLUMN {column}" for column in ("size", "landed", "recipe", "written")),
    ):
        connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _first,
    _second,
    _third,
    _fourth,
    _fifth,
    _sixth,
    _seventh,
    _eighth,
    _ninth,
)

#: Files of earlier versions have no search index, or an older kind, so it is rebuilt after the migrations.
INDEXED_SINCE = 9

#: The current version.
SCHEMA_VERSION = len(MIGRATIONS)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def verify(connection: sqlite3.Connection, path: str) -> int:
    """Check that the file is a library that this version of podnotes can use.

    Returns:
        Its schema version; 0 for an empty file.

    Raises:
        LibraryError: The file is another program's database, or was written by a newer podnotes.
        sqlite3.Error: The file is not a database.
    """
    version = _pragma(connection, "user_version")
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    application = _pragma(connection, "application_id")
    if application != APPLICATION_ID and (tables or version or application):
        raise LibraryError(f"{path} is a database of another program, not a podnotes library; name another file.")
    if version > SCHEMA_VERSION:
        raise LibraryError(
            f"The library {path} was written by a newer podnotes (schema {version}, this one knows {SCHEMA_VERSION}); "
            "update podnotes to open it. Nothing was changed."
        )
    return version


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Migrate the file to ``SCHEMA_VERSION`` in one transaction.

    Raises:
        LibraryError: See ``verify``; or the migrated rows are inconsistent, and the migration is rolled back.
    """
    if verify(connection, path) == SCHEMA_VERSION:
        return
    # Lock the file for writing before checking again, since another process may be migrating it.
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = verify(connection, path)
        for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
            migration(connection)
            connection.execute(f"PRAGMA user_version = {number}")
        if 0 < version < INDEXED_SINCE:
            from podnotes.library.search import rebuild

            rebuild(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise LibraryError(
                f"The library {path} is inconsistent and was left unchanged; run podnotes library check."
            )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def now() -> str:
    """The current time in UTC as stored in the library, "2026-11-22T15:55:16Z", which sorts as text."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
