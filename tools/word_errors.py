"""Word error rate: how much of what was said a recogniser got wrong."""

from __future__ import annotations

from tools.espeak import WORD


def word_error_rate(said: str, heard: str) -> float:
    """Share of words that were substituted, deleted or inserted (Levenshtein distance over words).

    Args:
        said: What was really said.
        heard: What the recogniser made of it. Case and punctuation don't count in either.

    Returns:
        0 for a perfect transcript; beyond 1 where more was made up than was said.

    Raises:
        ValueError: If nothing was said.
    """
    reference = _words(said)
    if not reference:
        raise ValueError("the word error rate of nothing is not defined")
    return word_errors(said, heard) / len(reference)


def word_errors(said: str, heard: str) -> int:
    """How many words were substituted, deleted or inserted, as few as explain the difference.

    Args:
        said: What was really said.
        heard: What the recogniser made of it.
    """
    reference, hypothesis = _words(said), _words(heard)
    distances = list(range(len(hypothesis) + 1))
    for row, word in enumerate(reference, 1):
        previous, distances[0] = distances[0], row
        for column, other in enumerate(hypothesis, 1):
            substituted = previous + (word != other)
            previous = distances[column]
            distances[column] = min(substituted, previous + 1, distances[column - 1] + 1)
    return distances[-1]


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())
