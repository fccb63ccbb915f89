"""Words that are none are listed with what to check; those of the trade, of the episode and names are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podnotes.models import Episode, Passage, Quote, Segment, Transcript, Word
from podnotes.notes.compose import compose_note
from podnotes.notes.spelling import Spelling
from tests.notes import material

WHY = "words not in any dictionary"


def test_a_draft_lists_words_that_are_none() -> None:
    old, new = "the calming branch of the nervous system", "the magas nerve and the calming branch"

    def misheard(text: str) -> str:
        return text.replace(old, new)

    transcript = material.transcript()
    transcript = replace(
        transcript, segments=tuple(replace(one, text=misheard(one.text), words=()) for one in transcript.segments)
    )
    findings = material.findings()
    findings = replace(findings, passages=tuple(replace(one, text=misheard(one.text)) for one in findings.passages))
    note = compose_note(material.episode(), findings, transcript, material.TOPICS, options=material.OPTIONS)
    assert any(new in quote.passage.text for section in note.sections for quote in section.quotes)
    assert [claim.text for claim in note.claims if claim.why == WHY] == ["magas"]


def spelling(
    text: str, *, episode: Episode | None = None, probability: float | None = None, language: str = "en"
) -> tuple[str, ...]:
    """What is unknown in a quote that is the whole of an episode."""
    words = tuple(Word(float(place), place + 0.9, word, probability) for place, word in enumerate(text.split()))
    transcript = Transcript((Segment(0.0, 100.0, text, words=words),), 100.0, language=language)
    known = Spelling(episode or Episode(guid="1", title="Talk"), material.TOPICS, transcript, language)
    return known.unknown_words(Quote(Passage("pain", 0.0, 100.0, 1.0, text), "0:00"))


@pytest.mark.parametrize(
    "text",
    [
        "The fascia glides, neuroinflammation subsides, and hypersensitivity to touch lessens.",
        "Nociceptors and enkephalins are what the glossary explains.",
        "We asked Doctor Lindqvistova in Gammelstad.",
        "It’s the therapist's well-known timeframe, isn't it?",
        "Colour and behaviour of the oedema and of the anaesthetised skin.",
    ],
)
def test_words_of_the_trade_and_names_are_words(text: str) -> None:
    assert spelling(text) == ()


def test_what_is_none_is_told_once() -> None:
    assert spelling("The oxidosity of cells, I mean oxidosity, calms the magas nerve.") == ("oxidosity", "magas")


def test_a_word_is_one_when_the_show_notes_have_it_or_it_comes_again_and_again() -> None:
    assert spelling("Then glymphosis begins.") == ("glymphosis",)
    assert spelling("Then glymphosis begins.", episode=Episode(guid="1", title="T", summary="On glymphosis.")) == ()
    assert spelling("Glymphosis here, glymphosis there, glymphosis, glymphosis again.") == ()


def test_a_word_that_the_model_is_sure_of_is_one() -> None:
    assert spelling("Then glymphosis begins.", probability=0.5) == ("glymphosis",)
    assert spelling("Then glymphosis begins.", probability=0.97) == ()


def test_other_languages_are_not_judged() -> None:
    assert spelling("Die Rückenschmerzen lassen nach.", language="de") == ()
