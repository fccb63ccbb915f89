"""Words without inflections: what is one word, and what must stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.passages.wording import content, content_words, stems, uninflected


@pytest.mark.parametrize(
    "family",
    [
        "massage massages massaged massaging",
        "nociceptor nociceptors nociceptor's",
        "stretch stretches stretched stretching",
        "hug hugs hugged hugging",
        "injury injuries",
        "breathe breathes breathed breathing",
        "ache aches aching ached",
        "caress caresses caressing",
        "inhale inhales inhaling",
        "stroke strokes stroking",
        "relate relates related relating",
    ],
)
def test_inflections_are_one_word(family: str) -> None:
    assert len({uninflected(word) for word in family.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hug", "huge"),
        ("excited", "excitability"),
        ("activation", "active"),
        ("pain", "painting"),
        ("nerve", "nervous"),
        ("touch", "touchy"),
        ("vagus", "vague"),
        ("organ", "organize"),
        ("tap", "tape"),
    ],
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert uninflected(one) != uninflected(other)


def test_hyphens_part_words_and_apostrophes_do_not() -> None:
    assert stems("Skin-to-skin: the runner’s high") == ["skin", "to", "skin", "the", "runner", "high"]


def test_other_languages_have_their_stemmers() -> None:
    assert stems("Schmerzen", "de") == stems("Schmerz", "de")
    assert stems("kipu kipua", "xx") == ["kipu", "kipua"]


def test_content_leaves_out_what_says_nothing() -> None:
    assert content(stems("So what we are going to talk about is the vagus nerve")) == ["vagus", "nerv"]
    assert content_words("How the breath calms.", "en") == ["breath", "calms"]


@given(st.text(max_size=30))
def test_any_text_has_stems(text: str) -> None:
    assert all(stem and stem == stem.lower() for stem in stems(text))
