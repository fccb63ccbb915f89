"""Predict a reader's verdict on each window from the probability that the reader would mark it as a quote.

A reader who has marked a span keeps quotes that contain it and little else, and edits those that have only part of it.
So the expected verdict on a window is a sum over all overlapping windows, as in minimum Bayes risk decoding (Kumar and
Byrne 2004, https://aclanthology.org/N04-1022). Where the probability is spread over several windows, this selects the
one that most of them agree with, which is not always the most probable one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from podnotes.quotability.windows import MOST_SENTENCES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.quotability.windows import Window
    from podnotes.text.sentences import Sentence

#: Minimum share of a marked span in a quote that is kept.
WHOLE = 0.85
#: Minimum shares of a quote inside marked spans if it is kept, and if it is edited.
KEPT, EDITED = 0.6, 0.4
#: Minimum duration in seconds of quotes and spans, for these shares.
SHORTEST = 0.5


def expected_verdicts(
    sentences: Sequence[Sentence], found: Sequence[Window], marked: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Return the expected worth of each window, and the probability that it contains a highlight.

    Args:
        sentences: All sentences of the episode.
        found: The windows.
        marked: Array of shape (windows, 2): the probabilities that a reader would mark exactly this window as a quote,
            and as one of the best.

    Returns:
        Array of shape (windows, 2), 0 to 1. The worth is 1 for a quote that is kept, 0.5 for one that is edited.
    """
    count = len(sentences)
    start = np.array([sentence.start for sentence in sentences])
    end = np.array([sentence.end for sentence in sentences])
    first = np.array([window.first for window in found])
    more = np.array([window.last - window.first for window in found])
    probability = np.zeros((count, MOST_SENTENCES, 2))
    probability[first, more] = marked
    verdicts = np.zeros_like(probability)
    # All pairs of overlapping windows, by their number of further sentences and the distance of their first sentences.
    for own in range(MOST_SENTENCES):
        for distance in range(1 - MOST_SENTENCES, own + 1):
            for other in range(max(0, -distance), MOST_SENTENCES):
                i = np.arange(max(0, -distance), count - max(own, distance + other))
                j = i + distance
                both = np.minimum(end[i + own], end[j + other]) - np.maximum(start[i], start[j])
                inside = both / np.maximum(end[i + own] - start[i], SHORTEST)
                whole = both >= WHOLE * np.maximum(end[j + other] - start[j], SHORTEST)
                kept = whole & (inside >= KEPT)
                worth = np.where(kept, 1.0, np.where(inside >= EDITED, 0.5, 0.0))
                verdicts[i, own, 0] += worth * probability[j, other, 0]
                verdicts[i, own, 1] += kept * probability[j, other, 1]
    expected: np.ndarray[Any, Any] = np.minimum(verdicts[first, more], 1.0)
    return expected
