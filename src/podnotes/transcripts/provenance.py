"""Provenance: what a transcript says about itself, in a member of its JSON and in a comment at the top of its WebVTT.

Other readers ignore both.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podnotes.models import Transcript

#: Begins the comment at the top of WebVTT that podnotes wrote.
OWN_NOTE = "NOTE podnotes transcript\n"


def to_members(transcript: Transcript) -> dict[str, Any]:
    """All that isn't in the segments, as JSON members."""
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
    """Take over what is right of some members, whoever wrote them; the rest stays as it was."""
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
    """Write the WebVTT comment, without the path of the audio: the file may be put beside a post."""
    members = to_members(replace(transcript, origin=None))
    # "-->" would end the comment and begin a cue.
    return OWN_NOTE + json.dumps(members, ensure_ascii=False, indent=1).replace(">", "\\u003e") + "\n"


def read_note(transcript: Transcript, header: str) -> Transcript:
    """Take the comment of a WebVTT file over into its transcript.

    Args:
        transcript: What was read from the cues.
        header: The file up to the first cue.
    """
    try:
        members = json.loads(header.partition(OWN_NOTE)[2].partition("\n\n")[0])
    except (ValueError, RecursionError):  # another file, or another version's
        return transcript
    return with_members(transcript, members) if isinstance(members, dict) else transcript
