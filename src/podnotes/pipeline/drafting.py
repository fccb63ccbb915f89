"""The whole way: feeds → audio → transcript → passages → drafts, remembered and resumed.

Each episode goes through the steps alone, so that a bad one never stops the others; what is finished is in the library
before the next step begins, so that an interrupted run goes on where it stopped. The next episode's audio is fetched
while this one is recognised.
"""

from __future__ import annotations

import hashlib
import logging
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import BusyError, FeedError, LibraryError, ModelError, OutputError, PodnotesError
from podnotes.models import Doubt, Episode, Podcast, Topic, Transcript
from podnotes.pipeline.digesting import write_digest
from podnotes.pipeline.fetching import FetchAhead, Job, Material, StoppedError
from podnotes.pipeline.finding import Finder
from podnotes.pipeline.recognising import Listener
from podnotes.pipeline.results import DraftOptions, EpisodeResult, Event, Outcome, Step

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from podnotes.library import DraftResult, Library
    from podnotes.models import Findings, Note, Passage

log = logging.getLogger(__name__)

#: Episodes taken from a feed that is new, when she names no number: hours of recognition are hers to ask for.
FIRST_TIME_EPISODES = 1


def draft_notes(
    source: str | Path | Podcast | Sequence[str | Path | Podcast],
    *,
    out: str | Path = "drafts",
    library: Library | None = None,
    options: DraftOptions | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Iterator[EpisodeResult]:
    """Make drafts, one episode after the other, as they are asked for.

    Args:
        source: Address of a feed, a page or audio, path of a feed, OPML file, audio file or folder, a podcast that was
            read before, or several of these.
        out: Folder for the drafts; made where it is missing.
        library: What remembers; None for her own library in its usual place.
        options: What to do; None for the defaults.
        on_event: Called with progress and messages, also from the thread that fetches audio.

    Yields:
        One result an episode, in order of date, oldest first; a failed one has its error in it. A feed that can't be
        read yields one result without an episode.

    Raises:
        PodnotesError: What concerns the whole run: the only source can't be read, a mistake in the topics or the
            template, an output folder or library that can't be written.
    """
    run = _Run(Path(out), options or DraftOptions(), on_event or (lambda _: None))
    with ExitStack() as stack:
        if library is None:
            from podnotes.library import Library

            library = stack.enter_context(Library())
        yield from run.over(source, library)


def check_folder(out: Path) -> None:
    """Make sure that drafts can be written before hours are spent on them.

    Args:
        out: The folder; made where it is missing.

    Raises:
        OutputError: It can't be made or written.
    """
    probe = out / ".podnotes-can-write"
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
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
    from podnotes.media.names import safe_name

    day = f"{episode.published:%Y-%m-%d} " if episode.published else ""
    return safe_name(f"{day}{episode.title}") or "episode"


@dataclass
class _Run:
    """One run over sources: what is the same for all its episodes."""

    out: Path
    options: DraftOptions
    tell: Callable[[Event], None]
    topics: tuple[Topic, ...] = field(init=False)
    finder: Finder = field(init=False)
    listener: Listener = field(init=False)
    recipe: str = field(init=False)

    def __post_init__(self) -> None:
        from podnotes.notes import template_hash
        from podnotes.topics import load_topics

        given = self.options.topics
        self.topics = given if isinstance(given, tuple) else load_topics(given)
        self.finder = Finder(self.topics)
        self.listener = Listener(self.options, self.tell)
        text = f"{self.finder.key} {template_hash(self.options.template)} {self.options.note!r}"
        self.recipe = hashlib.sha256(text.encode()).hexdigest()[:16]
        check_folder(self.out)

    # ---------------------------------------------------------------------------------------------- choosing

    def over(
        self, source: str | Path | Podcast | Sequence[str | Path | Podcast], library: Library
    ) -> Iterator[EpisodeResult]:
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
        if any(self._will_recognise(job) for job in jobs):
            self.listener.prepare()
        with FetchAhead(partial(self._fetch, library.folder)) as ahead:
            for number, job in enumerate(jobs):
                result = self._one(job, jobs[number + 1 : number + 2], library, ahead)
                yield result
                if result.findings is not None and result.episode is not None:
                    found.append(Source(result.episode, result.findings, result.transcript))
        if self.options.per == "topic":
            for topic in self.topics:
                drafts = write_digest(topic, found, library, out=self.out, note_options=self.options.note)
                if drafts:
                    yield EpisodeResult(None, Outcome.DRAFTED, drafts, source=topic.title)
        self._make_room(library, jobs)

    def _make_room(self, library: Library, jobs: Sequence[Job]) -> None:
        """Delete the audio that was used longest ago, so that the cache stays within its size."""
        from podnotes.media import evict_audio

        keep = [path for job in jobs if (path := library.audio(job.id)) is not None]
        deleted = evict_audio(library.folder, max_bytes=self.options.cache_bytes, keep=keep)
        if deleted:
            self.tell(Event(None, message=f"Made room: deleted {len(deleted)} audio files of earlier runs."))

    def _read(
        self, source: str | Path | Podcast | Sequence[str | Path | Podcast], library: Library
    ) -> list[Podcast | EpisodeResult]:
        """Read all sources; a podcast for each that can be read, a result for each that can't.

        Raises:
            PodnotesError: There was only one, and it can't be read.
        """
        from podnotes import web
        from podnotes.feeds import read_sources

        named = [source] if isinstance(source, (str, Path, Podcast)) else list(source)
        found: list[Podcast | EpisodeResult] = [item for item in named if isinstance(item, Podcast)]
        addresses = [item for item in named if not isinstance(item, Podcast)]
        previous = {str(item): before for item in addresses if (before := library.podcast(str(item))) is not None}
        readings = list(read_sources(addresses, previous=previous)) if addresses else []
        for reading in readings:
            if reading.error is not None:
                if len(readings) == 1 and not found:
                    raise reading.error
                found.append(self._failure(reading.error, web.shown(reading.address)))
            elif reading.podcast is not None:
                library.remember_podcast(reading.podcast, asked=reading.address)
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
        if options.episodes is None and not (options.since or options.match):
            # All that are newer than the newest one that is done; of a new feed a few.
            newest_done = next((place for place, (_, known) in enumerate(done) if known), None)
            numbers = numbers[: FIRST_TIME_EPISODES if newest_done is None else newest_done + 1]
        for (number, episode), (_, known) in zip(numbers, done, strict=False):
            if known and options.per == "episode" and not self._again(number, library):
                yield EpisodeResult(episode, Outcome.KNOWN, notices=self._stale(number, library), source=podcast.title)
            else:
                yield Job(number, episode, podcast.title, library.transcript(number))

    def _matches(self, episode: Episode) -> bool:
        options = self.options
        if options.since is not None and (episode.published is None or episode.published.date() < options.since):
            return False
        if options.match is None:
            return True
        people = " ".join(person.name for person in episode.persons)
        return options.match.casefold() in f"{episode.title} {people} {episode.summary}".casefold()

    def _again(self, number: int, library: Library) -> bool:
        """Whether a known episode is to be redone because she asked for it and something has changed."""
        if self.options.retranscribe:
            return True
        return self.options.again and not library.is_done(number, self.recipe, folder=self.out)

    def _stale(self, number: int, library: Library) -> tuple[str, ...]:
        if library.is_done(number, self.recipe, folder=self.out):
            return ()
        return ("It was drafted with other topics or another template; --again renews it.",)

    def _failure(self, error: PodnotesError, source: str, episode: Episode | None = None) -> EpisodeResult:
        return EpisodeResult(episode, Outcome.FAILED, error=error, source=source)

    # --------------------------------------------------------------------------------------------- one episode

    def _one(self, job: Job, following: Sequence[Job], library: Library, ahead: FetchAhead) -> EpisodeResult:
        """Take one episode the whole way; what goes wrong with it is its result."""
        try:
            with library.claim(job.id):
                return self._through(job, following, library, ahead)
        except BusyError as error:
            return EpisodeResult(job.episode, Outcome.BUSY, error=error, source=job.source)
        except (LibraryError, OutputError, ModelError):
            raise  # the next episode would meet the same
        except PodnotesError as error:
            return self._failure(error, job.source, job.episode)
        except Exception as error:
            log.exception("unexpected error in %s", job.episode.title)
            reason = PodnotesError(f"Something went wrong that should not have ({type(error).__name__}: {error}).")
            reason.__cause__ = error
            return self._failure(reason, job.source, job.episode)

    def _through(self, job: Job, following: Sequence[Job], library: Library, ahead: FetchAhead) -> EpisodeResult:
        material = ahead.take(job)
        for coming in following:
            ahead.start(coming)
        episode = replace(job.episode, chapters=material.chapters)
        if material.audio is not None:
            library.save_audio(job.id, material.audio)
        transcript = self._words(job, episode, material, library)
        if transcript is not job.known:
            library.save_transcript(job.id, transcript)
        self.tell(Event(episode, Step.FIND))
        findings = self.finder.recall(job.id, episode, transcript, library)
        note = self._compose(episode, transcript, findings)
        audio = library.audio(job.id)
        if note.sections and transcript.source == "recognised" and audio is not None:
            quoted = _spans(quote.passage for section in note.sections for quote in section.quotes)
            timed = self.listener.time_words(episode, audio, transcript, quoted)
            if timed is not transcript:
                transcript = timed
                library.save_transcript(job.id, transcript)
                findings = self.finder.recall(job.id, episode, transcript, library)
                note = self._compose(episode, transcript, findings)
        self.tell(Event(episode, Step.WRITE))
        drafts = self._write(job.id, note, library)
        if self.options.per == "episode":
            library.mark_done(job.id, self.recipe, folder=self.out)
        notices = material.notices + transcript.warnings + ((findings.notice,) if findings.notice else ())
        outcome = Outcome.DRAFTED if note.sections else Outcome.NOTHING
        return EpisodeResult(episode, outcome, drafts, findings, transcript, notices, source=job.source)

    def _words(self, job: Job, episode: Episode, material: Material, library: Library) -> Transcript:
        """The transcript of an episode: that which is there, or one that is recognised now."""

        def worth_hearing_again(scouted: Transcript) -> list[tuple[float, float]]:
            return _spans(self.finder.find(job.id, episode, scouted, library).passages)

        transcript = material.transcript
        if transcript is None:
            assert material.audio is not None
            return self.listener.transcribe(job, material.audio, library, worth_hearing_again)
        scouted = any(segment.doubt is Doubt.SCOUTED for segment in transcript.segments)
        audio = library.audio(job.id)
        if scouted and audio is not None and library.findings(job.id, self.finder.key) is None:
            # What the scout heard was heard again for other topics than today's.
            return self.listener.hear_again(episode, audio, transcript, worth_hearing_again)
        return transcript

    def _will_recognise(self, job: Job) -> bool:
        """Whether the speech model is needed for certain: a publisher's transcript may turn out to be broken."""
        if job.known is not None and not self._is_stale(job.known):
            return False
        return not (self.options.publisher_transcripts and job.episode.transcripts)

    def _is_stale(self, transcript: Transcript) -> bool:
        """Whether she asked for words from another model than those in the library."""
        if not self.options.retranscribe:
            return False
        if transcript.source == "publisher":
            return not self.options.publisher_transcripts
        return self.listener.is_made_by_another(transcript)

    def _fetch(self, folder: Path, job: Job, stop: threading.Event) -> Material:
        """Fetch what an episode needs: its publisher's transcript, else its audio. Runs in a thread of its own."""
        from podnotes.media import DownloadProgress, chapters_in_file, fetch_audio, fetch_chapters
        from podnotes.speech import fetch_transcript

        def show(progress: DownloadProgress) -> None:
            if stop.is_set():
                raise StoppedError("The run has ended.")
            self.tell(Event(job.episode, Step.DOWNLOAD, progress.done, progress.total))

        chapters = job.episode.chapters
        with suppress(PodnotesError):  # chapters are an extra
            chapters = fetch_chapters(job.episode)
        if job.known is not None and not self._is_stale(job.known):
            return Material(job.known, chapters=chapters)
        problems: list[str] = []
        if self.options.publisher_transcripts and job.episode.transcripts:
            transcript = fetch_transcript(job.episode, on_problem=problems.append)
            if transcript is not None:
                return Material(transcript, chapters=chapters)
        audio = fetch_audio(job.episode, folder, on_progress=show)
        return Material(audio=audio, chapters=chapters or chapters_in_file(audio), notices=tuple(problems))

    def _compose(self, episode: Episode, transcript: Transcript, findings: Findings) -> Note:
        from podnotes.notes import NoteOptions, compose_note

        return compose_note(episode, findings, transcript, self.topics, options=self.options.note or NoteOptions())

    def _write(self, number: int, note: Note, library: Library) -> tuple[DraftResult, ...]:
        """Write the files of a draft; none when the episode has nothing on her topics."""
        from podnotes.notes import find_template, render

        if not note.sections or self.options.per == "topic":
            return ()
        options = self.options
        written: list[DraftResult] = []
        for output, suffix in find_template(options.template).suffixes.items():
            if output == "html" and written and not options.html:
                continue
            text = render(note, options.template, output=output)
            path = self.out / f"{draft_name(note.episode)}{suffix}"
            written.append(
                library.write_draft(number, path=path, text=text, template=options.template, recipe=self.recipe)
            )
        return tuple(written)


def _spans(passages: Iterable[Passage]) -> list[tuple[float, float]]:
    return [(passage.start, passage.end) for passage in passages]
