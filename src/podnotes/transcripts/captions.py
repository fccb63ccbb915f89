"""Parsing of captions: WebVTT, SubRip (SRT), SubViewer (SBV) and similar formats.

One parser handles all of them, since real files mix features: a ``.vtt`` with commas, an ``.srt`` with voice tags, cues
out of order, blank lines inside cues or none between them, typographic arrows. A line with two times starts a cue. All
lines up to the next such line are its text, except for the next cue's number or name and, in WebVTT, comments and
styles. Sources: WebVTT, W3C Candidate Recommendation (https://www.w3.org/TR/webvtt1/); SubRip and SubViewer have no
standard.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from podnotes.models import QualityFlag, Segment, Word
from podnotes.sounds import GAP
from podnotes.timestamps import parse_time
from podnotes.transcripts.cues import clean, to_segments
from podnotes.transcripts.provenance import OWN_NOTE
from podnotes.transcripts.speakers import Cue, Line, is_name
from podnotes.transcripts.timecodes import CLOCK, Fractions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOUBTS = {str(doubt): doubt for doubt in QualityFlag}

_ARROW = r"(?:[-‐‑–—−=]{1,3}[ ]?(?:>|&gt;|›|＞)+|[→⇒➔➜])"
_ARROWED = re.compile(rf"^[ \t]*\[?[ \t]*{CLOCK}[ \t]*{_ARROW}[ \t]*{CLOCK}[ \t]*\]?([^\n]*)$", re.MULTILINE)
# Two times without an arrow: SubViewer's comma, Premiere's and Avid's frames. Hours or a fraction are required, since
# "10:30 to 11:00" may be speech.
_PRECISE = r"(?=(?:\d+[:：])+\d+[.,:;，．；]\d+)"
_PAIRED = re.compile(
    rf"^[ \t]*\[?[ \t]*{_PRECISE}{CLOCK}[ \t]*(?:[,，;\t –—-]|to)[ \t]*{_PRECISE}{CLOCK}[ \t]*\]?([^\n]*)$",
    re.MULTILINE,
)
# A timing line with invalid times; its cue's text is still speech.
_BROKEN = re.compile(r"^(?=[^\n]*\d[:：]\d)[ \t]*[\[(]?\d[^\n<]*(?:-->|--&gt;)[^\n]*$", re.MULTILINE)
_SETTINGS = re.compile(
    r"(?:[ \t]*(?:vertical|line|position|size|align|region|[XY][12])[:=][^\s]+)*[ \t]*", re.IGNORECASE
)
_COUNTER = re.compile(r"[#(\[]?\d{1,6}[.:)\]]?")
_SENTENCE = re.compile(r"[.?!,…]\W*$")
_BLOCK = re.compile(r"\n[ \t]*\n(?:(?:NOTE|STYLE|REGION|WEBVTT)(?:[ \t\n]|\Z)|X-TIMESTAMP-MAP=)")
_LANGUAGE = re.compile(r"^Language:[ \t]*([A-Za-z0-9-]+)[ \t]*$", re.MULTILINE)

_MARKUP = re.compile(r"(</?[A-Za-z][^<>]*>|<\d[\d:.,]*>|\n)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t\n]+([^>]*)>", re.IGNORECASE)
_CUE_TIME = re.compile(r"<((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})>")
_TAG = re.compile(
    r"</?(?:v|c|i|b|u|s|em|strong|ruby|rt|lang|font|span|p|div|br)(?:[.\s/][^<>]*)?>|<br\s*/?>", re.IGNORECASE
)
_UNHEARD_TAG = re.compile(r"<(?:inaudible|unintelligible|indistinct|unclear)\b[^<>]*>", re.IGNORECASE)
_CODES = re.compile(r"\{\\[^}]*\}|\{/?[ibuyscfp](?::[^{}]*)?\}|\{\d+\}", re.IGNORECASE)  # SubStation, MicroDVD
_BREAKS = re.compile(r"\\[Nn](?![a-z])")
_ESCAPED = re.compile(r"\\([\[\](){}*_#~`<>.!-])")  # as in Markdown, from which some publishers make their captions
_DOUBT = re.compile(r"<c\.doubt-([a-z-]+)>")
_DOUBTFUL = re.compile(r"\(doubtful: ([a-z-]+)\)[ ]")


def has_cues(text: str) -> bool:
    """Tell whether a text contains at least one cue, that is, a line with two times."""
    return any(pattern.search(text) for pattern in (_ARROWED, _PAIRED))


def is_own(text: str) -> bool:
    """Tell whether podnotes wrote a WebVTT file, so that its words must be read literally."""
    return text.startswith("WEBVTT") and OWN_NOTE in text.partition("-->")[0]


def parse_captions(text: str) -> tuple[list[Segment], str | None]:
    r"""Parse captions.

    Rolling captions, in which each cue repeats the previous line, as in the automatic captions of video sites, are
    unrolled so that every word occurs once.

    Args:
        text: The decoded file with ``\n`` as line end.

    Returns:
        The segments in chronological order, and the language if the header states one, else None.
    """
    timings = _timings(text)
    header = text[: timings[0][0]] if timings else text
    language = _LANGUAGE.search(header)
    webvtt = text.lstrip("\ufeff \n").startswith("WEBVTT")
    literal = is_own(text)
    blocks = [
        text[last : timings[index + 1][0] if index + 1 < len(timings) else len(text)]
        for index, (_, last, *_) in enumerate(timings)
    ]
    habits = _Habits([header, *blocks[:-1]], webvtt=webvtt)
    cues: list[Cue] = []
    for index, ((_, _, start, end, beside), block) in enumerate(zip(timings, blocks, strict=True)):
        payload = habits.payload(block, number=index + 2, last=index + 1 == len(blocks))
        payload = f"{beside}\n{payload}" if beside else payload
        if payload:
            cues.append(_cue(start, end, payload, literal=literal))
    return to_segments(cues, literal=literal), language.group(1) if language else None


def take_doubt(text: str) -> tuple[str, QualityFlag | None]:
    """Split off a mark of :func:`mark_doubt` from the start of a text.

    Returns:
        The rest of the text, and the quality flag or None.
    """
    match = _DOUBTFUL.match(text)
    if match is None or match.group(1) not in DOUBTS:
        return text, None
    return text[match.end() :], DOUBTS[match.group(1)]


def mark_doubt(doubt: QualityFlag | None) -> str:
    """Format a quality flag as a prefix, ``(doubtful: loop) ``, for formats without another place for it."""
    return f"(doubtful: {doubt}) " if doubt is not None else ""


# -------------------------------------------------------------------------------------------------- timings and blocks


def _timings(text: str) -> list[tuple[int, int, float, float, str]]:
    """Find the timing lines: start and end offset in the text, the two times, and any text after the times.

    A line with invalid times starts a cue as well, at the end of the previous one, since the text below is speech.
    """
    matches = list(_ARROWED.finditer(text)) or list(_PAIRED.finditer(text))
    read = Fractions.of(time for match in matches for time in (match.groups()[:5], match.groups()[5:10])).seconds
    if matches and not is_own(text):
        known = {match.start() for match in matches}
        matches += [match for match in _BROKEN.finditer(text) if match.start() not in known]
        matches.sort(key=lambda match: match.start())
    found: list[tuple[int, int, float, float, str]] = []
    end = 0.0
    for match in matches:
        start, beside = end, ""
        if match.re is not _BROKEN:
            *times, beside = match.groups()
            start, end = read(times[:5]), read(times[5:])
        found.append((match.start(), match.end(), start, end, _beside(beside)))
    return found


def _beside(text: str) -> str:
    return "" if _SETTINGS.fullmatch(text) else text.strip()


class _Habits:
    """A file's conventions for separating cues, so that a number or a name before a cue isn't taken for speech.

    Args:
        before: Text before each cue.
        webvtt: Whether comments and styles may occur between cues.
    """

    def __init__(self, before: Sequence[str], *, webvtt: bool) -> None:
        self._webvtt = webvtt
        heads = [(line, alone) for _, line, alone in map(_last_line, before)]
        self._numbered = sum(bool(_COUNTER.fullmatch(line)) for line, _ in heads) >= 0.5 * len(heads)
        self._named = sum(alone and not _COUNTER.fullmatch(line) for line, alone in heads) >= 0.5 * len(heads)

    def payload(self, block: str, *, number: int, last: bool) -> str:
        """Extract a cue's text from the lines between its times and those of the next cue.

        Args:
            block: Text from the end of the timing line.
            number: Number of the next cue, from 1.
            last: Whether this is the last cue.
        """
        head, line, alone = _last_line(block)
        if line and not last and self._is_head(line, number, alone=alone):
            block = head
        # By the standard, any blank line ends a cue; here only one before a comment, style or other block does.
        if self._webvtt and (match := _BLOCK.search(block)):
            block = block[: match.start()]
        return block.strip()

    def _is_head(self, line: str, number: int, *, alone: bool) -> bool:
        if _COUNTER.fullmatch(line):
            return self._numbered or alone or line.strip("#().[]:") == str(number)
        # By the standard, any line can be a cue's name. Here it must look like one, since it may be speech instead.
        if not alone or _SENTENCE.search(line):
            return False
        return (self._webvtt or self._named) if " " not in line else (self._named and any(map(str.isdigit, line)))


def _last_line(block: str) -> tuple[str, str, bool]:
    """Split off the line before a cue's times: text before it, the line ("" if blank), and if a blank one precedes."""
    if not block.endswith("\n"):
        return block, "", False
    head, _, line = block[:-1].rpartition("\n")
    return head, line.strip(), "\n" in head and not head.rpartition("\n")[2].strip()


# ------------------------------------------------------------------------------------------------------------ payloads


def _cue(start: float, end: float, payload: str, *, literal: bool) -> Cue:
    found = _DOUBT.search(payload) if "<c.doubt" in payload else None
    doubt = DOUBTS.get(found.group(1)) if found else None
    if payload.startswith("(doubtful: "):
        payload, doubt = take_doubt(payload)
    if not literal:
        payload = _decoded(payload)
    if _CUE_TIME.search(payload):
        return Cue(start, end, tuple(_timed_lines(payload, start, end)), doubt)
    return Cue(start, end, tuple(_voiced_lines(payload)), doubt)


def read_lines(payload: str) -> tuple[Line, ...]:
    """Parse the text of a cue into lines without markup, with the speakers from voice tags."""
    return tuple(_voiced_lines(_decoded(payload)))


def _decoded(payload: str) -> str:
    if "&" in payload:
        payload = _unescaped(payload)
    if "{" in payload:
        payload = _CODES.sub("", payload)
    if "\\" in payload:
        payload = _ESCAPED.sub(r"\1", _BREAKS.sub("\n", payload).replace("\\h", " "))
    return payload


def _unescaped(payload: str) -> str:
    """Undo all but one level of escaping."""
    for _ in range(3):
        once = html.unescape(payload)
        if html.unescape(once) == once:
            break
        payload = once
    # If the last level yields markup, it was escaped by mistake: nobody says "<i>".
    once = html.unescape(payload)
    return once if _count_markup(once) > _count_markup(payload) else payload


def _count_markup(text: str) -> int:
    return len(_TAG.findall(text)) + len(_CUE_TIME.findall(text))


def _plain(text: str) -> str:
    return clean(html.unescape(text) if "&" in text else text)


def _voiced_lines(payload: str) -> Iterator[Line]:
    """Yield the lines of a payload without markup, each with its speaker."""
    if "<" not in payload:
        yield from (Line(line) for line in map(_plain, payload.split("\n")) if line)
        return
    voice: str | None = None
    text = ""
    for place, piece in enumerate([*_MARKUP.split(payload), "\n"]):
        named = _VOICE.fullmatch(piece) if place % 2 else None
        if place % 2 == 0:
            text += piece
        elif _UNHEARD_TAG.fullmatch(piece):
            text += f" {GAP} "
        elif not text.strip() and not _TAG.fullmatch(piece) and is_name(piece[1:-1]):
            text += piece  # "<Anna> …" isn't markup in any standard
        elif named or piece == "\n" or piece[:3].lower() == "<br":
            if line := _plain(text):
                yield Line(line, voice)
            text = ""
        if named:
            voice = clean(html.unescape(named[1])) or None


def _timed_lines(payload: str, start: float, end: float) -> Iterator[Line]:
    """Parse a cue with word times (``<00:00:01.200>``); words between two times share the time by their characters."""
    # In rolling captions, lines above the first timed one repeat the previous cue.
    lines = payload.split("\n")
    first = next(index for index, line in enumerate(lines) if _CUE_TIME.search(line))
    for line in lines[:first]:
        yield from _voiced_lines(line)
    voice: str | None = None
    parts = [_CUE_TIME.split(line) for line in lines[first:]]
    marks = [parse_time(mark) or 0.0 for part in parts for mark in part[1::2]]
    at, place = start, 0
    for part in parts:
        words: list[Word] = []
        for index, piece in enumerate(part[::2]):
            if index:
                at, place = marks[place], place + 1
            until = max(at, marks[place] if place < len(marks) else end)
            if named := _VOICE.search(piece):
                voice = clean(html.unescape(named[1])) or None
            texts = _plain(_MARKUP.sub(" ", _TAG.sub("", piece))).split()
            total = sum(map(len, texts)) or 1
            for text in texts:
                share = (until - at) * len(text) / total
                words.append(Word(round(at, 3), round(at + share, 3), text))
                at += share
        if words:
            yield Line(" ".join(word.text for word in words), voice, tuple(words))
