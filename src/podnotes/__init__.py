"""podnotes: turn podcasts into draft blog posts with verbatim quotes, on your own machine.

The steps can be used individually::

    podcast = podnotes.read_feed("https://example.org/feed.xml")
    audio = podnotes.fetch_audio(podcast.episodes[0], "audio")
    transcript = podnotes.transcribe(audio, model="small.en")
    findings = podnotes.find_passages(transcript, podnotes.load_topics("bodywork"))
    note = podnotes.compose_note(podcast.episodes[0], findings, transcript)
    print(podnotes.render(note))

or all together, with results saved in the library::

    for result in podnotes.draft_notes("https://example.org/feed.xml"):
        print(result.outcome, result.drafts)

Names are imported on first use, so ``import podnotes`` is quick.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from podnotes._lazy import attach

if TYPE_CHECKING:
    from podnotes.asr import Engine as Engine
    from podnotes.asr import Hypothesis as Hypothesis
    from podnotes.asr import SpeechModel as SpeechModel
    from podnotes.asr import SpeechOptions as SpeechOptions
    from podnotes.asr import SpeechProgress as SpeechProgress
    from podnotes.asr import Window as Window
    from podnotes.asr import download_model as download_model
    from podnotes.asr import list_models as list_models
    from podnotes.asr import suitable_model as suitable_model
    from podnotes.asr import time_words as time_words
    from podnotes.asr import transcribe as transcribe
    from podnotes.audio.cache import CacheSize as CacheSize
    from podnotes.audio.cache import audio_cache as audio_cache
    from podnotes.audio.cache import evict_audio as evict_audio
    from podnotes.audio.clips import Clip as Clip
    from podnotes.audio.clips import cut_clip as cut_clip
    from podnotes.audio.download import fetch_audio as fetch_audio
    from podnotes.audio.transfer import DownloadOptions as DownloadOptions
    from podnotes.audio.transfer import DownloadProgress as DownloadProgress
    from podnotes.corrections import SuggestedCorrection as SuggestedCorrection
    from podnotes.corrections import apply_corrections as apply_corrections
    from podnotes.corrections import suggest_corrections as suggest_corrections
    from podnotes.diarization import Diarization as Diarization
    from podnotes.diarization import DiarizedChunk as DiarizedChunk
    from podnotes.diarization import KnownVoice as KnownVoice
    from podnotes.diarization import Labeled as Labeled
    from podnotes.diarization import LocalSpeakers as LocalSpeakers
    from podnotes.diarization import Naming as Naming
    from podnotes.diarization import Turn as Turn
    from podnotes.diarization import Voice as Voice
    from podnotes.diarization import diarize as diarize
    from podnotes.diarization import label_speakers as label_speakers
    from podnotes.errors import AudioError as AudioError
    from podnotes.errors import BusyError as BusyError
    from podnotes.errors import FeedError as FeedError
    from podnotes.errors import FetchError as FetchError
    from podnotes.errors import LibraryError as LibraryError
    from podnotes.errors import ModelError as ModelError
    from podnotes.errors import OutputError as OutputError
    from podnotes.errors import PodnotesError as PodnotesError
    from podnotes.errors import SourceError as SourceError
    from podnotes.errors import SpeechError as SpeechError
    from podnotes.errors import TemplateError as TemplateError
    from podnotes.errors import TopicsError as TopicsError
    from podnotes.errors import TranscriptError as TranscriptError
    from podnotes.errors import UsageError as UsageError
    from podnotes.feeds.chapters import fetch_chapters as fetch_chapters
    from podnotes.feeds.opml import Subscription as Subscription
    from podnotes.feeds.opml import read_opml as read_opml
    from podnotes.feeds.opml import write_opml as write_opml
    from podnotes.feeds.reader import FeedOptions as FeedOptions
    from podnotes.feeds.reader import read_feed as read_feed
    from podnotes.feeds.sources import Reading as Reading
    from podnotes.feeds.sources import read_sources as read_sources
    from podnotes.http import has_secrets as has_secrets
    from podnotes.library import Check as Check
    from podnotes.library import Choices as Choices
    from podnotes.library import CorrectionResult as CorrectionResult
    from podnotes.library import DraftResult as DraftResult
    from podnotes.library import EpisodeVoice as EpisodeVoice
    from podnotes.library import Feed as Feed
    from podnotes.library import FoundSentence as FoundSentence
    from podnotes.library import KnownEpisode as KnownEpisode
    from podnotes.library import Library as Library
    from podnotes.library import SearchResult as SearchResult
    from podnotes.models import Chapter as Chapter
    from podnotes.models import Chunk as Chunk
    from podnotes.models import Claim as Claim
    from podnotes.models import Corrected as Corrected
    from podnotes.models import Correction as Correction
    from podnotes.models import Enclosure as Enclosure
    from podnotes.models import Episode as Episode
    from podnotes.models import Findings as Findings
    from podnotes.models import Note as Note
    from podnotes.models import Passage as Passage
    from podnotes.models import Person as Person
    from podnotes.models import Pick as Pick
    from podnotes.models import Podcast as Podcast
    from podnotes.models import QualityFlag as QualityFlag
    from podnotes.models import Quote as Quote
    from podnotes.models import Review as Review
    from podnotes.models import Section as Section
    from podnotes.models import Segment as Segment
    from podnotes.models import Skipped as Skipped
    from podnotes.models import Topic as Topic
    from podnotes.models import Transcript as Transcript
    from podnotes.models import TranscriptLink as TranscriptLink
    from podnotes.models import Word as Word
    from podnotes.notes.bookmarks import Bookmark as Bookmark
    from podnotes.notes.bookmarks import BookmarkedQuote as BookmarkedQuote
    from podnotes.notes.bookmarks import quote_bookmarks as quote_bookmarks
    from podnotes.notes.bookmarks import read_bookmarks as read_bookmarks
    from podnotes.notes.compose import compose_note as compose_note
    from podnotes.notes.digest import Digest as Digest
    from podnotes.notes.digest import DigestGroup as DigestGroup
    from podnotes.notes.digest import DigestQuote as DigestQuote
    from podnotes.notes.digest import Source as Source
    from podnotes.notes.digest import compose_digest as compose_digest
    from podnotes.notes.editing import insert_quotes as insert_quotes
    from podnotes.notes.options import NoteOptions as NoteOptions
    from podnotes.notes.proofing import DoubtfulWords as DoubtfulWords
    from podnotes.notes.rendering import Template as Template
    from podnotes.notes.rendering import find_template as find_template
    from podnotes.notes.rendering import render as render
    from podnotes.notes.rendering import render_digest as render_digest
    from podnotes.notes.rendering import template_source as template_source
    from podnotes.notes.rendering import templates as templates
    from podnotes.notes.review import ReviewOptions as ReviewOptions
    from podnotes.notes.review import review_page as review_page
    from podnotes.notes.timeline import topic_picture as topic_picture
    from podnotes.notes.verify import Checked as Checked
    from podnotes.notes.verify import DraftQuote as DraftQuote
    from podnotes.notes.verify import Verdict as Verdict
    from podnotes.notes.verify import verify_draft as verify_draft
    from podnotes.passages import find_passages as find_passages
    from podnotes.pipeline import DraftOptions as DraftOptions
    from podnotes.pipeline import EpisodeResult as EpisodeResult
    from podnotes.pipeline import Event as Event
    from podnotes.pipeline import Outcome as Outcome
    from podnotes.pipeline import ReviewServer as ReviewServer
    from podnotes.pipeline import RunProgress as RunProgress
    from podnotes.pipeline import Step as Step
    from podnotes.pipeline import collect_sources as collect_sources
    from podnotes.pipeline import draft_notes as draft_notes
    from podnotes.pipeline import insert_bookmarks as insert_bookmarks
    from podnotes.pipeline import quotes_at as quotes_at
    from podnotes.pipeline import write_bookmarks as write_bookmarks
    from podnotes.pipeline import write_digest as write_digest
    from podnotes.pipeline import write_picture as write_picture
    from podnotes.pipeline import write_review as write_review
    from podnotes.topics import load_topics as load_topics
    from podnotes.topics import pack_text as pack_text
    from podnotes.topics import packs as packs
    from podnotes.topics import topics_hash as topics_hash
    from podnotes.transcripts.formats import format_transcript as format_transcript
    from podnotes.transcripts.formats import parse_transcript as parse_transcript
    from podnotes.transcripts.formats import read_transcript as read_transcript
    from podnotes.transcripts.formats import write_transcript as write_transcript
    from podnotes.transcripts.publisher import fetch_transcript as fetch_transcript

__version__ = "0.1.0"

_NAMES = {
    "asr": (
        "Engine Hypothesis SpeechModel SpeechOptions SpeechProgress Window download_model list_models "
        "suitable_model time_words transcribe"
    ),
    "audio.cache": "CacheSize audio_cache evict_audio",
    "audio.clips": "Clip cut_clip",
    "audio.download": "fetch_audio",
    "audio.transfer": "DownloadOptions DownloadProgress",
    "corrections": "SuggestedCorrection apply_corrections suggest_corrections",
    "diarization": (
        "Diarization DiarizedChunk KnownVoice Labeled LocalSpeakers Naming Turn Voice diarize label_speakers"
    ),
    "errors": (
        "AudioError BusyError FeedError FetchError LibraryError ModelError OutputError PodnotesError "
        "SourceError SpeechError TemplateError TopicsError TranscriptError UsageError"
    ),
    "feeds.chapters": "fetch_chapters",
    "feeds.opml": "Subscription read_opml write_opml",
    "feeds.reader": "FeedOptions read_feed",
    "feeds.sources": "Reading read_sources",
    "http": "has_secrets",
    "library": (
        "Check Choices CorrectionResult DraftResult EpisodeVoice Feed FoundSentence KnownEpisode Library SearchResult"
    ),
    "models": (
        "Chapter Claim Corrected Correction QualityFlag Enclosure Episode Findings Note Passage Person Pick "
        "Podcast Quote Review Section Segment Skipped Chunk Topic Transcript TranscriptLink Word"
    ),
    "notes.bookmarks": "Bookmark BookmarkedQuote quote_bookmarks read_bookmarks",
    "notes.compose": "compose_note",
    "notes.digest": "Digest DigestGroup DigestQuote Source compose_digest",
    "notes.editing": "insert_quotes",
    "notes.options": "NoteOptions",
    "notes.proofing": "DoubtfulWords",
    "notes.rendering": "Template find_template render render_digest template_source templates",
    "notes.review": "ReviewOptions review_page",
    "notes.timeline": "topic_picture",
    "notes.verify": "Checked DraftQuote Verdict verify_draft",
    "passages": "find_passages",
    "pipeline": (
        "DraftOptions EpisodeResult Event Outcome ReviewServer RunProgress Step collect_sources "
        "draft_notes insert_bookmarks quotes_at write_bookmarks write_digest write_picture write_review"
    ),
    "topics": "load_topics pack_text packs topics_hash",
    "transcripts.formats": "format_transcript parse_transcript read_transcript write_transcript",
    "transcripts.publisher": "fetch_transcript",
}
__getattr__, __dir__ = attach(__name__, _NAMES)
__all__ = sorted(name for names in _NAMES.values() for name in names.split())

logging.getLogger(__name__).addHandler(logging.NullHandler())
