"""Words that say nothing, and what is left of a text without them."""

from __future__ import annotations

import pytest

from podnotes.text.stemming import stems
from podnotes.text.stopwords import content_stems, content_words, is_stop_word, listed_languages, stop_words


def test_content_leaves_out_what_says_nothing() -> None:
    assert content_stems("So what we are going to talk about is the vagus nerve") == ["vagus", "nerv"]
    assert content_words("How the breath calms.") == ["breath", "calms"]


@pytest.mark.parametrize(
    ("language", "text", "telling"),
    [
        ("de", "Also, das ist ja halt überhaupt nicht so, dass der Rücken irgendwie kaputt wäre.", "Rücken kaputt"),
        ("es", "Pues bueno, lo que pasa es que la espalda no está realmente rota.", "pasa espalda rota"),
        ("fr", "Bon, du coup c’est quand même l’épaule qui est bloquée.", "coup épaule bloquée"),
        ("it", "Allora, diciamo che la spalla non è proprio bloccata.", "spalla bloccata"),
    ],
)
def test_each_language_leaves_out_its_own(language: str, text: str, telling: str) -> None:
    assert content_stems(text, language) == stems(telling, language)


def test_words_are_left_out_and_not_their_stems() -> None:
    # "como" (as) and "comer" (to eat) have the same stem.
    assert content_stems("como comer", "es") == stems("comer", "es")


def test_japanese_keeps_what_is_not_written_in_hiragana() -> None:
    assert content_stems("慢性的な痛みはストレスとGABAで変わります。", "ja") == [
        *("慢性", "性的", "痛", "ストレス", "gaba", "変"),
    ]


def test_function_characters_part_chinese_words() -> None:
    assert content_stems("疼痛是大脑的决定", "zh") == ["疼痛", "大脑", "决定"]


def test_without_a_list_no_word_is_left_out() -> None:
    assert content_stems("kipu ni kwa", "xx") == ["kipu", "ni", "kwa"]
    assert not is_stop_word("the", "xx")


def test_every_list_is_in_the_form_that_words_are_looked_up_in() -> None:
    for language in (*listed_languages(), "ja", "zh"):
        assert all(is_stop_word(word, language) for word in stop_words(language))
    assert stop_words("nb") == stop_words("no")
