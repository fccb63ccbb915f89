"""The whole way: feeds → audio → transcript → passages → drafts, remembered and resumed.

Each episode goes through the steps alone, so that a bad one never stops the others; what is finished is in the library
before the next step begins, so that an interrupted run goes on where it stopped. Who fetches and recognises is a
workforce: this process, or the workers of an executor.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
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
from podnotes.models import Episode, Podcast, Topic, Transcript
from podnotes.pipeline.digesting import write_digest
from podnotes.pipeline.executors import LocalExecutor, Workforce
from podnotes.pipeline.fetching import Job
from podnotes.pipeline.finding import Finder
from podnotes.pipeline.progress_tracker import ProgressTracker
from podnotes.pipeline.remote import RemoteExecutor
from podnotes.pipeline.results import DraftOptions, EpisodeResult, Event, Outcome, Step
from podnotes.pipeline.speaker_labels import add_speakers, needs_speakers
from podnotes.pipeline.transcription import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor

    from podnotes.feeds import Reading
    from podnotes.library import Choices, DraftResult, Library
    from podnotes.models import Findings, Note, Review

log = logging.getLogger(__name__)

#: Episodes taken from a feed that is new, when no number is named: hours of recognition are for the user to ask for.
FIRST_TIME_EPISODES = 1


#: What a mark means to the user.
_GONE = "it isn't asked again until you follow it again; drafts and transcripts stay."


def draft_notes(
    source: str | Path | Podcast | Sequence[str | Path | Podcast],
    *,
    out: str | Path = "drafts",
    library: Library | None = None,
    options: DraftOptions | None = None,
    on_event: Callable[[Event], None] | None = None,
    executor: Executor | None = None,
) -> Iterator[EpisodeResult]:
    """Make drafts, one episode after the other, as they are asked for.

    Options, topics, template and output folder are checked when this is called; feeds are read when the first result
    is asked for.

    Args:
        source: Address of a feed, a page or audio, path of a feed, OPML file, audio file or folder, a podcast that was
            read before, or several of these.
        out: Folder for the drafts; made where it is missing.
        library: What remembers; None for the user's own library in its usual place.
        options: What to do; None for the defaults.
        on_event: Called with progress and messages, every half second at least, also from the threads that fetch
            audio. An exception that it raises ends the run and is raised by the iterator; what was finished is kept.
        executor: Whose workers fetch and recognise, many episodes at once; None for this process, one after the
            other. Results and drafts are the same, but for speakers, which aren't told. It is not shut down.

    Returns:
        One result an episode, in order of date, oldest first; a failed one has its error in it. A feed that can't be
        read yields one result without an episode.

    Raises:
        PodnotesError: What concerns the whole run: the only source can't be read, a mistake in the topics or the
            template, an output folder or library that can't be written.
    """
    check_type("source", source, "an address, a path, a Podcast or a list of these", str, Path, Podcast, Sequence)
    named = [source] if isinstance(source, str | Path | Podcast) else list(source)
    for one in named:
        check_type("source", one, "an address, a path or a Podcast", str, Path, Podcast)
    run = _Run(Path(out), options or DraftOptions(), on_event or (lambda _: None), executor)
    return _results(run, named, library)


def _results(run: _Run, source: Sequence[str | Path | Podcast], library: Library | None) -> Iterator[EpisodeResult]:
    with ExitStack() as stack:
        if library is None:
            from podnotes.library import Library

            library = stack.enter_context(Library())
        yield from run.over(source, library)


def compose(
    episode: Episode,
    findings: Findings,
    transcript: Transcript,
    topics: tuple[Topic, ...],
    options: DraftOptions,
    review: Review,
) -> Note:
    """Compose a note with the options of a run, of what the user chose on the review page where there is something."""
    from podnotes.notes import NoteOptions, compose_note

    return compose_note(episode, findings, transcript, topics, options=options.note or NoteOptions(), review=review)


def check_folder(out: Path) -> None:
    """Make sure that drafts can be written before hours are spent on them.

    Args:
        out: The folder; made where it is missing.

    Raises:
        OutputError: It can't be made or written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):  # nameless: two runs at once don't take it from each other
            pass
    except OSError as error:
        raise OutputError(
            f"Drafts can't be written to {out} ({error.strerror}). Choose another folder with --out."
        ) from error


def draft_name(episode: Episode) -> str:
    """What the draft of an episode is called: its day and its title, fit for any file system.

    Args:
        episode: The episode.

    Returns:
        A file name without suffix.
    """
    from podnotes.audio.names import safe_name

    day = f"{episode.published:%Y-%m-%d} " if episode.published else ""
    return safe_name(f"{day}{episode.title}") or "episode"


def draft_recipe(finder: Finder, options: DraftOptions) -> str:
    """What the drafts of a run depend on, hashed."""
    from podnotes.notes import template_hash

    text = f"{finder.key} {template_hash(options.template)} {options.note!r}"
    if options.speakers:
        text += f" speakers {options.speaker_model or ''}".rstrip()
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_drafts(
    library: Library, number: int, note: Note, *, out: Path, options: DraftOptions
) -> tuple[DraftResult, ...]:
    """Write the files of an episode's draft.

    Args:
        library: What remembers the drafts.
        number: The episode's number in it.
        note: The draft.
        out: Folder for the files.
        options: Says the template, and whether there is an HTML page beside.

    Returns:
        What became of each file; none when the episode has nothing on the topics, or drafts are by topic.
    """
    from podnotes.notes import find_template, render

    if not note.sections or options.per == "topic":
        return ()
    written: list[DraftResult] = []
    for output, suffix in find_template(options.template).suffixes.items():
        if output == "html" and written and not options.html:
            continue
        text = render(note, options.template, output=output)
        path = out / f"{draft_name(note.episode)}{suffix}"
        written.append(library.write_draft(number, path=path, text=text, template=str(options.template)))
    return tuple(written)


def _lasting(name: str | Path) -> str:
    """The name of a pack or template, or the path of a file, good in whatever folder a later command is run."""
    path = Path(name).expanduser()
    return str(path.absolute()) if path.is_file() else str(name)


def _is_folder(podcast: Podcast) -> bool:
    """Whether a podcast is made of files of the user's, who named them all, and there is no newest one."""
    return podcast.url is None and all(episode.guid.startswith("file:") for episode in podcast.episodes)


class _Remembered(Mapping[str, Podcast]):
    """Podcasts that were read before, by address: looked up when their feed is asked for, to ask conditionally."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __getitem__(self, address: str) -> Podcast:
        podcast = self._library.podcast(address)
        if podcast is None:
            raise KeyError(address)
        return podcast

    def __iter__(self) -> Iterator[str]:
        return (feed.url for feed in self._library.feeds())

    def __len__(self) -> int:
        return len(self._library.feeds())


@dataclass
class _Run:
    """One run over sources: what is the same for all its episodes."""

    out: Path
    options: DraftOptions
    tell: Callable[[Event], None]
    executor: Executor | None = None
    topics: tuple[Topic, ...] = field(init=False)
    finder: Finder = field(init=False)
    listener: Listener = field(init=False)
    pace: ProgressTracker = field(init=False)
    recipe: str = field(init=False)
    renewed: set[int] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        from podnotes.topics import load_topics

        self.topics = load_topics(self.options.topics)
        self.pace = ProgressTracker(self.tell, self.options, elsewhere=self.executor is not None)
        self.tell = self.pace
        self.finder = Finder(self.topics, self.tell)
        self.listener = Listener(self.options, self.topics, self.tell)
        self.recipe = draft_recipe(self.finder, self.options)
        check_folder(self.out)

    # ---------------------------------------------------------------------------------------------- choosing

    def over(self, source: Sequence[str | Path | Podcast], library: Library) -> Iterator[EpisodeResult]:
        """Draft everything that the sources have for this run."""
        from podnotes.notes import Source

        jobs: list[Job] = []
        found: list[Source] = []
        for reading in self._read(source, library):
            choices = self._choose(reading, library) if isinstance(reading, Podcast) else [reading]
            for choice in choices:
                if isinstance(choice, EpisodeResult):
                    yield choice
                else:
                    jobs.append(choice)
        jobs.sort(key=lambda job: job.episode.published.timestamp() if job.episode.published else 0.0)
        jobs = list({job.id: job for job in jobs}.values())  # two sources may have the same episode
        if jobs:
            to_hear = [job for job in jobs if self._will_recognise(job)]
            self.pace.plan(len(jobs), [(job.episode, self._heard_before(job, library)) for job in to_hear])
        with self._workforce(jobs, library) as workforce:
            for job in jobs:
                result = self._one(job, workforce, library)
                self.pace.finish(job.episode)
                yield result
                if self.options.per == "topic" and result.findings is not None and result.episode is not None:
                    found.append(Source(result.episode, result.findings, result.transcript))
        if self.options.per == "topic":
            for topic in self.topics:
                drafts = write_digest(
                    topic,
                    found,
                    library,
                    out=self.out,
                    note_options=self.options.note,
                    on_wait=lambda: self.tell(Event(None, Step.FIND)),
                )
                if drafts:
                    yield EpisodeResult(None, Outcome.DRAFTED, drafts, source=topic.title)
        self._make_room(library, jobs)

    def _workforce(self, jobs: Sequence[Job], library: Library) -> Workforce:
        """Who makes the words."""
        if self.executor is not None:
            return RemoteExecutor(jobs, library, self.listener, self.executor, self.tell)
        first = next((job.episode for job in jobs if self._will_recognise(job)), None)
        return LocalExecutor(jobs, library, self.listener, self.tell, first=first)

    def _make_room(self, library: Library, jobs: Sequence[Job]) -> None:
        """Delete the audio that was used longest ago, so that the cache stays within its size."""
        from podnotes.audio import evict_audio

        keep = [path for job in jobs if (path := library.audio(job.id)) is not None]
        deleted = evict_audio(library.folder, max_bytes=self.options.cache_bytes, keep=keep)
        if deleted:
            self.tell(Event(None, message=f"Made room: deleted {len(deleted)} audio files of earlier runs."))

    def _read(self, source: Sequence[str | Path | Podcast], library: Library) -> list[Podcast | EpisodeResult]:
        """Read all sources; a podcast for each that can be read, a result for each that can't.

        Raises:
            PodnotesError: There was only one, and it can't be read.
        """
        from podnotes import http
        from podnotes.feeds import read_sources

        found: list[Podcast | EpisodeResult] = [item for item in source if isinstance(item, Podcast)]
        addresses = [item for item in source if not isinstance(item, Podcast)]
        readings: list[Reading] = []
        if addresses:
            reading_all = partial(read_sources, addresses, previous=_Remembered(library))
            readings = interruptible(lambda: list(reading_all()), lambda: self.tell(Event(None)), native=False)
        for reading in readings:
            if reading.error is not None:
                if reading.gone and library.mark_gone(reading.address):
                    self.tell(Event(None, message=f"{http.shown(reading.address)} is marked as gone: {_GONE}"))
                if len(readings) == 1 and not found:
                    raise reading.error
                found.append(self._failure(reading.error, http.shown(reading.address)))
            elif reading.podcast is not None:
                if reading.unchanged and reading.podcast.url is not None:
                    library.mark_unchanged(reading.podcast.url)
                else:
                    library.remember_podcast(reading.podcast, asked=reading.address)
                for notice in reading.podcast.notices:
                    self.tell(Event(None, message=f"{reading.podcast.title}: {notice}"))
                found.append(reading.podcast)
        return found

    def _choose(self, podcast: Podcast, library: Library) -> Iterator[Job | EpisodeResult]:
        """Which episodes of a podcast this run is about: jobs for those to do, results for those that are done."""
        options = self.options
        hearable = [episode for episode in podcast.episodes if episode.audio or episode.transcripts]
        if not hearable:
            yield self._failure(
                FeedError(f"{podcast.title} has no episode with audio: there is nothing to listen to."), podcast.title
            )
            return
        wanted = [episode for episode in hearable if self._matches(episode)]
        if options.episodes is not None:
            wanted = wanted[: options.episodes]
        numbers = [(library.remember_episode(episode), episode) for episode in wanted]
        done = [(number, library.is_done(number, None, folder=self.out)) for number, _ in numbers]
        if options.episodes is None and not (options.since or options.match) and not _is_folder(podcast):
            # All that are newer than the newest one that is done; of a new feed a few.
            newest_done = next((place for place, (_, known) in enumerate(done) if known), None)
            numbers = numbers[: FIRST_TIME_EPISODES if newest_done is None else newest_done + 1]
        for (number, episode), (_, known) in zip(numbers, done, strict=False):
            if known and options.per == "episode" and not self._again(number, library):
                yield EpisodeResult(episode, Outcome.KNOWN, notices=self._stale(number, library), source=podcast.title)
            else:
                if known:
                    self.renewed.add(number)
                words = library.transcript(number, as_heard=True)
                usable = words is not None and not self._is_stale(words)
                audio = library.audio(number)
                yield Job(number, episode, podcast.title, words if usable else None, audio, podcast.url)

    def _matches(self, episode: Episode) -> bool:
        options = self.options
        if options.since is not None and (episode.published is None or episode.published.date() < options.since):
            return False
        if options.match is None:
            return True
        people = " ".join(person.name for person in episode.persons)
        return options.match.casefold() in f"{episode.title} {people} {episode.summary}".casefold()

    def _again(self, number: int, library: Library) -> bool:
        """Whether a known episode is to be redone because the user asked for it and something has changed."""
        if self.options.retranscribe:
            return True
        return self.options.again and not library.is_done(number, self.recipe, folder=self.out)

    def _stale(self, number: int, library: Library) -> tuple[str, ...]:
        if library.is_done(number, self.recipe, folder=self.out):
            return ()
        return ("It was drafted with other topics, another template or other settings on speakers; --again renews it.",)

    def _failure(self, error: PodnotesError, source: str, episode: Episode | None = None) -> EpisodeResult:
        return EpisodeResult(episode, Outcome.FAILED, error=error, source=source)

    # --------------------------------------------------------------------------------------------- one episode

    def _one(self, job: Job, workforce: Workforce, library: Library) -> EpisodeResult:
        """Take one episode the whole way; what goes wrong with it is its result."""
        try:
            with workforce.claim(job):
                if self._was_done_meanwhile(job, library):
                    return EpisodeResult(job.episode, Outcome.KNOWN, source=job.source)
                return self._through(job, workforce, library)
        except Exception as error:  # noqa: BLE001 - it is the episode's result
            if self.pace.stopped is not None:
                raise self.pace.stopped from None
            return self._failed(job, error)

    def _failed(self, job: Job, error: Exception) -> EpisodeResult:
        if isinstance(error, BusyError):
            return EpisodeResult(job.episode, Outcome.BUSY, error=error, source=job.source)
        if isinstance(error, (LibraryError, OutputError, ModelError)):
            raise error  # the next episode would meet the same
        if isinstance(error, PodnotesError):
            return self._failure(error, job.source, job.episode)
        log.error("unexpected error in %s", job.episode.title, exc_info=error)
        reason = PodnotesError(f"Something went wrong that should not have ({type(error).__name__}: {error}).")
        reason.__cause__ = error
        return self._failure(reason, job.source, job.episode)

    def _was_done_meanwhile(self, job: Job, library: Library) -> bool:
        """Whether another run finished the episode between this run's choosing and claiming it."""
        renewing = self.options.per == "topic" or job.id in self.renewed
        return not renewing and library.is_done(job.id, None, folder=self.out)

    def _through(self, job: Job, workforce: Workforce, library: Library) -> EpisodeResult:
        heard = workforce.take(job)
        episode = replace(job.episode, chapters=heard.chapters)
        transcript = library.corrected(job.id, self._with_speakers(job, episode, heard.transcript, library))
        self.tell(Event(episode, Step.FIND))
        findings = self.finder.recall(job.id, episode, transcript, library)
        note = self._compose(episode, findings, transcript, library.review(job.id))
        self.tell(Event(episode, Step.WRITE))
        drafts = write_drafts(library, job.id, note, out=self.out, options=self.options)
        if self.options.per == "episode":
            library.mark_done(job.id, self.recipe, folder=self.out)
            library.remember_choices(job.id, self._choices())
        notices = heard.notices + transcript.warnings + ((findings.notice,) if findings.notice else ())
        outcome = Outcome.DRAFTED if note.sections else Outcome.NOTHING
        return EpisodeResult(episode, outcome, drafts, findings, transcript, notices, source=job.source)

    def _compose(self, episode: Episode, findings: Findings, transcript: Transcript, review: Review) -> Note:
        make = partial(compose, episode, findings, transcript, self.topics, self.options, review)
        return interruptible(make, lambda: self.tell(Event(episode, Step.FIND)))

    def _choices(self) -> Choices:
        from podnotes.library import Choices

        given = self.options.topics
        topics = _lasting(given) if isinstance(given, str | Path) else None
        return Choices(topics, _lasting(self.options.template), self.out)

    def _with_speakers(self, job: Job, episode: Episode, transcript: Transcript, library: Library) -> Transcript:
        """Say who speaks; without the audio, which may be deleted, the transcript stays as it is."""
        audio = library.audio(job.id)
        wanted = self.options.speakers and self.executor is None
        if not wanted or not needs_speakers(transcript) or audio is None:
            return transcript
        try:
            signed = add_speakers(
                job.id,
                episode,
                audio,
                transcript,
                library,
                model=self.options.speaker_model,
                time_words=partial(self.listener.time_words, episode, audio),
                tell=self.tell,
            )
        except (AudioError, ModelError) as error:
            self.tell(Event(episode, message=f"Who speaks in {episode.title} isn't known: {error}"))
            return transcript
        library.save_transcript(job.id, signed)
        return signed

    def _will_recognise(self, job: Job) -> bool:
        """Whether the speech model is needed for certain: a publisher's transcript may turn out to be broken."""
        return job.known is None and not (self.options.publisher_transcripts and job.episode.transcripts)

    def _heard_before(self, job: Job, library: Library) -> float:
        """Seconds of an episode that were recognised before an earlier run stopped."""
        if job.audio is None:
            return 0.0
        stretches = library.stretches(job.id, self.listener.recipe(job.episode, job.audio))
        return max((stretch.end for stretch in stretches), default=0.0)

    def _is_stale(self, transcript: Transcript) -> bool:
        """Whether the user asked for words from another model than those in the library."""
        if not self.options.retranscribe:
            return False
        if transcript.source == "publisher":
            return not self.options.publisher_transcripts
        return self.listener.is_made_by_another(transcript)
