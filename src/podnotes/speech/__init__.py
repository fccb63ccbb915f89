"""Speech to text: recognition with faster-whisper, publishers' transcripts, transcript formats.

Names are imported when they are first used: reading a transcript loads no speech model's package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.speech.formats import format_transcript, parse_transcript, read_transcript, write_transcript

_HOME = {
    "format_transcript": "formats",
    "parse_transcript": "formats",
    "read_transcript": "formats",
    "write_transcript": "formats",
}

__all__ = [
    "format_transcript",
    "parse_transcript",
    "read_transcript",
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
