"""The whole pipeline: feeds → audio → transcript → passages → drafts.

Episodes are independent: a failed one never stops the others. Each step's result is saved in the library before the
next step begins, so an interrupted run resumes where it stopped. Fetching and transcription are done by this process or
by the workers of an executor.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.checks import check_type
from podnotes.errors import (
    AudioError,
    BusyError,
    FeedError,
    LibraryError,
    ModelError,
    OutputError,
    PodnotesError,
)
from podnotes.interruption import interruptible
from podnotes.models import Episode, Podcast, Transcript
from podnotes.notes.options import NoteOptions
from podnotes.pipeline.executors import LocalExecutor
from podnotes.pipeline.fetching import Job, Material
from podnotes.pipeline.finding import Finder
from podnotes.pipeline.progress_tracker import ProgressTracker
from podnotes.pipeline.remote import RemoteExecutor
from podnotes.pipeline.results import DraftOptions, EpisodeResult, Event, Outcome, Step
from podnotes.pipeline.speaker_labels import add_speakers, needs_speakers
from podnotes.pipeline.transcription import Recogniser
from podnotes.urls.privacy import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor

    from podnotes.feeds.sources import Reading
    from podnotes.library import Choices, DraftResult, Library
    from podnotes.models import Note

log = logging.getLogger(__name__)

#: Default number of episodes of a new feed: hours of recognition must be requested explicitly.
FIRST_TIME_EPISODES = 1
#: Reports, two a second, after which the user is told that a server is slow.
_SLOW_REPORTS = 8
_OUTDATED = "It was drafted with other topics, another template or other speaker settings; --again updates it."


def draft_notes(
    source: str | Path | Podcast | Sequence[str | Path | Podcast],
    *,
    out: str | Path = "drafts",
    library: Library | None = None,
    options: DraftOptions | None = None,
    on_event: Callable[[Event], None] | None = None,
    executor: Executor | None = None,
) -> Iterator[EpisodeResult]:
    """Draft episodes lazily, one at a time.

    Options, topics, template and output folder are checked by the call; feeds are read when the first result is
    requested.

    Args:
        source: Address of a feed, web page or audio file; path of a feed, OPML file, audio file or folder; a podcast
            that has been read; or a sequence of these.
        out: Folder for the drafts; created if missing.
        library: The library; None for the user's default library.
        options: Options of the run; None for the defaults.
        on_event: Called with progress and messages at least every half second, also from download threads. If it raises
            an exception, the run ends and the iterator raises the exception; finished work is kept.
        executor: Executor whose workers fetch and transcribe many episodes at once; None to use this process, one
            episode at a time. Results and drafts are the same, except that an executor doesn't label speakers. It is
            not shut down.

    Returns:
        One result per episode, oldest first, with the error if the episode failed. A feed that can't be read gives a
        single result without an episode.

    Raises:
        PodnotesError: The run as a whole fails: the only source can't be read; topics, template or speaker model are
            invalid; the output folder or the library can't be written.
    """
    check_type("source", source, "an address, a path, a Podcast or a list of these", str, Path, Podcast, Sequence)
    named = [source] if isinstance(source, str | Path | Podcast) else list(source)
    for one in named:
        check_type("source", one, "an address, a path or a Podcast", str, Path, Podcast)
    run = _Run(Path(out), options or DraftOptions(), on_event or (lambda _: None), executor)
    return _results(run, named, library)


def _results(run: _Run, source: Sequence[str | Path | Podcast], library: Library | None) -> Iterator[EpisodeResult]:
    from podnotes.library import Library

    with Library() if library is None else nullcontext(library) as opened:
        yield from run.results(source, opened)


def check_folder(out: Path) -> None:
    """Create the folder for drafts, and check that it is writable before hours of recognition."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):  # unnamed, so that simultaneous runs don't collide
            pass
    except OSError as error:
        raise OutputError(
            f"Drafts can't be written to {out} ({error.strerror}). Choose another folder with --out."
        ) from error


def draft_name(episode: Episode) -> str:
    """Return the file name of an episode's draft without suffix: date and title, valid on any file system."""
    from podnotes.audio.names import safe_name

    day = f"{episode.published:%Y-%m-%d} " if episode.published else ""
    return safe_name(f"{day}{episode.title}") or "episode"


def draft_recipe(finder: Finder, options: DraftOptions) -> str:
    """Return a hash of everything that the drafts of a run depend on."""
    from podnotes.notes.rendering import template_hash

    text = f"{finder.key} {template_hash(options.template)} {options.note!r}"
    if options.speakers:
        text += f" speakers {options.speaker_model or ''}".rstrip()
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_drafts(
    library: Library, number: int, note: Note, *, out: Path, options: DraftOptions
) -> tuple[DraftResult, ...]:
    """Write the files of an episode's draft.

    Returns:
        Path and outcome of each file; empty if the episode has no passages on the topics.
    """
    from podnotes.notes.rendering import find_template, render

    if not note.sections:
        return ()
    written: list[DraftResult] = []
    for output, suffix in find_template(options.template).suffixes.items():
        text = render(note, options.template, output=output)
        path = out / f"{draft_name(note.episode)}{suffix}"
        written.append(library.write_draft(number, path=path, text=text, template=str(options.template)))
    return tuple(written)


def _lasting(name: str | Path) -> str:
    """Make the path of a file absolute, so that commands in other folders can use it; other names stay the same."""
    path = Path(name).expanduser()
    return str(path.absolute()) if path.is_file() else str(name)


def _failure(error: PodnotesError, source: str, episode: Episode | None = None) -> EpisodeResult:
    return EpisodeResult(episode, Outcome.FAILED, error=error, source=source)


def _is_folder(podcast: Podcast) -> bool:
    """Tell whether a podcast consists of local files, which the user chose and which have no newest one."""
    return podcast.url is None and all(episode.guid.startswith("file:") for episode in podcast.episodes)


class _Run:
    """Data shared by all episodes of a run."""

    def __init__(
        self, out: Path, options: DraftOptions, on_event: Callable[[Event], None], executor: Executor | None
    ) -> None:
        from podnotes.topics import load_topics

        self.out, self.options, self.executor = out, options, executor
        self.topics = load_topics(options.topics)
        if options.speakers and options.speaker_model:
            from podnotes.diarization.embedding import load_speaker_model

            load_speaker_model(options.speaker_model)  # fails before any recognition
        self.progress = ProgressTracker(on_event, options, elsewhere=executor is not None)
        self.finder = Finder(self.topics, self.progress)
        self.recogniser = Recogniser(options, self.progress)
        self.recipe = draft_recipe(self.finder, options)
        check_folder(out)

    # ---------------------------------------------------------------------------------------------- choosing

    def results(self, source: Sequence[str | Path | Podcast], library: Library) -> Iterator[EpisodeResult]:
        """Draft all episodes of the sources that are due in this run, and yield their results."""
        jobs: list[Job] = []
        for reading in self._read(source, library):
            for choice in self._choose(reading, library) if isinstance(reading, Podcast) else [reading]:
                if isinstance(choice, EpisodeResult):
                    yield choice
                else:
                    jobs.append(choice)
        jobs.sort(key=lambda job: job.episode.published.timestamp() if job.episode.published else 0.0)
        jobs = list({job.id: job for job in jobs}.values())  # sources may share episodes
        # A publisher's transcript may prove unusable later.
        published = self.options.publisher_transcripts
        to_recognise = [job.episode for job in jobs if not job.known and not (published and job.episode.transcripts)]
        if jobs:
            self.progress.plan(len(jobs), to_recognise)
        transcriber: LocalExecutor | RemoteExecutor
        if self.executor is not None:
            transcriber = RemoteExecutor(jobs, library, self.options, self.executor, self.progress)
        else:
            first = next(iter(to_recognise), None)
            transcriber = LocalExecutor(jobs, library, self.recogniser, self.progress, first=first)
        with transcriber:
            for job in jobs:
                result = self._draft(job, transcriber, library)
                self.progress.finish(job.episode)
                yield result
        self._make_room(library, jobs)

    def _make_room(self, library: Library, jobs: Sequence[Job]) -> None:
        """Delete the least recently used audio to keep the cache within its limit."""
        from podnotes.audio.cache import evict_audio

        keep = [path for job in jobs if (path := library.audio(job.id)) is not None]
        deleted = evict_audio(library.folder, max_bytes=self.options.cache_bytes, keep=keep)
        if deleted:
            self.progress(Event(None, message=f"Freed disk space: deleted {len(deleted)} audio files of earlier runs."))

    def _read(self, source: Sequence[str | Path | Podcast], library: Library) -> list[Podcast | EpisodeResult]:
        """Read all sources; return a podcast for each one that can be read, and a failed result for each other one.

        Raises:
            PodnotesError: The only source can't be read.
        """
        from podnotes.feeds.sources import read_sources

        found: list[Podcast | EpisodeResult] = [item for item in source if isinstance(item, Podcast)]
        for podcast in source:
            if isinstance(podcast, Podcast) and podcast.url is not None:
                library.remember_podcast(podcast)
        addresses = [item for item in source if not isinstance(item, Podcast)]
        readings: list[Reading] = []
        if addresses:
            read = partial(read_sources, addresses, previous=library.podcast)
            waits = itertools.count(1)
            slow = f"Waiting for {'the feeds' if len(addresses) > 1 else 'the feed'} …"
            readings = interruptible(
                lambda: list(read()),
                lambda: self.progress(Event(None, message=slow if next(waits) == _SLOW_REPORTS else "")),
                native=False,
            )
        for reading in readings:
            if reading.error is not None:
                if reading.gone and library.mark_gone(reading.address):
                    gone = "is marked as gone and won't be read again until you follow it again"
                    self.progress(Event(None, message=f"{shown(reading.address)} {gone}; drafts and transcripts stay."))
                if len(readings) == 1 and not found:
                    raise reading.error
                found.append(_failure(reading.error, shown(reading.address)))
            elif reading.podcast is not None:
                if reading.unchanged and reading.podcast.url is not None:
                    library.mark_unchanged(reading.podcast.url)
                else:
                    library.remember_podcast(reading.podcast, asked=reading.address)
                for notice in reading.podcast.notices:
                    self.progress(Event(None, message=f"{reading.podcast.title}: {notice}"))
                found.append(reading.podcast)
        return found

    def _choose(self, podcast: Podcast, library: Library) -> Iterator[Job | EpisodeResult]:
        """Choose the episodes of a podcast for this run: yield jobs, or results for episodes already done."""
        options = self.options
        hearable = [episode for episode in podcast.episodes if episode.audio or episode.transcripts]
        if not hearable:
            error = FeedError(f"{podcast.title} has no episode with audio, so there is nothing to transcribe.")
            yield _failure(error, podcast.title)
            return
        wanted = [episode for episode in hearable if self._matches(episode)]
        if options.episodes is not None:
            wanted = wanted[: options.episodes]
        numbers = [(library.remember_episode(episode), episode) for episode in wanted]
        choice = [(number, episode, library.is_done(number, None, folder=self.out)) for number, episode in numbers]
        if options.episodes is None and not (options.since or options.match) and not _is_folder(podcast):
            # All episodes newer than the newest done one, or a few of a new feed. Passages and drafts are redone for
            # all done episodes, but not recognition, which would take days.
            newest_done = next((place for place, (_, _, known) in enumerate(choice) if known), None)
            count = FIRST_TIME_EPISODES if newest_done is None else newest_done + 1
            redo = options.again and not options.retranscribe
            choice = [*choice[:count], *(one for one in choice[count:] if redo and one[2])]
        for number, episode, known in choice:
            current = known and library.is_done(number, self.recipe, folder=self.out)
            if known and not options.retranscribe and (current or not options.again):
                notices = () if current else (_OUTDATED,)
                yield EpisodeResult(episode, Outcome.KNOWN, notices=notices, source=podcast.title)
            else:
                words = library.transcript(number, as_heard=True)
                usable = words is not None and not self._is_stale(words)
                audio = library.audio(number)
                yield Job(number, episode, podcast.title, words if usable else None, audio, podcast.url, again=known)

    def _matches(self, episode: Episode) -> bool:
        options = self.options
        if options.since is not None and (episode.published is None or episode.published.date() < options.since):
            return False
        if options.match is None:
            return True
        people = " ".join(person.name for person in episode.persons)
        return options.match.casefold() in f"{episode.title} {people} {episode.summary}".casefold()

    # --------------------------------------------------------------------------------------------- one episode

    def _draft(self, job: Job, transcriber: LocalExecutor | RemoteExecutor, library: Library) -> EpisodeResult:
        """Run all steps for an episode; an error becomes its result."""
        try:
            with transcriber.lock(job):
                if not job.again and library.is_done(job.id, None, folder=self.out):  # by another run, meanwhile
                    return EpisodeResult(job.episode, Outcome.KNOWN, source=job.source)
                return self._draft_of(job, transcriber.take(job), library)
        except Exception as error:  # noqa: BLE001 - becomes the episode's result
            if self.progress.stopped is not None:
                raise self.progress.stopped from None
            return self._failed(job, error)

    def _failed(self, job: Job, error: Exception) -> EpisodeResult:
        if isinstance(error, BusyError):
            return EpisodeResult(job.episode, Outcome.BUSY, error=error, source=job.source)
        if isinstance(error, (LibraryError, OutputError, ModelError)):
            raise error  # all episodes would fail the same way
        if isinstance(error, PodnotesError):
            return _failure(error, job.source, job.episode)
        log.error("unexpected error in %s", job.episode.title, exc_info=error)
        reason = PodnotesError(f"Unexpected error ({type(error).__name__}: {error}); please report it.")
        reason.__cause__ = error
        return _failure(reason, job.source, job.episode)

    def _draft_of(self, job: Job, material: Material, library: Library) -> EpisodeResult:
        from podnotes.notes.compose import compose_note

        assert material.transcript is not None
        episode = replace(job.episode, chapters=material.chapters)
        transcript = library.corrected(job.id, self._with_speakers(job, episode, material.transcript, library))
        self.progress(Event(episode, Step.FIND))
        findings = self.finder.findings(job.id, episode, transcript, library)
        compose = partial(
            compose_note, episode, findings, transcript, self.topics,
            options=self.options.note or NoteOptions(), review=library.review(job.id),
        )  # fmt: skip
        note = interruptible(compose, lambda: self.progress(Event(episode, Step.FIND)))
        self.progress(Event(episode, Step.WRITE))
        drafts = write_drafts(library, job.id, note, out=self.out, options=self.options)
        library.mark_done(job.id, self.recipe, folder=self.out)
        library.remember_choices(job.id, self._choices())
        notices = material.notices + transcript.warnings + ((findings.notice,) if findings.notice else ())
        outcome = Outcome.DRAFTED if note.sections else Outcome.NOTHING
        return EpisodeResult(episode, outcome, drafts, findings, transcript, note, notices, source=job.source)

    def _choices(self) -> Choices:
        from podnotes.library import Choices

        given = self.options.topics
        topics = _lasting(given) if isinstance(given, str | Path) else None
        return Choices(topics, _lasting(self.options.template), self.out)

    def _with_speakers(self, job: Job, episode: Episode, transcript: Transcript, library: Library) -> Transcript:
        """Label the speakers; without audio, which may have been deleted, return the transcript unchanged."""
        audio = library.audio(job.id)
        wanted = self.options.speakers and self.executor is None
        if not wanted or not needs_speakers(transcript) or audio is None:
            return transcript
        try:
            model = self.options.speaker_model
            signed = add_speakers(job.id, episode, audio, transcript, library, model=model, tell=self.progress)
        except (AudioError, ModelError) as error:
            self.progress(Event(episode, message=f"Who speaks in {episode.title} isn't known: {error}"))
            return transcript
        library.save_transcript(job.id, signed)
        return signed

    def _is_stale(self, transcript: Transcript) -> bool:
        """Tell whether to replace a transcript, since the user requested one by another model."""
        if not self.options.retranscribe:
            return False
        if transcript.source == "publisher":
            return not self.options.publisher_transcripts
        return self.recogniser.is_made_by_another(transcript)
