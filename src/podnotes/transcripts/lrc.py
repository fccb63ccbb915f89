"""LRC, a lyrics format that some programs use for transcripts: ``[mm:ss.xx] words``.

It has no standard; ID tags (``[ar:…]``), ``[offset:±ms]``, several times before one line, and times of words
(``<mm:ss.xx>``) are common.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podnotes.transcripts.cues import clean, to_segments
from podnotes.transcripts.speakers import Cue, Line

if TYPE_CHECKING:
    from podnotes.models import Segment

_TIME = r"(\d{1,3}):(\d{1,2})(?:\.(\d{1,3}))?"
_STAMPS = re.compile(rf"(?:\[{_TIME}\][ ]?)+")
_STAMP = re.compile(rf"\[{_TIME}\]")
_WORD_TIME = re.compile(rf"<{_TIME}>")
_ID_TAG = re.compile(r"\[(?:#|ar|al|ti|au|by|la|re|ve|tool|length|offset|id):?[^\]\n]*\]", re.IGNORECASE)
_OFFSET = re.compile(r"\[offset:\s*([+-]?\d+)\s*\]", re.IGNORECASE)
_LANGUAGE = re.compile(r"\[la:\s*([A-Za-z-]{2,12})\s*\]", re.IGNORECASE)
_LONGEST = 10.0  # seconds that the last line is given at most


def is_lrc(text: str) -> bool:
    """Tell whether a text is LRC: nearly every line begins with a time with hundredths, or is an ID tag."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    stamped = sum(bool(match and match.group(3)) for match in map(_STAMP.match, lines))
    tags = sum(bool(_ID_TAG.fullmatch(line)) for line in lines)
    return stamped > 0 and stamped + tags >= 0.8 * len(lines)


def parse_lrc(text: str) -> tuple[list[Segment], str | None]:
    """Read LRC.

    Returns:
        The segments, each up to the next, and the language if the file names one.
    """
    offset = _OFFSET.search(text)
    # A positive offset makes the words come sooner.
    shift = -int(offset.group(1)) / 1000 if offset else 0.0
    found: list[tuple[float, str]] = []
    for line in text.split("\n"):
        stamps = _STAMPS.match(line.strip())
        if stamps:
            words = clean(_WORD_TIME.sub("", line.strip()[stamps.end() :]))
            found += [(max(0.0, _seconds(stamp) + shift), words) for stamp in _STAMP.finditer(stamps.group())]
        elif found and line.strip() and not _ID_TAG.fullmatch(line.strip()):
            found[-1] = (found[-1][0], clean(f"{found[-1][1]} {line}"))
    found.sort(key=lambda pair: pair[0])
    ends = [start for start, _ in found[1:]] + ([found[-1][0] + _LONGEST] if found else [])
    cues = [Cue(start, end, (Line(words),)) for (start, words), end in zip(found, ends, strict=True) if words]
    language = _LANGUAGE.search(text)
    return to_segments(cues), language.group(1) if language else None


def _seconds(stamp: re.Match[str]) -> float:
    minutes, seconds, fraction = stamp.groups()
    return round(int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}"), 3)
