"""The library: one SQLite file with feeds, episodes, transcripts, findings and a record of all drafts."""

from podnotes.library.corrections import CorrectionResult
from podnotes.library.drafts import DraftResult
from podnotes.library.episodes import Feed, KnownEpisode
from podnotes.library.maintenance import Check, Forgotten
from podnotes.library.search import FoundSentence, SearchResult
from podnotes.library.store import Choices, Library
from podnotes.library.voices import EpisodeVoice, VoiceSample

__all__ = [
    "Check",
    "Choices",
    "CorrectionResult",
    "DraftResult",
    "EpisodeVoice",
    "Feed",
    "Forgotten",
    "FoundSentence",
    "KnownEpisode",
    "Library",
    "SearchResult",
    "VoiceSample",
]
