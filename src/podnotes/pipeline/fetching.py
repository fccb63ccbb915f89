"""Fetching what the coming episodes need while the present one is recognised."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.errors import PodnotesError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from podnotes.models import Chapter, Episode, Transcript


@dataclass(frozen=True, slots=True)
class Job:
    """An episode that is to be drafted."""

    id: int
    episode: Episode
    source: str
    known: Transcript | None = None  #: what the library has


@dataclass(frozen=True, slots=True)
class Material:
    """What an episode's words come from: a transcript that is there, or audio to recognise."""

    transcript: Transcript | None = None
    audio: Path | None = None
    chapters: tuple[Chapter, ...] = ()
    notices: tuple[str, ...] = ()


class StoppedError(PodnotesError):
    """The run ended while audio was on its way."""


class FetchAhead:
    """Fetches what the coming episodes need while the present one is recognised, one at a time."""

    def __init__(self, fetch: Callable[[Job, threading.Event], Material]) -> None:
        self._fetch = fetch
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="podnotes-fetch")
        self._futures: dict[int, Future[Material]] = {}

    def __enter__(self) -> FetchAhead:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def start(self, job: Job) -> None:
        """Begin to fetch in the background, once."""
        if job.id not in self._futures:
            self._futures[job.id] = self._pool.submit(self._fetch, job, self._stop)

    def take(self, job: Job) -> Material:
        """What the episode needs, waiting for it if need be."""
        self.start(job)
        return self._futures.pop(job.id).result()
