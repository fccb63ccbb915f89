"""Who speaks: voices told apart, turns, whose the words are, and what the people are called.

Names are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.diarization.attributing import attribute, changing_spans
    from podnotes.diarization.clustering import Voice
    from podnotes.diarization.embeddings import Prints
    from podnotes.diarization.listening import Diarization, VoiceStretch, diarize
    from podnotes.diarization.naming import Naming, name_voices
    from podnotes.diarization.remembering import KnownVoice, match_voices
    from podnotes.diarization.signing import DETAIL, Signed, sign
    from podnotes.diarization.turns import Turn


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

__getattr__, __dir__ = _lazy.attach(
    __name__,
    {
        "attributing": "attribute changing_spans",
        "clustering": "Voice",
        "embeddings": "Prints",
        "listening": "Diarization VoiceStretch diarize",
        "naming": "Naming name_voices",
        "remembering": "KnownVoice match_voices",
        "signing": "DETAIL Signed sign",
        "turns": "Turn",
    },
)
