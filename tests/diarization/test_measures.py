"""The measures of the benchmark, against examples whose figures are published or plain."""

from __future__ import annotations

import pytest
from benchmarks.diarization import Span, error_rate, words_right

from podnotes.models import Segment, Transcript


def spans(*given: tuple[str, float, float]) -> list[Span]:
    return [Span(start, end, who) for who, start, end in given]


def test_the_example_of_pyannote_metrics() -> None:
    # https://pyannote.github.io/pyannote-metrics/tutorial.html: 51.6 %
    truth = spans(("A", 0, 10), ("B", 12, 20), ("C", 24, 27), ("D", 30, 40))
    found = spans(("a", 2, 13), ("b", 13, 14), ("c", 14, 20), ("d", 22, 38), ("e", 38, 40))
    assert error_rate(truth, found, collar=0.0) == pytest.approx(0.516, abs=0.002)


def test_what_is_right_has_no_error_and_nothing_found_misses_all() -> None:
    truth = spans(("A", 0, 10), ("B", 12, 20))
    assert error_rate(truth, spans(("x", 12, 20), ("y", 0, 10))) == 0.0
    assert error_rate(truth, []) == 1.0


def test_a_border_within_the_collar_is_right() -> None:
    truth = spans(("A", 0, 10), ("B", 10, 20))
    assert error_rate(truth, spans(("x", 0, 10.2), ("y", 10.2, 20))) == 0.0
    assert error_rate(truth, spans(("x", 0, 11.0), ("y", 11.0, 20))) > 0.03


def test_words_are_right_when_their_speaker_is() -> None:
    truth = [Span(0, 2, "A", "one two three"), Span(2, 4, "B", "four")]
    signed = Transcript(
        (Segment(0, 1, "one two", speaker="x"), Segment(1, 2, "three"), Segment(2, 4, "four", speaker="y")), 4
    )
    assert words_right(truth, signed) == (0.75, 0.25)
