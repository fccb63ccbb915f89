"""Speech engines: the protocol, and its implementation with faster-whisper.

An engine is any object with the attributes and methods of :class:`Engine`. Pass it to ``transcribe`` instead of a
model's name, or register it as an entry point in the group ``podnotes.engines``. The model name ``ENGINE`` or
``ENGINE:MODEL`` then calls the entry point ``ENGINE`` with MODEL ("" if not given) and the
:class:`~podnotes.SpeechOptions`.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from podnotes.asr.hardware import cuda_devices, memory_gb, physical_cores
from podnotes.asr.speech_options import SpeechProgress
from podnotes.audio.decode import SAMPLE_RATE
from podnotes.errors import ModelError, PodnotesError, SpeechError
from podnotes.interruption import check_given_up, interruptible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.metadata import EntryPoint

    import numpy as np
    from numpy.typing import NDArray

    from podnotes.asr.speech_options import SpeechOptions
    from podnotes.asr.vad import Window
    from podnotes.models import Word


# Measured with int8 models of the size of Whisper's base, small and medium: peak memory while loading, as a multiple of
# the file size; memory used for everything but the model; and the share of the memory that podnotes may use.
_LOADING_SHARE, _BESIDES_GB, _SHARE = 1.25, 0.4, 0.6
# Punctuation that belongs to the next and to the previous word, as in faster-whisper.
_OPENING, _CLOSING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
# Smaller than any model file of Whisper's tiny.
_SMALLEST_GB = 0.03


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A segment recognised by an engine.

    Attributes:
        start: Seconds from the start of the samples.
        end: Seconds from the start of the samples.
        text: The words.
        logprob: Mean log-probability of the tokens, or None if unknown.
        words: Words with times, or ().
        spoken: Most likely language of its window (primary subtag) and the probability, or None if unknown.
        language: Language of the words (primary subtag) if it differs from the requested one, else None.
    """

    start: float
    end: float
    text: str
    logprob: float | None = None
    words: tuple[Word, ...] = ()
    spoken: tuple[str, float] | None = None
    language: str | None = None


@runtime_checkable
class Engine(Protocol):
    """Protocol of speech engines.

    Attributes:
        name: Recorded as the transcript's model.
        details: Provenance for the record: engine, version, settings.
        languages: Supported languages, primary subtag only ("en").
        batch_size: Preferred number of windows per call.
        window_s: Maximum length of a window in seconds; 30 for Whisper.
    """

    name: str
    details: dict[str, str]
    languages: frozenset[str]
    batch_size: int
    window_s: float

    def recognise(
        self,
        samples: NDArray[np.float32],
        windows: Sequence[Window],
        *,
        language: str,
        hotwords: Sequence[str] = (),
    ) -> Iterator[list[Hypothesis]]:
        """Recognise each window independently.

        Args:
            samples: Mono, 16 kHz.
            windows: In order, each at most ``window_s`` long.
            language: Primary subtag.
            hotwords: Words to expect; an engine may ignore them.

        Yields:
            Hypotheses for each window, in order, with times from the start of ``samples``.
        """
        ...

    def detect_language(self, samples: NDArray[np.float32], windows: Sequence[Window]) -> tuple[str, float]:
        """Detect the language spoken in the given windows.

        Returns:
            Primary subtag and probability.
        """
        ...


@runtime_checkable
class Aligner(Engine, Protocol):
    """An engine that can also align a given text with the audio."""

    def align(self, samples: NDArray[np.float32], text: str, *, language: str) -> Sequence[Word]:
        """Find the time of each word of a text.

        Args:
            samples: At most ``window_s`` seconds; mono, 16 kHz.
            text: The text spoken in the samples.
            language: Primary subtag.

        Returns:
            One word for each space-separated word of ``text``, with times from the start of ``samples``; () if
            alignment fails.
        """
        ...


class FasterWhisper:
    """A Whisper model in CTranslate2 format, run by faster-whisper (https://github.com/SYSTRAN/faster-whisper).

    Args:
        folder: Folder of the model.
        name: Name of the model.
        options: Device, compute type, threads, batch and beam size.

    Raises:
        ModelError: The folder contains no model that can be loaded.
        SpeechError: The device was requested explicitly and can't be used.
    """

    def __init__(self, folder: Path, name: str, options: SpeechOptions) -> None:
        self.name = name
        self.warnings: list[str] = []
        self.details: dict[str, str] = {}
        self.batch_size = 1
        self._folder, self._options = folder, options
        self._batches = threading.Lock()  # an aborted batch keeps running for a while
        device = options.device
        if device == "auto":
            device = "cuda" if cuda_devices() else "cpu"
        try:
            self._start(device, options.compute_type)
        except (RuntimeError, ValueError, OSError) as error:
            if options.device == "cuda":
                raise SpeechError(f"The GPU can't be used ({_first_line(error)}); try --device cpu.") from error
            if device == "cpu":
                raise self._unusable(error) from error
            self._fall_back(error)
        # A model may have been trained on shorter windows.
        self.window_s = float(min(self._model.feature_extractor.chunk_length, 30))
        self.languages = frozenset(self._model.supported_languages)

    def _start(self, device: str, compute_type: str) -> None:
        import ctranslate2
        import faster_whisper

        options = self._options
        threads = options.threads or physical_cores()
        batch = self._batch(device, threads)
        self._model, compute_type = _load(self._folder, device, compute_type, threads)
        self._spoken = _Spoken(self._model)
        self._pipeline = faster_whisper.BatchedInferencePipeline(self._model)
        self.batch_size = batch
        self.details |= {
            "engine": f"faster-whisper {faster_whisper.__version__}, CTranslate2 {ctranslate2.__version__}",
            "model": self.name,
            "device": device,
            "compute_type": compute_type,
            "threads": str(threads) if device == "cpu" else "",
            "batch_size": str(self.batch_size),
            "beam_size": str(options.beam_size),
        }

    def _batch(self, device: str, threads: int) -> int:
        """Choose the batch size: on a CPU, two windows per thread are fastest; their memory grows with the model.

        Raises:
            ModelError: There isn't enough memory for the model alone.
        """
        if device == "cuda":
            return self._options.batch_size or 16
        file_gb = sum(file.stat().st_size for file in self._folder.glob("model*.bin")) / 1e9
        needed = _BESIDES_GB + max(file_gb * _LOADING_SHARE, file_gb + _window_gb(file_gb))
        if needed > memory_gb():
            raise ModelError(
                f"The speech model {self.name} needs about {needed:.1f} GB of memory, but this computer has "
                f"{memory_gb():.1f} GB: choose a smaller one (podnotes models)."
            )
        if self._options.batch_size:
            return self._options.batch_size
        # Models smaller than Whisper's smallest spend their time on the calls, not on computation.
        fastest = 8 if file_gb < _SMALLEST_GB else min(8, 2 * threads)
        # Leave memory for other programs.
        room = memory_gb() * _SHARE - _BESIDES_GB - file_gb
        return next((size for size in (8, 4, 2) if size <= fastest and size * _window_gb(file_gb) <= room), 1)

    def _fall_back(self, error: Exception) -> None:
        """Switch to the CPU.

        Raises:
            ModelError: The model can't be loaded there either.
        """
        self.warnings.append(f"The GPU can't be used ({_first_line(error)}); the CPU was used instead.")
        try:
            self._start("cpu", "auto")
        except (RuntimeError, ValueError, OSError) as second:
            raise self._unusable(second) from second

    def _unusable(self, error: Exception) -> ModelError:
        return ModelError(
            f"The speech model in {self._folder} can't be loaded ({_first_line(error)}); download it again."
        )

    def recognise(
        self,
        samples: NDArray[np.float32],
        windows: Sequence[Window],
        *,
        language: str,
        hotwords: Sequence[str] = (),
    ) -> Iterator[list[Hypothesis]]:
        """See :meth:`Engine.recognise`."""
        settings: dict[str, Any] = {
            "language": language,
            "vad_filter": False,
            # With timestamps, Whisper may end its last segment before the window ends and drop the rest. Sequential
            # decoding continues from there; batched decoding can't.
            "without_timestamps": True,
            "word_timestamps": True,
            "beam_size": self._options.beam_size,
            "hotwords": _as_sentence(hotwords),
        }
        first = 0
        while first < len(windows):
            # One batch per call: faster-whisper computes the features of all given windows before it starts decoding.
            batch = windows[first : first + self.batch_size]
            check_given_up()
            try:
                with self._batches:
                    found = self._recognise_batch(samples, batch, settings)
            except RuntimeError as error:
                if not self._relieve(error):
                    raise
                continue
            first += len(batch)
            yield from found

    def _recognise_batch(
        self, samples: NDArray[np.float32], batch: Sequence[Window], settings: dict[str, Any]
    ) -> list[list[Hypothesis]]:
        self._spoken.clear()
        segments, _ = self._pipeline.transcribe(
            samples,
            clip_timestamps=[{"start": window.start, "end": window.end} for window in batch],
            batch_size=len(batch),
            **settings,
        )
        # Segments give the start of their window in hundredths of a second.
        places = {_place(window.start): index for index, window in enumerate(batch)}
        found: list[list[Hypothesis]] = [[] for _ in batch]
        for segment in segments:
            index = places[segment.seek]
            found[index].append(_hypothesis(segment, batch[index]))
        return self._spoken.noted(found)

    def _relieve(self, error: RuntimeError) -> bool:
        """Reduce the batch size after a failure, or switch to the CPU; return False if neither is possible."""
        if "out of memory" in str(error).lower() and self.batch_size > 1:
            self.batch_size //= 2
            self.details["batch_size"] = str(self.batch_size)
            return True
        if self._options.device == "auto" and self.details["device"] == "cuda":
            self._fall_back(error)
            return True
        return False

    def detect_language(self, samples: NDArray[np.float32], windows: Sequence[Window]) -> tuple[str, float]:
        """See :meth:`Engine.detect_language`."""
        import numpy as np

        if len(self.languages) == 1:
            return next(iter(self.languages)), 1.0
        pieces = [samples[round(w.start * SAMPLE_RATE) : round(w.end * SAMPLE_RATE)] for w in windows]
        if not pieces:
            pieces = [samples]
        totals: dict[str, float] = {}
        for piece in pieces:
            _, _, probabilities = self._model.detect_language(np.ascontiguousarray(piece))
            for tag, probability in probabilities:
                totals[tag] = totals.get(tag, 0.0) + probability / len(pieces)
        return max(totals.items(), key=lambda item: item[1])

    def align(self, samples: NDArray[np.float32], text: str, *, language: str) -> Sequence[Word]:
        """See :meth:`Aligner.align`."""
        import numpy as np
        from faster_whisper.audio import pad_or_trim
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import merge_punctuations

        model = self._model
        tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)
        features = model.feature_extractor(samples)[..., :-1]
        tokens = tokenizer.encode(" " + text)
        if not tokens or len(tokens) >= model.max_length:
            return ()
        encoded = model.encode(np.ascontiguousarray(pad_or_trim(features)))
        pieces = model.find_alignment(tokenizer, [tokens], encoded, features.shape[-1])[0]
        merge_punctuations(pieces, _OPENING, _CLOSING)
        words = _between_spaces([SimpleNamespace(**piece) for piece in pieces], spaced=True)
        return words if [word.text for word in words] == text.split() else ()


class _Spoken:
    """Records the most likely language of each window in a batch, using the encoder output computed for decoding.

    Encoding costs as much as decoding, but detecting the language from its output takes only one decoder step.

    Args:
        model: A ``faster_whisper.WhisperModel``.
    """

    def __init__(self, model: Any) -> None:
        self._languages: list[tuple[str, float]] = []
        encode = model.encode

        def listen(features: NDArray[np.float32]) -> Any:
            encoded = encode(features)
            check_given_up()
            for ranked in model.model.detect_language(encoded) if model.model.is_multilingual else ():
                token, probability = ranked[0]
                self._languages.append((token.strip("<|>"), float(probability)))
            return encoded

        model.encode = listen

    def clear(self) -> None:
        """Discard the languages of the previous batch."""
        self._languages.clear()

    def noted(self, found: list[list[Hypothesis]]) -> list[list[Hypothesis]]:
        """Return the hypotheses of the batch with the most likely language of their windows."""
        if len(self._languages) != len(found):
            return found
        return [
            [replace(hypothesis, spoken=spoken) for hypothesis in hypotheses]
            for hypotheses, spoken in zip(found, self._languages, strict=True)
        ]


def load_engine(
    model: str | os.PathLike[str] | Engine,
    options: SpeechOptions,
    on_progress: Callable[[SpeechProgress], None] | None = None,
) -> Engine:
    """Create an engine from a model's name or folder.

    Args:
        model: Name or folder of a Whisper model; ``ENGINE`` or ``ENGINE:MODEL`` with the name of an installed engine;
            or an engine, which is returned unchanged.
        options: Options of speech recognition.
        on_progress: Called with the progress of loading and downloading, in the caller's thread, at least every half
            second.

    Raises:
        ModelError: There is no such model, or it can't be loaded or downloaded.
    """
    from podnotes.asr.model_store import find_model, installed_engines, is_known

    if not isinstance(model, str | os.PathLike):
        return model
    tell = on_progress or (lambda _: None)
    is_folder = Path(model).is_dir()
    engine, _, rest = str(model).partition(":")
    if not is_folder and not is_known(str(model)) and (point := installed_engines().get(engine)) is not None:
        return interruptible(partial(_from_plugin, point, rest, options), partial(tell, SpeechProgress("load", 0.0)))
    folder = find_model(
        Path(model) if is_folder else str(model),
        models_dir=options.models_dir,
        mirror=options.mirror,
        offline=options.offline,
        on_progress=on_progress,
    )
    name = folder.name if is_folder else str(model)
    return interruptible(partial(FasterWhisper, folder, name, options), partial(tell, SpeechProgress("load", 0.0)))


def _from_plugin(point: EntryPoint, model: str, options: SpeechOptions) -> Engine:
    try:
        made = point.load()(model, options)
    except PodnotesError:
        raise
    except Exception as error:  # third-party code
        with_what = f" with {model}" if model else ""
        raise ModelError(f"The speech engine {point.name} can't be used{with_what}: {_first_line(error)}.") from error
    if not isinstance(made, Engine):
        raise ModelError(f"The speech engine {point.name} isn't one that podnotes can use; see docs/speech.md.")
    return made


def _load(folder: Path, device: str, compute_type: str, threads: int) -> tuple[Any, str]:
    """Load a model; returns it and its compute type."""
    import ctranslate2
    import faster_whisper

    supported = ctranslate2.get_supported_compute_types(device)
    if compute_type == "auto":
        wanted = ("float16", "int8_float16", "float32") if device == "cuda" else ("int8", "int8_float32", "float32")
        compute_type = next((kind for kind in wanted if kind in supported), "default")
    elif compute_type not in {"default", *supported}:
        choice = ", ".join(["auto", *sorted(supported)])
        raise SpeechError(f"The compute type {compute_type} isn't supported on {device}; choose one of {choice}.")
    model = faster_whisper.WhisperModel(
        str(folder), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
    )
    return model, compute_type


def _window_gb(file_gb: float) -> float:
    """Estimate the memory of a 30 s window in a batch: attention of every step to all others, once per head."""
    return 0.15 + 0.05 * file_gb


def _as_sentence(terms: Sequence[str]) -> str | None:
    """Return the terms as a sentence, because the decoder continues a sentence with capitals and full stops."""
    listed = ", ".join(terms)
    return f"{listed[0].upper()}{listed[1:]}." if listed else None


def _place(start: float) -> int:
    # The same rounding to samples as in faster-whisper.
    return int(int(start * SAMPLE_RATE) / SAMPLE_RATE * 100)


def _hypothesis(segment: Any, window: Window) -> Hypothesis:
    start = min(max(segment.start, window.start), window.end)
    text = segment.text.strip()
    words = _between_spaces(segment.words or (), spaced=" " in text)
    return Hypothesis(start, min(max(segment.end, start), window.end), text, segment.avg_logprob, words)


def _between_spaces(pieces: Sequence[Any], *, spaced: bool) -> tuple[Word, ...]:
    """Join faster-whisper's tokens into space-separated words: " 80" and "%", " i" and ".e.".

    In languages without spaces, the tokens are the words.
    """
    from podnotes.models import Word

    words: list[Word] = []
    for piece in pieces:
        bare = piece.word.strip()
        if not bare:
            continue
        start, end, probability = float(piece.start), float(piece.end), float(piece.probability)
        if spaced and words and not piece.word.startswith(" "):
            before = words.pop()
            # Punctuation isn't spoken, so its time means nothing.
            if any(map(str.isalnum, bare)):
                probability = min(probability, before.probability or 0.0)
            else:
                end, probability = before.end, before.probability or 0.0
            start, bare = before.start, before.text + bare
        words.append(Word(round(start, 3), round(max(start, end), 3), bare, round(probability, 3)))
    return tuple(words)


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0].strip().rstrip(".") or type(error).__name__
