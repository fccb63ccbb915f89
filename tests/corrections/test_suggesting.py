"""Words that make no sense and sound like a term or a name are suggested; nothing else is."""

from __future__ import annotations

import pytest

from podnotes import Episode, Person, Segment, Topic, Transcript, suggest_corrections

TOPICS = (Topic("pain", "Pain", terms=("nociception", "nociceptor", "endorphin", "fibromyalgia", "burning pain")),)
EPISODE = Episode(
    guid="1",
    title="Sapolsky on stress",
    podcast="P",
    summary="With Anna Lindqvist.",
    persons=(Person("Andrew Huberman"),),
)


def suggested(text: str, language: str = "en", episode: Episode | None = EPISODE) -> list[tuple[str, str]]:
    found = suggest_corrections(Transcript((Segment(0, 60, text),), 60, language), TOPICS, episode)
    return [(one.heard, one.right) for one in found]


@pytest.mark.parametrize(
    ("text", "heard", "right"),
    [
        ("There is no susception in it.", "no susception", "nociception"),
        ("The body makes and or fins here.", "and or fins", "endorphins"),
        ("The nosiceptors fire.", "nosiceptors", "nociceptors"),
        ("As Hubermann says.", "Hubermann", "Huberman"),
        ("It was supple sky who said it.", "supple sky", "Sapolsky"),
        ("Anna Lindkvist said it.", "Lindkvist", "Lindqvist"),
    ],
)
def test_what_sounds_alike_is_suggested(text: str, heard: str, right: str) -> None:
    assert (heard, right) in suggested(text)


def test_what_makes_sense_is_not() -> None:
    right = "Nociception is no pain. Endorphins help, and nociceptors fire. Huberman's lab met Anna Lindqvist."
    assert suggested(right) == []
    assert suggested("We were burning the wood and bonding with the painter in the evening.") == []


def test_why_and_when_is_said_and_phrases_come_once() -> None:
    transcript = Transcript((Segment(0, 1, "No susception."), Segment(9, 10, "It is no susception.")), 10, "en")
    (one,) = suggest_corrections(transcript, TOPICS)
    assert one.why == "a term of Pain"
    assert len(one.times) == 2


def test_without_topics_names_or_words_there_is_nothing() -> None:
    assert suggest_corrections(Transcript((), 0, "en"), TOPICS) == ()
    assert suggest_corrections(Transcript((Segment(0, 1, "No susception."),), 1, "en"), ()) == ()
    assert suggested("Das ist etwas ganz anderes.", "de", None) == []
