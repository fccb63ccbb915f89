"""Speaker diarization: voices, turns, assignment of words to speakers, and naming.

Names are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.diarization.assignment import assign_speakers
    from podnotes.diarization.clustering import Voice
    from podnotes.diarization.diarizer import Diarization, DiarizedChunk, diarize
    from podnotes.diarization.embedding import LocalSpeakers, load_speaker_model
    from podnotes.diarization.enrollment import KnownVoice, match_voices
    from podnotes.diarization.labeling import DETAIL, Labeled, label_speakers
    from podnotes.diarization.naming import Naming, name_voices
    from podnotes.diarization.networks import speaker_model_id
    from podnotes.diarization.turns import Turn

__all__ = [
    "DETAIL",
    "Diarization",
    "DiarizedChunk",
    "KnownVoice",
    "Labeled",
    "LocalSpeakers",
    "Naming",
    "Turn",
    "Voice",
    "assign_speakers",
    "diarize",
    "label_speakers",
    "load_speaker_model",
    "match_voices",
    "name_voices",
    "speaker_model_id",
]

__getattr__, __dir__ = _lazy.attach(
    __name__,
    {
        "assignment": "assign_speakers",
        "clustering": "Voice",
        "diarizer": "Diarization DiarizedChunk diarize",
        "embedding": "LocalSpeakers load_speaker_model",
        "enrollment": "KnownVoice match_voices",
        "labeling": "DETAIL Labeled label_speakers",
        "naming": "Naming name_voices",
        "networks": "speaker_model_id",
        "turns": "Turn",
    },
)
