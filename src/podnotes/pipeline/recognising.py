"""Recognition within a run: engines loaded once, stretches remembered, a scout that listens first, times of quotes."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import PodnotesError
from podnotes.models import Doubt
from podnotes.pipeline.results import DraftOptions, Event, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from podnotes.library import Library
    from podnotes.models import Episode, Transcript
    from podnotes.pipeline.fetching import Job
    from podnotes.speech import Engine, SpeechOptions, SpeechProgress

log = logging.getLogger(__name__)


@dataclass
class Listener:
    """Recognises the episodes of one run.

    Attributes:
        options: What the run was asked for.
        tell: Told the progress.
    """

    options: DraftOptions
    tell: Callable[[Event], None]
    _engines: dict[str, Engine] = field(init=False, default_factory=dict)

    def prepare(self) -> None:
        """Get the speech models before any audio is fetched: without them, hours of downloads are for nothing.

        Raises:
            ModelError: A model is unknown, or isn't here and can't be downloaded.
        """
        from podnotes.speech import find_model

        speech = self._speech()
        for model in filter(None, (self.options.scout, self.options.model)):
            find_model(
                model,
                models_dir=speech.models_dir,
                mirror=speech.mirror,
                offline=speech.offline,
                on_progress=lambda progress: self.tell(Event(None, Step.MODEL, progress.done, progress.total)),
            )

    def is_made_by_another(self, transcript: Transcript) -> bool:
        """Whether a transcript comes from another model than this run's."""
        model = self.options.model
        return transcript.model != (Path(model).resolve().name if Path(model).is_dir() else model)

    def transcribe(
        self,
        job: Job,
        audio: Path,
        library: Library,
        worth_hearing_again: Callable[[Transcript], Iterable[tuple[float, float]]],
    ) -> Transcript:
        """Recognise an episode, going on after the stretches that were recognised before.

        Args:
            job: The episode.
            audio: Its file.
            library: Where stretches are remembered.
            worth_hearing_again: Which spans, in seconds, of what the scout heard may be quoted.

        Raises:
            PodnotesError: The audio or the model can't be used.
        """
        from podnotes import speech

        options, scout = self.options, self.options.scout
        how = self._speech()
        first = scout or options.model
        # What decides the words; how many threads made them doesn't.
        words = (first, job.episode.language, how.compute_type, how.beam_size, how.hotwords)
        recipe = hashlib.sha256(repr(words).encode()).hexdigest()[:16]
        transcript = speech.transcribe(
            audio,
            self._engine(first, job.episode),
            language=job.episode.language,
            options=how,
            done=library.stretches(job.id, recipe),
            on_stretch=lambda stretch: library.save_stretch(job.id, recipe, stretch),
            on_progress=self._show(job.episode),
        )
        return transcript if scout is None else self.hear_again(job.episode, audio, transcript, worth_hearing_again)

    def hear_again(
        self,
        episode: Episode,
        audio: Path,
        scouted: Transcript,
        worth_hearing_again: Callable[[Transcript], Iterable[tuple[float, float]]],
    ) -> Transcript:
        """Recognise with the better model what may be quoted of what the scout heard.

        Args:
            episode: The episode.
            audio: Its file.
            scouted: What the scout heard, or what came of it for other topics.
            worth_hearing_again: Which spans, in seconds, may be quoted.
        """
        from podnotes import speech

        heard = replace(
            scouted,
            segments=tuple(
                replace(segment, doubt=None) if segment.doubt is Doubt.SCOUTED else segment
                for segment in scouted.segments
            ),
        )
        return speech.refine(
            audio,
            heard,
            worth_hearing_again(heard),
            self._engine(self.options.model, episode),
            options=self._speech(),
            on_progress=self._show(episode),
        )

    def time_words(
        self, episode: Episode, audio: Path, transcript: Transcript, spans: Iterable[tuple[float, float]]
    ) -> Transcript:
        """Find the second of each word in what is quoted; where that fails, the times of the segments have to do."""
        from podnotes import speech

        wanted = [
            (start, end)
            for start, end in spans
            if any(not one.words and start < one.end and one.start < end for one in transcript.segments)
        ]
        if not wanted or not transcript.timed:
            return transcript
        try:
            engine = self._engine(self.options.model, episode)
            return speech.time_words(audio, transcript, wanted, engine, options=self._speech())
        except PodnotesError as error:
            log.info("the words of %s were not timed: %s", episode.title, error)
            return transcript

    def _speech(self) -> SpeechOptions:
        from podnotes.speech import SpeechOptions

        return self.options.speech or SpeechOptions()

    def _engine(self, model: str, episode: Episode) -> Engine:
        from podnotes.speech.engine import load_engine

        if model not in self._engines:
            self._engines[model] = load_engine(model, self._speech(), self._show(episode))
        return self._engines[model]

    def _show(self, episode: Episode) -> Callable[[SpeechProgress], None]:
        def show(progress: SpeechProgress) -> None:
            step = {"download": Step.MODEL, "recognise": Step.RECOGNISE}.get(progress.step)
            if step is not None:
                self.tell(Event(episode, step, progress.done, progress.total))

        return show
