"""The expected verdict of a reader on quotes that overlap what the reader would mark."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.quote_labels import judge

from podnotes.quotability.verdicts import expected_verdicts
from podnotes.quotability.windows import windows
from podnotes.text.sentences import Sentence


def said(seconds: list[float]) -> list[Sentence]:
    """Sentences of given durations, without pauses."""
    ends = np.cumsum(seconds)
    return [
        Sentence(float(end - length), float(end), "word " * 8, None, 0, 0, None)
        for end, length in zip(ends, seconds, strict=True)
    ]


_SECONDS = st.lists(st.floats(0.0, 30.0), min_size=1, max_size=9)


@given(_SECONDS, st.data())
def test_a_marked_window_judges_those_around_it_as_a_reader_would(seconds: list[float], data: st.DataObject) -> None:
    sentences = said(seconds)
    found = windows(sentences, [True] * len(sentences))
    place = data.draw(st.integers(0, len(found) - 1))
    marked = np.zeros((len(found), 2))
    marked[place] = 1.0
    span = {
        "start": sentences[found[place].first].start,
        "end": sentences[found[place].last].end,
        "grade": 3,
        "topic": "touch",
    }
    for window, (worth, highlight) in zip(found, expected_verdicts(sentences, found, marked), strict=True):
        verdict = judge(sentences[window.first].start, sentences[window.last].end, [span])
        assert worth == pytest.approx(verdict.worth)
        assert highlight == pytest.approx(float(verdict.highlight))


@given(_SECONDS, st.integers(0, 1000))
def test_expected_verdicts_are_probabilities_that_add_up(seconds: list[float], seed: int) -> None:
    sentences = said(seconds)
    found = windows(sentences, [True] * len(sentences))
    generator = np.random.default_rng(seed)
    one, two = generator.random((2, len(found), 2)) / 50
    both = expected_verdicts(sentences, found, one + two)
    assert np.all((both >= 0) & (both <= 1))
    assert both == pytest.approx(
        np.minimum(expected_verdicts(sentences, found, one) + expected_verdicts(sentences, found, two), 1)
    )


def test_the_window_that_most_likely_ones_agree_with_is_best() -> None:
    sentences = said([6.0, 1.0, 6.0, 6.0])
    found = windows(sentences, [True] * 4)
    at = {(window.first, window.last): number for number, window in enumerate(found)}
    marked = np.zeros((len(found), 2))
    # Alone, the last sentence is the most probable; but it isn't certain where the quote around it begins.
    marked[at[3, 3], 0], marked[at[0, 2], 0], marked[at[1, 2], 0], marked[at[0, 1], 0] = 0.3, 0.25, 0.2, 0.15
    worth = expected_verdicts(sentences, found, marked)[:, 0]
    assert int(worth.argmax()) == at[0, 2]
