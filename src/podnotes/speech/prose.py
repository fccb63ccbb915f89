"""Transcripts as running text: plain text, Markdown and HTML, with times and speakers where the text has them.

Text without times is laid out over the episode by its share of characters: good enough to find the minute, marked as
approximate. HTML follows the Podcasting 2.0 recommendation (``<cite>``, ``<time>``, ``<p>``) or is any page with the
words on it.
"""

from __future__ import annotations

import html.parser
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podnotes.models import Segment
from podnotes.speech.captions import clean, mark_doubt, parse_time, take_doubt
from podnotes.speech.speakers import Line, find_speakers, looks_like_speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podnotes.models import Doubt, Transcript

_STAMP = r"(?P<open>[\[(])?(?P<stamp>(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?)(?(open)[\])])"
_HEADING = re.compile(rf"(?P<name>[^\W\d_][^:\[\](){{}}]{{0,48}}?)?[:,]?[ \t]*[-–—|]?[ \t]*{_STAMP}:?")
_LEADING = re.compile(
    rf"{_STAMP}(?:[ \t]*(?:-->|-|–|—)[ \t]*(?:\d+:)?\d+:\d\d(?:[.,]\d+)?)?[\])]?[ \t]*[-–—:|]?[ \t]+(?=\S)"
)
_NAMED = re.compile(rf"(?P<name>[^\W\d_][^:\[\](){{}}]{{0,48}}?):?[ \t]*(?=[\[(]){_STAMP}:?[ \t]+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*[ ]+")
_MARKDOWN_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~:&])")
_MARKDOWN_LIST = re.compile(r"^(\d*)([-+.)])")
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
# 160 words a minute with English word lengths (characters a second); talk is seldom slower than the second figure.
_SPEAKING_RATE, _SLOWEST_RATE = 15.0, 6.0
_PIECE_CHARACTERS = 240
_PARAGRAPH_CHARACTERS, _PARAGRAPH_GAP_SECONDS = 600, 2.0


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    stamp: float | None = None
    speaker: str | None = None
    doubt: Doubt | None = None


def parse_prose(text: str, duration: float | None = None) -> tuple[list[Segment], bool]:
    """Read plain text.

    Args:
        text: Paragraphs apart by blank lines, or one a line; names and times where the text has them.
        duration: Seconds of the episode, over which text without times is laid out; estimated when None.

    Returns:
        The segments, and whether their times come from the text.
    """
    for bare in (True, False):  # a time of day in the text looks like a time without brackets, but doesn't run along
        paragraphs = _paragraphs(text, bare=bare)
        stamps = [paragraph.stamp for paragraph in paragraphs if paragraph.stamp is not None]
        if stamps and stamps == sorted(stamps) and (len(stamps) > 1 or len(paragraphs) == 1):
            return _by_stamps(paragraphs, duration), True
    return _by_share(paragraphs, duration), False


def parse_markdown(text: str, duration: float | None = None) -> tuple[list[Segment], bool]:
    """Read Markdown as :func:`write_markdown` writes it; same arguments and results as :func:`parse_prose`."""
    lines = []
    for line in text.split("\n"):
        if line.startswith(("# ", "## ", "### ")) or (line.startswith("_") and line.endswith("_")):
            continue
        plain = re.sub(r"(?<!\\)\*\*", "", line)
        lines.append(_MARKDOWN_ESCAPE.sub(r"\1", plain))
    return parse_prose("\n".join(lines), duration)


def parse_html(text: str, duration: float | None = None) -> tuple[list[Segment], bool]:
    """Read a transcript out of an HTML page; same results as :func:`parse_prose`."""
    reader = _TranscriptPage()
    reader.feed(text)
    reader.close()
    return parse_prose(reader.text(), duration)


def write_text(transcript: Transcript) -> str:
    """Write paragraphs, each with its time and speaker: ``[0:01:02] Anna: …``."""
    parts = []
    for paragraph in _compose(transcript.segments):
        speaker = f"{paragraph.speaker}: " if paragraph.speaker else ""
        parts.append(f"[{_clock(paragraph.stamp or 0.0)}] {mark_doubt(paragraph.doubt)}{speaker}{paragraph.text}\n")
    return "\n".join(parts)


def write_markdown(transcript: Transcript) -> str:
    """Write Markdown: a heading, where the words come from, and paragraphs under their speaker and time."""
    about = [f"{_clock(transcript.duration)} long"]
    if transcript.model:
        about.append(f"recognised with {transcript.model}")
    elif transcript.source == "publisher":
        about.append("the publisher's own transcript")
    if not transcript.timed:
        about.append("times are approximate")
    parts = ["# Transcript\n", f"_{_escape(', '.join(about))}_\n"]
    for paragraph in _compose(transcript.segments):
        name = f"**{_escape(paragraph.speaker)}** " if paragraph.speaker else ""
        text = _MARKDOWN_LIST.sub(r"\1\\\2", _escape(paragraph.text))
        parts.append(f"{name}[{_clock(paragraph.stamp or 0.0)}]\n\n{mark_doubt(paragraph.doubt)}{text}\n")
    return "\n".join(parts)


def _escape(text: str) -> str:
    return _MARKDOWN_SPECIAL.sub(r"\\\1", text)


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _compose(segments: Sequence[Segment]) -> Iterator[_Paragraph]:
    """Join segments into paragraphs: at a new speaker, after a pause, or at a sentence's end when long enough."""
    texts: list[str] = []
    first = last = None
    for segment in segments:
        text = clean(segment.text)
        if not text:
            continue
        if first is not None and last is not None:
            length = sum(map(len, texts))
            ended = texts[-1].endswith((".", "?", "!", "…"))
            if (
                (segment.speaker, segment.doubt) != (first.speaker, first.doubt)
                or (ended and segment.start - last.end > _PARAGRAPH_GAP_SECONDS)
                or (length > _PARAGRAPH_CHARACTERS and ended)
                or length > 3 * _PARAGRAPH_CHARACTERS
            ):
                yield _Paragraph(" ".join(texts), first.start, first.speaker, first.doubt)
                texts, first = [], None
        first, last = first or segment, segment
        texts.append(text)
    if first is not None:
        yield _Paragraph(" ".join(texts), first.start, first.speaker, first.doubt)


def _paragraphs(text: str, *, bare: bool) -> list[_Paragraph]:
    """Split running text where a blank line, a time or a speaker's name begins something new."""
    found: list[_Paragraph] = []
    texts: list[str] = []
    stamp: float | None = None
    heading: str | None = None  # name in a line of its own: holds for the paragraphs up to the next

    def flush() -> None:
        nonlocal stamp
        if texts:
            found.append(_Paragraph(" ".join(texts), stamp, heading))
            texts.clear()
            stamp = None

    for raw in text.split("\n"):
        line = clean(raw)
        if not line:
            flush()
            continue
        title = _HEADING.fullmatch(line)
        if title and (title["open"] or (bare and (title["name"] or len(line) <= 12))):
            flush()
            stamp = parse_time(title["stamp"].replace(",", "."))
            heading = title["name"].strip(" *,-") or None if title["name"] else heading
            continue
        label = looks_like_speaker(f"{line} x") if line.endswith(":") and len(line) < 50 else None
        if label and label.end() == len(line) + 1:
            flush()
            heading = label.group(1)
            continue
        leading, named = _LEADING.match(line), _NAMED.match(line)
        if leading and (leading["open"] or bare):
            flush()
            stamp, line = parse_time(leading["stamp"].replace(",", ".")), line[leading.end() :]
            heading = None
        elif named:
            flush()
            stamp, heading = parse_time(named["stamp"].replace(",", ".")), named["name"].strip()
            line = line[named.end() :]
        elif looks_like_speaker(line):
            flush()
            heading = None
        texts.append(line)
    flush()
    return [piece for paragraph in _name(found) for piece in _cut(paragraph)]


def _name(paragraphs: Sequence[_Paragraph]) -> list[_Paragraph]:
    """Take marks of doubt and "NAME:" prefixes out of the text."""
    marked = []
    for paragraph in paragraphs:
        text, doubt = take_doubt(paragraph.text)
        marked.append(replace(paragraph, text=text, doubt=doubt))
    if any(paragraph.speaker for paragraph in marked):
        return marked
    # The position goes along as the start, since find_speakers drops lines that have nothing but a name.
    lines = find_speakers([Line(index, index, (p.text,)) for index, p in enumerate(marked)])
    return [replace(marked[int(n.start)], text=" ".join(n.texts), speaker=n.speaker) for n in lines]


def _cut(paragraph: _Paragraph) -> Iterator[_Paragraph]:
    """Cut a long paragraph at sentence ends, so that its times are finer than the paragraph."""
    text, stamp = paragraph.text, paragraph.stamp
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        if match.end() - begin >= _PIECE_CHARACTERS and len(text) - match.end() > 40:
            yield replace(paragraph, text=text[begin : match.end()].rstrip(), stamp=stamp)
            begin, stamp = match.end(), None
    yield replace(paragraph, text=text[begin:], stamp=stamp)


def _by_stamps(paragraphs: Sequence[_Paragraph], duration: float | None) -> list[Segment]:
    """Give each paragraph its time; what has none shares the time up to the next that has."""
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


class _TranscriptPage(html.parser.HTMLParser):
    """Collects the words of a page; when part of it is marked as transcript, article or main, only those."""

    _HIDDEN = frozenset(
        {"script", "style", "head", "nav", "header", "footer", "form", "aside", "template", "svg", "button", "noscript"}
    )
    _BLOCKS = frozenset(
        [
            "p",
            "div",
            "br",
            "li",
            "ul",
            "ol",
            "tr",
            "td",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "blockquote",
            "section",
            "article",
            "main",
            "body",
            "dl",
            "dt",
            "dd",
            "hr",
            "figure",
        ]
    )
    _VOID = frozenset(
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, int]] = []  # name and rank of each open element
        self._hidden = 0
        self._parts: dict[int, list[str]] = {0: [], 1: [], 2: []}  # by rank: page, article or main, transcript
        self._cite: list[str] | None = None
        self._time: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BLOCKS:
            self._add("\n" if tag == "br" else "\n\n")
        if tag in self._VOID:
            return
        names = " ".join(value or "" for name, value in attrs if name in {"id", "class"}).lower()
        rank = 2 if "transcript" in names else 1 if tag in {"article", "main"} else 0
        self._open.append((tag, max(rank, self._open[-1][1] if self._open else 0)))
        # A page's <header> is hidden, the one of an article isn't worth the difference.
        self._hidden += tag in self._HIDDEN
        if tag == "cite":
            self._add("\n\n")
            self._cite = []
        elif tag == "time":
            self._time = []

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open):
            return
        while self._open:
            name, _ = self._open[-1]
            if name == "cite" and self._cite is not None:
                speaker, self._cite = clean("".join(self._cite)).rstrip(": "), None
                self._add(f"{speaker}: " if speaker else "")
            elif name == "time" and self._time is not None:
                stamp, self._time = clean("".join(self._time)).strip("[]()"), None
                self._add(f" [{stamp}] " if parse_time(stamp) is not None and ":" in stamp else f" {stamp} ")
            elif name in self._BLOCKS:
                self._add("\n\n")
            self._open.pop()
            self._hidden -= name in self._HIDDEN
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._cite is not None:
            self._cite.append(data)
        elif self._time is not None:
            self._time.append(data)
        else:
            self._add(data.replace("\n", " "))

    def _add(self, text: str) -> None:
        if not self._hidden:
            for rank in range((self._open[-1][1] if self._open else 0) + 1):
                self._parts[rank].append(text)

    def text(self) -> str:
        """What was collected, from the part that says most clearly that it is the transcript."""
        whole = "".join(self._parts[0])
        for rank in (2, 1):
            part = "".join(self._parts[rank])
            if len(part.split()) > 0.2 * len(whole.split()) and part.strip():
                return part
        return whole
