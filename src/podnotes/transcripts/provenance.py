"""Provenance of a WebVTT file: a comment at its top, readable by people and by podnotes.

::

    WEBVTT
    Language: en

    NOTE podnotes transcript
    source: recognised
    model: small.en
    duration: 00:03:02.450
    detail engine: faster-whisper 1.2.1
    warning: 2.0 seconds of the audio are damaged and were left out (at 0:01:07).

The path of the audio stays out of it: the file may be put beside a post.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from podnotes.transcripts.cues import clean
from podnotes.transcripts.timecodes import format_time, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podnotes.models import Transcript

_NOTE = re.compile(r"^NOTE podnotes transcript\n((?:[^\n]+(?:\n|\Z))*)", re.MULTILINE)
_SOURCES = frozenset({"recognised", "publisher", "file"})


def write_note(transcript: Transcript) -> str:
    """Write what a transcript says about itself as a WebVTT comment."""
    lines = (f"{_escape(name, key=True)}: {_escape(value)}\n" for name, value in _entries(transcript))
    return "NOTE podnotes transcript\n" + "".join(lines)


def read_note(transcript: Transcript, header: str) -> Transcript:
    """Take what a WebVTT file says about its transcript over into it.

    Args:
        transcript: What was read from the cues.
        header: The file up to the first cue; anything but such a comment is passed over.
    """
    note = _NOTE.search(header)
    if note is None:
        return transcript
    found: dict[str, list[str]] = {}
    for line in note.group(1).splitlines():
        name, _, value = line.partition(": ")
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    source = found.get("source", [""])[0]
    duration = parse_time(found.get("duration", [""])[0]) or 0.0
    return replace(
        transcript,
        duration=max(duration, transcript.duration),
        source=source if source in _SOURCES else transcript.source,
        model=found.get("model", [transcript.model])[0],
        details={name[7:]: values[0] for name, values in found.items() if name.startswith("detail ")},
        warnings=tuple(found.get("warning", ())),
        timed=found.get("times", [""])[0] != "estimated",
    )


def _entries(transcript: Transcript) -> Iterator[tuple[str, str]]:
    yield "source", transcript.source
    if transcript.model:
        yield "model", transcript.model
    yield "duration", format_time(transcript.duration)
    if not transcript.timed:
        yield "times", "estimated"
    for name, value in transcript.details.items():
        yield f"detail {name}", value
    for warning in transcript.warnings:
        yield "warning", warning


def _escape(text: str, *, key: bool = False) -> str:
    # "-->" would end the comment and begin a cue.
    escaped = clean(text).replace("&", "&amp;").replace(">", "&gt;")
    return escaped.replace(":", "&#58;") if key else escaped
