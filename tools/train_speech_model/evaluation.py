"""How well an exported model does on sentences it never saw, through faster-whisper as everybody uses it."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.espeak import SAMPLE_RATE as SPOKEN_RATE
from tools.espeak import Espeak, Voice
from tools.train_speech_model.features import SAMPLE_RATE
from tools.train_speech_model.recordings import VARIANTS, resampled, through_mp3
from tools.word_errors import word_error_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from tools.train_speech_model.corpus import Corpus


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Audio of held-out sentences.

    Attributes:
        name: Of the kind.
        text: What is said.
        starts: When each sentence begins, in seconds.
        samples: At 16 kHz.
    """

    name: str
    text: str
    starts: tuple[float, ...]
    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Score:
    """How a model did.

    Attributes:
        audio: Name of the audio.
        mode: Name of the mode of faster-whisper.
        word_error_rate: Share of wrong words.
        real_time_factor: Seconds of computing for a second of audio.
        start_error: Median distance of segments' starts from the nearest sentence's start, in seconds.
    """

    audio: str
    mode: str
    word_error_rate: float
    real_time_factor: float
    start_error: float


def held_out_audio(corpus: Corpus, espeak: Espeak, *, seed: int = 11) -> Iterator[HeldOut]:
    """Speak held-out sentences: short ones, the same as MP3, by other voices, random words, and ten minutes."""
    choice = random.Random(seed)
    sentences = [*corpus.plain, *corpus.composed]
    choice.shuffle(sentences)
    text, starts, short = _spoken(sentences[:40], espeak, choice, [Voice()])
    yield HeldOut("short", text, starts, resampled(short, SPOKEN_RATE))
    yield HeldOut("short as MP3", text, starts, through_mp3(short, SPOKEN_RATE, 64_000, 44_100))
    yield HeldOut("short as MP3, 32 kbit/s", text, starts, through_mp3(short, SPOKEN_RATE, 32_000, 22_050))
    text, starts, other = _spoken(sentences[40:80], espeak, choice, [Voice(name) for name in VARIANTS])
    yield HeldOut("other voices", text, starts, resampled(other, SPOKEN_RATE))
    text, starts, salad = _spoken(corpus.salad[:40], espeak, choice, [Voice()])
    yield HeldOut("random words", text, starts, resampled(salad, SPOKEN_RATE))
    text, starts, long = _spoken(sentences[80:205], espeak, choice, [Voice()])
    yield HeldOut("ten minutes", text, starts, resampled(long, SPOKEN_RATE))


def sounds() -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Twenty seconds each of what is no speech, by name; nothing should be heard in them."""
    time = np.arange(20 * SAMPLE_RATE) / SAMPLE_RATE
    generator = np.random.default_rng(0)
    spectrum = np.fft.rfft(generator.standard_normal(len(time)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)))
    melody = 220 + 110 * np.floor(np.mod(3 * time, 4))
    yield "silence", np.zeros(len(time), np.float32)
    yield "tone", (0.3 * np.sin(2 * np.pi * 330 * time)).astype(np.float32)
    yield "music", (0.2 * np.sin(2 * np.pi * np.cumsum(melody) / SAMPLE_RATE)).astype(np.float32)
    yield "pink noise", (0.1 * pink / np.abs(pink).max()).astype(np.float32)


def modes(folder: Path, *, threads: int = 1) -> dict[str, Callable[[NDArray[np.float32]], Any]]:
    """The ways of calling faster-whisper that matter, by name; each takes samples and gives segments."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)
    batched = BatchedInferencePipeline(model)
    return {
        "transcribe": lambda x: model.transcribe(x, condition_on_previous_text=False)[0],
        "transcribe, VAD, words": lambda x: model.transcribe(
            x, condition_on_previous_text=False, vad_filter=True, word_timestamps=True
        )[0],
        "batched": lambda x: batched.transcribe(x, batch_size=8)[0],
        "batched, words": lambda x: batched.transcribe(x, batch_size=8, word_timestamps=True)[0],
        "batched, times": lambda x: batched.transcribe(x, batch_size=8, without_timestamps=False)[0],
        "batched, 8 s": lambda x: batched.transcribe(x, batch_size=8, chunk_length=8)[0],
    }


def evaluate(folder: Path, audio: Sequence[HeldOut]) -> Iterator[Score]:
    """Score an exported model on held-out audio in all modes."""
    for mode, recognise in modes(folder).items():
        for held_out in audio:
            begun = time.monotonic()
            segments = list(recognise(held_out.samples))
            taken = time.monotonic() - begun
            starts = np.array(held_out.starts)
            errors = [float(np.abs(starts - segment.start).min()) for segment in segments]
            yield Score(
                audio=held_out.name,
                mode=mode,
                word_error_rate=word_error_rate(held_out.text, " ".join(segment.text for segment in segments)),
                real_time_factor=taken / (len(held_out.samples) / SAMPLE_RATE),
                start_error=float(np.median(errors)) if errors else float("nan"),
            )


def _spoken(
    sentences: Sequence[str], espeak: Espeak, choice: random.Random, voices: Sequence[Voice]
) -> tuple[str, tuple[float, ...], NDArray[np.int16]]:
    parts: list[NDArray[np.int16]] = []
    starts = []
    length = 0
    for number, sentence in enumerate(sentences):
        speech = espeak.speak(sentence, voices[number % len(voices)])
        starts.append(length / SPOKEN_RATE + speech.start)
        pause = np.zeros(int(choice.uniform(0, 0.8) * SPOKEN_RATE), np.int16)
        parts += [speech.samples, pause]
        length += len(speech.samples) + len(pause)
    return " ".join(sentences), tuple(starts), np.concatenate(parts)
