"""XML captions: TTML with its profiles (IMSC, DFXP, Apple Podcasts), and the timed text of video sites.

Sources: TTML2, W3C Recommendation (https://www.w3.org/TR/ttml2/), above all §12.3 on time expressions; the timed text
of YouTube ("srv1" to "srv3") has no public description.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from podnotes.errors import TranscriptError
from podnotes.models import Segment, Word
from podnotes.transcripts.cues import clean, to_segments
from podnotes.transcripts.speakers import Cue, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOTS = re.compile(r"<(?:[\w-]+:)?(?:tt|timedtext|transcript)[\s>]")
_CLOCK = re.compile(r"(\d+):(\d{1,2})(?::(\d{1,2})(?:([.,])(\d+)|[:;](\d+(?:\.\d+)?))?)?")
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|m|s|ms|f|t)?")
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def is_captions(head: str) -> bool:
    """Tell whether a text begins as XML that holds captions."""
    return head.startswith("<") and _ROOTS.search(head) is not None


def parse_xml(text: str) -> tuple[list[Segment], str | None]:
    """Read captions in XML.

    Args:
        text: The decoded file.

    Returns:
        The segments, and the language if the file names one.

    Raises:
        TranscriptError: It is broken XML, or declares entities.
    """
    if "<!ENTITY" in text:
        raise TranscriptError("The transcript is XML with entity declarations, which podnotes rejects for safety.")
    try:
        root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 - it declares no entities
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise TranscriptError("The transcript is invalid XML, perhaps cut off in transit.") from error
    document = _Document.of(root)
    return to_segments(document.cues(root)), root.get(_XML_LANGUAGE) or None


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of time of an element: where it begins, and where it ends if that is stated, in seconds."""

    start: float
    end: float | None


@dataclass(frozen=True, slots=True)
class _Document:
    """What the head of a document says.

    Attributes:
        frames: Frames a second.
        ticks: Ticks a second.
        unit: Seconds that a number without a unit stands for.
        agents: Names of those who speak, by id.
    """

    frames: float
    ticks: float
    unit: float
    agents: dict[str, str]

    @classmethod
    def of(cls, root: ET.Element) -> _Document:
        frames = _number(_attribute(root, "frameRate")) or 30.0
        if multiplier := re.fullmatch(r"\s*(\d+)[\s:]+([1-9]\d*)\s*", _attribute(root, "frameRateMultiplier") or ""):
            frames *= float(Fraction(int(multiplier[1]), int(multiplier[2])))
        stated = _attribute(root, "frameRate") is not None
        ticks = _number(_attribute(root, "tickRate")) or (frames if stated else 1.0)
        agents: dict[str, str] = {}
        for element in root.iter():
            if _name(element) == "agent" and (key := element.get(_XML_ID)):
                name = next((clean("".join(child.itertext())) for child in element if _name(child) == "name"), "")
                agents[key] = name or key
        # YouTube's srv3 counts milliseconds in "t" and "d".
        unit = 0.001 if _name(root) == "timedtext" and any(_name(element) == "p" for element in root.iter()) else 1.0
        return cls(frames, ticks, unit, agents)

    def cues(self, root: ET.Element) -> Iterator[Cue]:
        yield from self._within(root, _Span(0.0, None), None)

    def _within(self, element: ET.Element, outer: _Span, speaker: str | None) -> Iterator[Cue]:
        """Go down to the paragraphs: times count from the beginning of what they stand in."""
        if _name(element) in ("head", "metadata"):
            return
        span, speaker = self._span(element, outer), self._speaker(element, speaker)
        if _name(element) in ("p", "text"):
            yield from self._paragraph(element, span, speaker)
            return
        for child in element:
            yield from self._within(child, span, speaker)

    def _paragraph(self, element: ET.Element, span: _Span, speaker: str | None) -> Iterator[Cue]:
        reading = _Reading(self)
        reading.read(element, span, speaker, times=False)
        start = span.start
        end = span.end
        for piece in reading.finished():
            lines = tuple(line for line in piece.lines if line.text)
            if lines:
                begins = piece.start if piece.start is not None else start
                ends = piece.end if piece.end is not None else end
                yield Cue(begins, ends if ends is not None else begins, lines)

    def _span(self, element: ET.Element, outer: _Span) -> _Span:
        begin = self.time(element.get("begin") or element.get("start") or element.get("t"))
        end = self.time(element.get("end"))
        duration = self.time(element.get("dur") or element.get("d"))
        start = outer.start + (begin or 0.0)
        if end is not None:
            return _Span(start, outer.start + end)
        return _Span(start, start + duration if duration is not None else outer.end)

    def _speaker(self, element: ET.Element, outer: str | None) -> str | None:
        for key in (_attribute(element, "agent") or "").split():
            return self.agents.get(key, key)
        return outer

    def time(self, text: str | None) -> float | None:
        """Read a time expression."""
        text = (text or "").strip()
        if match := _CLOCK.fullmatch(text):
            first, second, third, _, decimals, frames = match.groups()
            whole = int(first) * 3600 + int(second) * 60 + int(third) if third else int(first) * 60 + int(second)
            return round(whole + (float(f"0.{decimals}") if decimals else float(frames or 0) / self.frames), 3)
        if match := _OFFSET.fullmatch(text):
            of = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "f": 1 / self.frames, "t": 1 / self.ticks}
            return round(float(match[1]) * (of[match[2]] if match[2] else self.unit), 3)
        return None


@dataclass(slots=True)
class _Piece:
    """Lines that share a time within a paragraph; None where it is the paragraph's own."""

    start: float | None
    end: float | None
    lines: list[Line]


class _Reading:
    """Collects what a paragraph says: lines, their speakers, and words where each has its own time."""

    def __init__(self, document: _Document) -> None:
        self._document = document
        self._pieces: list[_Piece] = [_Piece(None, None, [])]
        self._text = ""
        self._speaker: str | None = None
        self._words: list[Word] = []
        self._behind_word: str | None = None  # the text up to the end of the last word

    def read(self, element: ET.Element, span: _Span, speaker: str | None, *, times: bool) -> None:
        """Read an element and what is in it."""
        name = _name(element)
        if name in ("metadata", "set"):
            return
        if name == "br":
            self._end_line()
            return
        if speaker != self._speaker:
            self._end_line()
            self._speaker = speaker
        whole = clean("".join(element.itertext()))
        word = times and whole and " " not in whole and not len(element)
        # A sentence or a line of its own time ends what stood before it.
        if times and not word and self._is_clause(element):
            self._end_line()
            self._pieces.append(_Piece(span.start, span.end, []))
        if word:
            # Apple's words stand side by side, without the spaces between them.
            if _attribute(element, "unit") == "word" and self._text == self._behind_word:
                self._text += " "
            self._text += whole
            self._behind_word = self._text
            self._words.append(Word(span.start, span.end if span.end is not None else span.start, whole))
        else:
            self._text += element.text or ""
        for child in element:
            own = self._document._span(child, span)
            timed = any(child.get(key) is not None for key in ("begin", "start"))
            self.read(child, own, self._document._speaker(child, speaker), times=timed)
            if self._speaker != speaker and clean(child.tail or ""):
                self._end_line()
                self._speaker = speaker
            self._text += child.tail or ""

    @staticmethod
    def _is_clause(element: ET.Element) -> bool:
        return len(clean("".join(element.itertext())).split()) > 1

    def _end_line(self) -> None:
        text = clean(self._text)
        if text:
            words = tuple(self._words) if " ".join(word.text for word in self._words) == text else ()
            self._pieces[-1].lines.append(Line(text, self._speaker, words))
        self._text, self._words, self._behind_word = "", [], None

    def finished(self) -> list[_Piece]:
        self._end_line()
        return self._pieces


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: ET.Element, name: str) -> str | None:
    """An attribute in whatever namespace: the one of parameters and metadata has changed with each version."""
    if (plain := element.get(name)) is not None:
        return plain
    return next((value for key, value in element.attrib.items() if key.endswith(f"}}{name}")), None)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if value > 0 else None
