"""Finding a topic's phrases, and the lexicons they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from podnotes.models import Topic
from podnotes.passages.matching import Matcher, Tier
from podnotes.text.stemming import stems
from podnotes.topics import load_topics
from podnotes.topics.lexicons import lexicon, lexicons

HERE = Path(__file__).parent


def phrases(topic: Topic, text: str) -> list[tuple[str, Tier]]:
    return [(entry.phrase, entry.tier) for entry in Matcher([topic]).find(stems(text))[0]]


def test_the_longest_phrase_takes_its_words() -> None:
    topic = Topic("t", "Touch", terms=("touch", "sense of touch"), related=("sense",), never=("touch base",))
    found = phrases(topic, "The sense of touch, or a touch; let's touch base. It makes sense.")
    assert found == [
        ("sense of touch", Tier.CORE),
        ("touch", Tier.CORE),
        ("touch base", Tier.NEVER),
        ("sense", Tier.RELATED),
    ]


def test_inflections_and_hyphens_match() -> None:
    topic = Topic("t", "Skin", terms=("skin-to-skin", "C fiber"))
    assert [phrase for phrase, _ in phrases(topic, "Skin to skin, and C-fibers")] == ["skin-to-skin", "C fiber"]


def test_several_topics_share_words() -> None:
    pain = Topic("pain", "Pain", terms=("pain", "pain relief"))
    endorphins = Topic("endorphins", "Endorphins", terms=("endorphin",), related=("pain",))
    first, second = Matcher([pain, endorphins]).find(stems("pain relief by endorphins"))
    assert [entry.phrase for entry in first] == ["pain relief"]
    assert [entry.phrase for entry in second] == ["pain", "endorphin"]


def test_what_the_pack_says_goes_over_the_lexicon() -> None:
    topic = Topic("t", "Pain", terms=("sauna",), never=("pain",), lexicon="pain")
    assert phrases(topic, "pain in the sauna") == [("pain", Tier.NEVER), ("sauna", Tier.CORE)]


def test_title_and_about_count_where_there_is_no_lexicon() -> None:
    topic = Topic("t", "Sleep", about="How the night repairs muscles.", terms=("insomnia",))
    assert phrases(topic, "muscle at night") == [("muscles", Tier.RELATED), ("night", Tier.RELATED)]


def _strong(sentence: str) -> list[str]:
    found = Matcher(load_topics()).find(stems(sentence))
    return [entry.phrase for entries in found for entry in entries if entry.tier >= Tier.STRONG]


@pytest.mark.parametrize("sentence", (HERE / "figures_of_speech.txt").read_text(encoding="utf-8").splitlines())
def test_figures_of_speech_of_other_fields_are_no_topic(sentence: str) -> None:
    assert _strong(sentence) == []


@pytest.mark.parametrize("sentence", (HERE / "science_and_plain_words.txt").read_text(encoding="utf-8").splitlines())
def test_words_of_textbooks_and_of_clients_are_known(sentence: str) -> None:
    assert _strong(sentence)


def test_british_and_american_spellings_are_one() -> None:
    topic = Topic("t", "Pain", terms=("central sensitization", "anesthetic", "C fiber", "labor"))
    found = phrases(topic, "Central sensitisation, anaesthetics, C-fibres, labour, labor, C fiber")
    assert len(found) == 6


def test_no_word_of_a_lexicon_is_a_common_word_without_its_ending() -> None:
    common = "ten times an also hear fire condition wire tense as a is us our one time day week year people thing other"
    found = Matcher(load_topics()).find(stems(common))
    assert not [entry.phrase for entries in found for entry in entries if entry.tier >= Tier.STRONG]


@pytest.mark.parametrize("name", lexicons())
def test_lexicons_are_tidy(name: str) -> None:
    words = lexicon(name)
    everything = [*words.core, *words.strong, *words.related, *words.never]
    keys = [tuple(stems(phrase)) for phrase in everything]
    assert all(keys)
    assert all(len(key) <= 6 for key in keys)
    for phrase in everything:
        assert phrase == " ".join(phrase.split())
    doubled = {phrase for phrase in everything if everything.count(phrase) > 1}
    assert not doubled
