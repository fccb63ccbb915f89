"""Transcription on the workers of any ``concurrent.futures.Executor``, many episodes at once.

A worker fetches and recognises an episode and returns plain data, without access to the library. Only the coordinator
writes transcripts to the library, in the order in which tasks finish, and drafts, in the order of the jobs. Drafts can
therefore depend on earlier episodes of their feed, and are the same as without an executor.
"""

from __future__ import annotations

import platform
import tempfile
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from podnotes.asr.speech_options import SpeechOptions
from podnotes.errors import BusyError, LibraryError, OutputError, PodnotesError, TranscriptError
from podnotes.interruption import REPORT_SECONDS
from podnotes.pipeline.fetching import Job, Material, fetch_material
from podnotes.pipeline.results import DraftOptions, Event, Step
from podnotes.pipeline.transcription import Recogniser
from podnotes.urls.privacy import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from podnotes.asr.engine import Engine
    from podnotes.library import Library

#: Maximum number of pending tasks; bounds memory and number of locks for archives of any size.
MOST_OUT = 1000


# ------------------------------------------------------------------------------------------------------- the worker

#: Makes a worker with several threads recognise one episode at a time while it fetches others.
_recognition = threading.Lock()
_engines: dict[str, dict[str, Engine]] = {}


def transcribe(job: Job, options: DraftOptions) -> Material:
    """Fetch and recognise an episode on a worker, with audio in a temporary folder.

    Args:
        job: The episode.
        options: Options of the run; all paths are absolute.

    Returns:
        Chapters, and the transcript unless it was already known.

    Raises:
        PodnotesError: The episode can't be transcribed.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="podnotes-", ignore_cleanup_errors=True) as folder:
            return _transcribe(job, options, Path(folder))
    except OutputError as error:  # a full disk of one worker doesn't end the run
        raise PodnotesError(f"On {platform.node()}: {error}") from error


def _transcribe(job: Job, options: DraftOptions, folder: Path) -> Material:
    material = fetch_material(job, folder, publisher_transcripts=options.publisher_transcripts)
    episode, transcript = replace(job.episode, chapters=material.chapters), material.transcript
    if transcript is None:
        assert material.audio is not None
        recogniser = Recogniser(options, lambda _: None, _engines_for(options))
        with _recognition:
            transcript = recogniser.transcribe(episode, material.audio)
        if episode.audio is not None:  # the audio file is temporary
            transcript = replace(transcript, origin=shown(episode.audio.url, private=episode.private))
    return replace(material, transcript=None if transcript is job.known else transcript, audio=None)


def _engines_for(options: DraftOptions) -> dict[str, Engine]:
    """Return the engines of this process, loaded once per run; engines of other runs are unloaded."""
    how = repr(options.speech)
    with _recognition:
        if how not in _engines:
            _engines.clear()
        return _engines.setdefault(how, {})


# -------------------------------------------------------------------------------------------------- the coordinator


class RemoteExecutor:
    """Transcribes on the workers of an executor, and saves transcripts in the library as they arrive.

    Only the coordinating thread uses the library.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        library: Library,
        options: DraftOptions,
        executor: Executor,
        tell: Callable[[Event], None],
    ) -> None:
        self._library = library
        self._executor, self._tell = executor, tell
        self._options = _with_absolute_paths(options)
        self._waiting = deque(jobs)
        self._out: dict[Future[Material], Job] = {}
        self._back: dict[int, Material | PodnotesError] = {}
        self._locks: dict[int, ExitStack] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Finished tasks are saved and pending ones cancelled, however the run ends.
        for future, job in self._out.items():
            if not future.cancel() and future.done():
                with suppress(LibraryError):
                    self._keep(job, _outcome(future))
        for lock in self._locks.values():
            lock.close()

    @contextmanager
    def lock(self, job: Job) -> Iterator[None]:
        """See :meth:`LocalExecutor.lock`; an episode is locked from the submission of its task."""
        self._send()
        try:
            yield
        finally:
            if job.id in self._locks:
                self._locks.pop(job.id).close()

    def take(self, job: Job) -> Material:
        """See :meth:`LocalExecutor.take`; other results that arrive meanwhile are saved in the library."""
        self._collect(0.0)
        while job.id not in self._back:
            self._collect(REPORT_SECONDS)
            self._tell(Event(job.episode))
        result = self._back.pop(job.id)
        if isinstance(result, PodnotesError):
            raise result
        transcript = self._library.transcript(job.id, as_heard=True)
        if transcript is None:
            raise PodnotesError("The episode was forgotten while it was being processed; run the command again.")
        return replace(result, transcript=transcript)

    def _send(self) -> None:
        """Submit tasks up to the maximum number of pending ones."""
        while self._waiting and len(self._out) < MOST_OUT:
            job = self._waiting.popleft()
            lock = ExitStack()
            try:
                lock.enter_context(self._library.lock(job.id))
            except BusyError as error:
                self._back[job.id] = error
                continue
            self._locks[job.id] = lock
            if job.known is None and not self._options.retranscribe:
                # Another process may have transcribed it since the run began.
                job = replace(job, known=self._library.transcript(job.id, as_heard=True))
            try:
                self._out[self._executor.submit(transcribe, job, self._options)] = job
            except Exception as error:  # noqa: BLE001 - executors differ in how they report being broken or shut down
                self._back[job.id] = _lost(error)

    def _collect(self, timeout: float) -> None:
        """Save results that have arrived, waiting up to ``timeout`` seconds for one."""
        arrived, _ = wait(self._out, timeout, return_when=FIRST_COMPLETED)
        for future in arrived:
            job = self._out.pop(future)
            self._back[job.id] = self._keep(job, _outcome(future))
        self._send()

    def _keep(self, job: Job, result: Material | PodnotesError) -> Material | PodnotesError:
        """Save a worker's transcript, instead of holding it in memory until the episode's turn."""
        if isinstance(result, PodnotesError) or result.transcript is None:
            return result
        length = result.transcript.duration
        try:
            self._library.save_transcript(job.id, result.transcript)
        except TranscriptError as error:
            return error
        self._tell(Event(job.episode, Step.RECOGNISE, length, length))
        return replace(result, transcript=None)


def _outcome(future: Future[Material]) -> Material | PodnotesError:
    """Return the result or error of a finished task; loss of a worker is also an error."""
    try:
        return future.result()
    except PodnotesError as error:
        return error
    except Exception as error:  # noqa: BLE001 - executors differ in how they report dead workers
        return _lost(error)


def _lost(error: Exception) -> PodnotesError:
    said = next(iter(str(error).splitlines()), "")
    told = f"{type(error).__name__}: {said}" if said else type(error).__name__
    lost = PodnotesError(f"The worker transcribing this episode failed ({told}); run the same command to retry it.")
    lost.__cause__ = error
    return lost


def _with_absolute_paths(options: DraftOptions) -> DraftOptions:
    """Return the options with absolute paths, since workers have another working directory."""
    model, speech = options.model, options.speech or SpeechOptions()
    if isinstance(model, str | Path) and (folder := Path(model).expanduser()).is_dir():
        model = folder.absolute()
    if speech.models_dir is not None:
        speech = replace(speech, models_dir=speech.models_dir.expanduser().absolute())
    return replace(options, model=model, speech=speech)
