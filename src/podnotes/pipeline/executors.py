"""Transcription in this process, one episode at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Self

from podnotes.pipeline.fetching import Job, Material, StoppedError, audio_of, fetch_material
from podnotes.pipeline.prefetch import FetchAhead
from podnotes.pipeline.results import Event, progress_event

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from podnotes.audio.transfer import DownloadProgress
    from podnotes.library import Library
    from podnotes.models import Episode
    from podnotes.pipeline.transcription import Recogniser


class LocalExecutor:
    """Transcribes in this process, one episode at a time, and prefetches the audio of the next episodes.

    The model is loaded for ``first``, the first episode that certainly needs it, while audio is being fetched.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        library: Library,
        recogniser: Recogniser,
        tell: Callable[[Event], None],
        *,
        first: Episode | None = None,
    ) -> None:
        self._first = first
        self._library, self._recogniser, self._tell = library, recogniser, tell
        self._ahead = FetchAhead(jobs, self._fetch)
        self._uses = ExitStack()  # protects audio from eviction by other runs

    def __enter__(self) -> Self:
        # The first audio is fetched while the model is loaded; if loading fails, the download is aborted.
        self._ahead.__enter__()
        try:
            if self._first is not None:
                self._recogniser.engine(self._first)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._ahead.__exit__(*error)
        self._uses.close()

    def lock(self, job: Job) -> AbstractContextManager[None]:
        """Lock an episode against other processes; raise a ``BusyError`` if another process has locked it."""
        return self._library.lock(job.id)

    def take(self, job: Job) -> Material:
        """Return the transcript of an episode and save it in the library. Jobs must be taken in order."""
        material = self._ahead.take(job, lambda: self._tell(Event(job.episode)))
        if material.audio is not None:
            self._library.save_audio(job.id, material.audio)
        if material.transcript is None:
            assert material.audio is not None
            episode = replace(job.episode, chapters=material.chapters)
            recipe = self._recogniser.recipe(episode, material.audio)
            transcript = self._recogniser.transcribe(
                episode,
                material.audio,
                done=self._library.chunks(job.id, recipe),
                on_chunk=partial(self._library.save_chunk, job.id, recipe),
            )
            material = replace(material, transcript=transcript)
        if material.transcript is not None and material.transcript is not job.known:
            self._library.save_transcript(job.id, material.transcript)
        return material

    def _fetch(self, job: Job, stop: threading.Event) -> Material:
        from podnotes.audio.download_locks import using

        def show(progress: DownloadProgress) -> None:
            if stop.is_set():
                raise StoppedError("The run has ended.")
            self._tell(progress_event(job.episode, progress))

        audio = audio_of(job, self._library.folder)
        if audio is not None:
            self._uses.enter_context(using(audio))
        return fetch_material(
            job,
            self._library.folder,
            publisher_transcripts=self._recogniser.options.publisher_transcripts,
            on_progress=show,
        )
