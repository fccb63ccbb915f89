"""What speakers put before a sentence without meaning anything by it ("And so, …"): a quote can begin after it."""

from __future__ import annotations

import re

_LEADINS = re.compile(
    r"""(?:and\ (?:so|then|yet|now|also|again|of\ course|in\ fact|actually)|so\ (?:then|again|now|basically|really)
    |but\ (?:again|then|also|of\ course|in\ fact)|you\ know|i\ mean|of\ course|in\ fact|all\ right|alright|okay|ok
    |right|well|yeah|yes|no|oh|um|uh|now|so|and|but|also|again|actually|basically|anyway|look|listen|indeed)
    (?:,\s*|\s+)(?=\S)""",
    re.IGNORECASE | re.VERBOSE,
)
# "So much", "no pain", "right before": here the word belongs to the sentence.
_PART_OF_SENTENCE = re.compile(
    r"""so\ (?:many|much|far|few|little|long|called|that|on)\b|so-|now\ that\b|again\ and\b|but\ for\b|also\ known\b
    |(?:no|right|well|look|listen|yes|indeed|okay|ok|you\ know|i\ mean|in\ fact|of\ course|basically|actually)
    (?!,)[\s-]""",
    re.IGNORECASE | re.VERBOSE,
)
# What is left must be a sentence still.
_LEAST_LEFT = 12  # characters


def leadin_length(text: str) -> int:
    """Count the characters at the start of an English sentence that only lead into it.

    Args:
        text: A sentence as it was said.

    Returns:
        Where the sentence proper begins; 0 where it begins at once.
    """
    plain = text.replace("’", "'")
    at = 0
    while True:
        match = _LEADINS.match(plain, at)
        if match is None or _PART_OF_SENTENCE.match(plain, at) or len(plain) - match.end() < _LEAST_LEFT:
            return at
        at = match.end()


def without_leadin(text: str) -> str:
    """Take away what only leads into a sentence; it begins with a capital letter then."""
    rest = text[leadin_length(text) :]
    return rest[:1].upper() + rest[1:]
