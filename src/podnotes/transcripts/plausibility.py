"""Plausibility: does a transcript belong to the episode, judging by structure, length, speech rate and tone?

What the words are about tells nothing: a consent page may speak of pain from its first headline to its last.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from podnotes.text.words import count_words
from podnotes.transcript_types import is_timed
from podnotes.transcripts import html_pages, plain_text
from podnotes.transcripts.speakers import is_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Segment, Transcript, TranscriptLink

# Conversation runs at some 210 words a minute (Tauroza and Allison 1990, "Speech rates in British English"), and nobody
# keeps up the most; below the fewest, most is missing. A few words tell nothing.
_MOST_WORDS, _FEWEST_WORDS = 350, 20  # a minute
_TELLING_WORDS = 100
_LONG_ENOUGH = 120.0  # seconds of an episode that has words
# Text of which nothing says how long it takes has at least so many words: two minutes of talk. Where it is shorter and
# an episode's nevertheless, recognising that episode costs next to nothing.
_UNMEASURED_WORDS = 300
# Stated durations are rounded, and episodes are cut: so much longer than the audio may words be.
_LONGER, _LATER = 1.1, 60.0  # times, and seconds on top
# Closing music and a good-bye are shorter than this.
_SHORTER = 90.0  # seconds

_PAGE = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head)\b", re.IGNORECASE | re.DOTALL
)
_PASSWORD = re.compile(r"""<input\b[^>]*\btype\s*=\s*["']?password""", re.IGNORECASE)
# What one clicks on is no transcript where it is most of a page: link density tells boilerplate from text (Kohlschütter
# et al. 2010, "Boilerplate detection using shallow text features").
_CLICKED = frozenset({"a", "button", "form", "nav", "option", "select"})
# A page that calls itself a transcript, in a few languages.
_SAYS_SO = re.compile(r"trans[ck]ri|trascriz|transkryp|транскри|文字起こし|文字稿", re.IGNORECASE)
# The first person and contractions mark what is spoken and are rare in writing (Biber 1988, "Variation across Speech
# and Writing"). Each of 108 podcast transcripts has 29 or more in a thousand words, pages of advice have 5 to 15.
_SPOKEN = re.compile(
    r"\b(?:i|me|my|mine|i['’](?:m|ve|d|ll)|\w+n['’]t|\w+['’](?:re|ll|ve)|(?:it|that|there|what|he|she|who|here|let)['’]s)\b",
    re.IGNORECASE,
)
_SPOKEN_LEAST = 0.025  # of the words
_COVERED = 0.25  # of the time, at the slowest rate of speech
_UNSEEN = frozenset({"script", "style", "noscript", "template", "title"})
_MOSTLY = 0.5
_FORM = 3000  # letters; a page that asks for a password and has more is one that has a transcript as well
# Where a server sends those who have to log in or to consent first.
_DOOR = re.compile(r"\b(?:log[-_]?in|sign[-_]?in|auth|oauth2?|sso|consent|accounts?)\b", re.IGNORECASE)


def other_page(body: bytes, link: TranscriptLink, answered: str) -> str | None:
    """Say why a response is some other page (login, consent, list of links), or None.

    Args:
        body: What the server answered.
        link: What the feed says of it: where captions or JSON should be, a page without times is another one.
        answered: Address that answered in the end.
    """
    text = body.decode("utf-8", "replace")
    if not _PAGE.match(text):
        return None
    segments, timed = plain_text.parse_html(text)
    # A list of chapters has times, too, but hardly any words for each.
    if timed and sum(one.end - one.start for one in segments) >= _COVERED * max(one.end for one in segments):
        return None
    reader = _Reader()
    reader.feed(text)
    asks = _PASSWORD.search(text) and reader.all < _FORM
    sent_away = answered != link.url and _DOOR.search(answered.partition("?")[0])
    doubtful = is_timed(link) or asks or sent_away or reader.clicked >= _MOSTLY * reader.all
    if not doubtful and (_SAYS_SO.search(reader.title) or html_pages.marks_transcript(text) or _is_spoken(segments)):
        return None
    named = f" (“{reader.title[:60]}”)" if reader.title else ""
    return f"The publisher's transcript link leads to a web page{named}, such as a login or consent page."


def _is_spoken(segments: Sequence[Segment]) -> bool:
    """Whether most of a text has names before it, or all of it the tone of talk."""
    if 2 * sum(is_known(segment.speaker) for segment in segments) > len(segments):
        return True
    words = " ".join(segment.text for segment in segments)
    return len(_SPOKEN.findall(words)) >= _SPOKEN_LEAST * count_words(words)


class _Reader(HTMLParser):
    """Reads the title of a page, and counts its letters and those of them that are clicked on."""

    def __init__(self) -> None:
        super().__init__()
        self.all = self.clicked = 0
        self.title = ""
        self._open: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's
        if tag in _CLICKED or tag in _UNSEEN:
            self._open[tag] = self._open.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        if self._open.get(tag):
            self._open[tag] -= 1

    def handle_data(self, data: str) -> None:
        within = {tag for tag, depth in self._open.items() if depth}
        if within == {"title"} and not self.title:
            self.title = " ".join(data.split())
        if not within & _UNSEEN:
            letters = len("".join(data.split()))
            self.all += letters
            self.clicked += letters if within & _CLICKED else 0


def misfit(transcript: Transcript, duration: float | None, *, named: bool = False) -> str | None:
    """Say why a transcript can't belong to the episode, or None.

    Args:
        transcript: What was read.
        duration: Seconds of the episode as the feed states them, or None.
        named: Whether it is a file that the user named, and no server's answer.
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
    """Say that a transcript ends clearly before the audio, so that its times may not be the audio's, or None.

    Args:
        transcript: What was read.
        duration: Seconds of the episode as the feed states them, or None.
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
