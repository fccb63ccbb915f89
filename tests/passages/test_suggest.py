"""Suggesting words for a pack from transcripts."""

from __future__ import annotations

from podnotes.models import Topic
from podnotes.passages import suggest_terms
from tests.passages.talks import FILLER, spoken

BREATH = Topic("breath", "Breath", terms=("exhale", "vagus nerve"))
ON_BREATH = (
    "When you exhale, the diaphragm moves up and the vagus nerve slows the heart. The carbon dioxide in the blood "
    "falls with every long exhale. Singers train the diaphragm for years, and the carbon dioxide hardly bothers them. "
    "So a long exhale is the quickest way to a calm heart, and the diaphragm does the work, whatever the nose does."
)


def test_words_that_go_with_the_topic_are_suggested() -> None:
    talks = [spoken(FILLER[at % 4], ON_BREATH, FILLER[(at + 1) % 4], FILLER[(at + 2) % 4]) for at in range(4)]
    suggested = suggest_terms([BREATH], talks)["breath"]
    phrases = [suggestion.phrase for suggestion in suggested]
    assert {"diaphragm", "carbon dioxide"} <= set(phrases)
    assert not {"exhale", "vagus", "nerve", "long exhale", "train", "platform", "the"} & set(phrases)
    assert all(suggestion.thoughts >= 3 > suggestion.elsewhere for suggestion in suggested)
    assert len(suggest_terms([BREATH], talks, most=1)["breath"]) == 1


def test_nothing_is_suggested_where_nothing_is_said() -> None:
    assert suggest_terms([BREATH], [spoken(*FILLER)]) == {"breath": ()}
    assert suggest_terms([BREATH], []) == {"breath": ()}
    assert suggest_terms([], [spoken(ON_BREATH)]) == {}


def test_what_the_lexicon_knows_is_not_suggested() -> None:
    pain = Topic("pain", "Pain", terms=("pain",), lexicon="pain")
    text = (
        "The pain comes back. Inflammation and the spinal cord play a part in the pain, and swelling does as well. " * 3
    )
    suggested = {suggestion.phrase for suggestion in suggest_terms([pain], [spoken(text, FILLER[0])] * 4)["pain"]}
    assert not {"inflammation", "spinal cord", "swelling", "pain"} & suggested
