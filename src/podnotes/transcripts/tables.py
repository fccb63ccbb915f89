"""Table transcripts: Whisper's and Audacity's tab-separated lines, and CSV with a heading for each column."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from podnotes.errors import TranscriptError
from podnotes.transcripts.captions import read_lines
from podnotes.transcripts.cues import clean, to_segments
from podnotes.transcripts.speakers import Cue
from podnotes.transcripts.timecodes import parse_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Segment

_START = re.compile(
    r"(?:start|begin|in|from|timestamp|time|offset)(?:[ _-]?(?:time|timecode|seconds?|s|ms|stamp))?", re.IGNORECASE
)
_END = re.compile(r"(?:end|stop|out|to|finish)(?:[ _-]?(?:time|timecode|seconds?|s|ms|stamp))?", re.IGNORECASE)
_SPEAKER = re.compile(r"(?:speaker|voice|character|name|who)(?:[ _-]?(?:name|label|id))?", re.IGNORECASE)
_TEXT = re.compile(
    r"(?:text|transcript|transcription|body|content|caption|dialogue|words|sentence|utterance)s?", re.IGNORECASE
)
_BARE = re.compile(r"\d+(?:\.\d+)?\t\d+(?:\.\d+)?\t\S")
_WHISPER = ["start", "end", "text"]


def is_table(text: str) -> bool:
    """Tell whether a text is a table with a start and a text in each row."""
    lines = [line for line in text[:8192].split("\n")[:-1] or [text] if line.strip()][:20]
    if not lines:
        return False
    return all(map(_BARE.match, lines)) or _columns(_cells(lines[0], _delimiter(lines[0]))) is not None


def parse_table(text: str) -> list[Segment]:
    """Read a table; rows without a time or words are left out."""
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = _delimiter(first)
    heading = _cells(first, delimiter)
    columns = _columns(heading)
    lines = text.strip("\n").split("\n")
    try:
        # Between tabs nothing is quoted: a quotation mark belongs to the words.
        rows = (
            [line.split(delimiter) for line in lines]
            if delimiter == "\t"
            else list(csv.reader((f"{line}\n" for line in lines), delimiter=delimiter))
        )
    except csv.Error as error:
        raise TranscriptError("The table can't be read as a transcript: a closing quote is missing.") from error
    if columns is None:
        columns, heading = {"start": 0, "end": 1, "text": 2}, []
    else:
        rows = rows[1:]
    # Whisper's own table counts milliseconds and doesn't say so.
    whole = all(row[columns["start"]].strip().isdigit() for row in rows if len(row) > columns["start"])
    names = [name.strip().lower() for name in heading]
    divisor = 1000.0 if (names == _WHISPER and delimiter == "\t" and whole) or names[:1] == ["start_ms"] else 1.0
    cells = [{name: _cell(row, place) for name, place in columns.items()} for row in rows]
    starts = parse_times([row["start"] for row in cells])
    ends = parse_times([row.get("end", "") for row in cells])
    cues: list[Cue] = []
    for row, start, end in zip(cells, starts, ends, strict=True):
        if start is None or not row["text"]:
            continue
        until = start if end is None else end
        told = (replace(line, speaker=line.speaker or row.get("speaker") or None) for line in read_lines(row["text"]))
        cues.append(Cue(round(start / divisor, 3), round(until / divisor, 3), tuple(told)))
    return to_segments(cues)


def _cell(row: Sequence[str], place: int) -> str:
    return clean(row[place]) if place < len(row) else ""


def _delimiter(line: str) -> str:
    return max("\t;,", key=line.count)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # an endless line
        return []


def _columns(heading: Sequence[str]) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for place, cell in enumerate(heading):
        name = cell.strip().strip('"').lower()
        for kind, pattern in (("start", _START), ("end", _END), ("speaker", _SPEAKER), ("text", _TEXT)):
            if pattern.fullmatch(name):
                found.setdefault(kind, place)
                break
    return found if "start" in found and "text" in found else None
