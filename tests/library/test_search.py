"""Everything that was ever said is found, by what was said, where, by whom, when and on what."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podnotes.errors import UsageError
from podnotes.models import Enclosure, Episode, Findings, Passage, QualityFlag, Segment, Transcript
from tests.library.conftest import FEED, make_episode, make_transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from podnotes.library import Library, SearchResult


def found(results: tuple[SearchResult, ...]) -> list[int]:
    return [result.episode_id for result in results]


def said(results: tuple[SearchResult, ...]) -> list[str]:
    return [sentence.text for result in results for sentence in result.sentences]


def test_the_sentence_its_time_and_a_link(library: Library, transcribed: Callable[..., int]) -> None:
    number = transcribed(
        "Welcome to the show.\nEndorphins are the body's own painkillers.\nThank you all.", speaker="Anna"
    )
    (result,) = library.search("endorphin")
    assert result.episode_id == number
    assert result.episode == make_episode(1)
    (sentence,) = result.sentences
    assert sentence.text == "Endorphins are the body's own painkillers."
    assert (sentence.start, sentence.end, sentence.speaker) == (2.0, 4.9, "Anna")
    assert sentence.url == "https://example.org/1.mp3#t=2"
    assert [sentence.text[first:last] for first, last in sentence.marks] == ["Endorphins"]


def test_grouped_by_episode_best_first(library: Library, transcribed: Callable[..., int]) -> None:
    filler = "\n".join(f"Nothing about it in sentence number {count}." for count in range(60))
    little = transcribed(f"{filler}\nThere was some pain once.\n{filler}")
    transcribed(filler)
    much = transcribed(f"{filler}\nPain is pain, and this pain is real pain.\nPain again.\n{filler}\nPain.\nMore pain.")
    results = library.search("pain")
    assert found(results) == [much, little]
    assert results[0].score > results[1].score > 0
    assert len(results[0].sentences) == 3
    starts = [sentence.start for sentence in results[0].sentences]
    assert starts == sorted(starts)
    (first, *_) = library.search("pain", per_episode=1)
    assert len(first.sentences) == 1
    assert first.matches == len(library.search("pain", per_episode=100)[0].sentences) > 1
    assert found(library.search("pain", limit=1)) == [much]


def test_all_words_near_each_other(library: Library, transcribed: Callable[..., int]) -> None:
    filler = "\n".join(f"This is about something else altogether, says sentence {count}." for count in range(60))
    near = transcribed("The brain makes it.\nAnd we feel pain.")
    transcribed(f"The brain makes it.\n{filler}\nAnd we feel pain.")
    assert found(library.search("brain pain")) == [near]
    assert said(library.search("brain pain")) == ["The brain makes it.", "And we feel pain."]
    assert len(library.search("brain")) == 2


def test_a_question_finds_what_has_most_of_its_words(library: Library, transcribed: Callable[..., int]) -> None:
    some = transcribed("Endorphins are made in the brain.")
    transcribed("How do you do?")
    assert found(library.search("how do endorphins work")) == [some]
    assert found(library.search('"in the brain" endorphins tomorrow')) == [some]
    assert found(library.search('"the brain in" endorphins tomorrow')) == []
    assert found(library.search("endorphins tomorrow -brain")) == []


def test_all_words_come_before_most(library: Library, transcribed: Callable[..., int]) -> None:
    most = transcribed("Touch, touch, touch relaxes. Touch it is.")
    one = transcribed("It is only about muscles.")
    every = transcribed("And so it is said of touch.\nIt relaxes the muscles.")
    both = transcribed("Nobody touches a muscle without a reason.")
    results = library.search("touch relaxes muscles")
    assert results[0].episode_id == every
    assert sorted(found(results)) == sorted([every, most, both])
    assert [result.all_words for result in results] == [True, False, False]
    assert found(library.search("touch relaxes muscles", limit=1)) == [every]
    assert found(library.search("touch relaxes muscles -nobody")) == [every, most]
    assert found(library.search('"the muscles" touch relaxes tomorrow')) == [every]
    assert one in found(library.search("muscles tomorrow yesterday"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("relaxing", "ab"),
        ("RELAXED", "ab"),
        ('"nervous system"', "a"),
        ('"system nervous"', ""),
        ("“nervous system”", "a"),
        ('"nervous syst"*', "a"),
        ("neuro*", "c"),
        ("touch -muscle", "a"),
        ('touch -"muscle relax"', "a"),
        ("touch -muscle -neurons", "a"),
        ("(muscle) touch", "b"),
        ("not touch", "ab"),
        ("uber", "c"),
        ("ÜBER", "c"),
        ("runner's", "c"),
        ("runner’s", "c"),
        ("42", "c"),
        ("text:neurons", ""),
        ("neurons:", "c"),
    ],
)
def test_the_language_of_searches(library: Library, transcribed: Callable[..., int], query: str, expected: str) -> None:
    numbers = {
        transcribed("Slow touch relaxes the nervous system."): "a",
        transcribed("Touch lets a muscle relax."): "b",
        transcribed("42 neurons fire in a runner's high, über and out."): "c",
    }
    assert "".join(sorted(numbers[number] for number in found(library.search(query)))) == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "nothing to search for"),
        ("   ", "nothing to search for"),
        ("-pain", "nothing to search for"),
        ("()", "nothing to search for"),
        ('""', "nothing to search for"),
        ("***", "nothing to search for"),
        ("x" * 1001, "longer than 1000"),
    ],
)
def test_a_search_that_cannot_be_understood(library: Library, query: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        library.search(query)
    assert "fts5" not in str(caught.value).lower()
    assert "\n" not in str(caught.value)


syntax = ['"', "'", "(", ")", "*", "^", "-", "+", ":", "{", "}", ",", "“", "”", ";", "--", "\\", "%", "\x00", "0"]
keywords = ["AND", "OR", "NOT", "NEAR", "NEAR(", "MATCH", "text", "spoken", "rank", "pain", "DROP TABLE episode"]
hostile = st.lists(
    st.sampled_from(syntax) | st.sampled_from(keywords) | st.text(st.characters(codec=None), max_size=4), max_size=12
).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)]))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=hostile)
def test_no_query_reaches_sql(library: Library, query: str) -> None:
    if not library.find_episodes():
        library.save_transcript(library.remember_episode(make_episode()), make_transcript("Pain is a near rank."))
    try:
        library.search(query, podcast=query, person=query, topic=query)
        library.search(query)
    except UsageError as error:
        assert str(error).endswith(".")  # noqa: PT017 - both outcomes are fine
    assert len(library.find_episodes()) == 1


def test_unpaired_surrogates_are_no_error(library: Library) -> None:
    assert library.search("0\ud800", podcast="0\ud800", person="0\ud800", topic="0\ud800") == ()


# ------------------------------------------------------------------------------------------------------- filters


def test_by_podcast_and_date(library: Library, transcribed: Callable[..., int]) -> None:
    one, two, three = (transcribed("It is about pain.") for _ in range(3))
    other = library.remember_episode(
        Episode("x", "X", podcast="Sleep Well", published=datetime(2026, 1, 2, 7, 0, tzinfo=UTC), feed_url="https://s/")
    )
    library.save_transcript(other, make_transcript("It is about pain."))
    assert sorted(found(library.search("pain", podcast="nerve"))) == [one, two, three]
    assert found(library.search("pain", podcast="https://s/")) == [other]
    assert sorted(found(library.search("pain", podcast=FEED))) == [one, two, three]
    since, until = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)
    assert sorted(found(library.search("pain", since=since, until=until))) == [two, other]
    assert found(library.search("pain", since=since, until=until, podcast="nerve")) == [two]


def test_by_person(library: Library, transcribed: Callable[..., int]) -> None:
    named = transcribed("It is about pain.", person="Anna Berg")
    transcribed("It is about pain.", person="Tom Riis")
    heard = transcribed("It is about pain.\nPain it is.", person="Tom Riis", speaker="Dr. ANNA Berg")
    assert sorted(found(library.search("pain", person="anna b"))) == [named, heard]
    assert library.search("pain", person="Nobody") == ()


def test_by_person_where_the_transcript_says_who_speaks(library: Library) -> None:
    number = library.remember_episode(make_episode())
    segments = tuple(
        Segment(float(count), count + 0.9, text, speaker=speaker)
        for count, (speaker, text) in enumerate(
            [("Anna Berg", "Pain is a signal."), ("Tom Riis", "Is pain a signal?"), ("Anna Berg", "Yes.")]
        )
    )
    library.save_transcript(number, Transcript(segments, 3.0))
    assert said(library.search("pain", person="Anna")) == ["Pain is a signal."]
    assert said(library.search("pain", person="Riis")) == ["Is pain a signal?"]
    assert len(said(library.search("pain"))) == 2


def test_by_topic(library: Library, transcribed: Callable[..., int]) -> None:
    text = "\n".join([*(f"The body is here in sentence {count}." for count in range(40)), "The body makes endorphins."])
    number = transcribed(text)
    transcribed(text)
    transcript = library.transcript(number)
    assert transcript is not None
    last = transcript.segments[-1]
    passage = Passage("endorphins", last.start, last.end, 0.9, last.text)
    library.save_findings(number, Findings((passage,)), "t")
    (result,) = library.search("body", topic="endorphins")
    assert (result.episode_id, said((result,))) == (number, ["The body makes endorphins."])
    assert library.search("body", topic="sleep") == ()
    # Other topics, other passages.
    library.save_findings(number, Findings(), "u")
    assert library.search("body", topic="endorphins") == ()


# ------------------------------------------------------------------------------------------------- what is found


def test_a_new_transcript_replaces_the_old_words(library: Library, transcribed: Callable[..., int]) -> None:
    number = transcribed("The old words are about endorphins.")
    library.save_transcript(number, make_transcript("The new words are about oxytocin."))
    assert library.search("endorphins") == ()
    assert found(library.search("oxytocin")) == [number]
    assert library.check().ok


def test_words_that_nobody_said_are_not_found(library: Library) -> None:
    number = library.remember_episode(make_episode())
    segments = [
        Segment(float(count * 5), count * 5 + 4.0, f"There is pain in {doubt}.", doubt=doubt)
        for count, doubt in enumerate([None, *QualityFlag])
    ]
    library.save_transcript(number, Transcript(tuple(segments), 100.0))
    texts = said(library.search("pain", per_episode=10))
    unheard = {QualityFlag.LOOP, QualityFlag.PHANTOM, QualityFlag.NO_SPEECH}
    assert texts == [f"There is pain in {doubt}." for doubt in [None, *QualityFlag] if doubt not in unheard]


def test_a_phrase_is_in_one_sentence(library: Library, transcribed: Callable[..., int]) -> None:
    transcribed("It began with chronic.\nPain came later.")
    assert library.search('"chronic pain"') == ()
    assert said(library.search("chronic pain")) == ["It began with chronic.", "Pain came later."]


def test_cues_out_of_order_and_odd_spaces(library: Library) -> None:
    number = library.remember_episode(make_episode())
    segments = (Segment(5.0, 7.0, " and  the   brain\tmakes it. "), Segment(1.0, 4.0, "Pain is a signal,"))
    library.save_transcript(number, Transcript(segments, 8.0))
    (sentence,) = library.search('"signal and the brain"')[0].sentences
    assert sentence.text == "Pain is a signal, and the brain makes it."
    assert sentence.start == 1.0


@pytest.mark.parametrize("url", ["", "/home/her/talk.mp3", "javascript:alert(1)", "https://[broken"])
def test_no_link_where_there_is_none(library: Library, url: str) -> None:
    number = library.remember_episode(Episode("g", "T", audio=Enclosure(url) if url else None))
    library.save_transcript(number, make_transcript("Pain."))
    assert library.search("pain")[0].sentences[0].url is None


def test_a_link_keeps_its_query_and_loses_its_fragment(library: Library) -> None:
    number = library.remember_episode(Episode("g", "T", audio=Enclosure("https://a.example/x.mp3?k=1#t=9")))
    library.save_transcript(number, make_transcript("Pain.", start=83.9))
    assert library.search("pain")[0].sentences[0].url == "https://a.example/x.mp3?k=1#t=83"


@pytest.mark.parametrize("options", [{"limit": 0}, {"per_episode": 0}])
def test_searching_for_nothing(library: Library, options: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        library.search("pain", **options)  # type: ignore[arg-type] # any of the numbers


words = st.sampled_from(["pain", "brain", "touch", "sleep", "endorphin", "the", "a", "is", "nerve"])
# The same over and over is a loop of the speech model, which is not searched.
sentences = st.lists(words, min_size=1, max_size=8, unique=True).map(lambda parts: " ".join(parts).capitalize() + ".")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.lists(sentences, min_size=1, max_size=40, unique=True), min_size=1, max_size=5),
    first=words,
    second=words,
    limit=st.integers(1, 6),
)
def test_it_finds_what_reading_everything_finds(
    library: Library, texts: list[list[str]], first: str, second: str, limit: int
) -> None:
    numbers = []
    for place, text in enumerate(texts):
        number = library.remember_episode(make_episode(place + 1))
        library.save_transcript(number, make_transcript("\n".join(text)))
        numbers.append(number)
    every = {number: " ".join(text).lower() for number, text in zip(numbers, texts, strict=True)}
    plain = {number: re.findall(r"\w+", text) for number, text in every.items()}
    single = library.search(first, limit=limit, per_episode=100)
    assert len(single) == min(limit, sum(first in text for text in plain.values()))
    for result in single:
        assert all(first in re.findall(r"\w+", sentence.text.lower()) for sentence in result.sentences)
    lines = dict(zip(numbers, texts, strict=True))
    phrase = {n for n, text in lines.items() if any(f" {first} {second}" in f" {line.lower()}" for line in text)}
    assert set(found(library.search(f'"{first} {second}"', limit=100))) == phrase
    for number in numbers:
        library.forget(number)
    assert library.search(first) == ()
    assert library.check().ok
