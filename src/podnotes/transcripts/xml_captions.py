"""Parsing of XML captions: TTML and its profiles (IMSC, DFXP, Apple Podcasts).

Source: TTML2, W3C Recommendation (https://www.w3.org/TR/ttml2/), especially §12.3 on time expressions.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from podnotes.errors import TranscriptError
from podnotes.transcripts.cues import clean, to_segments
from podnotes.transcripts.speakers import Cue, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podnotes.models import Segment

_ROOT = re.compile(r"<(?:[\w-]+:)?tt[\s>]")
_CLOCK = re.compile(r"(\d+):(\d{1,2})(?::(\d{1,2})(?:([.,])(\d+)|[:;](\d+(?:\.\d+)?))?)?")
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|m|s|ms|f|t)?")
_XML = "{http://www.w3.org/XML/1998/namespace}"


def is_captions(head: str) -> bool:
    """Tell whether the start of a text is that of XML captions."""
    return head.startswith("<") and _ROOT.search(head) is not None


def parse_xml(text: str) -> tuple[list[Segment], str | None]:
    """Parse TTML.

    Args:
        text: The decoded file.

    Returns:
        The segments, and the language if the file states one, else None.

    Raises:
        TranscriptError: The text isn't well-formed XML, or declares entities.
    """
    if "<!ENTITY" in text:
        raise TranscriptError("The transcript is XML with entity declarations, which podnotes rejects for safety.")
    try:
        root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 - it declares no entities
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise TranscriptError("The transcript is invalid XML, perhaps cut off in transit.") from error
    return to_segments(_Document(root).cues(root, 0.0, None, None)), root.get(f"{_XML}lang") or None


class _Piece(NamedTuple):
    """Text with its start and end in seconds and its speaker."""

    start: float
    end: float | None
    speaker: str | None
    text: str


class _Document:
    """Parser for a document, with its frame rate, tick rate and speakers' names by id from the root and head."""

    def __init__(self, root: ET.Element) -> None:
        stated = _number(_attribute(root, "frameRate"))
        self._frames = stated or 30.0
        self._ticks = _number(_attribute(root, "tickRate")) or (self._frames if stated else 1.0)
        self._agents: dict[str, str] = {}
        for element in root.iter():
            if _name(element) == "agent" and (key := element.get(f"{_XML}id")):
                name = next((clean("".join(child.itertext())) for child in element if _name(child) == "name"), "")
                self._agents[key] = name or key

    def cues(self, element: ET.Element, start: float, end: float | None, speaker: str | None) -> Iterator[Cue]:
        """Yield the cues of all paragraphs; times are relative to the start of the enclosing element."""
        if _name(element) in ("head", "metadata"):
            return
        start, end, speaker = self._own(element, start, end, speaker)
        if _name(element) != "p":
            for child in element:
                yield from self.cues(child, start, end, speaker)
            return
        for (begins, ends), pieces in groupby(self._pieces(element, start, end, speaker), key=lambda piece: piece[:2]):
            lines: list[Line] = []
            for name, group in groupby(pieces, key=lambda piece: piece.speaker):
                texts = "".join(piece.text for piece in group).split("\n")
                lines += (Line(text, name) for text in map(clean, texts) if text)
            if lines:
                yield Cue(begins, begins if ends is None else ends, tuple(lines))

    def _pieces(self, element: ET.Element, start: float, end: float | None, speaker: str | None) -> Iterator[_Piece]:
        """Split a paragraph at changes of speaker and at elements with their own times."""
        yield _Piece(start, end, speaker, _flat(element.text))
        for child in element:
            if _name(child) == "br":
                yield _Piece(start, end, speaker, "\n")
            elif _name(child) not in ("metadata", "set"):
                begins, ends, name = self._own(child, start, end, speaker)
                unit = _attribute(child, "unit")
                if unit == "word" or (not unit and len("".join(child.itertext()).split()) < 2):
                    begins, ends = start, end
                    # Apple's transcripts time every word, without spaces between words.
                    yield _Piece(start, end, name, " " if unit else "")
                yield from self._pieces(child, begins, ends, name)
            yield _Piece(start, end, speaker, _flat(child.tail))

    def _own(
        self, element: ET.Element, start: float, end: float | None, speaker: str | None
    ) -> tuple[float, float | None, str | None]:
        """Return start, end and speaker of an element, inherited from the enclosing one if not given."""
        begins, ends, lasts = (self._time(element.get(name)) for name in ("begin", "end", "dur"))
        base = 0.0 if _attribute(element, "unit") else start  # Apple's sentence times are absolute
        own = start if begins is None else base + begins
        if ends is not None:
            end = base + ends
        elif lasts is not None:
            end = own + lasts
        for key in _attribute(element, "agent").split()[:1]:
            speaker = self._agents.get(key, key)
        return own, end, speaker

    def _time(self, text: str | None) -> float | None:
        """Parse a time expression into seconds."""
        text = (text or "").strip()
        if match := _CLOCK.fullmatch(text):
            first, second, third, _, decimals, frames = match.groups()
            whole = int(first) * 3600 + int(second) * 60 + int(third) if third else int(first) * 60 + int(second)
            return round(whole + (float(f"0.{decimals}") if decimals else float(frames or 0) / self._frames), 3)
        if match := _OFFSET.fullmatch(text):
            of = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "f": 1 / self._frames, "t": 1 / self._ticks}
            return round(float(match[1]) * of[match[2] or "s"], 3)
        return None


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: ET.Element, name: str) -> str:
    """Return an attribute in any namespace, since those of parameters and metadata changed with each version."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value > 0 else None
