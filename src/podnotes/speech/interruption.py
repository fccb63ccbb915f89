"""Ctrl-C during native code: the work is done in a thread of its own, and the caller's only waits.

Python hears a signal between two of its instructions, in the main thread. Loading a large model or recognising a batch
with it is one instruction that lasts from seconds to a minute.
"""

from __future__ import annotations

import atexit
import threading
import weakref
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

# Waited for a batch in work when she has pressed Ctrl-C.
_PATIENCE_SECONDS = 1.5

_Result = TypeVar("_Result")
_at_work: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
_interrupted = threading.Event()


def start_work(work: Callable[[], None]) -> threading.Thread:
    """Start a thread for native code.

    Args:
        work: What it does; must catch its own errors.

    Returns:
        The thread, a daemon: a batch in work can't be broken off, and must not hold up the end of the program.
    """
    thread = threading.Thread(target=work, daemon=True)
    _at_work.add(thread)
    thread.start()
    return thread


def note_interrupt() -> None:
    """Remember that she has pressed Ctrl-C: at the end of the program, work is not waited for."""
    _interrupted.set()


def interruptible(work: Callable[[], _Result]) -> _Result:
    """Call a function so that Ctrl-C is heard at once, whatever it is doing; then it goes on alone for a while.

    Args:
        work: What is to be done. What it raises is raised here.

    Returns:
        Its result.

    Raises:
        KeyboardInterrupt: She pressed Ctrl-C; the work was left to itself.
    """
    done = threading.Event()
    results: list[_Result] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised in the caller's thread
            errors.append(error)
        finally:
            done.set()

    try:
        start_work(call)
        done.wait()
    except KeyboardInterrupt:
        note_interrupt()
        raise
    if errors:
        try:
            raise errors[0]
        finally:
            errors.clear()  # a traceback that holds itself would keep the samples in memory
    return results[0]


@atexit.register
def _leave() -> None:
    """Let a batch in work end before the interpreter goes; after Ctrl-C, wait for it a moment only.

    A thread that comes back from native code to an interpreter that is gone aborts the process with a message in C++.
    """
    for thread in tuple(_at_work):
        thread.join(_PATIENCE_SECONDS if _interrupted.is_set() else None)
