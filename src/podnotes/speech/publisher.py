"""Transcripts that publishers link in their feeds (``podcast:transcript`` of the Podcasting 2.0 namespace)."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import PodnotesError
from podnotes.speech.formats import MAX_BYTES, parse_transcript, read_transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from podnotes.models import Episode, Transcript, TranscriptLink

log = logging.getLogger(__name__)

_DEADLINE_S = 60.0
# Timed and structured first. What is not named here is tried last.
_ORDER = ("vtt", "json", "srt", "subrip", "html", "plain")
_ACCEPT = "text/vtt, application/json, application/x-subrip, text/html;q=0.8, text/plain;q=0.7, */*;q=0.1"


def fetch_transcript(episode: Episode, *, on_problem: Callable[[str], None] | None = None) -> Transcript | None:
    """Fetch the publisher's transcript of an episode.

    Each one that the feed links is tried, best first (her language, timed, with speakers); one that is broken or
    clearly not of the whole episode is passed over.

    Args:
        episode: As the feed has it.
        on_problem: Told in a sentence why a transcript couldn't be used; they are logged as well.

    Returns:
        The transcript with ``source="publisher"``, or None when there is none that can be used.
    """
    untimed: Transcript | None = None
    for link in sorted(episode.transcripts, key=lambda link: _rank(link, episode)):
        try:
            transcript = _read(link, episode)
        except PodnotesError as error:
            log.info("transcript of %s passed over: %s", episode.title, error)
            if on_problem:
                on_problem(f"The publisher's transcript can't be used: {error}")
            continue
        problem = _unfit(transcript, episode)
        if problem:
            log.info("transcript of %s passed over: %s", episode.title, problem)
            if on_problem:
                on_problem(problem)
            continue
        if transcript.timed:
            return transcript
        untimed = untimed or transcript
    return untimed


def _rank(link: TranscriptLink, episode: Episode) -> tuple[int, int, int]:
    primary = (episode.language or "").replace("_", "-").partition("-")[0].lower()
    stated = (link.language or "").replace("_", "-").partition("-")[0].lower()
    other_language = int(bool(primary and stated and primary != stated))
    kind = f"{link.type} {Path(link.url.partition('?')[0]).suffix}".lower()
    order = next((place for place, name in enumerate(_ORDER) if name in kind), len(_ORDER))
    return other_language, order, int(link.rel == "captions")


def _read(link: TranscriptLink, episode: Episode) -> Transcript:
    from podnotes import web

    if web.is_web(link.url):
        answer = web.fetch(
            link.url,
            trusted=web.trusts(link.url, episode.feed_url),
            max_bytes=MAX_BYTES,
            deadline_s=_DEADLINE_S,
            accept=_ACCEPT,
        )
        transcript = parse_transcript(
            answer.body,
            name=web.without_credentials(link.url),
            # The feed's word on what it is comes first: servers call everything text/plain.
            mime=link.type or answer.headers.get("content-type", ""),
            duration=episode.duration,
            origin=web.without_credentials(link.url),
            language=link.language or episode.language,
        )
    else:
        transcript = read_transcript(link.url)
    language = transcript.language or link.language or episode.language
    return replace(transcript, source="publisher", language=language)


def _unfit(transcript: Transcript, episode: Episode) -> str | None:
    """Say why a transcript isn't that of the episode, or None."""
    spoken = max(segment.end for segment in transcript.segments)
    if episode.duration and transcript.timed and spoken < 0.5 * episode.duration:
        return "The publisher's transcript covers less than half of the episode."
    words = len(transcript.text.split())
    length = episode.duration or transcript.duration
    if length > 120 and words < length / 60 * 20:
        return "The publisher's transcript has far too few words for the episode."
    return None
