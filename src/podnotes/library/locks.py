"""Who works on which episode: one run at a time, by locks of the operating system, which end with their process."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import filelock

from podnotes.errors import BusyError, LibraryError
from podnotes.library import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podnotes.library.database import Database


@contextlib.contextmanager
def lock_episode(database: Database, episode_id: int) -> Iterator[None]:
    """See ``Library.lock``."""
    file = database.path.with_name(f".{database.path.name}.{episode_id}.lock")
    lock = filelock.FileLock(file, timeout=0)
    try:
        lock.acquire()
        while not file.exists():  # whoever held it meanwhile has deleted it
            lock.release()
            lock.acquire()
    except filelock.Timeout as error:
        row = database.row("SELECT pid, since FROM claim WHERE episode_id = ?", (episode_id,))
        holder = "another process" if row is None else f"process {row[0]}, since {row[1]}"
        raise BusyError(
            f"The episode is being worked on by another podnotes ({holder}); wait for it, or stop it.", holder=holder
        ) from error
    except OSError as error:
        raise LibraryError(
            f"The lock {file} can't be made ({error.strerror or error}); allow writing in that folder, or make room."
        ) from error
    try:
        _note_holder(database, episode_id)
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows deletes it when the lock is given back
            file.unlink()
        lock.release()


def _note_holder(database: Database, episode_id: int) -> None:
    with database.write() as connection:
        if connection.execute("SELECT 1 FROM episode WHERE id = ?", (episode_id,)).fetchone() is None:
            raise LibraryError(f"There is no episode {episode_id} in the library.")
        connection.execute(
            "INSERT OR REPLACE INTO claim (episode_id, pid, since) VALUES (?, ?, ?)",
            (episode_id, os.getpid(), schema.now()),
        )
