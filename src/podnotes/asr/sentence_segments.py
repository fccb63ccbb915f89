"""Segmentation: join what was recognised in each window, and split it at sentence ends."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import TYPE_CHECKING

from podnotes.text.sentences import sentence_ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podnotes.asr.engine import Hypothesis
    from podnotes.models import QualityFlag, Word

# A silence this long ends a segment even without a full stop.
_SILENCE_SECONDS = 2.0
# Where full stops don't come, windows are joined to segments of this length at most.
_LONGEST_SECONDS = 30.0
# The logarithm of nothing.
_LEAST_PROBABILITY = 1e-4


def split(hypothesis: Hypothesis, language: str) -> Iterator[Hypothesis]:
    """Cut what was recognised in a window where sentences end and where nobody speaks for a while.

    Args:
        hypothesis: With words, or it stays as it is.
        language: Primary subtag of what is spoken.

    Yields:
        The sentences, each from the start of its first word to the end of its last, with the mean log-probability of
        its own words.
    """
    if not hypothesis.words:
        yield hypothesis
        return
    ends = sentence_ends([word.text for word in hypothesis.words], language)
    first = 0
    for index, word in enumerate(hypothesis.words):
        last = index + 1 == len(hypothesis.words)
        if last or ends[index] or hypothesis.words[index + 1].start - word.end > _SILENCE_SECONDS:
            yield part(hypothesis, hypothesis.words[first : index + 1])
            first = index + 1


def part(hypothesis: Hypothesis, words: Sequence[Word]) -> Hypothesis:
    """Make a hypothesis of some of the words of another one, or of all of them with other times.

    Args:
        hypothesis: Where they are from: without spaces between its words where its language is written without.
        words: In order of time; at least one.
    """
    known = [word.probability for word in words if word.probability is not None]
    logprob = hypothesis.logprob
    if known:
        logprob = sum(log(max(probability, _LEAST_PROBABILITY)) for probability in known) / len(known)
    space = " " if " " in hypothesis.text else ""
    end = max(word.end for word in words)
    text = space.join(word.text for word in words)
    return replace(hypothesis, start=words[0].start, end=end, text=text, logprob=logprob, words=tuple(words))


def join(
    found: Iterable[tuple[Hypothesis, QualityFlag | None]], language: str
) -> list[tuple[Hypothesis, QualityFlag | None]]:
    """Join what windows cut apart: words that go on where those before them ended without a full stop.

    Args:
        found: What stands in the transcript, in order of time, each with its doubt.
        language: Primary subtag of what is spoken where a hypothesis doesn't say otherwise.
    """
    joined: list[tuple[Hypothesis, QualityFlag | None]] = []
    for hypothesis, doubt in found:
        if joined and joined[-1][1] is doubt and _goes_on(joined[-1][0], hypothesis, language):
            joined[-1] = _joined(joined[-1][0], hypothesis), doubt
        else:
            joined.append((hypothesis, doubt))
    return joined


def _joined(before: Hypothesis, after: Hypothesis) -> Hypothesis:
    words = (*before.words, *after.words)
    # One word alone doesn't tell whether its language is written with spaces.
    return part(before if " " in before.text else after, words)


def _goes_on(before: Hypothesis, after: Hypothesis, language: str) -> bool:
    if not before.words or not after.words or after.start - before.end > _SILENCE_SECONDS:
        return False
    if before.language != after.language:
        return False
    if after.end - before.start > _LONGEST_SECONDS:
        return False
    # Whether a full stop ends a sentence is told by the word after it.
    return not sentence_ends([before.words[-1].text, after.words[0].text], before.language or language)[0]
