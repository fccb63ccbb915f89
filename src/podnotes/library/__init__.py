"""The memory of podnotes: one SQLite file.

It holds feeds, episodes, transcripts, findings, and which drafts were written and what became of them.
"""

from podnotes.library.care import Check, Forgotten
from podnotes.library.claims import Holder
from podnotes.library.corrections import CorrectionResult
from podnotes.library.drafts import DraftResult
from podnotes.library.exchange import Imported
from podnotes.library.podcasts import Feed, KnownEpisode
from podnotes.library.search import FoundSentence, SearchResult
from podnotes.library.store import Choices, Library

__all__ = [
    "Check",
    "Choices",
    "CorrectionResult",
    "DraftResult",
    "Feed",
    "Forgotten",
    "FoundSentence",
    "Holder",
    "Imported",
    "KnownEpisode",
    "Library",
    "SearchResult",
]
