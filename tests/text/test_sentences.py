"""Cutting transcripts into sentences: verbatim, at the right places, with the right seconds, and never from noise."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.models import QualityFlag, Segment, Transcript, Word
from podnotes.text.sentences import Sentence, sentences
from podnotes.text.words import is_unspaced


def transcript(*texts: str, seconds: float = 3.0, speaker: str | None = None) -> Transcript:
    """Cues of three seconds, one after the other."""
    segments = tuple(
        Segment(place * seconds, (place + 1) * seconds, text, speaker=speaker) for place, text in enumerate(texts)
    )
    return Transcript(segments, len(texts) * seconds)


def texts(found: tuple[Sentence, ...]) -> list[str]:
    return [sentence.text for sentence in found]


@pytest.mark.parametrize(
    "expected",
    [
        ["The skin is an organ.", "It is the largest one."],
        ["Dr. Okafor works at St. Mary's in the U.K. with Prof. Lind.", "She likes it."],
        ["It rose by 3.5 percent, i.e. about a third vs. last year.", "That is a lot."],
        ["We asked J. R. Brandt about it.", "He laughed."],
        ["He moved to the U.S.", "The rest is history."],
        ["I was like… what?", "And then it stopped."],
        ["Well... you know how it is.", "Right?", "Right!"],
        ['She said "It hurts."', "Then she left."],
        ['"Does it hurt?" she asked.', "It did."],
        ["We call this Wall No. 5 of the Ph.D. course.", "No.", "It is not painted."],
        ["Meet at 9 a.m. tomorrow, e.g. in the lobby.", "Bring shoes, socks, etc.", "They help."],
        ["Press here (not too hard.)", "Let go."],
        ["Ist das so?", "¿De verdad?", "Yes."],
    ],
)
def test_sentences_end_where_they_end(expected: list[str]) -> None:
    assert texts(sentences(transcript(" ".join(expected)))) == expected


@pytest.mark.parametrize("seed", range(5))
def test_the_cues_do_not_matter(seed: int) -> None:
    expected = [
        "Pressure travels along the nerve.",
        "Dr. Ames measured it in 1.5 seconds.",
        "Then it fades, slowly, away.",
    ]
    words = " ".join(expected).split()
    cuts = sorted(random.Random(seed).sample(range(1, len(words)), 4))
    cues = [" ".join(words[a:b]) for a, b in zip([0, *cuts], [*cuts, len(words)], strict=True)]
    assert texts(sentences(transcript(*cues))) == expected


def test_seconds_come_from_word_timestamps() -> None:
    words = tuple(Word(10 + i, 10.5 + i, text) for i, text in enumerate(["Breathe", "in.", "Breathe", "out."]))
    found = sentences(Transcript((Segment(9.0, 20.0, "Breathe in. Breathe out.", words),), 20.0))
    assert [(sentence.start, sentence.end) for sentence in found] == [(10.0, 11.5), (12.0, 13.5)]


def test_seconds_come_from_pieces_of_words_too() -> None:
    words = (Word(1.0, 1.5, "About"), Word(1.5, 2.0, "3"), Word(2.0, 3.0, ".5%."), Word(5.0, 6.0, "Good."))
    found = sentences(Transcript((Segment(0.0, 7.0, "About 3.5%. Good.", words),), 7.0))
    assert texts(found) == ["About 3.5%.", "Good."]
    assert found[0].start == 1.0
    assert found[0].end == pytest.approx(3.0, abs=0.01)
    assert found[1].start == 5.0


def test_seconds_inside_a_cue_are_interpolated_by_characters() -> None:
    (first, second) = sentences(Transcript((Segment(100.0, 119.0, "Aaaaaaaa. Bbbbbbbb."),), 119.0))
    assert [first.start, first.end, second.start, second.end] == pytest.approx([100.0, 109.0, 110.0, 119.0])


def test_a_new_speaker_begins_a_new_sentence() -> None:
    segments = (
        Segment(0, 2, "I think that the", speaker="Ana"),
        Segment(2, 4, "fascia, you mean?", speaker="Ben"),
        Segment(4, 6, "Yes.", speaker="Ana"),
    )
    found = sentences(Transcript(segments, 6.0))
    assert [(sentence.speaker, sentence.text) for sentence in found] == [
        ("Ana", "I think that the"),
        ("Ben", "fascia, you mean?"),
        ("Ana", "Yes."),
    ]


def test_a_long_silence_ends_a_sentence() -> None:
    segments = (Segment(0, 2, "and that was the"), Segment(9, 11, "Welcome back to the show."))
    assert texts(sentences(Transcript(segments, 11.0))) == ["and that was the", "Welcome back to the show."]


def test_cues_out_of_order_are_put_in_order() -> None:
    segments = (Segment(4, 6, "it fades."), Segment(0, 2, "It comes,"), Segment(1.5, 4.5, "it stays,"))
    (found,) = sentences(Transcript(segments, 6.0))
    assert found.text == "It comes, it stays, it fades."
    assert (found.start, found.end) == (0, 6)


def test_captions_without_punctuation_become_quotable_pieces() -> None:
    rng = random.Random(4)
    clause = "so the nerve sends it to the spinal cord and then the brain decides what it means"
    words = " ".join([clause, "but you can change that", "now pressure is different"] * 40).split()
    cues, at = [], 0.0
    while words:
        size = rng.randint(4, 8)
        cue, words = words[:size], words[size:]
        cues.append(Segment(at, at + 2.0, " ".join(cue)))
        at += 2.0
    found = sentences(Transcript(tuple(cues), at))
    lengths = [len(sentence.text.split()) for sentence in found]
    assert max(lengths) <= 30
    assert sum(lengths) / len(lengths) > 7
    # Most pieces open with a word that opens a thought, and few leave one hanging.
    openings = [sentence.text.split()[0] for sentence in found]
    assert sum(word in {"so", "but", "now", "and", "the"} for word in openings) / len(found) > 0.7


def test_captions_are_cut_at_pauses() -> None:
    segments = (
        Segment(0.0, 3.0, "the first thing you want to do is warm the tissue before you go deeper"),
        Segment(4.2, 7.0, "people forget that it takes a minute or two until anything changes at all down there"),
        Segment(8.4, 11.0, "wait for it wait until the breath gets slow and the shoulder drops by itself"),
    )
    assert [sentence.start for sentence in sentences(Transcript(segments, 11.0))] == [0.0, 4.2, 8.4]


def test_a_stretch_without_full_stops_is_cut_in_a_punctuated_transcript() -> None:
    prose = ["The hand rests on the back.", "Nothing moves for a while.", "Then the breath changes."] * 60
    endless = " ".join(["and you feel how it lets go", "because the muscle was never the problem"] * 15)
    found = sentences(transcript(*prose, endless.capitalize() + ".", *prose, seconds=8.0))
    assert max(len(sentence.text.split()) for sentence in found) <= 30
    assert texts(found)[:180] == prose


@pytest.mark.parametrize(
    "line",
    [
        "Thanks for watching!",
        "Thank you so much for watching.",
        "Subtitles by the Amara.org community",
        "Please subscribe to my channel.",
        "[Music]",
        "♪ ♪",
        "(applause)",
        ". . .",
        "I'll see you in the next one.",
    ],
)
def test_phantom_lines_are_doubted(line: str) -> None:
    found = sentences(transcript("The session ends here.", line, "Now we begin again."))
    assert texts(found)[0] == "The session ends here."
    assert texts(found)[-1] == "Now we begin again."
    assert " ".join(texts(found)[1:-1]) == line
    assert {sentence.doubt for sentence in found[1:-1]} == {QualityFlag.PHANTOM}
    assert not found[0].doubtful
    assert not found[-1].doubtful


@pytest.mark.parametrize(
    "line", ["Thank you for asking that.", "Subscribe to the idea that touch heals.", "I'm watching the clock."]
)
def test_what_people_say_is_not_doubted(line: str) -> None:
    assert not any(sentence.doubtful for sentence in sentences(transcript("So it is.", line, "Now then.")))


@pytest.mark.parametrize(
    "loop",
    [
        ["I'm going to go."] * 6,
        ["And then you press.", "And then you hold it."] * 4,
        ["The muscle relaxes and " * 12 + "then."],
        ["It is, it is, it is, it is, it is, it is, it is, it is."],
    ],
)
def test_loops_are_doubted(loop: list[str]) -> None:
    found = sentences(transcript("The session starts with the feet.", *loop, "We end at the head."))
    inner = found[1:-1]
    assert inner
    assert {sentence.doubt for sentence in inner} == {QualityFlag.LOOP}
    assert not found[0].doubtful
    assert not found[-1].doubtful


def test_people_may_repeat_themselves() -> None:
    assert not any(s.doubtful for s in sentences(transcript("No. No, no, no. No.", "Yes. Yes. I know. I know.")))


def test_the_recogniser_s_own_doubt_is_kept_and_stays_where_it_is() -> None:
    segments = (
        Segment(0, 3, "The hands are warm"),
        Segment(3, 6, "gloop gloop bap", doubt=QualityFlag.UNSURE),
        Segment(6, 9, "and the room is quiet."),
    )
    assert [(s.text, s.doubt) for s in sentences(Transcript(segments, 9.0))] == [
        ("The hands are warm", None),
        ("gloop gloop bap", QualityFlag.UNSURE),
        ("and the room is quiet.", None),
    ]


@pytest.mark.parametrize("segments", [(), (Segment(0, 1, ""),), (Segment(0, 1, "  \n "), Segment(1, 2, ""))])
def test_nothing_said_gives_nothing(segments: tuple[Segment, ...]) -> None:
    assert sentences(Transcript(segments, 2.0)) == ()


_word = st.one_of(
    st.sampled_from(
        ["so", "and", "Dr.", "3.5", "e.g.", "…", '"Yes."', "no?", "Well,", "U.S.", "the", "-", "(laughs)", "J."]
    ),
    st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=12),
)


_maybe = st.booleans()


@st.composite
def _transcripts(draw: st.DrawFn) -> Transcript:
    segments = []
    for _ in range(draw(st.integers(0, 12))):
        start = draw(st.floats(0, 500, allow_nan=False))
        length = draw(st.floats(0, 30, allow_nan=False))
        words: list[str] = draw(st.lists(_word, max_size=40))
        timed: tuple[Word, ...] = ()
        if draw(_maybe) and words:
            step = length / len(words)
            timed = tuple(Word(start + i * step, start + (i + 1) * step, w) for i, w in enumerate(words))
            if draw(_maybe):  # as Whisper does: pieces that are not the words between the spaces
                timed = tuple(replace(word, text=word.text[:1]) for word in timed[::2])
        text = draw(st.sampled_from([" ", "  ", " \n"])).join(words)
        speaker = draw(st.sampled_from([None, "Ana", "Ben"]))
        doubt = draw(st.sampled_from([None, None, None, QualityFlag.LOOP]))
        segments.append(Segment(start, start + length, text, timed, speaker, doubt))
    return Transcript(tuple(segments), 600.0)


@given(_transcripts())
def test_every_word_is_there_once_and_in_order(given_transcript: Transcript) -> None:
    found = sentences(given_transcript)
    said = [w for s in sorted(given_transcript.segments, key=lambda s: s.start) for w in s.text.split()]
    assert "".join("".join(texts(found)).split()) == "".join(said)
    assert all(sentence.text == " ".join(sentence.text.split()) for sentence in found)
    places = [place for s in found for place in range(s.first, s.last)]
    assert places == list(range(len(places)))
    if any(map(is_unspaced, said)):
        return
    assert len(places) == len(said)
    assert all(sentence.text == " ".join(said[sentence.first : sentence.last]) for sentence in found)


@given(_transcripts())
def test_times_stay_inside_the_cues(given_transcript: Transcript) -> None:
    for sentence in sentences(given_transcript):
        assert sentence.start <= sentence.end
        assert any(s.start - 1e-6 <= sentence.start <= s.end + 1e-6 for s in given_transcript.segments)
        assert sentence.end <= max(s.end for s in given_transcript.segments) + 1e-6


def test_a_long_transcript_takes_no_time() -> None:
    rng = random.Random(1)
    lexicon = [
        "nerve",
        "skin,",
        "pressure",
        "and",
        "so",
        "the",
        "body",
        "warm.",
        "slow",
        "breath?",
        "it",
        "goes",
        "down",
    ]
    cues = [" ".join(rng.choices(lexicon, k=8)) for _ in range(6000)]
    started = time.process_time()
    sentences(transcript(*cues))
    # 48,000 words, some four hours; measured at 0.1 s where this was written.
    assert time.process_time() - started < 2.0
