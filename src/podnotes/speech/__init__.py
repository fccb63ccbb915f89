"""Speech to text: recognition with faster-whisper, publishers' transcripts, transcript formats, speech models.

Names are imported when they are first used: reading a transcript loads no speech model's package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.speech.engine import Engine, Hypothesis
    from podnotes.speech.formats import format_transcript, parse_transcript, read_transcript, write_transcript
    from podnotes.speech.model_store import SpeechModel, download_model, find_model, list_models
    from podnotes.speech.options import SpeechOptions, SpeechProgress
    from podnotes.speech.publisher import fetch_transcript
    from podnotes.speech.recognition import transcribe
    from podnotes.speech.spans import time_words
    from podnotes.speech.speeds import suitable_model
    from podnotes.speech.voice import Window


__all__ = [
    "Engine",
    "Hypothesis",
    "SpeechModel",
    "SpeechOptions",
    "SpeechProgress",
    "Window",
    "download_model",
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

__getattr__, __dir__ = _lazy.attach(
    __name__,
    {
        "engine": "Engine Hypothesis",
        "formats": "format_transcript parse_transcript read_transcript write_transcript",
        "model_store": "SpeechModel download_model find_model list_models",
        "options": "SpeechOptions SpeechProgress",
        "publisher": "fetch_transcript",
        "recognition": "transcribe",
        "spans": "time_words",
        "speeds": "suitable_model",
        "voice": "Window",
    },
)
