"""Who makes the words of a run's episodes: this process, one episode after the other; or see ``spreading``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, Self

from podnotes.models import Doubt
from podnotes.pipeline.ahead import FetchAhead
from podnotes.pipeline.fetching import Job, Material, StoppedError, fetch_material
from podnotes.pipeline.results import Event, Step

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from podnotes.library import Library
    from podnotes.media import DownloadProgress
    from podnotes.models import Chapter, Episode, Findings, Note, Topic, Transcript
    from podnotes.pipeline.recognising import Listener
    from podnotes.pipeline.results import DraftOptions

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of listening to an episode.

    Attributes:
        transcript: Its words, which are in the library.
        chapters: Its chapters.
        notices: Sentences for her.
    """

    transcript: Transcript
    chapters: tuple[Chapter, ...] = ()
    notices: tuple[str, ...] = ()


class Workforce(AbstractContextManager["Workforce"], Protocol):
    """Makes the words of the jobs of one run, which are asked for in their order."""

    def claim(self, job: Job) -> AbstractContextManager[None]:
        """Keep other processes from the episode.

        Raises:
            BusyError: Another one works on it.
        """
        ...

    def take(self, job: Job) -> Heard:
        """The words of an episode, waiting for them if need be.

        Raises:
            PodnotesError: They can't be had.
        """
        ...

    def time_words(self, job: Job, episode: Episode, transcript: Transcript, spans: Sequence[Span]) -> Transcript:
        """Find the second of each word in what is quoted; the same transcript where there is nothing to find.

        Args:
            job: The episode that was taken last.
            episode: The same with its chapters.
            transcript: Its words, recognised.
            spans: Start and end in seconds of what is quoted.
        """
        ...


class AtHome:
    """Makes the words in this process, one episode after the other; audio of the next ones is fetched meanwhile.

    Args:
        jobs: The jobs of the run, in their order.
        library: What remembers.
        listener: What recognises.
        findings_key: Under what findings on today's topics are remembered.
        tell: Told the progress, also from the threads that fetch.
        recognising: Whether the speech models are needed for certain.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        library: Library,
        listener: Listener,
        findings_key: str,
        tell: Callable[[Event], None],
        *,
        recognising: bool = False,
    ) -> None:
        self._recognising = recognising
        self._library, self._listener, self._findings_key, self._tell = library, listener, findings_key, tell
        self._ahead = FetchAhead(jobs, self._fetch)

    def __enter__(self) -> Self:
        # The first audio comes while the models are loaded; without them it is given up after a moment.
        self._ahead.__enter__()
        try:
            if self._recognising:
                self._listener.prepare()
        except BaseException:
            self._ahead.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._ahead.__exit__(*error)

    def claim(self, job: Job) -> AbstractContextManager[None]:
        """See :meth:`Workforce.claim`."""
        return self._library.claim(job.id)

    def take(self, job: Job) -> Heard:
        """See :meth:`Workforce.take`."""
        material = self._ahead.take(job)
        if material.audio is not None:
            self._library.save_audio(job.id, material.audio)
        transcript = self._words(job, replace(job.episode, chapters=material.chapters), material)
        if transcript is not job.known:
            self._library.save_transcript(job.id, transcript)
        return Heard(transcript, material.chapters, material.notices)

    def time_words(self, job: Job, episode: Episode, transcript: Transcript, spans: Sequence[Span]) -> Transcript:
        """See :meth:`Workforce.time_words`; without its audio, which may be deleted, the transcript stays as it is."""
        audio = self._library.audio(job.id)
        return transcript if audio is None else self._listener.time_words(episode, audio, transcript, spans)

    def _words(self, job: Job, episode: Episode, material: Material) -> Transcript:
        """The transcript of an episode: that which is there, or one that is recognised now."""
        if material.transcript is None:
            assert material.audio is not None
            recipe = self._listener.recipe(episode, material.audio)
            return self._listener.transcribe(
                episode,
                material.audio,
                done=self._library.stretches(job.id, recipe),
                on_stretch=partial(self._library.save_stretch, job.id, recipe),
            )
        audio = self._library.audio(job.id)
        if audio is not None and heard_for_others(job, material.transcript, self._library, self._findings_key):
            # What is heard again has no speakers yet.
            return without_speakers(self._listener.hear_again(episode, audio, material.transcript))
        return material.transcript

    def _fetch(self, job: Job, stop: threading.Event) -> Material:
        def show(progress: DownloadProgress) -> None:
            if stop.is_set():
                raise StoppedError("The run has ended.")
            done, total = progress.done, progress.total
            self._tell(Event(job.episode, Step.DOWNLOAD, done, total, speed=progress.speed, left_s=progress.left_s))

        return fetch_material(
            job,
            self._library.folder,
            publisher_transcripts=self._listener.options.publisher_transcripts,
            renew=not self._is_begun(job),
            on_progress=show,
        )

    def _is_begun(self, job: Job) -> bool:
        """Whether some of the audio on disk was recognised before the last run stopped."""
        if job.known is not None or job.audio is None:
            return False
        return bool(self._library.stretches(job.id, self._listener.recipe(job.episode, job.audio)))


def without_speakers(transcript: Transcript) -> Transcript:
    """The transcript with its speakers to be looked for again, where some of its words are new."""
    from podnotes.diarization import DETAIL

    return replace(transcript, details={key: text for key, text in transcript.details.items() if key != DETAIL})


def heard_for_others(job: Job, transcript: Transcript, library: Library, findings_key: str) -> bool:
    """Whether what a scout heard was heard again for other topics than today's.

    Args:
        job: The episode.
        transcript: What is known of it.
        library: What remembers.
        findings_key: Under what findings on today's topics are remembered.
    """
    scouted = any(segment.doubt is Doubt.SCOUTED for segment in transcript.segments)
    return scouted and library.findings(job.id, findings_key) is None


def compose(
    episode: Episode, findings: Findings, transcript: Transcript, topics: tuple[Topic, ...], options: DraftOptions
) -> Note:
    """Compose a note with the options of a run."""
    from podnotes.notes import NoteOptions, compose_note

    return compose_note(episode, findings, transcript, topics, options=options.note or NoteOptions())


def quoted_spans(note: Note) -> list[Span]:
    """Start and end in seconds of what a note quotes."""
    return [(quote.passage.start, quote.passage.end) for section in note.sections for quote in section.quotes]
