"""Final check of a parsed transcript: no times, counters or codes may pass for speech.

Every parser removes its own format's markup. If a file mixes formats or has an unknown one, some is left over: a few
occurrences are removed and reported; many mean that the format isn't understood.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from podnotes.errors import TranscriptError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Segment

_LEFT = re.compile(
    r"[\[(]?(?<![\d:])(?:\d{1,2}[:：]){2}\d{1,2}[.,;:，．；]\d{1,9}(?:\.\d+)?[\])]?"  # 00:00:05,667
    r"|[\[(]?(?<![\d:])0\d?[:：]\d{2}[:：]\d{2}(?![\d:])[\])]?"  # 00:12:34, but not a record time such as 2:01:39
    r"|[-–—]{1,2}>"
    r"|\{\d+\}|\{\\[^{}]*\}|\\(?:par|pard|tab|f\d|fs\d+|cf\d|line|ansi|rtf\d)\b ?|\\'[0-9a-f]{2}"
    r"|</?(?:v|c|i|b|u|s|em|strong|font|span|p|div|br|lang|ruby|rt|tt|text|body|html|sync)(?:[ .][^<>]*)?/?>"
    r"|(?-i:&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});)"
    r"|\bDialogue: \d+,|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:[/-]\d+)*",
    re.IGNORECASE,
)
# A file with a larger share has an unknown format, or is badly damaged.
_MOST_SHARE = 0.1
_SPACE = re.compile(r" {2,}")


def without_leftovers(segments: Sequence[Segment], shown: str) -> tuple[list[Segment], int]:
    """Remove leftover times and codes.

    Args:
        segments: Parsed segments.
        shown: Name of the file for messages.

    Returns:
        The cleaned segments, and the number of segments with leftovers.

    Raises:
        TranscriptError: Too many segments have leftovers, so the format isn't understood.
    """
    kept: list[Segment] = []
    found = 0
    for segment in segments:
        text = segment.text
        if ":" not in text and "：" not in text and not _may_have_code(text):
            kept.append(segment)
            continue
        mended = _SPACE.sub(" ", _LEFT.sub(" ", text)).strip()
        if mended == text:
            kept.append(segment)
            continue
        found += 1
        if any(character.isalnum() for character in mended):
            kept.append(replace(segment, text=mended, words=()))
    if found > max(1, _MOST_SHARE * len(segments)):
        raise TranscriptError(
            f"{shown} has timestamps or codes in its text that podnotes doesn't recognise; use another transcript or "
            "let podnotes transcribe the audio."
        )
    return kept, found


def _may_have_code(text: str) -> bool:
    return any(character in text for character in "<>{\\&-,")
