"""Schema of the library, and migrations of older files.

The version is stored in ``user_version``. All pending migrations run in one transaction, so a file is never between
versions. Schema changes are made in ``SCHEMA``; a change to an existing table also needs a migration, and a fixture of
the previous version in ``tests/library/schemas``.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError
from podnotes.urls.addresses import without_credentials
from podnotes.urls.privacy import is_private

if TYPE_CHECKING:
    import sqlite3

#: Identifies the file as a podnotes library ("podn" in bytes 68 to 71 of the SQLite file).
APPLICATION_ID = int.from_bytes(b"podn", "big")

#: The search index; row numbers encode episode and sentence (see search_index.py).
SENTENCE_TABLE = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS sentence USING fts5(
        text, start UNINDEXED, "end" UNINDEXED, speaker UNINDEXED, tokenize='porter unicode61 remove_diacritics 2'
    )""",
    # Merging index segments only once there are sixteen of a size, instead of incrementally with each transcript, takes
    # an eighth of the time and makes adding to a large library as fast as to an empty one.
    "INSERT INTO sentence (sentence, rank) VALUES ('automerge', 0)",
)

_FINDINGS_TABLE = """CREATE TABLE IF NOT EXISTS findings (
    id INTEGER PRIMARY KEY,        -- highest for the newest findings of an episode
    episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
    topics_hash TEXT NOT NULL,
    record TEXT NOT NULL,          -- models.Findings as JSON
    saved TEXT NOT NULL,
    UNIQUE (episode_id, topics_hash)
) STRICT"""

#: The current schema.
SCHEMA = (
    """CREATE TABLE IF NOT EXISTS podcast (
        id INTEGER PRIMARY KEY,
        url TEXT NOT NULL UNIQUE,
        guid TEXT,
        title TEXT NOT NULL,
        record TEXT NOT NULL,      -- models.Podcast as JSON, without its episodes
        followed TEXT,             -- time since which the user follows it, or NULL
        checked TEXT,              -- time of the last reading of the feed, or NULL
        gone TEXT                  -- time since which its publisher has removed it, or NULL
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS episode (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never reused, since drafts outlive an episode
        feed TEXT NOT NULL,        -- address of the feed; '' for a local file
        guid TEXT NOT NULL,
        title TEXT NOT NULL,
        podcast TEXT NOT NULL,
        published TEXT,
        audio_url TEXT,
        place INTEGER NOT NULL DEFAULT 0,      -- position in the feed, for episodes without a date
        record TEXT NOT NULL,      -- models.Episode as JSON
        UNIQUE (feed, guid)
    ) STRICT""",
    "CREATE INDEX IF NOT EXISTS episode_published ON episode (published)",
    # An episode with a changed guid is recognised by its audio.
    "CREATE INDEX IF NOT EXISTS episode_audio ON episode (feed, audio_url)",
    """CREATE TABLE IF NOT EXISTS audio (
        episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
        path TEXT NOT NULL
    ) STRICT""",
    # Recognised chunks of episodes whose transcript is unfinished.
    """CREATE TABLE IF NOT EXISTS stretch (
        episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
        recipe TEXT NOT NULL,
        start REAL NOT NULL,
        "end" REAL NOT NULL,
        segments BLOB NOT NULL,
        words BLOB NOT NULL,
        PRIMARY KEY (episode_id, recipe, start)
    ) STRICT""",
    # Uncorrected transcripts.
    """CREATE TABLE IF NOT EXISTS transcript (
        episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
        record TEXT NOT NULL,      -- models.Transcript as JSON, without its segments
        segments BLOB NOT NULL,
        words BLOB NOT NULL,
        saved TEXT NOT NULL
    ) STRICT""",
    _FINDINGS_TABLE,
    """CREATE TABLE IF NOT EXISTS draft (
        id INTEGER PRIMARY KEY,
        episode_id INTEGER REFERENCES episode ON DELETE CASCADE,  -- NULL: a draft on several episodes
        template TEXT NOT NULL,
        folder TEXT NOT NULL,
        name TEXT NOT NULL,        -- first file name; drafts of an episode are told apart by its suffix
        path TEXT NOT NULL,        -- last known path
        mark TEXT                  -- episode id in its front matter
    ) STRICT""",
    "CREATE INDEX IF NOT EXISTS draft_episode ON draft (episode_id)",
    """CREATE TABLE IF NOT EXISTS draft_version (
        draft_id INTEGER NOT NULL REFERENCES draft ON DELETE CASCADE,
        hash TEXT NOT NULL,        -- SHA-256 of the file's bytes
        path TEXT NOT NULL,        -- path to which this version was written
        PRIMARY KEY (draft_id, hash)
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS done (
        episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
        recipe TEXT NOT NULL,
        folder TEXT NOT NULL,
        finished TEXT NOT NULL,
        PRIMARY KEY (episode_id, recipe, folder)
    ) STRICT""",
    # Topics, template and folder of an episode's last draft, as defaults for other commands.
    """CREATE TABLE IF NOT EXISTS drafted_with (
        episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
        topics TEXT,               -- name of the pack or path of the file; NULL for topics created in Python
        template TEXT NOT NULL,
        folder TEXT NOT NULL,
        finished TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS claim (
        episode_id INTEGER PRIMARY KEY REFERENCES episode ON DELETE CASCADE,
        run TEXT NOT NULL,         -- id of the run, in the name of its lock file (see locks.py)
        pid INTEGER NOT NULL,
        since TEXT NOT NULL
    ) STRICT""",
    *SENTENCE_TABLE,
    """CREATE TABLE IF NOT EXISTS passage (
        episode_id INTEGER NOT NULL REFERENCES transcript ON DELETE CASCADE,
        topic TEXT NOT NULL,
        start REAL NOT NULL,
        "end" REAL NOT NULL
    ) STRICT""",
    "CREATE INDEX IF NOT EXISTS passage_topic ON passage (topic, episode_id)",
    "CREATE INDEX IF NOT EXISTS passage_episode ON passage (episode_id)",
    """CREATE TABLE IF NOT EXISTS person (
        episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
        source TEXT NOT NULL,      -- 'feed' or 'transcript'
        name TEXT NOT NULL,
        PRIMARY KEY (episode_id, source, name)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS voice (
        id INTEGER PRIMARY KEY,
        feed TEXT NOT NULL,        -- address of the podcast's feed
        encoder TEXT NOT NULL,     -- embedding model; vectors of different models aren't comparable
        name TEXT,                 -- name given by the user, or NULL
        vector BLOB NOT NULL       -- embedding in half precision
    ) STRICT""",
    "CREATE INDEX IF NOT EXISTS voice_feed ON voice (feed)",
    """CREATE TABLE IF NOT EXISTS episode_voice (
        episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
        number INTEGER NOT NULL,   -- index in the episode
        voice_id INTEGER REFERENCES voice ON DELETE SET NULL,
        label TEXT NOT NULL,       -- speaker label in the transcript
        reason TEXT NOT NULL,      -- explanation of the label
        seconds REAL NOT NULL,
        vector BLOB NOT NULL,
        start REAL NOT NULL,       -- of a representative turn
        "end" REAL NOT NULL,
        PRIMARY KEY (episode_id, number)
    ) STRICT""",
    "CREATE INDEX IF NOT EXISTS episode_voice_voice ON episode_voice (voice_id)",
    # Diarized chunks of episodes whose diarization is unfinished.
    """CREATE TABLE IF NOT EXISTS voice_stretch (
        episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
        recipe TEXT NOT NULL,      -- hash of embedding model and audio
        start REAL NOT NULL,
        "end" REAL NOT NULL,
        prints BLOB NOT NULL,
        PRIMARY KEY (episode_id, recipe, start)
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS correction (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never reused, since the user undoes by number
        episode_id INTEGER REFERENCES episode ON DELETE CASCADE,  -- NULL for the whole podcast
        feed TEXT,                 -- address of the podcast's feed; NULL for one episode
        heard TEXT NOT NULL,
        words TEXT NOT NULL,       -- its words in lower case
        "right" TEXT NOT NULL,
        at REAL,                   -- time in seconds of a single occurrence; NULL for all
        CHECK ((episode_id IS NULL) != (feed IS NULL))
    ) STRICT""",
    "CREATE INDEX IF NOT EXISTS correction_episode ON correction (episode_id)",
    "CREATE INDEX IF NOT EXISTS correction_feed ON correction (feed)",
    """CREATE TABLE IF NOT EXISTS review_pick (
        episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
        id TEXT NOT NULL,          -- given by the page, the same for the same quote
        topic TEXT NOT NULL,
        start REAL NOT NULL,
        "end" REAL NOT NULL,
        place REAL NOT NULL,       -- sort key among the quotes of a topic
        remark TEXT NOT NULL,
        PRIMARY KEY (episode_id, id)
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS review_words (
        episode_id INTEGER NOT NULL REFERENCES episode ON DELETE CASCADE,
        place TEXT NOT NULL,       -- 'title', 'opening', 'practice:pain' …
        text TEXT NOT NULL,
        PRIMARY KEY (episode_id, place)
    ) STRICT""",
)

#: The current version.
SCHEMA_VERSION = 9

#: Statements that migrate existing tables from each version to the next; ``SCHEMA`` then adds missing tables.
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE findings RENAME TO findings_1",
        _FINDINGS_TABLE,
        """INSERT INTO findings (episode_id, topics_hash, record, saved)
            SELECT episode_id, topics_hash, record, saved FROM findings_1 ORDER BY rowid""",
        "DROP TABLE findings_1",
    ),
    2: ("ALTER TABLE podcast ADD COLUMN gone TEXT",),
    3: (
        """UPDATE episode SET record = json_set(record, '$.private', json('true'))
            WHERE feed IN (SELECT bare(url) FROM podcast WHERE is_private(url))""",
    ),
    8: (
        *(f"DROP TABLE IF EXISTS {table}" for table in ("spoken", "piece", "passage", "claim", "unfinished_file")),
        "ALTER TABLE draft ADD COLUMN mark TEXT",
        *(f"ALTER TABLE draft DROP COLUMN {column}" for column in ("taken", "recipe")),
        "DELETE FROM draft_version WHERE landed = 0",
        *(f"ALTER TABLE draft_version DROP COLUMN {column}" for column in ("size", "landed", "recipe", "written")),
    ),
}

#: Earlier versions have no search index or an incompatible one, so it is rebuilt after the migrations.
INDEXED_SINCE = 9


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def verify(connection: sqlite3.Connection, path: str) -> int:
    """Check that the file is a library supported by this version of podnotes.

    Returns:
        Schema version of the file; 0 if it is empty.

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
    """Migrate the file to ``SCHEMA_VERSION`` in one transaction, rolled back if rows would be inconsistent."""
    if verify(connection, path) == SCHEMA_VERSION:
        return
    # Take the write lock before checking again, since another process may be migrating the file.
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = verify(connection, path)
        connection.create_function("bare", 1, without_credentials, deterministic=True)
        connection.create_function("is_private", 1, is_private)
        earlier = (statement for number in range(version, SCHEMA_VERSION) for statement in MIGRATIONS.get(number, ()))
        for statement in (*(earlier if version else ()), *SCHEMA):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if 0 < version < INDEXED_SINCE:
            from podnotes.library.search_index import rebuild

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
    """Return the current UTC time in the library's format, "2026-11-22T15:55:16Z", which sorts as text."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
