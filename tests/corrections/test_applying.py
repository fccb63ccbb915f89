"""What was misheard is put right in a transcript: its words, their case, marks and times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes import Correction, Segment, Transcript, Word, apply_corrections
from podnotes.corrections import bracketed, occurrences


def said(*lines: str, timed: bool = True, speakers: tuple[str, ...] = (), language: str = "en") -> Transcript:
    """A segment a line, a word a second."""
    segments, at = [], 0
    for number, line in enumerate(lines):
        tokens = line.split()
        words = tuple(Word(at + n, at + n + 1, token, 0.3) for n, token in enumerate(tokens)) if timed else ()
        speaker = speakers[number] if speakers else None
        segments.append(Segment(at, at + len(tokens), line, words, speaker))
        at += len(tokens)
    return Transcript(tuple(segments), at, language)


def text(transcript: Transcript, *corrections: tuple[str, str]) -> str:
    return apply_corrections(transcript, [Correction(*each) for each in corrections]).text


@pytest.mark.parametrize(
    ("line", "heard", "right", "expected"),
    [
        ("There is no susception here.", "no susception", "nociception", "There is nociception here."),
        ("It is no-susception, right?", "no susception", "nociception", "It is nociception, right?"),
        ("No susception is not pain.", "no susception", "nociception", "Nociception is not pain."),
        ("It is NO SUSCEPTION here.", "no susception", "nociception", "It is NOCICEPTION here."),
        ("We use tens here.", "tens", "TENS", "We use TENS here."),
        ("Empathy is a path.", "path", "way", "Empathy is a way."),
        ("It's what it is.", "it", "that", "It's what that is."),
        ("Hubermann's lab and Hubermann’s dog.", "hubermann", "Huberman", "Huberman's lab and Huberman’s dog."),
        ("Don’t do that.", "don't", "do not", "Do not do that."),
        ("Die Ausdauer übt.", "ÜBT", "übte", "Die Ausdauer übte."),
        ("私は通覚を感じる。", "通覚", "痛覚", "私は痛覚を感じる。"),
        ("スペインの話。", "ペイン", "痛み", "スペインの話。"),
        ("No. Susception came.", "no susception", "nociception", "No. Susception came."),
        ("The pain stays.", "pain", "chronic pain", "The chronic pain stays."),
    ],
)
def test_words_are_put_right(line: str, heard: str, right: str, expected: str) -> None:
    for timed in (True, False):
        language = "ja" if not line[0].isascii() else "en"
        assert text(said(line, timed=timed, language=language), (heard, right)) == expected


def test_each_is_looked_for_in_what_was_heard_and_the_longest_wins() -> None:
    line = said("No susception and susception in a cat.")
    both = (("susception", "perception"), ("no susception", "nociception"), ("perception", "never"))
    assert text(line, *both) == "Nociception and perception in a cat."
    assert text(said("a b"), ("a", "b"), ("b", "a")) == "b a"


def test_words_keep_their_times_and_are_no_longer_uncertain() -> None:
    corrected = apply_corrections(said("so no susception, it is"), [Correction("no susception", "nociception")])
    words = corrected.segments[0].words
    assert [(word.start, word.end, word.text) for word in words] == [
        (0, 1, "so"), (1, 3, "nociception,"), (3, 4, "it"), (4, 5, "is"),
    ]  # fmt: skip
    assert [word.uncertain for word in words] == [True, False, True, True]
    many = apply_corrections(said("the vagusnerve fires"), [Correction("vagusnerve", "vagus nerve")]).segments[0].words
    assert [word.text for word in many] == ["the", "vagus", "nerve", "fires"]
    assert (many[1].start, many[2].end) == (1, 2)
    assert many[1].end == many[2].start


def test_a_phrase_may_begin_in_one_segment_and_end_in_the_next() -> None:
    transcript = said("There is no", "susception, right? Yes.", "susception")
    corrected = apply_corrections(transcript, [Correction("no susception", "nociception")])
    assert [segment.text for segment in corrected.segments] == ["There is nociception, right? Yes.", "susception"]
    assert [(segment.start, segment.end) for segment in corrected.segments] == [(0, 6), (6, 7)]
    assert [word.text for word in corrected.segments[0].words] == ["There", "is", "nociception,", "right?", "Yes."]
    alone = apply_corrections(said("no", "susception"), [Correction("no susception", "nociception")])
    assert [segment.text for segment in alone.segments] == ["nociception"]
    others = said("There is no", "susception.", speakers=("Anna", "Ben"))
    assert apply_corrections(others, [Correction("no susception", "nociception")]) is others


def test_one_place_is_the_nearest_one() -> None:
    transcript = said("the cat the dog the end")
    assert apply_corrections(transcript, [Correction("the", "a", at=2.0)]).text == "the cat a dog the end"
    assert apply_corrections(transcript, [Correction("the", "a", at=60.0)]) is transcript
    both = [Correction("the", "our", number=2), Correction("the", "the", at=4.0, number=1)]
    assert apply_corrections(transcript, both).text == "our cat our dog the end"


def test_words_that_are_right_are_certain_and_not_marked() -> None:
    checked = apply_corrections(said("a strange word"), [Correction("strange", "strange", at=1.0)])
    assert checked.text == "a strange word"
    assert checked.corrected == ()
    assert [word.uncertain for word in checked.segments[0].words] == [True, False, True]


def test_corrections_are_marked_where_they_are() -> None:
    transcript = said("It was nociception, then", "no susception. Hubermann's", "no susception, again")
    corrections = [Correction("no susception", "nociception"), Correction("Hubermann", "Huberman")]
    corrected = apply_corrections(transcript, corrections)
    assert bracketed(corrected.text, 0, 10, corrected) == (
        "It was nociception, then [nociception]. [Huberman]'s [nociception], again"
    )
    assert bracketed("then nociception.", 3, 6, corrected) == "then [nociception]."
    assert bracketed("words of somebody else", 0, 9, corrected) == "words of somebody else"


def test_occurrences_tell_the_seconds() -> None:
    assert occurrences(said("a b a", "b c"), "A b") == (0, 2)
    assert occurrences(said("a b"), "…") == ()


@given(st.lists(st.sampled_from(["no", "sus", "it's", "it", "—", "Pain.", "痛", "naïve"]), min_size=1, max_size=30))
def test_nothing_but_the_words_is_changed(tokens: list[str]) -> None:
    transcript = said(" ".join(tokens))
    corrections = [Correction("no sus", "noci"), Correction("it", "that"), Correction("痛", "痛み")]
    corrected = apply_corrections(transcript, corrections)
    assert not occurrences(corrected, "no sus")
    for segment in corrected.segments:
        assert [word.text for word in segment.words] == segment.text.split()
        assert all(word.start <= word.end for word in segment.words)
        assert [word.start for word in segment.words] == sorted(word.start for word in segment.words)
    for change in corrected.corrected:
        assert change.text in corrected.text
