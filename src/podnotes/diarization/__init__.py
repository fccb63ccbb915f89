"""Who speaks: voices told apart, turns, whose the words are, and what the people are called.

Names are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.diarization.attributing import attribute, changing_spans
    from podnotes.diarization.clustering import Voice
    from podnotes.diarization.embeddings import Prints
    from podnotes.diarization.listening import Diarization, VoiceStretch, diarize
    from podnotes.diarization.naming import Naming, name_voices
    from podnotes.diarization.remembering import KnownVoice, match_voices
    from podnotes.diarization.signing import DETAIL, Signed, sign
    from podnotes.diarization.turns import Turn

_HOME = {
    "DETAIL": "signing",
    "Diarization": "listening",
    "KnownVoice": "remembering",
    "Naming": "naming",
    "Prints": "embeddings",
    "Signed": "signing",
    "Turn": "turns",
    "Voice": "clustering",
    "VoiceStretch": "listening",
    "attribute": "attributing",
    "changing_spans": "attributing",
    "diarize": "listening",
    "match_voices": "remembering",
    "name_voices": "naming",
    "sign": "signing",
}

__all__ = [
    "DETAIL",
    "Diarization",
    "KnownVoice",
    "Naming",
    "Prints",
    "Signed",
    "Turn",
    "Voice",
    "VoiceStretch",
    "attribute",
    "changing_spans",
    "diarize",
    "match_voices",
    "name_voices",
    "sign",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
