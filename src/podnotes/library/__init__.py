"""The library: one SQLite file with feeds, episodes, transcripts, findings and a record of all drafts."""

from podnotes.library.corrections import CorrectionResult
from podnotes.library.drafts import Choices, DraftResult
from podnotes.library.episodes import Feed, KnownEpisode
from podnotes.library.maintenance import Check
from podnotes.library.queries import FoundSentence, SearchResult
from podnotes.library.store import Library
from podnotes.library.voiceprints import EpisodeVoice

__all__ = [
    "Check",
    "Choices",
    "CorrectionResult",
    "DraftResult",
    "EpisodeVoice",
    "Feed",
    "FoundSentence",
    "KnownEpisode",
    "Library",
    "SearchResult",
]
