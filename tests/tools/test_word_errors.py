"""Word error rates are counted as the field counts them."""

from __future__ import annotations

import pytest
from tools.word_errors import align_words, word_error_rate


@pytest.mark.parametrize(
    ("said", "heard", "rate"),
    [
        ("Pain is an alarm.", "pain is an alarm", 0.0),
        ("Pain is an alarm.", "pain is the alarm", 0.25),
        ("Pain is an alarm.", "pain is alarm", 0.25),
        ("Pain is an alarm.", "pain is not an alarm", 0.25),
        ("Pain is an alarm.", "", 1.0),
        ("Pain.", "pain pain pain pain", 3.0),
        ("one two three four", "two three four five", 0.5),
    ],
)
def test_word_error_rate(said: str, heard: str, rate: float) -> None:
    assert word_error_rate(said, heard) == pytest.approx(rate)


def test_word_error_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="undefined"):
        word_error_rate("…", "pain")


def test_what_was_heard_is_laid_beside_what_was_said() -> None:
    pairs = align_words(
        ["pain", "is", "an", "alarm", "of", "the", "body"], ["pain", "is", "not", "an", "alarm", "of", "body"]
    )
    assert pairs == [
        ("pain", "pain", 0, 0), ("is", "is", 1, 1), ("", "not", None, 2), ("an", "an", 2, 3), ("alarm", "alarm", 3, 4),
        ("of", "of", 4, 5), ("the", "", 5, None), ("body", "body", 6, 6),
    ]  # fmt: skip
    assert align_words([], ["a"]) == [("", "a", None, 0)]
