"""Prefetching audio and transcripts of the next episodes while one is transcribed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Self

from podnotes.interruption import REPORT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podnotes.pipeline.fetching import Job, Material

#: Number of episodes to prefetch: enough for a long download behind a short episode, but limiting the disk space wasted
#: by an interrupted run.
EPISODES_AHEAD = 3
# Simultaneous downloads. The first episode is downloaded alone, since everything waits for it.
_AT_ONCE = 2
# Time for downloads to notice the end of the run. Those that hang in the network aren't waited for.
_PATIENCE_SECONDS = 1.0


class FetchAhead:
    """Fetches the material of a run's episodes in order, a few of them ahead. A context manager.

    Args:
        jobs: The jobs in the order in which they will be taken; some may be skipped.
        fetch: Fetches the material of a job; returns soon after its second argument is set.
        ahead: Maximum number of jobs fetched before their turn; at least 1.
    """

    def __init__(
        self, jobs: Sequence[Job], fetch: Callable[[Job, threading.Event], Material], *, ahead: int = EPISODES_AHEAD
    ) -> None:
        self._fetch, self._ahead = fetch, ahead
        self._jobs = list(jobs)
        self._places = {job.id: place for place, job in enumerate(jobs)}
        self._futures: list[Future[Material]] = [Future() for _ in jobs]
        self._begun = 0  # jobs started by a thread
        self._turn = 0  # index of the next job to be taken
        self._stop = threading.Event()
        self._change = threading.Condition()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start_thread()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with self._change:
            self._change.notify_all()
        ends = time.monotonic() + _PATIENCE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def take(self, job: Job, on_wait: Callable[[], object] = lambda: None) -> Material:
        """Return the material of a job, waiting for it if necessary. Each job can be taken once.

        Args:
            job: One of the jobs; earlier ones that were not taken are dropped.
            on_wait: Called every half second while waiting.

        Raises:
            PodnotesError: The material can't be fetched.
        """
        place = self._places[job.id]
        with self._change:
            self._turn = place
            self._change.notify_all()
        while not wait([self._futures[place]], REPORT_SECONDS).done:
            on_wait()
        material = self._futures[place].result()
        with self._change:
            self._turn = place + 1
            self._futures[place] = Future()  # free its memory
            self._change.notify_all()
        return material

    def _start_thread(self) -> None:
        # Daemon threads: those that hang in the network must not delay the end of the program.
        thread = threading.Thread(target=self._work, name="podnotes-fetch", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (place := self._next()) is not None:
            future = self._futures[place]
            try:
                future.set_result(self._fetch(self._jobs[place], self._stop))
            except BaseException as error:  # noqa: BLE001 - it is raised where the job is taken
                future.set_exception(error)
            if place == 0 and _AT_ONCE > 1 and not self._stop.is_set():
                self._start_thread()

    def _next(self) -> int | None:
        """Wait until a job may be fetched; None if none is left or the run has ended."""
        with self._change:
            while True:
                self._begun = max(self._begun, self._turn)  # skipped: another run has it, or it is done
                if self._stop.is_set() or self._begun >= len(self._jobs):
                    return None
                if self._begun < self._turn + self._ahead:
                    self._begun += 1
                    return self._begun - 1
                self._change.wait()
