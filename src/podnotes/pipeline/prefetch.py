"""Prefetching of audio and transcripts of the next episodes while one is transcribed."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Self

from podnotes.interruption import REPORT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podnotes.pipeline.fetching import Job, Material

#: Number of episodes to prefetch: enough for a long download after a short episode, but limits the disk space that an
#: interrupted run wastes.
EPISODES_AHEAD = 3
# Time for a download to notice the end of the run; a hanging download isn't waited for.
_PATIENCE_SECONDS = 1.0


class FetchAhead:
    """Context manager that fetches the material of a run's episodes in order, up to ``ahead`` of them in advance.

    ``fetch`` must return soon after its second argument is set.
    """

    def __init__(
        self, jobs: Sequence[Job], fetch: Callable[[Job, threading.Event], Material], *, ahead: int = EPISODES_AHEAD
    ) -> None:
        self._fetch = fetch
        self._jobs = list(jobs)
        self._futures: dict[int, Future[Material]] = {job.id: Future() for job in jobs}  # of the jobs to be taken
        self._room = threading.Semaphore(ahead)
        self._stop = threading.Event()
        # A daemon, since a hanging download must not delay the end of the program.
        self._thread = threading.Thread(target=self._work, name="podnotes-fetch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._room.release()
        self._thread.join(_PATIENCE_SECONDS)

    def take(self, job: Job, on_wait: Callable[[], object] = lambda: None) -> Material:
        """Return the material of a job, waiting for it if necessary; earlier jobs that weren't taken are dropped."""
        while (first := next(iter(self._futures))) != job.id:
            self._drop(first)
        future = self._futures[job.id]
        while not wait([future], REPORT_SECONDS).done:
            on_wait()
        self._drop(job.id)
        return future.result()

    def _drop(self, job_id: int) -> None:
        del self._futures[job_id]  # frees its memory
        self._room.release()

    def _work(self) -> None:
        for job in self._jobs:
            self._room.acquire()
            if self._stop.is_set():
                return
            future = self._futures.get(job.id)
            if future is None:
                continue  # skipped: locked by another run, or done
            try:
                future.set_result(self._fetch(job, self._stop))
            except BaseException as error:  # noqa: BLE001 - raised again by take
                future.set_exception(error)
