"""What a stretch of talk is worth as a quotation."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from podnotes.quotability import rate, rating
from podnotes.quotability.rating import chunks
from podnotes.quotability.windows import FEWEST_WORDS, MOST_SENTENCES, MOST_WORDS, windows
from podnotes.text.sentences import Sentence

if TYPE_CHECKING:
    import pytest

GOOD = (
    "Rubbing a bumped elbow helps because touch travels to the spinal cord on thick, fast fibers.",
    "There it switches on cells that quiet the thin fibers which carry the pain.",
)
POOR = (
    "So we were sort of, you know, going back to what I said about that before.",
    "And then he was like, what was it called again, the second one of those things.",
)


def said(lines: tuple[str, ...] | list[str], speaker: str | None = None) -> list[Sentence]:
    """Sentences of five seconds each."""
    return [Sentence(5.0 * at, 5.0 * at + 4.8, line, speaker, 0, 0, None) for at, line in enumerate(lines)]


def test_what_says_something_is_worth_more_than_what_does_not() -> None:
    filler = ["The train was late again and people looked at their telephones."] * 3
    rated = {(one.window.first, one.window.last): one for one in rate(said([*filler, *GOOD, *filler, *POOR, *filler]))}
    assert rated[3, 4].worth > 3 * rated[8, 9].worth
    assert rated[3, 4].highlight > rated[8, 9].highlight


def test_talks_rated_at_once_do_not_disturb_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rating, "_MOST_JUDGED", 1)  # so that each empties what the others remember
    monkeypatch.setattr(rating, "_BATCH", 1)
    talks = [said([f"Talk {talk}: {line}" for line in GOOD * (5 + 15 * talk)]) for talk in range(4)]
    alone = [rate(talk) for talk in talks]
    with ThreadPoolExecutor(4) as executor:
        assert list(executor.map(rate, talks * 3)) == alone * 3


def test_every_window_is_rated_in_a_long_talk() -> None:
    lines = [f"Sentence number {at} of this talk says something about touch and about the skin." for at in range(300)]
    rated = rate(said(lines))
    assert len(rated) == len(windows(said(lines), [True] * 300))
    assert all(0 < one.worth < 1 and 0 <= one.highlight < 1 for one in rated)
    assert rated == rate(said(lines))


def test_nothing_to_rate() -> None:
    assert rate([]) == []
    assert rate(said(["Yes."])) == []
    assert rate(said(list(GOOD)), [False, False]) == []


def test_words_of_any_script_are_rated_without_complaint() -> None:
    assert rate(said(["痛みは体の警報であり、脳が作る感覚です。" * 3, "☃ ☃ ☃ ☃ ☃ ☃ ☃ ☃"]))


_LINES = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from([None, "Ada", "Noor"]), st.booleans(), st.floats(0.0, 12.0)),
    max_size=20,
)


@given(_LINES)
def test_a_window_is_one_speakers_without_a_gap(lines: list[tuple[int, str | None, bool, float]]) -> None:
    sentences, at = [], 0.0
    for words, speaker, _, pause in lines:
        sentences.append(Sentence(at, at + words / 3, "word " * words, speaker, 0, 0, None))
        at += words / 3 + pause
    usable = [fits for _, _, fits, _ in lines]
    found = windows(sentences, usable)
    assert len(found) == len(set(found))
    for window in found:
        inside = range(window.first, window.last + 1)
        assert len(inside) <= MOST_SENTENCES
        assert FEWEST_WORDS <= window.words <= MOST_WORDS
        assert window.words == sum(lines[index][0] for index in inside)
        assert len({lines[index][1] for index in inside}) == 1
        assert all(usable[index] for index in inside)


@given(st.lists(st.integers(1, 201), max_size=80))
def test_chunks_have_every_sentence_and_go_on(lengths: list[int]) -> None:
    found = list(chunks(lengths))
    assert sorted({index for first, last in found for index in range(first, last)}) == list(range(len(lengths)))
    assert all(sum(lengths[first:last]) < 480 for first, last in found)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in itertools.pairwise(found))
