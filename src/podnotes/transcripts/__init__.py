"""Transcripts: captions, JSON, plain text and more; reading, checking and writing them.

Names are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.transcripts.formats import format_transcript, parse_transcript, read_transcript, write_transcript
    from podnotes.transcripts.publisher import fetch_transcript

__all__ = [
    "fetch_transcript",
    "format_transcript",
    "parse_transcript",
    "read_transcript",
    "write_transcript",
]

__getattr__, __dir__ = _lazy.attach(
    __name__,
    {
        "formats": "format_transcript parse_transcript read_transcript write_transcript",
        "publisher": "fetch_transcript",
    },
)
