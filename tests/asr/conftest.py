"""Spoken audio with known words and times: pieces of the sample podcast."""

from __future__ import annotations

import json
import re
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podnotes.audio.decode import SAMPLE_RATE, AudioReader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from podnotes.models import Transcript


@dataclass(frozen=True)
class Spoken:
    """Audio whose words and times are known.

    Attributes:
        samples: Mono, 16 kHz.
        words: Start, end, and the word in lower case.
        sentences: Start, end, and the sentence.
    """

    samples: NDArray[np.float32]
    words: tuple[tuple[float, float, str], ...]
    sentences: tuple[tuple[float, float, str], ...]

    def part(self, start: float, end: float) -> Spoken:
        """What is said between two seconds, times from the first."""
        return Spoken(
            self.samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)],
            tuple((a - start, b - start, word) for a, b, word in self.words if a >= start and b <= end),
            tuple((a - start, b - start, text) for a, b, text in self.sentences if a >= start and b <= end),
        )


def plain(text: str) -> list[str]:
    """Words as they are compared: lower case, without punctuation."""
    return re.findall(r"[a-z']+", text.lower())


def word_error_rate(transcript: Transcript, spoken: Spoken) -> float:
    """Substitutions, deletions and insertions per word said."""
    said = [word for _, _, text in spoken.sentences for word in plain(text)]
    heard = plain(transcript.text)
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        above, row = row, [i, *[0] * len(heard)]
        for j, other in enumerate(heard, 1):
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (word != other))
    return row[-1] / max(1, len(said))


def write_wav(
    path: Path, samples: NDArray[np.float32] | Sequence[NDArray[np.float32]], rate: int = SAMPLE_RATE
) -> Path:
    """Write samples (or channels of them) as 16 bits."""
    channels = samples if isinstance(samples, list | tuple) else [samples]
    data = np.stack([np.asarray(channel) for channel in channels], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(data.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(data, -1, 1) * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="session")
def spoken(sample_podcast: Path) -> Spoken:
    """The sample episode on touch."""
    name = "what-touch-tells-the-brain"
    with AudioReader(sample_podcast / "audio" / f"{name}.mp3") as reader:
        samples = np.concatenate(list(reader.blocks(60.0)))
    truth = json.loads((sample_podcast / "truth" / f"{name}.json").read_text(encoding="utf-8"))["sentences"]
    words = tuple((a, b, plain(word)[0]) for sentence in truth for word, a, b, *_ in sentence["words"] if plain(word))
    return Spoken(samples, words, tuple((s["start"], s["end"], s["text"]) for s in truth))


@pytest.fixture(scope="session")
def minute(spoken: Spoken, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Spoken]:
    """The first sentences of it, about 40 seconds, as a file."""
    end = next(end for _, end, _ in spoken.sentences if end > 40) + 0.3
    part = spoken.part(0.0, end)
    return write_wav(tmp_path_factory.mktemp("spoken") / "minute.wav", part.samples), part
