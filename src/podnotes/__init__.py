"""podnotes: podcasts into draft blog notes, with quotes one can trust, made at home.

The steps, each usable alone::

    podcast = podnotes.read_feed("https://example.org/feed.xml")
    audio = podnotes.fetch_audio(podcast.episodes[0], "audio")
    transcript = podnotes.transcribe(audio, model="small.en")
    findings = podnotes.find_passages(transcript, podnotes.load_topics("bodywork"))
    note = podnotes.compose_note(podcast.episodes[0], findings, transcript)
    print(podnotes.render(note))

or all of them, remembered and resumed: ``for result in podnotes.draft_notes("https://example.org/feed.xml"): …``

Names are imported when they are first used, so that ``import podnotes`` costs next to nothing.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.audio import fetch_audio
    from podnotes.corrections import Suggestion, apply_corrections, suggest_corrections
    from podnotes.diarization import Diarization, Turn, diarize
    from podnotes.errors import (
        AudioError,
        BusyError,
        FeedError,
        FetchError,
        LibraryError,
        ModelError,
        OutputError,
        PodnotesError,
        SourceError,
        SpeechError,
        TemplateError,
        TopicsError,
        TranscriptError,
        UsageError,
    )
    from podnotes.feeds import read_feed
    from podnotes.library import Library
    from podnotes.models import (
        Chapter,
        Claim,
        Corrected,
        Correction,
        Doubt,
        Enclosure,
        Episode,
        Findings,
        Note,
        Passage,
        Person,
        Podcast,
        Quote,
        Section,
        Segment,
        Skipped,
        Stretch,
        Topic,
        Transcript,
        TranscriptLink,
        Word,
    )
    from podnotes.notes import Bookmark, compose_note, quote_bookmarks, read_bookmarks, render
    from podnotes.passages import find_passages
    from podnotes.pipeline import DraftOptions, EpisodeResult, Event, Outcome, RunProgress, Step, draft_notes
    from podnotes.speech import fetch_transcript, read_transcript, transcribe, write_transcript
    from podnotes.topics import load_topics

__version__ = "0.1.0"


__all__ = [
    "AudioError",
    "Bookmark",
    "BusyError",
    "Chapter",
    "Claim",
    "Corrected",
    "Correction",
    "Diarization",
    "Doubt",
    "DraftOptions",
    "Enclosure",
    "Episode",
    "EpisodeResult",
    "Event",
    "FeedError",
    "FetchError",
    "Findings",
    "Library",
    "LibraryError",
    "ModelError",
    "Note",
    "Outcome",
    "OutputError",
    "Passage",
    "Person",
    "Podcast",
    "PodnotesError",
    "Quote",
    "RunProgress",
    "Section",
    "Segment",
    "Skipped",
    "SourceError",
    "SpeechError",
    "Step",
    "Stretch",
    "Suggestion",
    "TemplateError",
    "Topic",
    "TopicsError",
    "Transcript",
    "TranscriptError",
    "TranscriptLink",
    "Turn",
    "UsageError",
    "Word",
    "apply_corrections",
    "compose_note",
    "diarize",
    "draft_notes",
    "fetch_audio",
    "fetch_transcript",
    "find_passages",
    "load_topics",
    "quote_bookmarks",
    "read_bookmarks",
    "read_feed",
    "read_transcript",
    "render",
    "suggest_corrections",
    "transcribe",
    "write_transcript",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())

__getattr__, __dir__ = _lazy.attach(
    __name__,
    {
        "corrections": "Suggestion apply_corrections suggest_corrections",
        "diarization": "Diarization Turn diarize",
        "errors": (
            "AudioError BusyError FeedError FetchError LibraryError ModelError OutputError PodnotesError "
            "SourceError SpeechError TemplateError TopicsError TranscriptError UsageError"
        ),
        "feeds": "read_feed",
        "library": "Library",
        "audio": "fetch_audio",
        "models": (
            "Chapter Claim Corrected Correction Doubt Enclosure Episode Findings Note Passage Person Podcast Quote "
            "Section Segment Skipped Stretch Topic Transcript TranscriptLink Word"
        ),
        "notes": "Bookmark compose_note quote_bookmarks read_bookmarks render",
        "passages": "find_passages",
        "pipeline": "DraftOptions EpisodeResult Event Outcome RunProgress Step draft_notes",
        "speech": "fetch_transcript read_transcript transcribe write_transcript",
        "topics": "load_topics",
    },
)
