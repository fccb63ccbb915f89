"""Connection to the library's file: opening, transactions and translation of SQLite errors."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

from podnotes.errors import LibraryError
from podnotes.library import schema
from podnotes.urls.addresses import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: First SQLite version with strict tables.
OLDEST_SQLITE = (3, 37, 0)
#: Page cache in KiB: a search over thousands of episodes reads several MB of the index.
CACHE_KIB = 32_768
#: Seconds to wait for another process's transaction; ours take well under a second.
BUSY_TIMEOUT_S = 30.0


class Database:
    """A connection shared by all threads of this process, one at a time.

    Args:
        path: The file; created with its folder if missing.

    Raises:
        LibraryError: The file can't be opened or created, is not a library, or was written by a newer podnotes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        self._process = os.getpid()
        self._connection: sqlite3.Connection | None = None
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise LibraryError(
                f"This Python comes with SQLite {sqlite3.sqlite_version}, and the library needs "
                f"{'.'.join(map(str, OLDEST_SQLITE))} or newer; use a newer Python."
            )
        self._refuse_other_files()
        with self._explained("open"):
            self._connection = self._open()

    # ------------------------------------------------------------------------------------------------- opening

    def _refuse_other_files(self) -> None:
        # SQLite would treat a file of a few bytes as empty and overwrite it.
        try:
            with self.path.open("rb") as file:
                head = file.read(16)
        except OSError:
            return  # missing; other problems are reported when it is opened
        if head and head != b"SQLite format 3\0":
            raise LibraryError(_not_a_library(self.path))

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"The folder {self.path.parent} for the library can't be created ({error.strerror}); "
                "choose another with --library or PODNOTES_LIBRARY."
            ) from error
        with contextlib.suppress(OSError):  # contains passwords of private feeds
            self.path.touch(0o600, exist_ok=False)
        # Disables Python's transaction handling: only ``write`` opens transactions.
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            # SQLite's lower() only handles A to Z.
            connection.create_function("fold", 1, lambda text: text.casefold(), deterministic=True)
            connection.create_function("bare", 1, without_credentials, deterministic=True)
            schema.verify(connection, str(self.path))  # check before writing to a file that may not be ours
            self._use_wal(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            # Committed chunks survive a power failure, at the cost of one fsync each.
            connection.execute("PRAGMA synchronous = FULL")
            schema.migrate(connection, str(self.path))
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _use_wal(connection: sqlite3.Connection) -> None:
        # SQLite doesn't wait here if two processes create the file simultaneously.
        deadline = time.monotonic() + BUSY_TIMEOUT_S
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def close(self) -> None:
        """Close the connection; closing again does nothing."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None and os.getpid() == self._process:
                connection.close()

    # --------------------------------------------------------------------------------------------- using it

    def _live(self) -> sqlite3.Connection:
        if self._connection is None:
            raise LibraryError("The library is closed; open it again.")
        if os.getpid() != self._process:
            # SQLite's locks belong to a process; using the connection in a forked child would corrupt the file.
            raise LibraryError("The library was opened in another process; open it again in this one.")
        return self._connection

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Provide the connection for reading, which includes uncommitted changes inside ``write``."""
        with self._lock, self._explained("read"):
            yield self._live()

    @contextlib.contextmanager
    def write(self, episode_id: int | None = None) -> Iterator[sqlite3.Connection]:
        """Provide the connection in an atomic transaction; nested calls join the outer transaction.

        Raises:
            LibraryError: There is no episode ``episode_id``.
        """
        with self._lock, self._explained("write"):
            connection = self._live()
            if self._depth == 0:
                # Takes the write lock at once: a transaction that begins by reading can't wait for it later.
                connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                exists = "SELECT 1 FROM episode WHERE id = ?"
                if episode_id is not None and connection.execute(exists, (episode_id,)).fetchone() is None:
                    raise LibraryError(f"There is no episode {episode_id} in the library.")
                yield connection
                if self._depth == 1:
                    connection.execute("COMMIT")
            except BaseException:
                # If the disk is full, SQLite may already have rolled back.
                if self._depth == 1 and connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def rows(self, statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and return all its rows."""
        with self.read() as connection:
            return connection.execute(statement, tuple(values)).fetchall()

    def row(self, statement: str, values: Iterable[Any] = ()) -> tuple[Any, ...] | None:
        """Run a query and return its first row, or None."""
        with self.read() as connection:
            found: tuple[Any, ...] | None = connection.execute(statement, tuple(values)).fetchone()
            return found

    # ------------------------------------------------------------------------------------------------ errors

    @contextlib.contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(self._explain(error, doing)) from error

    def _explain(self, error: sqlite3.Error, doing: str) -> str:
        code = getattr(error, "sqlite_errorcode", None)
        primary = None if code is None else code & 0xFF
        where = self.path
        if primary == sqlite3.SQLITE_FULL or _is_full(where):
            return (
                f"The disk of the library {where} is full; everything that was saved before is still there. "
                "Free some space, then run the same command to continue."
            )
        if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return (
                f"Another program has kept the library {where} locked for {BUSY_TIMEOUT_S:.0f} seconds; "
                "close it, then run the same command again."
            )
        if primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_CANTOPEN}:
            return (
                f"The library {where} can't be opened for writing: it is read-only, a folder, or in a folder that is "
                "not writable; make it writable, or choose another place with --library or PODNOTES_LIBRARY."
            )
        if primary == sqlite3.SQLITE_NOTADB:
            return _not_a_library(where)
        if primary == sqlite3.SQLITE_CORRUPT:
            return (
                f"The library {where} is damaged; run podnotes library check to see what is left, "
                "and restore the last backup."
            )
        return f"The library {where} can't {doing} ({error}); run podnotes library check."


def _not_a_library(path: Path) -> str:
    return f"{path} is not a podnotes library but some other file; name another file."


def _is_full(path: Path) -> bool:
    # A full disk can show as an I/O error, since the log and its index grow before the file does.
    try:
        status = os.statvfs(path.parent)
    except (OSError, AttributeError):
        return False
    return status.f_blocks > 0 and status.f_bavail * status.f_frsize < 65536
