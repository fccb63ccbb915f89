"""Fetching of publishers' transcripts linked in feeds (``podcast:transcript`` of the Podcasting 2.0 namespace)."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from podnotes.errors import PodnotesError
from podnotes.transcript_types import is_foreign, transcript_order
from podnotes.transcripts.formats import MAX_BYTES, parse_transcript, read_transcript
from podnotes.transcripts.plausibility import misfit, other_page, shorter
from podnotes.transcripts.speakers import is_known

if TYPE_CHECKING:
    from collections.abc import Callable

    from podnotes.models import Episode, Transcript, TranscriptLink

log = logging.getLogger(__name__)

_DEADLINE_S = 60.0
#: Maximum number of transcripts fetched for one episode; no publisher offers more.
_MOST_TRIED = 8
#: Maximum number of usable transcripts compared; a second one is fetched since only the content shows the speakers.
_MOST_COMPARED = 2
_ACCEPT = "text/vtt, application/json, application/x-subrip, text/html;q=0.8, text/plain;q=0.7, */*;q=0.1"


class _MisfitError(PodnotesError):
    """What the server returned isn't the episode's transcript."""


def fetch_transcript(episode: Episode, *, on_problem: Callable[[str], None] | None = None) -> Transcript | None:
    """Fetch the publisher's transcript of an episode.

    The linked transcripts are tried in the order of ``transcript_order`` (the spoken language before translations,
    timed before untimed). A transcript is rejected if it is broken, is some other page or clearly doesn't cover the
    whole episode. Only the content shows whether speakers are named: if the first usable transcript names none, the
    next usable one is fetched too.

    Args:
        episode: The episode as read from the feed.
        on_problem: Called with a sentence for each transcript that can't be used; these are also logged.

    Returns:
        The transcript with ``source="publisher"``, or None if there is no usable one.
    """

    def tell(problem: str) -> None:
        log.info("skipped a transcript of %s: %s", episode.title, problem)
        if on_problem:
            on_problem(problem)

    links = sorted(episode.transcripts, key=lambda link: transcript_order(link, episode.language))
    found: list[tuple[tuple[bool, bool, bool], Transcript]] = []
    for link in links[:_MOST_TRIED]:
        try:
            transcript = _read(link, episode)
        except _MisfitError as error:
            tell(str(error))
            continue
        except PodnotesError as error:
            tell(f"The publisher's transcript can't be used: {error}")
            continue
        worth = (not is_foreign(link, episode.language), transcript.timed, _names_speakers(transcript))
        found.append((worth, transcript))
        if all(worth) or len(found) == _MOST_COMPARED:
            break
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _names_speakers(transcript: Transcript) -> bool:
    """Tell whether a transcript names the speaker in at least half of its segments."""
    return 2 * sum(is_known(segment.speaker) for segment in transcript.segments) >= len(transcript.segments)


def _read(link: TranscriptLink, episode: Episode) -> Transcript:
    from podnotes import http

    if http.is_web(link.url):
        answer = http.fetch(
            link.url,
            trusted=http.same_origin(link.url, episode.feed_url),
            max_bytes=MAX_BYTES,
            deadline_s=_DEADLINE_S,
            accept=_ACCEPT,
            private=episode.private,
        )
        if problem := other_page(answer.body, link):
            raise _MisfitError(problem)
        transcript = parse_transcript(
            answer.body,
            name=http.shown(link.url, private=episode.private or None),
            # The feed's type takes precedence: servers label everything text/plain.
            mime=link.type or answer.headers.get("content-type", ""),
            duration=episode.duration,
            # Masked, since it is written into the transcript file, which may be shared.
            origin=http.shown(link.url, private=episode.private),
        )
    else:
        transcript = read_transcript(link.url)
    if problem := misfit(transcript, episode.duration, named=not http.is_web(link.url)):
        raise _MisfitError(problem)
    if notice := shorter(transcript, episode.duration):
        transcript = replace(transcript, warnings=(*transcript.warnings, notice))
    language = transcript.language or link.language or episode.language
    return replace(transcript, source="publisher", language=language)
