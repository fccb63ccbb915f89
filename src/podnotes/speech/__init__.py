"""Speech to text: recognition with faster-whisper, publishers' transcripts, transcript formats, speech models.

Names are imported when they are first used: reading a transcript loads no speech model's package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.speech.engine import Engine, Hypothesis
    from podnotes.speech.formats import format_transcript, parse_transcript, read_transcript, write_transcript
    from podnotes.speech.model_store import SpeechModel, download_model, find_model, list_models
    from podnotes.speech.options import SpeechOptions, SpeechProgress
    from podnotes.speech.publisher import fetch_transcript
    from podnotes.speech.recognition import transcribe
    from podnotes.speech.spans import time_words
    from podnotes.speech.speeds import expected_seconds, suitable_model
    from podnotes.speech.voice import Window

_HOME = {
    "Engine": "engine",
    "Hypothesis": "engine",
    "SpeechModel": "model_store",
    "SpeechOptions": "options",
    "SpeechProgress": "options",
    "Window": "voice",
    "download_model": "model_store",
    "expected_seconds": "speeds",
    "fetch_transcript": "publisher",
    "find_model": "model_store",
    "format_transcript": "formats",
    "list_models": "model_store",
    "parse_transcript": "formats",
    "read_transcript": "formats",
    "suitable_model": "speeds",
    "time_words": "spans",
    "transcribe": "recognition",
    "write_transcript": "formats",
}

__all__ = [
    "Engine",
    "Hypothesis",
    "SpeechModel",
    "SpeechOptions",
    "SpeechProgress",
    "Window",
    "download_model",
    "expected_seconds",
    "fetch_transcript",
    "find_model",
    "format_transcript",
    "list_models",
    "parse_transcript",
    "read_transcript",
    "suitable_model",
    "time_words",
    "transcribe",
    "write_transcript",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
