"""What the parts of the score do: feedback, surroundings, floors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.passages.relevance_feedback import associated, likeness, vectors
from podnotes.passages.scoring import SCALE, Evidence, worth_quoting

EVIDENCE = st.builds(
    Evidence,
    own=st.floats(0, 20),
    around=st.floats(0, 10),
    alike=st.floats(-5, 5),
    substance=st.floats(0.55, 1),
)


def test_a_stretch_like_the_relevant_ones_is_found_without_their_words() -> None:
    talk = [
        ["pain", "cord", "signal"],
        ["pain", "cord", "volume"],
        ["cord", "signal", "volume"],
        ["train"],
        ["train", "late"],
    ]
    scores = likeness(vectors(talk), [1.0, 1.0, 0.0, 0.0, 0.0])
    assert scores[2] > 0 > scores[3]
    assert sum(scores) == pytest.approx(0, abs=1e-9)
    assert likeness(vectors(talk), [0.0] * 5) == [0.0] * 5
    assert likeness([], []) == []


def test_words_that_go_with_a_topic() -> None:
    talk = [
        ["vagus", "sigh"],
        ["vagus", "sigh", "train"],
        ["vagus", "sigh"],
        ["train"],
        ["train"],
        ["train"],
        ["bench"],
    ]
    assert associated({0, 1, 2}, talk, most=5) == ["sigh", "vagus"]
    assert associated({0, 1}, talk, most=5) == []


@given(st.lists(EVIDENCE, max_size=60))
def test_the_choice_is_ordered_and_bounded(evidences: list[Evidence]) -> None:
    chosen = worth_quoting(evidences)
    totals = [evidences[index].total for index in chosen]
    assert totals == sorted(totals, reverse=True)
    assert len(set(chosen)) == len(chosen)
    assert all(0 <= evidence.score < 1 or evidence.total > 100 for evidence in evidences)
    for index in chosen:
        assert evidences[index].own + evidences[index].around > 0


def test_little_evidence_is_enough_only_where_the_topic_is_established() -> None:
    little = Evidence(own=1.2)
    assert worth_quoting([little] * 3) == []
    rich = [Evidence(own=6.0)] * 5
    assert worth_quoting([*rich, little])[-1] == 5


def test_of_plenty_only_the_strong_ones_are_kept() -> None:
    strong = [Evidence(own=10.0)] * SCALE.plenty
    weak = [Evidence(own=2.0)] * 10
    assert len(worth_quoting([*strong, *weak])) == SCALE.plenty
    assert len(worth_quoting([*strong[:10], *weak])) == 20
