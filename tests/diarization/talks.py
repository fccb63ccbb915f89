"""Talks of several synthetic voices with known turns, spoken by espeak-ng."""

from __future__ import annotations

import shutil
import subprocess
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podnotes.audio.decode import SAMPLE_RATE, AudioReader

if TYPE_CHECKING:
    from numpy.typing import NDArray

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")

WOMAN, MAN = "en-us+f3", "en-us+m7"


@dataclass(frozen=True)
class Document:
    """A talk.

    Attributes:
        samples: Mono, 16 kHz.
        turns: Start and end in seconds of what is said, by whom, and the words.
    """

    samples: NDArray[np.float32]
    turns: tuple[tuple[float, float, str, str], ...]


@cache
def say(voice: str, text: str) -> NDArray[np.float32]:
    """Let a voice say something; without the silence around it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-w", str(path), text], check=True)
        with AudioReader(path) as reader:
            samples = np.concatenate(list(reader.blocks(60.0)))
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1]]


def talk(*said: tuple[str, str], pause: float = 0.4) -> Document:
    """Let voices speak one after the other, each given with its words."""
    parts, turns, at = [np.zeros(SAMPLE_RATE // 2, np.float32)], [], 0.5
    for voice, text in said:
        samples = say(voice, text)
        length = len(samples) / SAMPLE_RATE
        turns.append((at, at + length, voice, text))
        parts += [samples, np.zeros(round(pause * SAMPLE_RATE), np.float32)]
        at += length + pause
    return Document(np.concatenate(parts), tuple(turns))


def write_wav(path: Path, samples: NDArray[np.float32]) -> Path:
    """Write samples of the shape (samples,) or (samples, 2)."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else 2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def through_telephone(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Leave what a telephone lets through, with the slopes of a filter of fourth order."""
    spectrum = np.fft.rfft(samples)
    hertz = np.maximum(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE), 1.0)
    passes = 1 / np.sqrt((1 + (300 / hertz) ** 8) * (1 + (hertz / 3400) ** 8))
    return np.fft.irfft(spectrum * passes, len(samples)).astype(np.float32)
