"""Words that make no sense and sound like a term or a name are suggested; nothing else is."""

from __future__ import annotations

import pytest

from podnotes import Episode, Person, Segment, Topic, Transcript, Word, suggest_corrections

TOPICS = (Topic("pain", "Pain", terms=("nociception", "nociceptor", "endorphin", "fibromyalgia", "burning pain")),)
EPISODE = Episode(
    guid="1",
    title="Sapolsky on stress",
    podcast="P",
    summary="With Anna Lindqvist.",
    persons=(Person("Andrew Huberman"),),
)


def suggested(
    text: str, language: str = "en", episode: Episode | None = EPISODE, *, doubtful: str = ""
) -> list[tuple[str, str]]:
    words = tuple(
        Word(place, place + 1, word, 0.3 if word in doubtful.split() else 0.95)
        for place, word in enumerate(text.split() if doubtful else ())
    )
    found = suggest_corrections(Transcript((Segment(0, 60, text, words=words),), 60, language), TOPICS, episode)
    return [(one.heard, one.right) for one in found]


@pytest.mark.parametrize(
    ("text", "heard", "right"),
    [
        ("There is no susception in it.", "no susception", "nociception"),
        ("The nosiceptors fire.", "nosiceptors", "nociceptors"),
        ("As Hubermann says.", "Hubermann", "Huberman"),
        ("Anna Lindkvist said it.", "Lindkvist", "Lindqvist"),
    ],
)
def test_what_sounds_alike_is_suggested(text: str, heard: str, right: str) -> None:
    assert (heard, right) in suggested(text)


def test_words_of_the_dictionary_are_where_the_speech_model_was_unsure_of_them() -> None:
    text = "The body makes and or fins here, and supple sky said so."
    assert suggested(text) == []
    assert suggested(text, doubtful="fins supple") == [("and or fins", "endorphins"), ("supple sky", "Sapolsky")]
    assert suggested(text, doubtful="body") == []


def test_rare_words_and_other_names_are_not() -> None:
    assert suggested("A cannaboid is endorphinergic, and Ondorphin is a town that neuro nociceptic people like.") == []


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
