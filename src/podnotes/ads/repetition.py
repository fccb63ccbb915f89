"""Detect text that is repeated from another episode.

Content is rarely repeated verbatim; sponsor reads, welcomes and sign-offs are. A transcript is reduced to hashes of its
runs of seven words (shingles, Broder 1997), which are fast to compute, compact to store, and show how much of a
sentence is repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_RUN = 7  # words
# Minimum words in repeated text, and words that may differ within it (a name, a recognition error).
_LEAST_STRETCH = 30
_GAP = 8
# Two transcripts that share more than this are the same episode, not two episodes with the same reads.
_RERUN = 0.3


def shingles(words: Sequence[str]) -> list[int]:
    """Hash every run of seven words, one hash per start position; the same in every process."""
    encoded = [word.encode() for word in words]
    return [crc32(b" ".join(encoded[place : place + _RUN])) for place in range(len(encoded) - _RUN + 1)]


def heard_before(sentences: Sequence[Sequence[str]], known: Iterable[Collection[int]]) -> list[float]:
    """Return the share of each sentence's words, 0 to 1, that are in a run of seven words from other transcripts."""
    words = [word for sentence in sentences for word in sentence]
    marks = shingles(words)
    covered = bytearray(len(words))
    for prints in known:
        hits = [place for place, mark in enumerate(marks) if mark in prints]
        if len(hits) <= _RERUN * len(marks):
            for place in hits:
                covered[place : place + _RUN] = b"\1" * _RUN
    _drop_short_stretches(covered)
    shares, at = [], 0
    for sentence in sentences:
        shares.append(sum(covered[at : at + len(sentence)]) / max(1, len(sentence)))
        at += len(sentence)
    return shares


def _drop_short_stretches(covered: bytearray) -> None:
    """Ignore short repeated text: a host's favourite sentence is not a read."""
    first, last, heard = -1, -1, 0
    for place, mark in enumerate([*covered, *bytes(_GAP), 1]):
        if not mark:
            continue
        if place - last > _GAP:
            if first >= 0 and heard < _LEAST_STRETCH:
                covered[first : last + 1] = bytes(last + 1 - first)
            first, heard = place, 0
        last, heard = place, heard + 1
