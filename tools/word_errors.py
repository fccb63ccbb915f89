"""Word error rates of speech recognition."""

from __future__ import annotations

from tools.espeak import WORD


def word_error_rate(said: str, heard: str) -> float:
    """Compute the word error rate: substituted, deleted and inserted words per word of the reference.

    Args:
        said: The reference text.
        heard: The recognised text. Case and punctuation are ignored in both.

    Returns:
        0 for a perfect transcript; more than 1 if there are more errors than words in the reference.

    Raises:
        ValueError: The reference is empty.
    """
    reference = _words(said)
    if not reference:
        raise ValueError("the word error rate of an empty reference is undefined")
    return word_errors(said, heard) / len(reference)


def word_errors(said: str, heard: str) -> int:
    """Compute the minimum number of substituted, deleted and inserted words (Levenshtein distance over words).

    Args:
        said: The reference text.
        heard: The recognised text.
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


def align_words(said: list[str], heard: list[str]) -> list[tuple[str, str, int | None, int | None]]:
    """Align recognised words with the reference, with the minimum number of errors.

    Args:
        said: Normalised words of the reference.
        heard: Normalised words recognised.

    Returns:
        In order: the reference word ("" for an insertion), the recognised word ("" for a deletion), and their indices
        or None.
    """
    import numpy as np

    cost = np.zeros((len(said) + 1, len(heard) + 1), np.int32)
    cost[:, 0], cost[0] = range(len(said) + 1), range(len(heard) + 1)
    places = np.arange(len(heard) + 1)
    others = np.array(heard, dtype=object)
    for row, word in enumerate(said, 1):
        step = np.minimum(cost[row - 1, 1:] + 1, cost[row - 1, :-1] + (others != word))
        # Insertions cost one each: the cheapest path from the left, for all columns at once.
        cost[row] = np.minimum.accumulate(np.concatenate([[row], step]) - places) + places
    pairs: list[tuple[str, str, int | None, int | None]] = []
    row, column = len(said), len(heard)
    while row or column:
        both = row and column and cost[row, column] == cost[row - 1, column - 1] + (said[row - 1] != heard[column - 1])
        if both:
            row, column = row - 1, column - 1
            pairs.append((said[row], heard[column], row, column))
        elif row and cost[row, column] == cost[row - 1, column] + 1:
            row -= 1
            pairs.append((said[row], "", row, None))
        else:
            column -= 1
            pairs.append(("", heard[column], None, column))
    return pairs[::-1]
