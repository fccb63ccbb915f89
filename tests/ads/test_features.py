"""What sentences show of being advertising or housekeeping."""

from __future__ import annotations

import pytest

from podnotes.ads.features import BREAKS, address_names, breaks, describe, normalised, phrases, tokens
from podnotes.models import QualityFlag
from podnotes.text.sentences import Sentence


def shown(*said: str, apart: float = 5.0) -> list[set[str]]:
    """The names of the values that each sentence has; they follow one another every ``apart`` seconds."""
    made = [Sentence(at * apart, at * apart + 4.0, text) for at, text in enumerate(said)]
    return [set(one.values) for one in describe(made, [normalised(text) for text in said])]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("InsideTracker.com", "URL"),
        ("R-O-K-A,.com", "URL"),
        ("www.example.org", "URL"),
        ("https://example.org/x?y=1", "URL"),
        ("SoFi.com/CJ.", "PATH"),
        ("github.com/acme", "URL"),
        ("instagram.com", "SOCIAL"),
        ("$1,300", "PRICE"),
        ("£50", "PRICE"),
        ("25%", "PERCENT"),
        ("1-800-555-0199", "PHONE"),
        ("833-555-0142", "PHONE"),
        ("2012", "NUM"),
        ("3.5", "NUM"),
        ("e.g.", "e.g"),
        ("U.S.", "u.s"),
        ("That’s", "that's"),
        ("C-tactile", "c-tactile"),
        ("—", ""),
    ],
)
def test_what_words_say(word: str, kind: str) -> None:
    assert normalised(word) == [kind]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Save twenty five percent.", ["save", "PERCENT"]),
        ("It's forty bucks — a month.", ["it's", "PRICE", "a", "month"]),
        ("Two hundred people.", ["NUM", "people"]),
        ("Go to acme dot com slash hands.", ["go", "to", "acme", "URL", "slash", "hands"]),
        ("A dot on the map.", ["a", "dot", "on", "the", "map"]),
    ],
)
def test_what_takes_several_words_is_one(text: str, words: list[str]) -> None:
    assert [token.word for token in tokens(text, normalised(text))] == words


def test_phrases_have_one_to_three_words_with_names_and_edges_as_such() -> None:
    text = "Thanks to Acme."
    assert set(phrases(tokens(text, normalised(text)))) == {
        *("thanks", "to", "acme"),
        *("^ thanks", "thanks to", "to NAME", "NAME $"),
        *("^ thanks to", "thanks to NAME", "to NAME $"),
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Visit www.InsideTracker.com today.", ["insidetracker"]),
        ("Go to eight sleep dot com slash hands.", ["eightsleep"]),
        ("It's at patreon.com slash hands.", []),
        ("Put a dot on it.", []),
    ],
)
def test_names_are_read_off_addresses(text: str, names: list[str]) -> None:
    assert address_names(text, normalised(text)) == names


def test_a_sponsor_s_name_is_known_by_its_address() -> None:
    first, second, third = shown("I like Eight Sleep a lot.", "It rained.", "It's at eightsleep.com.")
    assert "name of an address near" in first
    assert "name of an address near" not in second
    assert "address" in third


def test_a_word_that_is_said_only_here_is_told_from_one_that_is_said_all_through() -> None:
    said = ["Try Acme.", "I like Acme.", *["The shoulder hurts.", "It rained."] * 30]
    found = shown(*said)
    assert "word only here" in found[1]
    assert "word only here" not in found[4]


def test_what_was_not_said_shows_nothing() -> None:
    (one,) = describe([Sentence(0, 1, "Use code LOOP.", doubt=QualityFlag.LOOP)], [normalised("Use code LOOP.")])
    assert one.phrases == frozenset()
    assert describe([], []) == []


def test_silences_are_breaks() -> None:
    made = [Sentence(0, 1, "A"), Sentence(1, 2, "B"), Sentence(4.5, 5, "C"), Sentence(60, 61, "D")]
    found = [dict(zip(BREAKS, one, strict=True)) for one in breaks(made)]
    assert found[1] == {**dict.fromkeys(BREAKS, 0.0), "step": 1.0}
    assert found[2]["two seconds"] == 1.0
    assert found[2]["four seconds"] == 0.0
    assert found[3]["apart"] == 1.0
    assert breaks([]) == []
