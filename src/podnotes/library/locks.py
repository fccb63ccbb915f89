"""Locks on episodes: only one run at a time works on an episode, and locks end with their process.

A row names the run that has locked an episode. The run is alive while it holds a file lock of the operating system,
which ends with the process. There is one file per run rather than per episode, since a run on a cluster locks a
thousand episodes.
"""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from typing import TYPE_CHECKING

import filelock

from podnotes.errors import BusyError, LibraryError
from podnotes.library import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podnotes.library.database import Database


class Locks:
    """Locks held by an open library."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._run = uuid.uuid4().hex
        self._guard = threading.Lock()
        self._alive: filelock.BaseFileLock | None = None

    @contextlib.contextmanager
    def lock(self, episode_id: int) -> Iterator[None]:
        """See ``Library.lock``."""
        self._show_that_it_runs()
        with self._database.write(episode_id) as connection:
            row = connection.execute("SELECT run, pid, since FROM claim WHERE episode_id = ?", (episode_id,)).fetchone()
            if row is not None and _is_held(self._file(row[0])):
                holder = f"process {row[1]}, since {row[2]}"
                raise BusyError(
                    f"The episode is being processed by another podnotes ({holder}); wait for it, or stop it.",
                    holder=holder,
                )
            connection.execute(
                "INSERT OR REPLACE INTO claim (episode_id, run, pid, since) VALUES (?, ?, ?, ?)",
                (episode_id, self._run, os.getpid(), schema.now()),
            )
        try:
            yield
        finally:
            # A full disk must not mask the original error; the lock ends with this process anyway.
            with contextlib.suppress(LibraryError), self._database.write() as connection:
                connection.execute("DELETE FROM claim WHERE episode_id = ? AND run = ?", (episode_id, self._run))

    def close(self) -> None:
        """Release the file lock; closing again does nothing."""
        if self._alive is not None:
            self._alive.release()
            with contextlib.suppress(OSError):
                self._file(self._run).unlink(missing_ok=True)
            self._alive = None

    def _file(self, run: str) -> Path:
        return self._database.path.with_name(f".{self._database.path.name}.{run}.lock")

    def _show_that_it_runs(self) -> None:
        with self._guard:
            if self._alive is not None:
                return
            for left in self._database.path.parent.glob(self._file("*").name):
                _is_held(left)
            file = self._file(self._run)
            lock = filelock.FileLock(file, timeout=0, thread_local=False)
            try:
                lock.acquire()
            except OSError as error:
                raise LibraryError(
                    f"The lock {file} can't be created ({error.strerror or error}); make the folder writable, or free "
                    f"some disk space."
                ) from error
            self._alive = lock


def _is_held(file: Path) -> bool:
    """Tell whether the process that locked a file is alive; delete the file of a dead one."""
    if not file.exists():
        return False
    try:
        with filelock.FileLock(file, timeout=0), contextlib.suppress(OSError):
            file.unlink()
    except (filelock.Timeout, OSError):
        return True
    return False
