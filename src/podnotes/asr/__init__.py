"""Speech recognition: turns audio into a transcript on the user's own computer.

Names are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.asr.engine import Engine, Hypothesis
    from podnotes.asr.model_store import SpeechModel, download_model, find_model, list_models
    from podnotes.asr.recognition import transcribe
    from podnotes.asr.speech_options import SpeechOptions, SpeechProgress
    from podnotes.asr.throughput import suitable_model
    from podnotes.asr.vad import Window
    from podnotes.asr.word_times import time_words

__all__ = [
    "Engine",
    "Hypothesis",
    "SpeechModel",
    "SpeechOptions",
    "SpeechProgress",
    "Window",
    "download_model",
    "find_model",
    "list_models",
    "suitable_model",
    "time_words",
    "transcribe",
]

__getattr__, __dir__ = _lazy.attach(
    __name__,
    {
        "engine": "Engine Hypothesis",
        "model_store": "SpeechModel download_model find_model list_models",
        "speech_options": "SpeechOptions SpeechProgress",
        "recognition": "transcribe",
        "throughput": "suitable_model",
        "vad": "Window",
        "word_times": "time_words",
    },
)
