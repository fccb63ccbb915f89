"""The words of many episodes at once, made by the workers of any ``concurrent.futures.Executor``.

A worker gets an errand, does what costs time (fetch, recognise, time the words of what will be quoted) and brings back
plain data; it knows no library. The coordinator alone writes the library, in the order in which errands come back, and
drafts in the order of the jobs: what an episode's draft depends on (the words of earlier episodes of its feed) is then
there, and drafts are those of a run without an executor.
"""

from __future__ import annotations

import logging
import platform
import tempfile
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from podnotes.errors import BusyError, LibraryError, OutputError, PodnotesError, TranscriptError
from podnotes.interruption import REPORT_SECONDS
from podnotes.pipeline.executors import TranscribedEpisode, compose, quoted_spans
from podnotes.pipeline.fetching import Job, fetch_material
from podnotes.pipeline.results import DraftOptions, Event, Step
from podnotes.pipeline.transcription import Listener, content_of, untimed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from podnotes.asr import Engine
    from podnotes.library import Library
    from podnotes.models import Chapter, Episode, Stretch, Topic, Transcript, Word
    from podnotes.pipeline.executors import Span

log = logging.getLogger(__name__)

#: Errands that are out at the same time, so that an archive of any size needs bounded memory and few claims.
MOST_OUT = 1000


@dataclass(frozen=True, slots=True)
class TranscribeTask:
    """What a worker is asked to do for one episode.

    Attributes:
        job: The episode, with its words where they are known.
        options: What the run was asked for; paths are absolute.
        topics: What is looked for.
        host: The machine that asks.
        done: Stretches that were recognised before.
        spans: Start and end in seconds of what is quoted, or None for the worker to find out.
        heard: Hash of the audio that the stretches were recognised from.
    """

    job: Job
    options: DraftOptions
    topics: tuple[Topic, ...]
    host: str
    done: tuple[Stretch, ...] = ()
    spans: tuple[Span, ...] | None = None
    heard: str = ""


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What a worker brings back.

    Attributes:
        transcript: The words, without the times of those that are quoted; None where they are the known ones.
        chapters: Chapters of the episode.
        notices: Sentences for the user.
        spans: Start and end in seconds of what is quoted, as far as the worker can know.
        words: Words with times of the segments in these spans, by the segment's place.
        error: Why there are no words, or None.
    """

    transcript: Transcript | None = None
    chapters: tuple[Chapter, ...] = ()
    notices: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    words: tuple[tuple[int, tuple[Word, ...]], ...] = ()
    error: PodnotesError | None = None


# ------------------------------------------------------------------------------------------------------- the worker

#: A worker with several threads recognises one episode at a time, and fetches others meanwhile.
_recognition = threading.Lock()
_engines: dict[str, dict[str, Engine]] = {}


def run_errand(errand: TranscribeTask) -> TaskResult:
    """Do an errand; the worker's side. Audio is in a temporary folder that is gone afterwards.

    Args:
        errand: What to do.

    Returns:
        What came of it; an error that was to be expected is in it.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="podnotes-", ignore_cleanup_errors=True) as folder:
            return _listen(errand, Path(folder))
    except OutputError as error:  # this machine's disk is no reason to end the run
        return TaskResult(error=PodnotesError(_placed(error, errand)))
    except PodnotesError as error:
        error.args = (_placed(error, errand),)
        return TaskResult(error=error)


def _listen(errand: TranscribeTask, folder: Path) -> TaskResult:
    from podnotes import http

    job, options = errand.job, errand.options
    material = fetch_material(job, folder, publisher_transcripts=options.publisher_transcripts)
    episode, audio = replace(job.episode, chapters=material.chapters), material.audio
    listener = Listener(options, errand.topics, _log_event, _engines_for(options))
    transcript = material.transcript
    if transcript is None:
        assert audio is not None
        with _recognition:
            # This worker's copy may be another one than that which was heard before.
            done = errand.done if errand.done and content_of(audio) == errand.heard else ()
            transcript = listener.transcribe(episode, audio, done=done)
        if episode.audio is not None:  # the file itself is about to go
            transcript = replace(transcript, origin=http.shown(episode.audio.url, private=episode.private))
    spans = _quotes(errand, episode, transcript) if errand.spans is None else errand.spans
    words = _times(listener, episode, transcript, spans, audio, folder)
    new = None if transcript is job.known else transcript
    return TaskResult(new, material.chapters, material.notices, spans, words)


def _placed(error: PodnotesError, errand: TranscribeTask) -> str:
    """What went wrong, and on which machine where it isn't the user's."""
    here = platform.node()
    return str(error) if here == errand.host else f"On {here}: {error}"


def _quotes(errand: TranscribeTask, episode: Episode, transcript: Transcript) -> tuple[Span, ...]:
    """What will be quoted, unless earlier episodes of the feed show that some of it is a sponsor's read."""
    from podnotes.passages import find_passages

    if transcript.source != "recognised":
        return ()
    findings = find_passages(transcript, errand.topics, chapters=episode.chapters)
    return tuple(quoted_spans(compose(episode, findings, transcript, errand.topics, errand.options)))


def _times(
    listener: Listener,
    episode: Episode,
    transcript: Transcript,
    spans: Sequence[Span],
    audio: Path | None,
    folder: Path,
) -> tuple[tuple[int, tuple[Word, ...]], ...]:
    if not untimed(transcript, spans):
        return ()
    try:
        audio = audio or _audio(episode, folder)
    except PodnotesError as error:
        log.info("the words of %s were not timed: %s", episode.title, error)
        return ()
    with _recognition:
        timed = listener.time_words(episode, audio, transcript, spans)
    pairs = enumerate(zip(transcript.segments, timed.segments, strict=True))
    return tuple((place, after.words) for place, (before, after) in pairs if before.words != after.words)


def _audio(episode: Episode, folder: Path) -> Path:
    from podnotes.audio import fetch_audio

    return fetch_audio(episode, folder)


def _engines_for(options: DraftOptions) -> dict[str, Engine]:
    """The engines of this process, loaded once for all errands of a run; those of another run make room."""
    how = repr(options.speech)
    with _recognition:
        if how not in _engines:
            _engines.clear()
        return _engines.setdefault(how, {})


def _log_event(event: Event) -> None:
    log.debug("%s: %s %.0f of %s", event.episode.title if event.episode else "", event.step, event.done, event.total)


# -------------------------------------------------------------------------------------------------- the coordinator


class RemoteExecutor:
    """Has the words made by the workers of an executor, and keeps them in the library as they come in.

    Args:
        jobs: The jobs of the run, in their order.
        library: What remembers; touched by the coordinator's thread alone.
        listener: What was asked for.
        executor: Whose workers do the errands.
        tell: Told what comes in.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        library: Library,
        listener: Listener,
        executor: Executor,
        tell: Callable[[Event], None],
    ) -> None:
        self._library, self._listener = library, listener
        self._executor, self._tell = executor, tell
        self._options = _fit_to_travel(listener.options)
        self._waiting = deque(jobs)
        self._out: dict[Future[TaskResult], Job] = {}
        self._back: dict[int, TaskResult] = {}
        self._claims: dict[int, ExitStack] = {}
        self._taken = TaskResult()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # What is back is kept, however the run ends; what is still out is called off.
        for future, job in self._out.items():
            if not future.cancel() and future.done():
                with suppress(LibraryError):
                    self._keep(job, _outcome(future))
        for claim in self._claims.values():
            claim.close()

    @contextmanager
    def claim(self, job: Job) -> Iterator[None]:
        """See :meth:`Workforce.claim`; held from the moment when the errand is sent."""
        self._send()
        try:
            yield
        finally:
            if job.id in self._claims:
                self._claims.pop(job.id).close()

    def take(self, job: Job) -> TranscribedEpisode:
        """See :meth:`Workforce.take`; whatever comes in meanwhile is kept in the library."""
        self._collect(0.0)
        while job.id not in self._back:
            self._collect(REPORT_SECONDS)
            self._tell(Event(job.episode))
        brought = self._taken = self._back.pop(job.id)
        if brought.error is not None:
            raise brought.error
        transcript = self._library.transcript(job.id, as_heard=True)
        if transcript is None:
            raise PodnotesError("The episode was forgotten while it was being worked on; run it again.")
        return TranscribedEpisode(transcript, brought.chapters, brought.notices)

    def time_words(self, job: Job, episode: Episode, transcript: Transcript, spans: Sequence[Span]) -> Transcript:
        """See :meth:`Workforce.time_words`; asks a worker again where other spans are quoted than it thought."""
        brought = self._taken
        if tuple(spans) != brought.spans and untimed(transcript, spans):
            job = replace(job, episode=episode, known=transcript)
            errand = TranscribeTask(job, self._options, self._listener.topics, platform.node(), spans=tuple(spans))
            brought = self._do(errand)
        segments = list(transcript.segments)
        for place, words in brought.words:
            segments[place] = replace(segments[place], words=words)
        return replace(transcript, segments=tuple(segments)) if brought.words else transcript

    def _do(self, errand: TranscribeTask) -> TaskResult:
        """Have an errand done and wait for it."""
        future = self._submit(errand)
        try:
            while not wait([future], REPORT_SECONDS).done:
                self._tell(Event(errand.job.episode))
        except BaseException:
            future.cancel()
            raise
        brought = _outcome(future)
        if brought.error is not None:
            log.info("the words of %s were not timed: %s", errand.job.episode.title, brought.error)
        return brought

    def _errand(self, job: Job) -> TranscribeTask:
        stretches: tuple[Stretch, ...] = ()
        if job.known is None and job.audio is not None:
            stretches = self._library.stretches(job.id, self._listener.recipe(job.episode, job.audio))
        heard = content_of(job.audio) if stretches and job.audio is not None else ""
        return TranscribeTask(job, self._options, self._listener.topics, platform.node(), stretches, heard=heard)

    def _send(self) -> None:
        """Send errands until enough are out."""
        while self._waiting and len(self._out) < MOST_OUT:
            job = self._waiting.popleft()
            claim = ExitStack()
            try:
                claim.enter_context(self._library.lock(job.id))
            except BusyError as error:
                self._back[job.id] = TaskResult(error=error)
                continue
            self._claims[job.id] = claim
            if job.known is None and not self._options.retranscribe:
                # Another process may have recognised it since the run began.
                job = replace(job, known=self._library.transcript(job.id, as_heard=True))
            self._out[self._submit(self._errand(job))] = job

    def _submit(self, errand: TranscribeTask) -> Future[TaskResult]:
        try:
            return self._executor.submit(run_errand, errand)
        except Exception as error:  # noqa: BLE001 - each kind of executor has its own for being broken or shut down
            failed: Future[TaskResult] = Future()
            failed.set_exception(error)
            return failed

    def _collect(self, timeout: float) -> None:
        """Keep what has come in, waiting so many seconds for something."""
        arrived, _ = wait(self._out, timeout, return_when=FIRST_COMPLETED)
        for future in arrived:
            job = self._out.pop(future)
            self._back[job.id] = self._keep(job, _outcome(future))
        self._send()

    def _keep(self, job: Job, brought: TaskResult) -> TaskResult:
        """Save the words that a worker brought; they are not held in memory until the episode's turn comes."""
        if brought.transcript is None:
            return brought
        length = brought.transcript.duration
        try:
            self._library.save_transcript(job.id, brought.transcript)
        except TranscriptError as error:
            return TaskResult(error=error)
        self._tell(Event(job.episode, Step.RECOGNISE, length, length))
        return replace(brought, transcript=None)


def _outcome(future: Future[TaskResult]) -> TaskResult:
    """What an errand brought, waiting for it; a worker that was lost is an error like any other."""
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - each kind of executor has its own for a worker that died
        return TaskResult(error=_lost(error))


def _lost(error: Exception) -> PodnotesError:
    if isinstance(error, CancelledError):
        return PodnotesError("The workers were lost while this episode was out; the same command does it again.")
    said = next(iter(str(error).splitlines()), "")
    told = f"{type(error).__name__}: {said}" if said else type(error).__name__
    lost = PodnotesError(f"The worker that had this episode failed ({told}); the same command tries it again.")
    lost.__cause__ = error
    return lost


def _fit_to_travel(options: DraftOptions) -> DraftOptions:
    """The options with absolute paths: a worker has a working directory of its own."""
    from podnotes.asr import SpeechOptions

    speech = options.speech or SpeechOptions()
    folder = None if speech.models_dir is None else speech.models_dir.expanduser().absolute()
    model = _absolute(options.model) if isinstance(options.model, str | Path) else options.model
    return replace(options, model=model, speech=replace(speech, models_dir=folder))


def _absolute(model: str | Path) -> str:
    folder = Path(model).expanduser()
    return str(folder.absolute()) if folder.is_dir() else str(model)
