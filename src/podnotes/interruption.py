"""Interruptible work: it runs in a separate thread while the caller waits.

Python handles Ctrl-C between two bytecode instructions of the main thread. Loading a large model or recognising a batch
is a single instruction that takes from seconds to a minute; so is waiting for a server. Meanwhile, the caller receives
progress reports at least every half second, and can abort the work by raising an exception.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Seconds between two progress reports without news.
REPORT_SECONDS = 0.5
INTERRUPTED = 130  # exit status after Ctrl-C in shells: 128 + SIGINT

_Result = TypeVar("_Result")
_Progress = TypeVar("_Progress")
_at_work: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
_given_up = threading.Event()
_leaving = threading.Event()


class GivenUpError(Exception):
    """Raised in a thread whose work was aborted."""


def start_work(work: Callable[[], None], *, native: bool = True) -> threading.Thread:
    """Start a daemon thread for work that can't be interrupted and must not delay the end of the program.

    The work must catch its own errors. Native code is waited for at the end of the program.
    """
    thread = threading.Thread(target=work, daemon=True)
    if native:
        _at_work.add(thread)
    thread.start()
    return thread


def note_given_up() -> None:
    """Record that work was aborted: when the program ends, it waits only for the native call in progress."""
    _given_up.set()


def check_given_up() -> None:
    """Raise an exception if the program is ending; called between two native calls of long work.

    Raises:
        GivenUpError: The program is ending, and nobody waits for the result.
    """
    if _leaving.is_set():
        raise GivenUpError


def interruptible(
    work: Callable[[], _Result], on_wait: Callable[[], object] | None = None, *, native: bool = True
) -> _Result:
    """Call a function so that it can be aborted at once; it may then keep running in the background for a while.

    ``on_wait`` is called in the caller's thread every half second until the function returns. Exceptions of the
    function or ``on_wait`` are propagated, and so is KeyboardInterrupt. Native code is waited for at the end of the
    program.
    """
    done = threading.Event()
    results: list[_Result] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised in the caller's thread
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
            errors.clear()  # a traceback that references itself would keep the samples in memory
    return results[0]


def prepared_ahead(items: Iterator[_Result]) -> Iterator[_Result]:
    """Yield items, each of which is produced in another thread while the previous one is in use."""

    def prepare() -> Future[_Result | None]:
        future: Future[_Result | None] = Future()

        def work() -> None:
            try:
                future.set_result(next(items, None))
            except BaseException as error:  # noqa: BLE001 - raised again by the future
                future.set_exception(error)

        start_work(work)
        return future

    coming = prepare()
    while (item := coming.result()) is not None:
        coming = prepare()
        yield item


def reporting(
    work: Callable[[Callable[[_Progress], None]], _Result],
    on_progress: Callable[[_Progress], object] | None,
    start: _Progress,
    *,
    native: bool = True,
) -> _Result:
    """Run work that reports its progress; forward the latest report in the caller's thread, at least every half second.

    The work gets a function for its reports, which raises if the work was aborted. An exception raised by
    ``on_progress`` aborts the work and is propagated. ``start`` is reported before the work's first report.
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
    """Wait for native calls before the interpreter exits, unless the user presses Ctrl-C again.

    A native call that outlives the interpreter crashes the process, because its libraries are unloaded.
    """
    if _given_up.is_set():
        _leaving.set()
    try:
        while threads := [thread for thread in _at_work if thread.is_alive()]:  # a thread may start another
            for thread in threads:
                thread.join()
    except KeyboardInterrupt:
        os._exit(INTERRUPTED)
