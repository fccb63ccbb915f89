"""Locks on downloads, across threads and processes: no file is written twice or deleted while in use.

Locks of the operating system on files beside the audio, which end with the process that holds them, however it ends.
"""

from __future__ import annotations

import contextlib
import uuid
from typing import TYPE_CHECKING

import filelock

from podnotes.errors import FetchError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def lock_beside(audio: Path) -> Path:
    """Return the file whose lock whoever writes or deletes a download holds."""
    return audio.with_name(f".{audio.name}.lock")


@contextlib.contextmanager
def writing(audio: Path, *, wait_s: float) -> Iterator[None]:
    """Keep other threads and other processes from writing or deleting a download.

    Args:
        audio: The file; it need not be there.
        wait_s: Seconds to wait for another one that does.

    Raises:
        FetchError: Another one is still at it.
        OutputError: The lock can't be made.
    """
    path = lock_beside(audio)
    try:
        while True:
            with filelock.FileLock(path, timeout=wait_s):
                if not path.exists():
                    continue  # whoever held it meanwhile has deleted it
                yield
                # Whoever waits finds the finished file, lock or no lock; after a failure the lock has to stay, or
                # two that wait could hold two locks.
                _forget(path)
                return
    except filelock.Timeout as error:
        raise FetchError(
            f"Another podnotes process has been downloading {audio.name} for {wait_s / 60:.0f} minutes: wait for "
            "it to finish, or stop it."
        ) from error
    except OSError as error:
        raise OutputError(
            f"{audio} can't be written ({error.strerror or error}): free some disk space, or choose another folder."
        ) from error


@contextlib.contextmanager
def using(audio: Path) -> Iterator[None]:
    """Keep a download from being deleted to make room; several may use it at once.

    Args:
        audio: The file; it need not be there yet.
    """
    mark = audio.with_name(f".{audio.name}.{uuid.uuid4().hex[:16]}.use")
    lock = filelock.FileLock(mark)
    # Where nothing can be written, nothing can be deleted either.
    with contextlib.suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        while not mark.exists():  # taken for the mark of a run that was killed, before it was locked
            lock.release()
            lock.acquire()
    try:
        yield
    finally:
        lock.release()
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)


@contextlib.contextmanager
def deleting(audio: Path) -> Iterator[bool]:
    """Lock a download in order to delete it.

    Args:
        audio: The file.

    Yields:
        False when it is being fetched or used, and so must stay.

    Raises:
        OutputError: Its folder can't be written.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(filelock.FileLock(lock_beside(audio), timeout=0))
            for mark in audio.parent.glob(f".{audio.name}.*.use"):
                with filelock.FileLock(mark, timeout=0):  # whoever made it is gone
                    pass
                mark.unlink(missing_ok=True)
        except filelock.Timeout:
            yield False
            return
        except OSError as error:
            raise OutputError(f"{audio} can't be deleted ({error.strerror or error}).") from error
        yield True
        _forget(lock_beside(audio))


def _forget(lock: Path) -> None:
    """Delete the file of a lock that is held; Windows, which doesn't, does it itself when the lock is given back."""
    with contextlib.suppress(OSError):
        lock.unlink(missing_ok=True)
