"""Provenance of a transcript, stored in a JSON member or in a comment at the top of a WebVTT file.

Other programs ignore both.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podnotes.models import Transcript

#: Start of the comment at the top of WebVTT files written by podnotes.
OWN_NOTE = "NOTE podnotes transcript\n"


def to_members(transcript: Transcript) -> dict[str, Any]:
    """Return everything except the segments as JSON members."""
    return {
        "duration": transcript.duration,
        "language": transcript.language,
        "source": transcript.source,
        "model": transcript.model,
        "origin": transcript.origin,
        "details": transcript.details,
        "warnings": list(transcript.warnings),
        "timed": transcript.timed,
    }


def with_members(transcript: Transcript, members: dict[str, Any]) -> Transcript:
    """Apply the valid values among JSON members, which may come from any program, to a transcript."""
    duration, details, warnings = members.get("duration"), members.get("details"), members.get("warnings")
    texts = {name: members[name] for name in ("language", "model", "origin") if isinstance(members.get(name), str)}
    return replace(
        transcript,
        duration=float(duration) if isinstance(duration, int | float) and 0 <= duration < 1e7 else transcript.duration,
        source=str(members.get("source", transcript.source)),
        details={str(key): str(value) for key, value in details.items()} if isinstance(details, dict) else {},
        warnings=tuple(map(str, warnings)) if isinstance(warnings, list) else (),
        timed=members.get("timed") is not False,
        **texts,
    )


def write_note(transcript: Transcript) -> str:
    """Format the WebVTT comment, without the origin, since the file may be published."""
    members = to_members(replace(transcript, origin=None))
    # "-->" would end the comment and start a cue.
    return OWN_NOTE + json.dumps(members, ensure_ascii=False, indent=1).replace(">", "\\u003e") + "\n"


def read_note(transcript: Transcript, header: str) -> Transcript:
    """Apply the comment of a WebVTT file to its transcript.

    Args:
        transcript: Transcript read from the cues.
        header: The file up to the first cue.
    """
    try:
        members = json.loads(header.partition(OWN_NOTE)[2].partition("\n\n")[0])
    except (ValueError, RecursionError):  # no comment, or one from another version
        return transcript
    return with_members(transcript, members) if isinstance(members, dict) else transcript
