"""Segmentation: join the hypotheses of the windows, and split them at sentence ends."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import TYPE_CHECKING

from podnotes.text.sentences import sentence_ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podnotes.asr.engine import Hypothesis
    from podnotes.asr.quality import Checked
    from podnotes.models import Word

# A silence this long ends a segment even without a full stop.
_SILENCE_SECONDS = 2.0
# Maximum length of a segment joined from windows without full stops.
_LONGEST_SECONDS = 30.0
# Replaces zero, which has no logarithm.
_LEAST_PROBABILITY = 1e-4


def split(hypothesis: Hypothesis, language: str) -> Iterator[Hypothesis]:
    """Split a hypothesis at sentence ends and long silences.

    Args:
        hypothesis: Its words have times.
        language: Language of the speech (primary subtag).

    Yields:
        The sentences, each from the start of its first word to the end of its last, with the mean log-probability of
        its own words.
    """
    ends = sentence_ends([word.text for word in hypothesis.words], language)
    first = 0
    for index, word in enumerate(hypothesis.words):
        last = index + 1 == len(hypothesis.words)
        if last or ends[index] or hypothesis.words[index + 1].start - word.end > _SILENCE_SECONDS:
            yield part(hypothesis, hypothesis.words[first : index + 1])
            first = index + 1


def part(hypothesis: Hypothesis, words: Sequence[Word]) -> Hypothesis:
    """Make a hypothesis from some words of another, or from all of them with other times.

    Args:
        hypothesis: The original; its text shows whether words are separated by spaces.
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


def join(found: Iterable[Checked], language: str) -> list[Checked]:
    """Join sentences that the windows cut apart: words that continue the ones before, which end without a full stop.

    Args:
        found: Hypotheses in order of time.
        language: Language of hypotheses that don't state one (primary subtag).
    """
    joined: list[Checked] = []
    for hypothesis, doubt in found:
        if joined and joined[-1][1] is doubt and _goes_on(joined[-1][0], hypothesis, language):
            joined[-1] = _joined(joined[-1][0], hypothesis), doubt
        else:
            joined.append((hypothesis, doubt))
    return joined


def _joined(before: Hypothesis, after: Hypothesis) -> Hypothesis:
    words = (*before.words, *after.words)
    # A single word doesn't show whether its language uses spaces.
    return part(before if " " in before.text else after, words)


def _goes_on(before: Hypothesis, after: Hypothesis, language: str) -> bool:
    if not before.words or not after.words or after.start - before.end > _SILENCE_SECONDS:
        return False
    if before.language != after.language:
        return False
    if after.end - before.start > _LONGEST_SECONDS:
        return False
    # The next word shows whether a full stop ends the sentence.
    return not sentence_ends([before.words[-1].text, after.words[0].text], before.language or language)[0]
