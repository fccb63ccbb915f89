"""Interruptible work: it runs in a separate thread while the caller waits.

Python hears Ctrl-C between two of its instructions, in the main thread. Loading a large model or recognising a batch
with it is one instruction that lasts from seconds to a minute, and so is waiting for a server. While such work lasts,
its caller is told how far it is at least every half second, and gives it up by raising an exception then.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds between two reports while nothing new is known.
REPORT_SECONDS = 0.5
_INTERRUPTED = 130  # exit status after Ctrl-C, as shells have it: 128 + SIGINT

_Result = TypeVar("_Result")
_Progress = TypeVar("_Progress")
_at_work: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
_given_up = threading.Event()
_leaving = threading.Event()


class GivenUpError(Exception):
    """Raised in a thread whose work nobody waits for any more."""


def start_work(work: Callable[[], None], *, native: bool = True) -> threading.Thread:
    """Start a daemon thread for work that can't be broken off, and must not hold up the end of the program.

    The work must catch its own errors. Native code is waited for at the end of the program.
    """
    thread = threading.Thread(target=work, daemon=True)
    if native:
        _at_work.add(thread)
    thread.start()
    return thread


def note_given_up() -> None:
    """Remember that work was given up: when the program ends, only the native call in progress is waited for."""
    _given_up.set()


def check_given_up() -> None:
    """Called between two native calls of a long piece of work.

    Raises:
        GivenUpError: The program is ending, and nobody waits for the result.
    """
    if _leaving.is_set():
        raise GivenUpError


def interruptible(
    work: Callable[[], _Result], on_wait: Callable[[], object] | None = None, *, native: bool = True
) -> _Result:
    """Call a function so that it can be given up at once, whatever it is doing; then it goes on alone for a while.

    ``on_wait`` is called in the caller's thread every half second while the work lasts. What the work or ``on_wait``
    raises is raised here, and so is KeyboardInterrupt. Native code is waited for at the end of the program.
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
        start_work(call, native=native)
        while not done.wait(REPORT_SECONDS if on_wait else None):
            assert on_wait is not None
            on_wait()
    except BaseException:
        note_given_up()
        raise
    if errors:
        try:
            raise errors[0]
        finally:
            errors.clear()  # a traceback that holds itself would keep the samples in memory
    return results[0]


def reporting(
    work: Callable[[Callable[[_Progress], None]], _Result],
    on_progress: Callable[[_Progress], object] | None,
    start: _Progress,
    *,
    native: bool = True,
) -> _Result:
    """Do work that reports its progress, and pass the latest on in the caller's thread, at least every half second.

    The work is given a function to report to, which raises when it was given up. ``on_progress`` gives it up by
    raising, and what it raises is raised here. ``start`` is told before the first report.
    """
    stop = threading.Event()
    latest = start

    def report(progress: _Progress) -> None:
        nonlocal latest
        if stop.is_set():
            raise GivenUpError
        latest = progress

    def tell() -> None:
        if on_progress is not None:
            on_progress(latest)

    try:
        result = interruptible(lambda: work(report), tell, native=native)
        if latest is not start:
            tell()
    except BaseException:
        stop.set()
        raise
    return result


@atexit.register
def _leave() -> None:
    """Let native calls return before the interpreter goes, unless the user presses Ctrl-C once more.

    A native call that outlives the interpreter crashes the process: its libraries are torn down under it.
    """
    if _given_up.is_set():
        _leaving.set()
    try:
        for thread in tuple(_at_work):
            thread.join()
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)
