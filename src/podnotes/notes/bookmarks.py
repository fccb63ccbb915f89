"""Quotes from bookmarks: times that the user marked while listening, usually a little late.

A bookmark becomes the most quotable span (:mod:`podnotes.quotability`) that begins at most 45 seconds before it; spans
that ended well before the bookmark score lower.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podnotes.errors import UsageError
from podnotes.notes.compose import make_quote, sentences_of, with_brackets
from podnotes.notes.selection import HIGHLIGHT, Material, topics_of
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from podnotes.models import Episode, Findings, Quote, Topic, Transcript
    from podnotes.notes.options import NoteOptions
    from podnotes.quotability import Window
    from podnotes.text.sentences import Sentence

# A quote begins at most this long before a bookmark, or after it.
_BEFORE, _AFTER = 45.0, 5.0  # seconds
# Penalty for a span that ended _BEFORE seconds before the bookmark; proportionally less for shorter gaps.
_OVER = 0.5
# Context around a bookmark that is rated together with it.
_AROUND = 90.0  # seconds

_CLOCK = r"(?:\d{1,2}:[0-5]?\d|\d{1,3}):[0-5]\d(?:[.,]\d+)?(?![\d:])(?!\s*[ap]\.?m\b)"
_SPELLED = r"(?:\d+\s?h\s?)?(?:\d+\s?m(?:in)?\s?)?\d+\s?s(?:ec)?\b|(?:\d+\s?h\s?)?\d+\s?m(?:in)?\b|\d+\s?h\b"
_TIME = rf"(?:{_CLOCK}|{_SPELLED})"
_RANGE = rf"(?P<start>{_TIME})(?:\s*(?:-+>?|–|—|to|bis)\s*(?P<end>{_TIME}))?"
_AT_START = re.compile(rf"[^\w:]*(?:\d{{1,3}}[.)]\s+[^\w:]*)?(?:at\s+|@\s*)?{_RANGE}", re.IGNORECASE)
# At the end of a line or of a field of a table.
_AT_END = re.compile(rf"(?<=[\s(\[@\",;|]){_RANGE}(?=\W*(?:$|[,;\t|]))", re.IGNORECASE)
_SECONDS_ONLY = re.compile(r"(?P<start>\d+(?:\.\d+)?)(?P<end>)")
# Overcast's links end in /12:30.
_LINK = re.compile(
    rf"(?:https?://)?\S*(?:[#?&]t=|://\S+/(?=\d+:))(?P<start>{_CLOCK}|{_SPELLED}|\d+(?:\.\d+)?)(?P<end>)[^\s)]*",
    re.IGNORECASE,
)
# The length of the episode at the head of an export.
_LENGTH = re.compile(r"\W*(?:duration|length|runtime|dauer|länge)\W*:", re.IGNORECASE)
_DATE_AND_TIME = re.compile(r"(?:\d{4}-\d\d?-\d\d?|\d{1,2}[./]\d{1,2}[./]\d{2,4}),?\s+(?:at\s+)?\d")
_UNITS = {"h": 3600, "m": 60, "s": 1}
# Characters stripped from the ends of a note.
_EDGE = " \t,;:|–—-\"'“”[]()>*•"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A time or range that the user marked.

    Attributes:
        start: The time, or the start of the range, in seconds.
        end: End of the range in seconds; None for a single time.
        note: The user's note, or "".
    """

    start: float
    end: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BookmarkedQuote:
    """A quote for one or several bookmarks.

    Attributes:
        quote: The quote; its topic is "" if it is on none of the topics.
        bookmarks: The bookmarks.
        doubtful: Whether its words are unreliable or too few for a quote; listen before using it.
    """

    quote: Quote
    bookmarks: tuple[Bookmark, ...]
    doubtful: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """The user's notes on the bookmarks."""
        return tuple(bookmark.note for bookmark in self.bookmarks if bookmark.note)


def read_bookmarks(text: str) -> tuple[Bookmark, ...]:
    """Read a list of bookmarks as podcast apps and note apps export them.

    A line has a time or range (12:30, 1:02:03, 12m30s) at its beginning or end, in a separate CSV field, or in a link
    (``#t=750``, ``?t=12m30s``, ``/12:30``). The rest of the line is the note, continued on the following lines without
    a time. Bullets, list numbers, brackets, headings and text before the first time are ignored.

    Args:
        text: The list.

    Returns:
        The bookmarks in the order of the list.

    Raises:
        UsageError: No line has a time.
    """
    found: list[Bookmark] = []
    open_note = False
    for line in text.removeprefix("\ufeff").splitlines():
        bookmark = _bookmark(line.strip())
        if bookmark is not None:
            found.append(bookmark)
            open_note = True
        elif not line.strip() or line.lstrip().startswith("#"):
            open_note = False
        elif open_note:
            note = f"{found[-1].note} {line.strip(_EDGE)}".strip()
            found[-1] = replace(found[-1], note=note)
    if not found:
        raise UsageError("The list has no times; write one per line, such as “12:30 how touch calms”.")
    return tuple(found)


def _bookmark(line: str) -> Bookmark | None:
    if _LENGTH.match(line) or _DATE_AND_TIME.search(line):
        return None
    match = _LINK.search(line) or _SECONDS_ONLY.fullmatch(line) or _AT_START.match(line) or _AT_END.search(line)
    if match is None:
        return None
    # "[12:30](https://…#t=750) note" leaves the time as the label of the removed link.
    before = re.sub(rf"\[\s*{_TIME}\s*\]\($", "", line[: match.start()])
    note = " ".join(f"{before.strip(_EDGE)} {line[match.end() :].strip(_EDGE)}".split())
    start, end = _seconds(match["start"]), _seconds(match["end"]) if match["end"] else None
    return Bookmark(start, end if end is not None and end > start else None, note)


def _seconds(text: str) -> float:
    """Convert 12:30, 1:02:03.5, 12m30s or 750 to seconds."""
    if spelled := re.findall(r"(\d+)\s?([hms])", text.lower()):
        return float(sum(int(count) * _UNITS[unit] for count, unit in spelled))
    seconds = 0.0
    for part in text.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def quote_bookmarks(
    episode: Episode,
    transcript: Transcript,
    bookmarks: Iterable[Bookmark],
    topics: Sequence[Topic] = (),
    findings: Findings | None = None,
    *,
    options: NoteOptions | None = None,
    on_error: Callable[[UsageError], None] | None = None,
) -> tuple[BookmarkedQuote, ...]:
    """Find the quote for each bookmark.

    Sponsor reads may be quoted, since the user bookmarked them.

    Args:
        episode: The episode.
        transcript: Its transcript.
        bookmarks: The bookmarks, in any order.
        topics: Topics to place the quotes under.
        findings: Findings on the topics, which help to choose the topic of a quote.
        options: Options; only ``mark_corrections`` is used.
        on_error: Called with the error of each bookmark that is skipped; errors are raised if None.

    Returns:
        The quotes in order of time; bookmarks on the same sentences share a quote.

    Raises:
        UsageError: A bookmark is after the end of the episode, or there is no speech at it.
    """
    from podnotes.models import Findings

    found = findings or Findings(duration=transcript.duration)
    sentences = sentences_of(transcript, found)
    language = (transcript.language or "en").partition("-")[0].lower()
    chosen: list[tuple[Window, bool, list[Bookmark]]] = []
    for bookmark in sorted(bookmarks, key=lambda each: each.start):
        try:
            first, near = _near(sentences, bookmark, transcript.duration)
        except UsageError as error:
            if on_error is None:
                raise
            on_error(error)
            continue
        window, doubtful = _thought(Material.of(near, (), language=language), bookmark)
        place = window._replace(first=window.first + first, last=window.last + first)
        same = next((marked for other, _, marked in chosen if _overlap(other, place)), None)
        if same is None:
            chosen.append((place, doubtful, [bookmark]))
        else:
            same.append(bookmark)
    chosen.sort(key=lambda each: each[0].first)
    material = Material.of(sentences, (), language=language)
    placed = topics_of(material, [window for window, _, _ in chosen], topics, found.passages)
    quoted = []
    for (window, doubtful, marked), topic in zip(chosen, placed, strict=True):
        quote = make_quote(episode, material, topic.id if topic else "", window, found.passages)
        if options is not None and options.mark_corrections:
            quote = with_brackets(quote, transcript)
        quoted.append(BookmarkedQuote(quote, tuple(marked), doubtful))
    return tuple(quoted)


def _overlap(one: Window, other: Window) -> bool:
    return one.first <= other.last and other.first <= one.last


def _near(sentences: Sequence[Sentence], bookmark: Bookmark, duration: float) -> tuple[int, Sequence[Sentence]]:
    """Return the index of the first sentence around a bookmark, and the sentences around it."""
    at, end = bookmark.start, bookmark.end or bookmark.start
    length = max(duration, sentences[-1].end if sentences else 0.0)
    if at > length + _AFTER:
        raise UsageError(f"{clock(at)} is after the end of the episode ({clock(length)}).")
    inside = [
        index
        for index, sentence in enumerate(sentences)
        if sentence.end > at - _BEFORE - _AROUND and sentence.start < end + _AROUND
    ]
    spoken = [
        index for index in inside if sentences[index].end >= at - _BEFORE and sentences[index].start <= end + _AFTER
    ]
    if not spoken:
        raise UsageError(f"There is no speech at {clock(at)} or in the {_BEFORE:.0f} seconds before it.")
    return inside[0], sentences[inside[0] : inside[-1] + 1]


def _thought(material: Material, bookmark: Bookmark) -> tuple[Window, bool]:
    """Choose the sentences for a bookmark; also return whether they are doubtful."""
    from podnotes.quotability import Window

    sentences = material.sentences
    at, end = bookmark.start, bookmark.end
    best: tuple[float, Window] | None = None
    for candidate in material.candidates:
        window = candidate.window
        start, stop = sentences[window.first].start, sentences[window.last].end
        if end is not None:
            # They must overlap by at least half of the shorter one.
            fits = min(stop, end) - max(start, at) >= min(stop - start, end - at) / 2
        else:
            fits = at - _BEFORE <= start <= at + _AFTER and stop >= at - _BEFORE
        if fits:
            over = 0.0 if end is not None else max(0.0, at - stop, start - at)
            value = candidate.worth + HIGHLIGHT * candidate.highlight - _OVER * over / _BEFORE
            if best is None or value > best[0]:
                best = value, window
    if best is not None:
        return best[1], False
    # Nothing here is quotable, but the user asked for a quote: use the sentence at the bookmark.
    latest = at + _AFTER if end is None else at
    begun = [index for index, sentence in enumerate(sentences) if sentence.start <= latest]
    place = begun[-1] if begun else 0
    inside = [place] if begun and sentences[place].end >= at - _BEFORE else [min(place + 1, len(sentences) - 1)]
    return Window(inside[0], inside[0], len(sentences[inside[0]].text.split())), True
