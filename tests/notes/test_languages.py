"""The whole way from a talk to a draft in other languages, with a topics file of each (in `talks/`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from podnotes import Segment, Transcript, compose_note, find_passages, load_topics, render
from podnotes.models import Episode
from podnotes.notes.verify import Verdict, verify_draft
from podnotes.text.languages import language_name
from podnotes.text.sentences import sentences
from podnotes.text.words import count_words

TALKS = Path(__file__).with_name("talks")
# What has to be found: for each topic the words of a sentence that is on it, in any inflection; and what is on none.
LANGUAGES = {
    "de": ("german", {"schmerz": "chronischen Schmerzen", "beruehrung": "sanften Massage"}, ("Handwerker", "Drucker")),
    "es": ("spanish", {"dolor": "dolor crónico", "tacto": "un masaje"}, ("azulejos", "impresora")),
    "ja": ("japanese", {"itami": "慢性的な痛み", "fureru": "マッサージ"}, ("台所", "プリンター")),
}


def talk(name: str, language: str) -> Transcript:
    """A talk as captions: two to a sentence, cut between words, or anywhere in Japanese."""
    segments: list[Segment] = []
    at = 0.0
    for line in (TALKS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        words = list(line) if language == "ja" else line.split()
        space = "" if language == "ja" else " "
        middle = len(words) // 2 if len(words) > 8 else len(words)
        for part in filter(None, (words[:middle], words[middle:])):
            seconds = count_words(space.join(part)) / 2.5
            segments.append(Segment(at, at + seconds, space.join(part)))
            at += seconds
        at += 0.2
    return Transcript(tuple(segments), at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_those_that_were_written(language: str) -> None:
    name = LANGUAGES[language][0]
    lines = (TALKS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert [sentence.text for sentence in sentences(talk(name, language))] == lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_quotes_what_is_on_the_topics(language: str) -> None:
    name, said, elsewhere = LANGUAGES[language]
    transcript, topics = talk(name, language), load_topics(TALKS / f"{name}.toml")
    findings = find_passages(transcript, topics)
    note = compose_note(Episode("1", "Podcast"), findings, transcript, topics)
    assert [section.topic.id for section in note.sections] == list(said)
    for section in note.sections:
        passages = [passage.text for passage in findings.passages if passage.topic == section.topic.id]
        assert any(said[section.topic.id] in text for text in passages)
        assert section.quotes
        texts = [quote.passage.text for quote in section.quotes]
        assert all(section.topic.id == quote.passage.topic and quote.passage.terms for quote in section.quotes)
        assert not any(word in text for word in elsewhere for text in texts)
    assert note.glossary


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_says_that_sponsor_reads_are_not_recognised(language: str) -> None:
    name = LANGUAGES[language][0]
    transcript, topics = talk(name, language), load_topics(TALKS / f"{name}.toml")
    findings = find_passages(transcript, topics)
    assert findings.notice is not None
    assert f"by their wording in {language_name(language)}" in findings.notice
    note = compose_note(Episode("1", "Podcast"), findings, transcript, topics)
    assert findings.notice in render(note)


def test_an_english_draft_says_nothing_of_it() -> None:
    line = "The pain is there because the brain thinks that the body has to be protected, and that is what it is for."
    segments = tuple(Segment(place * 8.0, place * 8.0 + 7.5, line) for place in range(3))
    assert find_passages(Transcript(segments, 24.0), load_topics("bodywork")).notice is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_holds_against_its_transcript(language: str) -> None:
    name = LANGUAGES[language][0]
    transcript, topics = talk(name, language), load_topics(TALKS / f"{name}.toml")
    note = compose_note(Episode("1", "Podcast"), find_passages(transcript, topics), transcript, topics)
    checked = verify_draft(render(note), transcript)
    assert checked
    assert {one.verdict for one in checked} == {Verdict.VERBATIM}
