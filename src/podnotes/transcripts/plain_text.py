"""Parsing of plain text, Markdown and HTML transcripts, with times and speakers if given.

Untimed text is spread over the episode in proportion to its length: accurate to about a minute, and marked as
approximate.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from podnotes.models import Segment
from podnotes.sounds import without_sounds
from podnotes.timestamps import SPELLED
from podnotes.transcripts.captions import take_doubt
from podnotes.transcripts.cues import clean
from podnotes.transcripts.html_pages import Page
from podnotes.transcripts.speakers import Cue, Line, attribute, is_name
from podnotes.transcripts.timecodes import parse_stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podnotes.models import QualityFlag

_CLOCK = r"@?(?:\d{1,3}[:：])?\d{1,3}[:：]\d{2}(?:[.,:;]\d{1,3})?"
_UNITS = r"\d{1,3}\s?h\s?\d{1,2}\s?m(?:in)?(?:\s?\d{1,2}\s?s)?"
_UNITS += r"|\d{1,3}\s?m(?:in)?\s?\d{1,2}\s?s(?:ec)?|\d{1,5}(?:\.\d{1,3})?s"
_RANGE = rf"(?:[ \t]*(?:-{{1,3}}>|[-–—→]|to)[ \t]*(?:{_CLOCK}|{_UNITS}))?"
_ENCLOSED = rf"[\[({{<【（][ \t]*(?P<enclosed>{_CLOCK}|{_UNITS}|{SPELLED}){_RANGE}[ \t]*[\])}}>】）]"
_BARE = rf"(?P<bare>{_CLOCK}){_RANGE}"
_WORDS = rf"(?P<spelled>{SPELLED})"
_JOINT = r"[ \t]*[:,]?[ \t]*[-–—|•·]?[ \t]*"
_NAME = r"[\[(]?(?P<name>[^\W\d_][^:\[\](){}<>]{0,48}?(?:[ ]\([^()\d]{1,30}\))?)[\])]?"
# A line with only a time, or a time with a name before or after it.
_STAMP_LINE = re.compile(rf"(?:{_ENCLOSED}|{_BARE}|{_WORDS})[:.,]?", re.IGNORECASE)
_HEADING = re.compile(rf"{_NAME}{_JOINT}(?:{_ENCLOSED}|{_BARE}|{_WORDS}):?", re.IGNORECASE)
_TIMED_NAME = re.compile(rf"(?:{_ENCLOSED}|{_BARE}){_JOINT}{_NAME}[ \t]*(?P<colon>:)?")
# A time, or a name and a time, at the start of a line of speech.
_LEADING = re.compile(
    rf"(?:{_ENCLOSED}|{_BARE}(?![\w:%])|{_WORDS}(?=[ \t]*[-–—:|]))[ \t]*[-–—:|•·]?(?:[ \t]+|(?<=[\])}}>】）]))(?=\S)",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"{_NAME}[ \t]*:?[ \t]*[-–—]?[ \t]*(?:{_ENCLOSED}|{_BARE}):?[ \t]+(?=\S)", re.IGNORECASE)
_INLINE = re.compile(rf"[ \t]*{_ENCLOSED}[ \t]*")
_COUNTER = re.compile(r"\d{1,6}[.)]?")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*[ ]+")
_MARKDOWN_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~:&])")
_BOLD = re.compile(r"(?<![\\*])\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<![\\\w])__(?=\S)(.+?)(?<=\S)__(?!\w)")
_ITALIC = re.compile(
    r"(?<![\\*\w])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![*\w])|(?<![\\\w_])_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?![\w_])"
)
_MARKDOWN_HEADING = re.compile(r"#{1,6}[ \t]+")
_MARKDOWN_LINK = re.compile(r"!?\[(\[[^\[\]\n]*\]|[^\[\]\n]*)\]\([^)\s]*\)")
_ID_TAG = re.compile(r"\[(?:#|ar|al|ti|au|by|la|re|ve|tool|length|offset|id):[^\]\n]*\]", re.IGNORECASE)  # of LRC
_MARKDOWN_RULE = re.compile(r"(?:[-*_=][ ]?){3,}|```\w*")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,6});")
# Characters a second: 160 words a minute at English word lengths, and a rate that speech seldom falls below.
_SPEAKING_RATE, _SLOWEST_RATE = 15.0, 6.0
_PIECE_CHARACTERS = 240


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph of a transcript.

    Attributes:
        text: Text; may have several lines until speakers are separated.
        stamp: Start in seconds, or None.
        speaker: Name or label of the speaker, or None.
        doubt: Reason why the text can't be trusted, or None.
    """

    text: str
    stamp: float | None = None
    speaker: str | None = None
    doubt: QualityFlag | None = None


def parse_prose(text: str, duration: float | None = None) -> tuple[list[Segment], bool]:
    """Parse plain text.

    Args:
        text: Paragraphs separated by blank lines or line breaks, optionally with names and times.
        duration: Duration of the episode in seconds, over which untimed text is spread; estimated if None.

    Returns:
        The segments, and whether their times are taken from the text.
    """
    lines = [clean(html.unescape(line) if _ENTITY.search(line) else line) for line in text.split("\n")]
    lines = [line for line in lines if not _ID_TAG.fullmatch(line)]
    if _is_markdown(lines):
        lines = _without_markdown(lines)
    paragraphs = _told_apart(_Reader(lines).paragraphs)
    stamps = [paragraph.stamp for paragraph in paragraphs if paragraph.stamp is not None]
    if len(stamps) > 1 or (stamps and len(paragraphs) == 1):
        return _by_stamps(paragraphs, duration), True
    return _by_share(paragraphs, duration), False


def parse_markdown(text: str, duration: float | None = None) -> tuple[list[Segment], bool]:
    """Parse Markdown; arguments and results are those of :func:`parse_prose`."""
    return parse_prose("\n".join(_without_markdown([clean(line) for line in text.split("\n")])), duration)


def parse_html(text: str, duration: float | None = None) -> tuple[list[Segment], bool]:
    """Parse the transcript in an HTML page; arguments and results are those of :func:`parse_prose`."""
    return parse_prose(Page(text).text(), duration)


# ------------------------------------------------------------------------------------------------------------ Markdown


def _is_markdown(lines: Sequence[str]) -> bool:
    """Tell whether plain text is Markdown, that is, has bold or italics in at least two lines."""
    marked = sum(bool(_BOLD.search(line) or _ITALIC.search(without_sounds(line))) for line in lines if "*" in line)
    return marked >= 2


def _without_markdown(lines: Sequence[str]) -> list[str]:
    headings = Counter(_MARKDOWN_HEADING.sub("", line) for line in lines if _MARKDOWN_HEADING.match(line))
    plain: list[str] = []
    for line in lines:
        if _MARKDOWN_RULE.fullmatch(line):
            line = ""
        elif _MARKDOWN_HEADING.match(line):
            # A heading with a time, or a recurring one, names a speaker; others belong to the document.
            title = _unmarked(_MARKDOWN_HEADING.sub("", line))
            named = _HEADING.fullmatch(title) or _STAMP_LINE.fullmatch(title) or _TIMED_NAME.fullmatch(title)
            recurring = is_name(title) and headings[_MARKDOWN_HEADING.sub("", line)] > 1
            line = title if named else f"{title}:" if recurring else ""
        else:
            line = _unmarked(line.removeprefix("> ").removeprefix("* "))
        plain.append(line)
    return plain


def _unmarked(line: str) -> str:
    if "*" in line or "_" in line:
        line = _BOLD.sub(lambda match: match[1] or match[2], line)
        line = _ITALIC.sub(lambda match: _kept_stars(match), line)
    if "](" in line:
        line = _MARKDOWN_LINK.sub(r"\1", line)
    return _MARKDOWN_ESCAPE.sub(r"\1", line) if "\\" in line else line


def _kept_stars(match: re.Match[str]) -> str:
    return match.group() if not without_sounds(match.group()) else match[1] or match[2]


# ------------------------------------------------------------------------------------------------- times and headings


class _Reader:
    """Splits running text into paragraphs at blank lines, times and speakers' names.

    Attributes:
        paragraphs: Paragraphs in the order of the text, without times that are out of sequence.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = _without_counters(lines)
        self._bare = self._has_times("bare")
        self._spelled = self._has_times("spelled")
        self._many = sum(bool(_INLINE.search(line)) for line in self._lines) > 2
        self._names_behind: frozenset[str] = frozenset()
        self._names_behind = self._timed_names()
        self._before, self._after = self._names_beside()
        self.paragraphs: list[_Paragraph] = []
        self._texts: list[str] = []
        self._stamp: float | None = None
        self._heading: str | None = None  # name on a line of its own: applies up to the next one
        for place, line in enumerate(self._lines):
            self._add(place, line)
        self._flush()
        self.paragraphs = _run_along(self.paragraphs)

    def _add(self, place: int, line: str) -> None:
        if not line:
            self._flush()
            return
        if place in self._before or place in self._after:
            self._flush()
            self._heading = line.strip(" :*")
            return
        stamped = self._read(line)
        if stamped is not None:
            # The name may be on the line before, with the time between it and the text.
            self._flush()
            self._stamp = stamped.stamp
            self._heading = stamped.speaker or self._heading
            line = stamped.text
        elif (match := _STAMP_LINE.fullmatch(line)) and not match["spelled"]:
            return  # a time of day on a line of its own isn't speech
        for text, stamp in self._parts(line):
            if stamp is not None:
                self._flush()
                self._stamp = stamp
            if text:
                self._texts.append(text)

    def _flush(self) -> None:
        if self._texts:
            self.paragraphs.append(_Paragraph("\n".join(self._texts), self._stamp, self._heading))
            self._texts = []
            self._stamp = None

    def _read(self, line: str) -> _Paragraph | None:
        """Read the time of a line, if it has a relevant one, and the name and text next to it."""
        if not any(character.isdigit() for character in line[:80]):
            return None
        if match := _STAMP_LINE.fullmatch(line):
            return self._stamped(match)
        if match := _if_named(_HEADING.fullmatch(line)):
            return self._stamped(match, name=_name_in(match))
        if (match := _TIMED_NAME.fullmatch(line)) and match["name"] in self._names_behind:
            return self._stamped(match, name=match["name"])
        if match := _if_named(_NAMED.match(line)):
            stamped = self._stamped(match, name=_name_in(match), text=line[match.end() :])
            if stamped is not None:
                return stamped
        if match := _LEADING.match(line):
            return self._stamped(match, text=line[match.end() :])
        return None

    def _stamped(self, match: re.Match[str], *, name: str | None = None, text: str = "") -> _Paragraph | None:
        groups = match.groupdict()
        stamp = groups.get("enclosed") or (groups.get("bare") if self._bare else None)
        if stamp is None and (self._spelled or (self._bare and match.re is _STAMP_LINE)):
            stamp = groups.get("spelled")
        seconds = parse_stamp(stamp) if stamp else None
        return None if seconds is None else _Paragraph(text, seconds, name)

    def _parts(self, line: str) -> Iterator[tuple[str, float | None]]:
        """Split a line at times in brackets, yielding each part with the time before it."""
        at, stamp = 0, None
        for match in _INLINE.finditer(line):
            if match.group().strip()[0] in "(（" and not self._many:
                continue
            yield line[at : match.start()], stamp
            at, stamp = match.end(), parse_stamp(match["enclosed"])
        yield line[at:], stamp

    def _has_times(self, form: str) -> bool:
        """Tell whether times without brackets are timestamps; times of day look the same but aren't in sequence.

        Args:
            form: "bare" for clock times, "spelled" for times in words.
        """
        lines = [line for line in self._lines if line]
        titles = 0
        found: list[float] = []
        for line in lines:
            if not any(character.isdigit() for character in line[:80]):
                continue
            match = _STAMP_LINE.fullmatch(line) or _if_named(_HEADING.fullmatch(line))
            titles += match is not None and match[form] is not None
            match = match or (_if_named(_NAMED.match(line)) if form == "bare" else None) or _LEADING.match(line)
            if match and match[form] and (seconds := parse_stamp(match[form])) is not None:
                found.append(seconds)
        if len(found) < 2:
            return bool(found) and (len(lines) <= 2 or (form == "bare" and found[0] < 60))
        return len(_rising(found)) >= 0.8 * len(found) and (titles > 1 or len(found) >= 0.2 * len(lines))

    def _timed_names(self) -> frozenset[str]:
        """Find names that follow a time on a line of their own, above the text ("00:01 Anna")."""
        begun = [(place, match) for place, line in enumerate(self._lines) if (match := self._leading(line))]
        names: Counter[str] = Counter()
        for place, _ in begun:
            match = _TIMED_NAME.fullmatch(self._lines[place])
            following = self._lines[place + 1] if place + 1 < len(self._lines) else ""
            if match and is_name(match["name"]) and following and not self._leading(following):
                names[match["name"]] += 1
        if sum(names.values()) < 0.6 * max(1, len(begun)) or len(names) > max(2, 0.5 * sum(names.values())):
            return frozenset()
        return frozenset(names)

    def _leading(self, line: str) -> re.Match[str] | None:
        match = _LEADING.match(line)
        return match if match and (match["enclosed"] or self._bare) else None

    def _names_beside(self) -> tuple[set[int], set[int]]:
        """Find lines with a name directly above or below a line with a time."""
        lines = self._lines
        times = [place for place, line in enumerate(lines) if _STAMP_LINE.fullmatch(line) and self._read(line)]
        before = {p - 1 for p in times if p and _may_be_name(lines[p - 1]) and not self._read(lines[p - 1])}
        after = {p + 1 for p in times if p + 2 < len(lines) and _may_be_name(lines[p + 1]) and lines[p + 2]}
        apart = all(place == 0 or not lines[place - 1] for place in before)
        few = _come_back([lines[place] for place in before])
        if len(before) < 0.6 * len(times) or not (few or (apart and all(is_name(lines[p].strip(":")) for p in before))):
            before = set()
        if before or len(after) < 0.6 * len(times) or not _come_back([lines[place] for place in after]):
            after = set()
        return before, after


def _name_in(match: re.Match[str]) -> str:
    return match["name"].strip(" *,-")


def _if_named(match: re.Match[str] | None) -> re.Match[str] | None:
    """Return the match if its name looks like one, else None."""
    return match if match and is_name(_name_in(match)) else None


def _may_be_name(line: str) -> bool:
    return 0 < len(line) <= 50 and len(line.split()) <= 6 and not line.endswith((".", "!", "?", ","))


def _come_back(names: Sequence[str]) -> bool:
    return len(names) > 2 and len(set(names)) <= max(2, 0.5 * len(names))


def _without_counters(lines: Sequence[str]) -> list[str]:
    """Blank out lines that contain only consecutive numbers (1, 2, 3 and so on)."""
    places = [place for place, line in enumerate(lines) if _COUNTER.fullmatch(line)]
    numbers = [int(lines[place].rstrip(".)")) for place in places]
    if len(numbers) < 3 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return list(lines)
    counters = set(places)
    return ["" if place in counters else line for place, line in enumerate(lines)]


def _rising(values: Sequence[float]) -> list[int]:
    """Return the indices of the longest non-decreasing subsequence."""
    tails: list[float] = []
    last: list[int] = []
    previous: list[int] = []
    for place, value in enumerate(values):
        at = bisect_right(tails, value)
        previous.append(last[at - 1] if at else -1)
        tails[at : at + 1] = [value]
        last[at : at + 1] = [place]
    places: list[int] = []
    place = last[-1] if last else -1
    while place >= 0:
        places.append(place)
        place = previous[place]
    return places[::-1]


def _run_along(paragraphs: Sequence[_Paragraph]) -> list[_Paragraph]:
    """Remove times that are out of sequence, since they aren't timestamps."""
    stamped = [place for place, paragraph in enumerate(paragraphs) if paragraph.stamp is not None]
    kept = {stamped[index] for index in _rising([paragraphs[place].stamp or 0.0 for place in stamped])}
    return [p if place in kept else replace(p, stamp=None) for place, p in enumerate(paragraphs)]


def _told_apart(paragraphs: Sequence[_Paragraph]) -> list[_Paragraph]:
    """Extract quality flags and speaker labels, remove sounds, and split paragraphs by speaker."""
    cues: list[Cue] = []
    for place, paragraph in enumerate(paragraphs):
        text, doubt = take_doubt(paragraph.text)
        lines = tuple(Line(line, paragraph.speaker) for line in without_sounds(text).split("\n") if line)
        cues.append(Cue(place, place, lines, doubt))
    found: list[_Paragraph] = []
    for cue in attribute(cues):
        stamp = paragraphs[int(cue.start)].stamp
        for speaker, group in groupby(cue.lines, key=lambda line: line.speaker):
            whole = _Paragraph(" ".join(line.text for line in group), stamp, speaker, cue.doubt)
            found += _cut(whole)
            stamp = None
    return found


def _cut(paragraph: _Paragraph) -> Iterator[_Paragraph]:
    """Split a long paragraph at sentence ends, for finer times."""
    text, stamp = paragraph.text, paragraph.stamp
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        if match.end() - begin >= _PIECE_CHARACTERS and len(text) - match.end() > 40:
            yield replace(paragraph, text=text[begin : match.end()].rstrip(), stamp=stamp)
            begin, stamp = match.end(), None
    yield replace(paragraph, text=text[begin:], stamp=stamp)


def _by_stamps(paragraphs: Sequence[_Paragraph], duration: float | None) -> list[Segment]:
    """Assign times to paragraphs; those without a timestamp share the time up to the next timestamp."""
    segments: list[Segment] = []
    group: list[_Paragraph] = []
    start = 0.0
    for paragraph in [*paragraphs, None]:
        if paragraph is not None and (paragraph.stamp is None or not group):
            if paragraph.stamp is not None:
                start = paragraph.stamp
            group.append(paragraph)
            continue
        length = sum(len(piece.text) for piece in group)
        longest = start + length / _SLOWEST_RATE + 2
        if paragraph is not None and paragraph.stamp is not None:
            end = min(paragraph.stamp, longest)
        elif duration is not None and duration > start:
            end = min(duration, longest)
        else:
            end = start + length / _SPEAKING_RATE
        segments += _lay_out(group, start, end)
        if paragraph is not None:
            group, start = [paragraph], paragraph.stamp or 0.0
    return segments


def _by_share(paragraphs: Sequence[_Paragraph], duration: float | None) -> list[Segment]:
    length = sum(len(paragraph.text) for paragraph in paragraphs)
    return _lay_out(paragraphs, 0.0, duration or length / _SPEAKING_RATE)


def _lay_out(paragraphs: Sequence[_Paragraph], start: float, end: float) -> list[Segment]:
    total = sum(len(paragraph.text) for paragraph in paragraphs) or 1
    segments, done = [], 0
    for paragraph in paragraphs:
        at = start + (end - start) * done / total
        done += len(paragraph.text)
        until = start + (end - start) * done / total
        at, until = round(at, 3), round(until, 3)
        segments.append(Segment(at, until, paragraph.text, (), paragraph.speaker, paragraph.doubt))
    return segments
