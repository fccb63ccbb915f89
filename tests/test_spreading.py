"""The work over episodes on the workers of executors: the same drafts, nothing lost, nothing done twice."""

from __future__ import annotations

import functools
import http.server
import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from podnotes import BusyError, DraftOptions, Library, ModelError, Outcome, PodnotesError, draft_notes, read_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from podnotes import EpisodeResult
    from podnotes.pipeline.fetching import Job

pytestmark = pytest.mark.speech


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def feed() -> Iterator[str]:
    """The sample podcast on a server, so that its episodes belong to a feed and audio is downloaded."""
    from tests.conftest import SAMPLE_PODCAST

    handler = functools.partial(Handler, directory=str(SAMPLE_PODCAST))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/feed.xml"
        server.shutdown()


@pytest.fixture
def options(speech_model: Path) -> DraftOptions:
    return DraftOptions(model=str(speech_model), episodes=3, speakers=False)


def run(source: Any, folder: Path, options: DraftOptions, executor: Executor | None = None) -> list[EpisodeResult]:
    with Library(folder / "library.sqlite3") as library:
        return list(draft_notes(source, out=folder / "drafts", library=library, options=options, executor=executor))


def drafts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "drafts").iterdir()}


def told(results: list[EpisodeResult]) -> list[tuple[object, ...]]:
    """What of results doesn't depend on where the words were made."""
    return [
        (
            result.outcome,
            result.findings,
            result.notices,
            [draft.path.name for draft in result.drafts],
            result.episode,
            result.transcript and result.transcript.segments,
        )
        for result in results
    ]


@pytest.fixture(scope="module")
def alone(feed: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[EpisodeResult], dict[str, bytes]]:
    """Results and drafts of a run without an executor."""
    from tests.conftest import SPEECH_MODEL

    folder = tmp_path_factory.mktemp("alone")
    results = run(feed, folder, DraftOptions(model=str(SPEECH_MODEL), episodes=3, speakers=False))
    return results, drafts(folder)


class Recorder(Executor):
    """Passes everything on and remembers for which episodes words were asked."""

    def __init__(self, inner: Executor) -> None:
        self.inner = inner
        self.jobs: list[Job] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.jobs.append(args[0])
        return self.inner.submit(fn, *args, **kwargs)


def test_worker_processes_give_the_same_results_and_drafts(
    feed: str,
    alone: tuple[list[EpisodeResult], dict[str, bytes]],
    options: DraftOptions,
    tmp_path: Path,
    speech_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(speech_model.parent)
    relative = replace(options, model=speech_model.name)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        recorder = Recorder(pool)
        results = run(feed, tmp_path, relative, recorder)
    expected, texts = alone
    assert told(results) == told(expected)
    assert drafts(tmp_path) == texts
    assert [job.episode.guid for job in recorder.jobs] == ["quietbody-39", "quietbody-40", "quietbody-41"]
    assert not list(tmp_path.rglob("*.mp3")), "audio belongs to the workers"


def test_words_that_are_in_the_library_are_not_recognised_again(
    feed: str, alone: tuple[list[EpisodeResult], dict[str, bytes]], options: DraftOptions, tmp_path: Path
) -> None:
    """As after a coordinator that was killed between two episodes."""
    expected, texts = alone
    with Library(tmp_path / "library.sqlite3") as library:
        podcast = read_feed(feed)
        library.remember_podcast(podcast)
        transcript = expected[2].transcript
        assert transcript is not None
        library.save_transcript(library.remember_episode(podcast.episodes[0]), transcript)
    with ThreadPoolExecutor(2) as pool:
        recorder = Recorder(pool)
        results = run(feed, tmp_path, options, recorder)
    assert told(results) == told(expected)
    assert drafts(tmp_path) == texts
    assert [job.known is not None for job in recorder.jobs] == [False, False, True]


class Unlucky(Executor):
    """A worker that dies at the episode of that guid; the others are fine."""

    def __init__(self, guid: str) -> None:
        self.guid = guid

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if args[0].episode.guid == self.guid:
            future.set_exception(MemoryError())
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_a_lost_worker_fails_its_episode_alone(
    feed: str, alone: tuple[list[EpisodeResult], dict[str, bytes]], options: DraftOptions, tmp_path: Path
) -> None:
    results = run(feed, tmp_path, options, Unlucky("quietbody-41"))
    assert [result.outcome for result in results] == [Outcome.NOTHING, Outcome.DRAFTED, Outcome.FAILED]
    assert isinstance(results[2].error, PodnotesError)
    assert "MemoryError" in str(results[2].error)
    # The next run does what is missing, and nothing else.
    with ThreadPoolExecutor(1) as pool:
        recorder = Recorder(pool)
        run(feed, tmp_path, options, recorder)
    assert [job.episode.guid for job in recorder.jobs] == ["quietbody-41"]
    assert drafts(tmp_path) == alone[1]


def test_a_pool_whose_process_dies_is_told_in_a_sentence(feed: str, options: DraftOptions, tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pid = pool.submit(os.getpid).result()
        os.kill(pid, signal.SIGKILL)
        results = run(feed, tmp_path, options, pool)
    assert [result.outcome for result in results] == [Outcome.FAILED] * 3
    assert all("BrokenProcessPool" in str(result.error) for result in results)


def test_an_episode_that_another_process_works_on_is_not_sent_out(
    feed: str, options: DraftOptions, tmp_path: Path
) -> None:
    newest = replace(options, episodes=2)
    with Library(tmp_path / "library.sqlite3") as library, ThreadPoolExecutor(1) as pool:
        podcast = read_feed(feed)
        recorder = Recorder(pool)
        with library.lock(library.remember_episode(podcast.episodes[0])):
            results = list(
                draft_notes(podcast, out=tmp_path / "drafts", library=library, options=newest, executor=recorder)
            )
        assert [result.outcome for result in results] == [Outcome.DRAFTED, Outcome.BUSY]
        assert [job.episode.guid for job in recorder.jobs] == ["quietbody-40"]


def test_an_episode_is_claimed_while_it_is_out_and_free_however_the_run_ends(
    feed: str, options: DraftOptions, tmp_path: Path
) -> None:
    missing = replace(options, model="no-such-model")
    with Library(tmp_path / "library.sqlite3") as library, ThreadPoolExecutor(1) as pool:
        podcast = read_feed(feed)
        numbers = [library.remember_episode(episode) for episode in podcast.episodes]
        locked = []

        class Watched(Recorder):
            def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
                with pytest.raises(BusyError), library.lock(args[0].id):
                    pytest.fail("it is free while it is out")
                locked.append(True)
                return super().submit(fn, *args, **kwargs)

        with pytest.raises(ModelError, match="no-such-model"):
            list(draft_notes(podcast, out=tmp_path, library=library, options=missing, executor=Watched(pool)))
        assert locked == [True] * 3
        for number in numbers:
            with library.lock(number):
                pass


# --------------------------------------------------------------------------------------------------------- Dask


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A client of a real cluster on this machine: two workers, each a process of its own."""
    import distributed

    with (
        distributed.LocalCluster(  # type: ignore[no-untyped-call] # Dask has annotations in part
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as started,
        distributed.Client(started, set_as_default=False) as client,  # type: ignore[no-untyped-call] # the same
    ):
        yield client


class Killer(Recorder):
    """Kills a worker process of a cluster, once, in the middle of an episode."""

    def __init__(self, client: Any) -> None:
        super().__init__(client.get_executor())
        self.client = client
        self.killed: list[int] = []
        self.thread = threading.Thread(target=self._kill, daemon=True)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        if not self.thread.is_alive() and not self.killed:
            self.thread.start()
        return future

    def _kill(self) -> None:
        pids = self.client.run(os.getpid)
        busy: set[tuple[str, str]] = set()
        while True:
            time.sleep(1.0)
            before, busy = busy, {(worker, key) for worker, keys in self.client.processing().items() for key in keys}
            if before & busy:  # at work on it for a second: in the middle of recognition
                break
        worker, _ = min(before & busy)
        self.killed.append(pids[worker])
        os.kill(self.killed[0], signal.SIGKILL)


def test_a_cluster_whose_worker_is_killed_loses_nothing_and_does_nothing_twice(
    feed: str,
    alone: tuple[list[EpisodeResult], dict[str, bytes]],
    options: DraftOptions,
    tmp_path: Path,
    cluster: Any,
) -> None:
    killer = Killer(cluster)
    results = run(feed, tmp_path, options, killer)
    killer.thread.join()
    assert killer.killed
    assert told(results) == told(alone[0])
    assert drafts(tmp_path) == alone[1]
    assert len(killer.jobs) == 3, "Dask itself gives a lost worker's task to another"
    with closing(sqlite3.connect(tmp_path / "library.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM transcript").fetchone() == (3,)
        assert database.execute("SELECT count(*) FROM claim").fetchone() == (0,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
