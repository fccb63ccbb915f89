"""Locks on downloads, across threads and processes: no file is written twice or deleted while in use.

They are operating system locks on files beside the audio, which are released when their process ends for any reason.
"""

from __future__ import annotations

import contextlib
import glob
import uuid
from typing import TYPE_CHECKING

import filelock

from podnotes.audio.names import OWN_NAME
from podnotes.errors import FetchError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def lock_beside(audio: Path) -> Path:
    """Return the lock file for writing or deleting a download."""
    return audio.with_name(f".{audio.name}.lock")


@contextlib.contextmanager
def writing(audio: Path, *, wait_s: float) -> Iterator[None]:
    """Prevent other threads and processes from writing or deleting a download.

    Args:
        audio: The file; it need not exist.
        wait_s: Maximum time to wait for the lock, in seconds.

    Raises:
        FetchError: Another process or thread still holds the lock.
        OutputError: The lock can't be created.
    """
    path = lock_beside(audio)
    try:
        while True:
            with filelock.FileLock(path, timeout=wait_s):
                if not path.exists():
                    continue  # the previous holder has deleted it
                yield
                # Those waiting find the finished file, with or without the lock. After a failure the lock file has to
                # stay, or two of them could hold two different locks.
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
    """Prevent a download from being evicted; several may use it at once.

    Args:
        audio: The file; it need not exist yet.
    """
    mark = audio.with_name(f".{audio.name}.{uuid.uuid4().hex[:16]}.use")
    lock = filelock.FileLock(mark)
    # In a read-only folder nothing can be deleted either.
    with contextlib.suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        while not mark.exists():  # deleted before it was locked, as if left behind by a killed run
            lock.release()
            lock.acquire()
    try:
        yield
    finally:
        lock.release()
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)


def forget_uses(folder: Path) -> None:
    """Delete the marks of killed runs that were using downloads in a folder, which need not exist."""
    for mark in folder.glob(".*.use"):
        if OWN_NAME.fullmatch(mark.name):
            with contextlib.suppress(OSError), filelock.FileLock(mark, timeout=0):
                _forget(mark)


@contextlib.contextmanager
def deleting(audio: Path) -> Iterator[bool]:
    """Lock a download in order to delete it.

    Args:
        audio: The file.

    Yields:
        Whether it may be deleted; False if it is being downloaded or used.

    Raises:
        OutputError: The folder can't be written.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(filelock.FileLock(lock_beside(audio), timeout=0))
            for mark in audio.parent.glob(f".{glob.escape(audio.name)}.*.use"):
                with filelock.FileLock(mark, timeout=0):  # its process has ended
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
    """Delete the file of a held lock; Windows doesn't allow this, but deletes it on release."""
    with contextlib.suppress(OSError):
        lock.unlink(missing_ok=True)
