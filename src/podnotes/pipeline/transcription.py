"""Speech recognition in a run: loads models once, resumes after saved chunks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.asr.speech_options import SpeechOptions
from podnotes.pipeline.results import DraftOptions, Event, progress_event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podnotes.asr.engine import Engine
    from podnotes.asr.speech_options import SpeechProgress
    from podnotes.models import Chunk, Episode, Transcript


@dataclass
class Recogniser:
    """Recognises the speech of a run's episodes; ``engines`` are the loaded ones by model name."""

    options: DraftOptions
    tell: Callable[[Event], None]
    engines: dict[str, Engine] = field(default_factory=dict)

    def engine(self, episode: Episode) -> Engine:
        """Return the engine for an episode; the speech model is loaded once."""
        from podnotes.asr.engine import load_engine

        model = self._model(episode)
        key = _stated(model)
        if key not in self.engines:
            self.engines[key] = load_engine(model, self._speech, self._show(None))
        return self.engines[key]

    def is_made_by_another(self, transcript: Transcript) -> bool:
        """Tell whether a transcript was made by another model than this run's."""
        from podnotes.asr.throughput import suitable_model

        if self.options.model is None:
            return transcript.model not in {suitable_model("en"), suitable_model()}
        return transcript.model != model_name(self.options.model, None)

    def recipe(self, episode: Episode, audio: Path) -> str:
        """Return a hash of everything that the transcript depends on; only chunks with the same hash are joined.

        The audio's content is included, since another download may have other advertisements.
        """
        from podnotes.asr.speech_options import DECODING

        how = self._speech
        # Leaves out options that don't affect the result, such as the number of threads.
        words = (
            DECODING, _stated(self._model(episode)), episode.language, how.compute_type, how.beam_size, how.hotwords,
            content_of(audio),
        )  # fmt: skip
        return hashlib.sha256(repr(words).encode()).hexdigest()[:16]

    def transcribe(
        self,
        episode: Episode,
        audio: Path,
        *,
        done: Sequence[Chunk] = (),
        on_chunk: Callable[[Chunk], None] | None = None,
    ) -> Transcript:
        """Recognise an episode, resuming after the chunks ``done``, which must have the same hash."""
        from podnotes.asr.recognition import transcribe

        return transcribe(
            audio,
            self.engine(episode),
            language=episode.language,
            options=self._speech,
            done=done,
            on_chunk=on_chunk,
            on_progress=self._show(episode),
        )

    @property
    def _speech(self) -> SpeechOptions:
        return self.options.speech or SpeechOptions()

    def _model(self, episode: Episode) -> str | Path | Engine:
        from podnotes.asr.throughput import suitable_model

        model = self.options.model
        return suitable_model(episode.language) if model is None else model

    def _show(self, episode: Episode | None) -> Callable[[SpeechProgress], None]:
        return lambda progress: self.tell(progress_event(episode, progress))


def _stated(model: str | Path | Engine) -> str:
    return str(model) if isinstance(model, str | Path) else model.name


def model_name(model: str | Path | Engine | None, language: str | None) -> str:
    """Return the model name as recorded in transcripts; without a model, the default by machine and language."""
    if model is None:
        from podnotes.asr.throughput import suitable_model

        return suitable_model(language)
    if isinstance(model, str | Path) and Path(model).is_dir():
        return Path(model).resolve().name
    return _stated(model)


def content_of(audio: Path) -> str:
    """Return a hash of an audio file's content; "" if it can't be read, which is reported when decoding."""
    try:
        with audio.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
