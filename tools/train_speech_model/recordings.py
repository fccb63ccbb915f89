"""How the corpus sounds: sentences spoken by espeak-ng, some of them through an MP3.

They are kept as log-mel powers, with the times of words and phonemes.
"""

from __future__ import annotations

import io
import itertools
import json
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from tools.espeak import SAMPLE_RATE as SPOKEN_RATE
from tools.espeak import Espeak, Phoneme, SpokenWord, Voice
from tools.train_speech_model.features import FRAMES_PER_SECOND, SAMPLE_RATE, log_power

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MAIN_VOICE = Voice()
VARIANTS = ("en-us+f2", "en-us+f3", "en-us+f5", "en-us+m2", "en-us+m3", "en-us+m7")
"""Other voices that take part; all of them speak with the phonemes of ``en-us``."""

MP3_CODINGS = ((32_000, 22_050), (48_000, 22_050), (64_000, 44_100), (96_000, 44_100))
"""Bit rate and sampling rate of podcasts' MP3s."""

_SENTENCES_A_REEL = 80
_MP3_SHARE, _MAIN_VOICE_SHARE, _PLAIN_SPEED_SHARE = 0.25, 0.6, 0.65


@dataclass(frozen=True, slots=True)
class Recording:
    """A spoken sentence.

    Attributes:
        text: What is said.
        power: Log10 mel powers, shape (bands, frames), a frame each 10 ms.
        words: Start and end of each word, in seconds from the first frame.
        phonemes: Name and start of each phoneme, likewise.
    """

    text: str
    power: NDArray[np.float16]
    words: tuple[tuple[float, float], ...]
    phonemes: tuple[tuple[str, float], ...]


def prepare(sentences: Sequence[str], folder: Path, *, processes: int = 1, seed: int = 5) -> list[Recording]:
    """Speak sentences and keep their features, about 60 MB an hour of speech.

    Args:
        sentences: What to say.
        folder: Where to keep it, for `load`; made if missing.
        processes: How many to work with.
        seed: Of voices, speeds and codings.

    Returns:
        The recordings, in the order of the sentences.
    """
    choice = random.Random(seed)
    reels = [sentences[start : start + _SENTENCES_A_REEL] for start in range(0, len(sentences), _SENTENCES_A_REEL)]
    codings = [choice.choice(MP3_CODINGS) if choice.random() < _MP3_SHARE else None for _ in reels]
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(processes) as pool:
        recordings = list(
            itertools.chain.from_iterable(pool.map(_record, reels, codings, range(seed, seed + len(reels))))
        )
    np.save(folder / "power.npy", np.concatenate([recording.power for recording in recordings], axis=1))
    described = [
        {"text": r.text, "frames": r.power.shape[1], "words": r.words, "phonemes": r.phonemes} for r in recordings
    ]
    (folder / "recordings.json").write_text(json.dumps(described), encoding="utf-8")
    return recordings


def load(folder: Path) -> list[Recording]:
    """Read what `prepare` kept.

    Raises:
        FileNotFoundError: If nothing was prepared there.
    """
    power = np.load(folder / "power.npy", mmap_mode="r")
    recordings, start = [], 0
    for item in json.loads((folder / "recordings.json").read_text(encoding="utf-8")):
        words = tuple((first, last) for first, last in item["words"])
        phonemes = tuple((name, moment) for name, moment in item["phonemes"])
        recordings.append(Recording(item["text"], power[:, start : start + item["frames"]], words, phonemes))
        start += item["frames"]
    return recordings


def resampled(samples: NDArray[np.int16], rate: int) -> NDArray[np.float32]:
    """Mono 16 bit samples as the features want them: at 16 kHz, from -1 to 1."""
    return _pcm(_frames(samples, rate))


def through_mp3(samples: NDArray[np.int16], rate: int, bit_rate: int, coded_rate: int) -> NDArray[np.float32]:
    """The same, after it was coded as an MP3 and decoded again."""
    memory = io.BytesIO()
    with av.open(memory, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=coded_rate, layout="mono")
        stream.bit_rate = bit_rate
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=coded_rate)
        for frame in [*_frames(samples, rate), None]:
            for piece in resampler.resample(frame):
                container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    memory.seek(0)
    with av.open(memory, "r") as container:
        return _pcm(container.decode(audio=0))


def _record(sentences: Sequence[str], coding: tuple[int, int] | None, seed: int) -> list[Recording]:
    """A reel: sentences one after the other, coded in one piece."""
    choice = random.Random(seed)
    espeak = Espeak()
    parts: list[NDArray[np.int16]] = [np.zeros(4000, np.int16)]
    length = len(parts[0])
    spoken = []
    for sentence in sentences:
        voice = _voice(choice)
        speech = espeak.speak(sentence, voice)
        samples = speech.samples[int(speech.start * SPOKEN_RATE) : int(speech.end * SPOKEN_RATE)]
        spoken.append((sentence, speech, length / SPOKEN_RATE))
        pause = np.zeros(choice.randint(int(0.15 * SPOKEN_RATE), int(0.3 * SPOKEN_RATE)), np.int16)
        parts += [samples, pause]
        length += len(samples) + len(pause)
    reel = np.concatenate(parts)
    heard = through_mp3(reel, SPOKEN_RATE, *coding) if coding else resampled(reel, SPOKEN_RATE)
    power = log_power(heard)
    recordings = []
    for sentence, speech, start in spoken:
        first = int(start * FRAMES_PER_SECOND) - 2
        last = int(np.ceil((start + speech.end - speech.start) * FRAMES_PER_SECOND)) + 3
        shift = start - speech.start - first / FRAMES_PER_SECOND
        recordings.append(
            Recording(
                sentence,
                power[:, first:last].astype(np.float16),
                tuple(_shifted(word, shift) for word in speech.words),
                tuple(_named(phoneme, shift) for phoneme in speech.phonemes),
            )
        )
    return recordings


def _voice(choice: random.Random) -> Voice:
    rate, pitch = MAIN_VOICE.rate, MAIN_VOICE.pitch
    if choice.random() >= _PLAIN_SPEED_SHARE:
        rate, pitch = choice.randint(135, 170), choice.randint(38, 62)
    name = MAIN_VOICE.name if choice.random() < _MAIN_VOICE_SHARE else choice.choice(VARIANTS)
    return Voice(name, rate, pitch)


def _shifted(word: SpokenWord, seconds: float) -> tuple[float, float]:
    return round(word.start + seconds, 4), round(word.end + seconds, 4)


def _named(phoneme: Phoneme, seconds: float) -> tuple[str, float]:
    return phoneme.name, round(phoneme.start + seconds, 4)


def _frames(samples: NDArray[np.int16], rate: int) -> list[av.AudioFrame]:
    frames = []
    for start in range(0, len(samples), rate):
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, start : start + rate], format="s16", layout="mono")
        frame.sample_rate = rate
        frame.pts = start
        frames.append(frame)
    return frames


def _pcm(frames: Any) -> NDArray[np.float32]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    pieces = [piece.to_ndarray()[0] for frame in itertools.chain(frames, [None]) for piece in resampler.resample(frame)]
    return (np.concatenate(pieces) / 32768).astype(np.float32)
