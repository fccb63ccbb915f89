"""List the possible quotes in an episode: one to five consecutive sentences of one speaker."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from podnotes.text.words import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.text.sentences import Sentence

MOST_SENTENCES = 5
FEWEST_WORDS, MOST_WORDS = 7, 90
# A silence this long ends every quote.
_SILENCE = 8.0  # seconds


class Window(NamedTuple):
    """Consecutive sentences.

    Attributes:
        first: Index of the first sentence.
        last: Index of the last sentence.
        words: Number of words in them.
    """

    first: int
    last: int
    words: int


def windows(sentences: Sequence[Sentence], usable: Sequence[bool]) -> list[Window]:
    """List every possible quote.

    Args:
        sentences: All sentences of the episode, in order of time.
        usable: False for sentences that must not be quoted; no window contains one.

    Returns:
        The windows, ordered by first and last sentence.
    """
    lengths = [count_words(sentence.text) for sentence in sentences]
    found: list[Window] = []
    for first, opening in enumerate(sentences):
        words = 0
        for last in range(first, min(first + MOST_SENTENCES, len(sentences))):
            here = sentences[last]
            if not usable[last] or here.speaker != opening.speaker:
                break
            if last > first and here.start - sentences[last - 1].end > _SILENCE:
                break
            words += lengths[last]
            if words > MOST_WORDS:
                break
            if words >= FEWEST_WORDS:
                found.append(Window(first, last, words))
    return found
