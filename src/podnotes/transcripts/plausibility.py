"""Plausibility check: does a transcript belong to the episode, judging by structure, length, speech rate and style?

The subject of the words is no evidence: a consent page may mention pain from its first headline to its last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podnotes.text.words import count_words
from podnotes.transcript_types import is_timed
from podnotes.transcripts.html_pages import Page
from podnotes.transcripts.plain_text import parse_prose
from podnotes.transcripts.speakers import is_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Segment, Transcript, TranscriptLink

# Conversation has about 210 words a minute (Tauroza and Allison 1990, "Speech rates in British English"). Nobody keeps
# up the maximum rate; below the minimum, most of the text is missing. The check needs enough words.
_MOST_WORDS, _FEWEST_WORDS = 350, 20  # words a minute
_TELLING_WORDS = 100
_LONG_ENOUGH = 120.0  # seconds; shorter episodes may have no speech
# Minimum number of words if neither the text nor the feed states a duration: two minutes of speech. If a real
# transcript is shorter, recognising its episode takes hardly any time.
_UNMEASURED_WORDS = 300
# Tolerance by which a transcript may exceed the audio, since stated durations are rounded and episodes are cut.
_LONGER, _LATER = 1.1, 60.0  # factor, and additional seconds
# Closing music and goodbyes are shorter than this.
_SHORTER = 90.0  # seconds

_PAGE = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head)\b", re.IGNORECASE | re.DOTALL
)
_PASSWORD = re.compile(r"""<input\b[^>]*\btype\s*=\s*["']?password""", re.IGNORECASE)
# Words for "transcript" in page titles, in several languages.
_SAYS_SO = re.compile(r"trans[ck]ri|trascriz|transkryp|транскри|文字起こし|文字稿", re.IGNORECASE)
# The first person and contractions are typical of speech and rare in writing (Biber 1988, "Variation across Speech and
# Writing"). Each of 108 podcast transcripts has 29 or more per thousand words; advice pages have 5 to 15.
_SPOKEN = re.compile(
    r"\b(?:i|me|my|mine|i['’](?:m|ve|d|ll)|\w+n['’]t|\w+['’](?:re|ll|ve)|(?:it|that|there|what|he|she|who|here|let)['’]s)\b",
    re.IGNORECASE,
)
_SPOKEN_LEAST = 0.025  # share of the words
_COVERED = 0.25  # share of the time, at the slowest speech rate
_MOSTLY = 0.5  # share of the letters; a page that consists mostly of clickable elements isn't a transcript
_FORM = 3000  # letters; a page with a password field and more text than this has content as well


def other_page(body: bytes, link: TranscriptLink) -> str | None:
    """Explain why a response is some other page (login, consent, list of links); None if it isn't.

    Args:
        body: Body of the response.
        link: The feed's link; if it promises captions or JSON, a page without times is some other page.
    """
    text = body.decode("utf-8", "replace")
    if not _PAGE.match(text):
        return None
    page = Page(text)
    segments, timed = parse_prose(page.text())
    # A chapter list also has times, but hardly any words for each.
    if timed and sum(one.end - one.start for one in segments) >= _COVERED * max(one.end for one in segments):
        return None
    asks = _PASSWORD.search(text) and page.letters < _FORM
    doubtful = is_timed(link) or asks or page.clicked >= _MOSTLY * page.letters
    if not doubtful and (_SAYS_SO.search(page.title) or page.is_marked() or _is_spoken(segments)):
        return None
    named = f" (“{page.title[:60]}”)" if page.title else ""
    return f"The publisher's transcript link leads to a web page{named}, such as a login or consent page."


def _is_spoken(segments: Sequence[Segment]) -> bool:
    """Tell whether most segments have named speakers, or the text has the style of speech."""
    if 2 * sum(is_known(segment.speaker) for segment in segments) > len(segments):
        return True
    words = " ".join(segment.text for segment in segments)
    return len(_SPOKEN.findall(words)) >= _SPOKEN_LEAST * count_words(words)


def misfit(transcript: Transcript, duration: float | None, *, named: bool = False) -> str | None:
    """Explain why a transcript can't belong to the episode; None if it may.

    Args:
        transcript: The transcript.
        duration: Duration of the episode in seconds as stated in the feed, or None.
        named: Whether it is a file named by the user rather than a server's response.
    """
    end = max(segment.end for segment in transcript.segments)
    words = count_words(transcript.text)
    if duration and transcript.timed:
        if end > _LONGER * duration + _LATER:
            return (
                f"The publisher's transcript ends after {_minutes(end)}, but the episode is {_minutes(duration)} long: "
                "its times are wrong, or it belongs to another recording."
            )
        if end < 0.5 * duration:
            return "The publisher's transcript covers less than half of the episode."
    if not named and not duration and not transcript.timed and words < _UNMEASURED_WORDS:
        return f"The publisher's transcript has only {words} words, too few for an episode."
    length = duration or (end if transcript.timed else 0.0)
    if length > _LONG_ENOUGH and words < length / 60 * _FEWEST_WORDS:
        return "The publisher's transcript has far too few words for the episode."
    if length and words > max(_TELLING_WORDS, length / 60 * _MOST_WORDS):
        return "The publisher's transcript has more words than anyone could say in that time."
    return None


def shorter(transcript: Transcript, duration: float | None) -> str | None:
    """Warn if a transcript ends well before the audio, so that its times may be off; None if it doesn't.

    Args:
        transcript: The transcript.
        duration: Duration of the episode in seconds as stated in the feed, or None.
    """
    end = max(segment.end for segment in transcript.segments)
    if not duration or not transcript.timed or end > duration - _SHORTER:
        return None
    return (
        f"The publisher's transcript ends {_minutes(duration - end)} before the audio: if ads were inserted, "
        "everything after them comes later in the audio than the times given here."
    )


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes > 1 else f"{round(seconds)} seconds"
