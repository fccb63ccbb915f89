"""Whose the words are and what the people are called, from turns and words."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from podnotes.diarization.assignment import assign_speakers
from podnotes.diarization.clustering import Voice
from podnotes.diarization.diarizer import Diarization
from podnotes.diarization.enrollment import KnownVoice, match_voices
from podnotes.diarization.labeling import label_speakers
from podnotes.diarization.turns import Turn, exclusive
from podnotes.models import Episode, Person, QualityFlag, Segment, Transcript, Word

NAMES = {0: "Speaker 1", 1: "Speaker 2"}


def voice(direction: int, seconds: float = 30.0) -> Voice:
    vector = np.zeros(192, np.float32)
    vector[direction] = 1.0
    return Voice(vector, seconds)


def timed(text: str, start: float = 0.0, pace: float = 0.5) -> Segment:
    words = tuple(
        Word(start + place * pace, start + (place + 0.9) * pace, word) for place, word in enumerate(text.split())
    )
    return Segment(words[0].start, words[-1].end, text, words)


def transcript(*segments: Segment) -> Transcript:
    return Transcript(segments, segments[-1].end, "en", "recognised")


def signed(*said: tuple[int, str], episode: Episode | None = None) -> dict[str, str]:
    """Who says the first words of each turn, in a talk of turns that follow one another."""
    segments, turns = [], []
    at = 0.0
    for who, text in said:
        segments.append(timed(text, at))
        turns.append(Turn(segments[-1].start, segments[-1].end, who))
        at = segments[-1].end + 0.3
    count = max(who for who, _ in said) + 1
    result = label_speakers(
        transcript(*segments), Diarization(tuple(turns), tuple(voice(one) for one in range(count))), episode
    )
    return {segment.text.split()[0]: segment.speaker or "" for segment in result.transcript.segments}


def test_a_segment_is_cut_where_the_speaker_changes() -> None:
    words = transcript(timed("How does it work? It comes from the nerves."))
    cut = assign_speakers(words, [Turn(0.0, 2.2, 0), Turn(2.2, 5.0, 1)], NAMES)
    assert [(one.speaker, one.text) for one in cut.segments] == [
        ("Speaker 1", "How does it work?"),
        ("Speaker 2", "It comes from the nerves."),
    ]
    assert cut.segments[1].start == cut.segments[1].words[0].start == 2.0


def test_a_change_close_to_a_segment_border_is_there() -> None:
    words = transcript(timed("It is slow."), timed("That's it for today, see you next time.", 1.6))
    cut = assign_speakers(words, [Turn(0.0, 2.0, 1), Turn(2.1, 6.0, 0)], NAMES)
    assert [(one.speaker, one.text) for one in cut.segments] == [
        ("Speaker 2", "It is slow."),
        ("Speaker 1", "That's it for today, see you next time."),
    ]


def test_words_without_times_have_a_speaker_if_it_is_one_all_the_time() -> None:
    words = transcript(
        Segment(0.0, 4.3, "How does it work, do you think?"), Segment(4.3, 10.0, "It comes from the nerves. Does it?")
    )
    turns = [Turn(0.0, 4.2, 0), Turn(4.2, 8.0, 1), Turn(8.0, 10.0, 0)]
    cut = assign_speakers(words, turns, NAMES)
    assert [one.speaker for one in cut.segments] == ["Speaker 1", None]
    assert cut.text == words.text


def test_a_short_word_in_between_leaves_the_speaker_and_overlap_is_shared() -> None:
    words = transcript(timed("One two three four five six seven eight nine ten."))
    turns = [Turn(0.0, 3.2, 0), Turn(1.0, 1.4, 1), Turn(2.8, 5.0, 1)]
    cut = assign_speakers(words, turns, NAMES)
    assert [(one.speaker, one.text) for one in cut.segments] == [
        ("Speaker 1", "One two three four five six"),
        ("Speaker 2", "seven eight nine ten."),
    ]


def test_nobody_is_named_where_it_is_not_certain() -> None:
    words = transcript(timed("One two three four."), timed("Five six seven eight.", 10.0), timed("Far away.", 60.0))
    cut = assign_speakers(words, [Turn(0.0, 2.0, 0), Turn(10.0, 12.0, 1, certain=False)], NAMES)
    assert [one.speaker for one in cut.segments] == ["Speaker 1", None, None]


def test_whose_words_are_recognised_of_two_who_speak_at_once_is_not_certain() -> None:
    words = transcript(timed("One two three four five six seven eight nine ten."))
    cut = assign_speakers(words, [Turn(0.0, 3.0, 0), Turn(1.5, 5.0, 1)], NAMES)
    assert [(one.speaker, one.text) for one in cut.segments] == [
        ("Speaker 1", "One two three"),
        (None, "four five six"),
        ("Speaker 2", "seven eight nine ten."),
    ]


def test_a_short_assent_leaves_who_goes_on_speaking_certain() -> None:
    words = transcript(timed("One two three four five six seven eight nine ten."))
    cut = assign_speakers(words, [Turn(0.0, 5.0, 0), Turn(1.5, 1.9, 1)], NAMES)
    assert [one.speaker for one in cut.segments] == ["Speaker 1"]


def test_nobody_is_named_where_most_of_the_speech_is_nobodys_for_certain() -> None:
    words = transcript(timed("My name is Anna Berg."), timed("Five six seven eight nine ten.", 10.0))
    turns = (Turn(0.0, 2.5, 0), Turn(10.0, 13.0, 1, certain=False))
    found = label_speakers(words, Diarization(turns, (voice(0), voice(1))))
    assert found.transcript.segments == words.segments
    assert found.labels == {}
    (warning,) = found.transcript.warnings
    assert "nobody is named" in warning


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0.12, 9), st.integers(0, 2), st.booleans()), max_size=12))
def test_turns_without_overlap_cover_the_same_time(given_turns: list[tuple[float, float, int, bool]]) -> None:
    turns = sorted(
        (Turn(start, start + length, who, certain) for start, length, who, certain in given_turns),
        key=lambda turn: (turn.start, turn.end),
    )
    alone = exclusive(turns)
    assert all(one.start < one.end for one in alone)
    assert all(one.end <= two.start for one, two in itertools.pairwise(alone))
    for at in np.arange(0.0, 30.0, 0.25):
        assert any(one.start <= at < one.end for one in alone) == any(one.start <= at < one.end for one in turns)


def test_a_speaker_that_the_transcript_names_stays() -> None:
    words = transcript(Segment(0.0, 2.0, "Hello there.", speaker="Anna Berg"))
    assert assign_speakers(words, [Turn(0.0, 2.0, 0)], NAMES) == words


def test_speech_that_was_not_understood_is_no_change_of_speaker() -> None:
    def gap(start: float) -> Segment:
        return Segment(start, start + 4.0, "[not understood, 4 s]", doubt=QualityFlag.UNINTELLIGIBLE)

    words = transcript(
        timed("It comes from there."), gap(2.0), timed("From the nerves, that is.", 6.0), gap(8.5), timed("Why?", 12.5)
    )
    turns = [Turn(0.0, 3.0, 0), Turn(3.0, 5.5, 1), Turn(6.0, 9.0, 0), Turn(9.0, 14.0, 1)]
    cut = assign_speakers(words, turns, NAMES)
    assert [one.text for one in cut.segments] == [one.text for one in words.segments]
    assert [one.speaker for one in cut.segments] == ["Speaker 1", "Speaker 1", "Speaker 1", None, "Speaker 2"]


def test_words_without_spaces_between_them_stay_so() -> None:
    said = [
        Word(0.0, 0.9, "痛みは"),
        Word(1.0, 1.9, "何ですか。"),
        Word(3.0, 3.9, "体の"),
        Word(4.0, 4.9, "警報です。"),
    ]
    words = transcript(Segment(0.0, 4.9, "痛みは何ですか。体の警報です。", tuple(said), language="ja"))
    cut = assign_speakers(words, [Turn(0.0, 2.0, 0), Turn(3.0, 5.0, 1)], NAMES)
    assert [(one.speaker, one.text, one.language) for one in cut.segments] == [
        ("Speaker 1", "痛みは何ですか。", "ja"),
        ("Speaker 2", "体の警報です。", "ja"),
    ]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["yes.", "and", "the", "nerves", "why?"]), min_size=1, max_size=30),
    st.lists(st.tuples(st.floats(0.1, 4.0), st.integers(0, 2), st.booleans()), max_size=8),
    st.booleans(),
)
def test_no_word_is_lost_or_moved(said: list[str], lengths: list[tuple[float, int, bool]], with_words: bool) -> None:
    segment = timed(" ".join(said))
    words = transcript(segment if with_words else Segment(segment.start, segment.end, segment.text))
    turns, at = [], 0.0
    for length, who, certain in lengths:
        turns.append(Turn(at, at + length, who, certain))
        at += length
    cut = assign_speakers(words, turns, {**NAMES, 2: "Speaker 3"})
    assert cut.text == words.text
    assert [word for one in cut.segments for word in one.words] == list(words.segments[0].words)
    assert all(
        one.start <= two.start and one.end <= two.start + 1e-6
        for one, two in zip(cut.segments, cut.segments[1:], strict=False)
    )


# ---------------------------------------------------------------------------------------------------------- names


def test_who_introduces_himself_and_who_is_introduced_are_named() -> None:
    called = signed(
        (0, "Welcome. My name is Anna Berg and my guest today is Tom Riis."),
        (1, "Happy to be with you."),
        (0, "So, Anna Berg is what they call me. Tom Riis, welcome to the programme."),
        (1, "Glad. Nerves are fine things."),
    )
    assert called["Welcome."] == "Anna Berg"
    assert called["Happy"] == "Tom Riis"


def test_thanks_by_name_tell_who_the_other_is() -> None:
    called = signed(
        (0, "Today we talk about touch. I'm joined by Liv. Liv, thanks for coming."),
        (1, "Thanks, Maja. It is good to be here."),
        (0, "What does touch do?"),
        (1, "A lot, I think. Thank you, Maja."),
    )
    assert called == {"Today": "Maja", "Thanks,": "Liv", "What": "Maja", "A": "Liv"}


def test_a_name_heard_once_that_the_feed_does_not_know_is_no_name() -> None:
    said = ((0, "Today we talk about touch."), (1, "Thanks, Mah. It is good to be here."))
    assert set(signed(*said).values()) == {"Speaker 1", "Speaker 2"}
    known = Episode("1", "Touch", persons=(Person("Mah Olsen", "host"),))
    assert signed(*said, episode=known)["Today"] == "Mah Olsen"


def partly_named(*said: tuple[int, str | None]) -> list[str | None]:
    """The speakers of segments of ten seconds, each with its voice and the name that the transcript has."""
    spans = [(10.0 * place, 10.0 * place + 9.0, who, name) for place, (who, name) in enumerate(said)]
    words = transcript(*(Segment(start, end, "Snails eat at night.", speaker=name) for start, end, _, name in spans))
    turns = tuple(Turn(start, end, who) for start, end, who, _ in spans)
    result = label_speakers(words, Diarization(turns, (voice(0), voice(1))))
    return [segment.speaker for segment in result.transcript.segments]


def test_names_in_the_transcript_are_those_of_the_voices_that_they_stand_by() -> None:
    said = ((0, "Anna Berg"), (1, None), (0, None), (1, None), (0, "Anna Berg"))
    assert partly_named(*said) == ["Anna Berg", "Speaker 2", "Anna Berg", "Speaker 2", "Anna Berg"]


def test_names_that_fit_two_voices_name_nobody_else() -> None:
    """As where the times of the transcript are those of another copy of the audio."""
    said = ((0, "Anna Berg"), (1, "Anna Berg"), (0, None), (1, "Tom Riis"), (1, None))
    assert partly_named(*said) == ["Anna Berg", "Anna Berg", "Speaker 1", "Tom Riis", "Speaker 2"]


def test_the_last_of_the_people_is_the_last_of_the_voices() -> None:
    episode = Episode("1", "Touch", persons=(Person("Anna Berg", "host"), Person("Dr. Tom Riis", "guest")))
    called = signed(
        (0, "Welcome. I'm Anna Berg, and this is the show on nerves."), (1, "Touch is slow."), episode=episode
    )
    assert called["Touch"] == "Dr. Tom Riis"
    assert signed((0, "Welcome to the show."), (1, "Touch is slow."), episode=episode)["Touch"] == "Speaker 2"


def test_the_guest_of_the_title_is_who_is_not_the_known_host() -> None:
    episode = Episode("1", "How touch works with Dr. Tom Riis")
    words = transcript(timed("What does slow touch do?"), timed("It calms.", 4.0))
    turns = (Turn(0.0, 3.0, 0), Turn(4.0, 5.0, 1))
    known = {0: KnownVoice(7, voice(0).vector, "Anna Berg")}
    for voices, guest in ((2, "Dr. Tom Riis"), (3, "Speaker 2")):
        found = Diarization(turns, tuple(voice(one) for one in range(voices)))
        assert label_speakers(words, found, episode, known).labels == {0: "Anna Berg", 1: guest}


def test_a_title_names_the_guest() -> None:
    episode = Episode("1", "How touch works with Dr. Tom Riis")
    called = signed((0, "Tom, welcome. How does it work?"), (1, "Slowly."), episode=episode)
    assert called["Slowly."] == "Dr. Tom Riis"


def test_two_claims_of_one_worth_name_nobody() -> None:
    called = signed((0, "Thanks, Liv. Yes."), (1, "Thanks, Liv. No."), (0, "So it goes."), (1, "Right it is."))
    assert set(called.values()) == {"Speaker 1", "Speaker 2"}


# --------------------------------------------------------------------------------------------------------- voices


def test_a_voice_is_known_again() -> None:
    known = (KnownVoice(7, voice(0).vector, "Anna Berg"), KnownVoice(8, voice(1).vector))
    found = match_voices((voice(1), voice(0), voice(2)), known)
    assert {index: one.id for index, one in found.items()} == {0: 8, 1: 7}


def test_a_voice_like_two_that_are_known_is_neither() -> None:
    known = (KnownVoice(7, voice(0).vector), KnownVoice(8, voice(0).vector))
    assert match_voices((voice(0),), known) == {}


def test_a_second_of_a_voice_is_too_little_to_know_it() -> None:
    assert match_voices((voice(0, seconds=1.0),), (KnownVoice(7, voice(0).vector),)) == {}
