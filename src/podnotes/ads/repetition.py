"""Words that come back: the same read in another episode, or again in this one.

Content is hardly ever said twice word for word; sponsor reads, welcomes and sign-offs are. A transcript is reduced to
the hashes of its runs of seven words (shingles, Broder 1997), which are quick to make, small to keep, and say how much
of a sentence has been heard before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_RUN = 7  # words
# Words that a stretch heard before has at least, and words that may differ within it (a name, a recognition error).
_LEAST_STRETCH = 30
_GAP = 8
_LEAST_WHOLE = 4  # words of a sentence that counts when it comes again as it is
# Two transcripts that share more than this are the same episode again, not two episodes with the same reads.
_RERUN = 0.3


def shingles(words: Sequence[str]) -> list[int]:
    """Hash every run of seven words.

    Args:
        words: Words as `podnotes.ads.features.normalised` gives them.

    Returns:
        One hash for each place where a run begins; the same in every process.
    """
    encoded = [word.encode() for word in words]
    return [crc32(b" ".join(encoded[place : place + _RUN])) for place in range(len(encoded) - _RUN + 1)]


def heard_before(
    sentences: Sequence[Sequence[str]], known: Iterable[Collection[int]], *, least_transcripts: int = 1
) -> list[float]:
    """Say how much of each sentence is known from other transcripts.

    Args:
        sentences: Words of each sentence, normalised.
        known: Fingerprints of other transcripts, one collection a transcript.
        least_transcripts: In how many of them a run must stand to count.

    Returns:
        For each sentence the share of its words, 0 to 1, that are in a known run.
    """
    words = [word for sentence in sentences for word in sentence]
    marks = shingles(words)
    counts = [0] * len(marks)
    for prints in known:
        seen = [mark in prints for mark in marks]
        if sum(seen) > _RERUN * len(marks):
            continue
        for place, hit in enumerate(seen):
            counts[place] += hit
    covered = bytearray(len(words))
    for place, count in enumerate(counts):
        if count >= least_transcripts:
            covered[place : place + _RUN] = b"\1" * _RUN
    _drop_short_stretches(covered)
    shares, at = [], 0
    for sentence in sentences:
        shares.append(sum(covered[at : at + len(sentence)]) / max(1, len(sentence)))
        at += len(sentence)
    return shares


def _drop_short_stretches(covered: bytearray) -> None:
    """Keep what is said again at length: a favourite sentence of the host's is no read."""
    first, last, heard = -1, -1, 0
    for place, mark in enumerate([*covered, *bytes(_GAP), 1]):
        if not mark:
            continue
        if place - last > _GAP:
            if first >= 0 and heard < _LEAST_STRETCH:
                covered[first : last + 1] = bytes(last + 1 - first)
            first, heard = place, 0
        last, heard = place, heard + 1


def said_again(sentences: Sequence[Sequence[str]], in_read: Sequence[bool]) -> list[float]:
    """Say how much of each sentence is in a read of the same episode.

    Args:
        sentences: Words of each sentence, normalised.
        in_read: Which of them have been found to be in a read.

    Returns:
        For each sentence outside a read the share of its words, 0 to 1, that a read has in the same order; 0 inside.
    """
    whole: set[tuple[str, ...]] = set()
    runs: set[tuple[str, ...]] = set()
    known: set[str] = set()
    for sentence, inside in zip(sentences, in_read, strict=True):
        if inside:
            words = tuple(sentence)
            known.update(words)
            if len(words) >= _LEAST_WHOLE:
                whole.add(words)
            runs.update(words[place : place + _RUN] for place in range(len(words) - _RUN + 1))
    shares = []
    for sentence, inside in zip(sentences, in_read, strict=True):
        words = tuple(sentence)
        # Most sentences begin or end with words that no read has, which is quicker to see than their runs.
        if inside or len(words) < _LEAST_WHOLE or not (known.issuperset(words[:2]) or known.issuperset(words[-2:])):
            shares.append(0.0)
        else:
            shares.append(1.0 if words in whole else _covered(words, runs))
    return shares


def _covered(words: tuple[str, ...], runs: set[tuple[str, ...]]) -> float:
    covered = bytearray(len(words))
    for place in range(len(words) - _RUN + 1):
        if words[place : place + _RUN] in runs:
            covered[place : place + _RUN] = b"\1" * _RUN
    return sum(covered) / len(words)
