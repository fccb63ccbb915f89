"""Data classes shared by all steps.

All are frozen; each step returns new objects. Times within an episode are floats, in seconds from the start of the
audio; dates are timezone-aware datetimes.
"""

from __future__ import annotations

from podnotes.models.findings import Findings, Passage, Skipped, Topic
from podnotes.models.note import OTHER_TOPIC, Claim, Note, Pick, Quote, Review, Section
from podnotes.models.podcast import Chapter, Enclosure, Episode, Person, Podcast, TranscriptLink, publishable
from podnotes.models.transcript import (
    UNCERTAIN_BELOW,
    Chunk,
    Corrected,
    Correction,
    QualityFlag,
    Segment,
    Transcript,
    Word,
)

__all__ = [
    "OTHER_TOPIC",
    "UNCERTAIN_BELOW",
    "Chapter",
    "Chunk",
    "Claim",
    "Corrected",
    "Correction",
    "Enclosure",
    "Episode",
    "Findings",
    "Note",
    "Passage",
    "Person",
    "Pick",
    "Podcast",
    "QualityFlag",
    "Quote",
    "Review",
    "Section",
    "Segment",
    "Skipped",
    "Topic",
    "Transcript",
    "TranscriptLink",
    "Word",
    "publishable",
]
