"""Lead-ins: empty words at the start of a sentence ("And so, …") that a quote can leave out."""

from __future__ import annotations

import re

_LEADINS = re.compile(
    r"""(?:and\ (?:so|then|yet|now|also|again|of\ course|in\ fact|actually)|so\ (?:then|again|now|basically|really)
    |but\ (?:again|then|also|of\ course|in\ fact)|you\ know|i\ mean|of\ course|in\ fact|all\ right|alright|okay|ok
    |right|well|yeah|yes|no|oh|um|uh|now|so|and|but|also|again|actually|basically|anyway|look|listen|indeed)
    (?:,\s*|\s+)(?=\S)""",
    re.IGNORECASE | re.VERBOSE,
)
# In "so much", "no pain" and "right before", the word belongs to the sentence.
_PART_OF_SENTENCE = re.compile(
    r"""so\ (?:many|much|far|few|little|long|called|that|on)\b|so-|now\ that\b|again\ and\b|but\ for\b|also\ known\b
    |(?:no|right|well|look|listen|yes|indeed|okay|ok|you\ know|i\ mean|in\ fact|of\ course|basically|actually)
    (?!,)[\s-]""",
    re.IGNORECASE | re.VERBOSE,
)
# The rest of the sentence must be at least this long.
_LEAST_LEFT = 12  # characters


def leadin_length(text: str) -> int:
    """Return the length in characters of the lead-in of an English sentence."""
    plain = text.replace("’", "'")
    at = 0
    while True:
        match = _LEADINS.match(plain, at)
        if match is None or _PART_OF_SENTENCE.match(plain, at) or len(plain) - match.end() < _LEAST_LEFT:
            return at
        at = match.end()


def without_leadin(text: str) -> str:
    """Remove the lead-in of an English sentence; the rest starts with a capital letter."""
    rest = text[leadin_length(text) :]
    return rest[:1].upper() + rest[1:]
