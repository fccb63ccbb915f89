"""Words without inflections: what is one word, and what must stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.text.stemming import stem, stems, uninflected


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


def test_one_word_has_the_stem_that_it_has_in_a_text() -> None:
    assert stem("Runner’s") == stems("the runner’s high")[1]
    assert stem("Schmerzen", "de") == stem("schmerz", "de")


def test_elided_articles_are_words_of_their_own() -> None:
    assert stems("l’endorphine", "fr")[-1] == stems("endorphines", "fr")[0]
    assert stems("dell'endorfina", "it")[-1] == stems("endorfina", "it")[0]


def test_characters_have_one_form_however_they_are_encoded() -> None:
    assert stems("Übung U\u0308bung", "de") == ["ubung", "ubung"]
    assert stems("ﾌｧｼｱ", "ja") == stems("ファシア", "ja")


@given(st.text(max_size=30), st.sampled_from(["en", "de", "fr", "ja", "xx"]))
def test_any_text_has_stems(text: str, language: str) -> None:
    assert all(stems(text, language))
