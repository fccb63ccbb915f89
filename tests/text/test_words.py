"""Words in any script: where they begin and end, how many there are, how they are put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.text.words import count_words, joined, word_spans, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Skin-to-skin, 3.5 %: don’t!", ["Skin", "to", "skin", "3", "5", "don’t"]),
        ("दर्द होता है", ["दर्द", "होता", "है"]),
        ("痛みはGABAで", ["痛", "み", "は", "GABA", "で"]),
        ("スペインのペイン", ["スペイン", "の", "ペイン"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_apostrophes_part_words_but_in_english() -> None:
    assert words("l'eau d’ici", "fr") == ["l", "eau", "d", "ici"]
    assert words("it's", "en") == ["it's"]


@pytest.mark.parametrize(
    ("text", "count"), [("One, two – three.", 4), ("痛みは脳が作る。", 4), ("GABAが増える", 3), ("", 0)]
)
def test_words_are_counted_as_a_person_counts_them(text: str, count: int) -> None:
    assert count_words(text) == count


def test_pieces_are_joined_as_they_are_written() -> None:
    assert joined(["One.", "Two."]) == "One. Two."
    assert joined(["痛みです。", "「脳」が", "GABA", "です"]) == "痛みです。「脳」が GABA です"
    assert joined([]) == ""


@given(st.text(max_size=40), st.sampled_from(["en", "fr", "ja"]))
def test_spans_are_the_words(text: str, language: str) -> None:
    assert [text[first:last] for first, last in word_spans(text, language)] == words(text, language)
