"""Finding a topic's phrases, and the lexicons they come from."""

from __future__ import annotations

import pytest

from podnotes.models import Topic
from podnotes.passages.lexicons import lexicon, lexicons
from podnotes.passages.matching import Matcher, Tier
from podnotes.passages.wording import stems


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


@pytest.mark.parametrize("name", lexicons())
def test_lexicons_are_tidy(name: str) -> None:
    words = lexicon(name)
    everything = [*words.core, *words.strong, *words.related]
    keys = [tuple(stems(phrase)) for phrase in everything]
    assert all(keys)
    assert all(len(key) <= 6 for key in keys)
    for phrase in everything:
        assert phrase == " ".join(phrase.split())
    doubled = {phrase for phrase in everything if everything.count(phrase) > 1}
    assert not doubled
