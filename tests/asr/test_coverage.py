"""Speech that got no words: heard again, then said to be missing, and nothing is joined across it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from podnotes.asr.coverage import gaps, mark_gaps
from podnotes.asr.engine import Hypothesis
from podnotes.asr.retry import check
from podnotes.asr.sentence_segments import join, split
from podnotes.asr.vad import FRAME_SECONDS, AudioChunk, Window
from podnotes.models import QualityFlag, Segment, Transcript, Word
from podnotes.text.sentences import sentences
from podnotes.transcripts.formats import format_transcript, parse_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


def timed(text: str, start: float, each: float = 0.3, probability: float = 0.9) -> Hypothesis:
    """Words said at a steady pace."""
    words = tuple(
        Word(start + at * each, start + (at + 1) * each, word, probability) for at, word in enumerate(text.split())
    )
    return Hypothesis(start, words[-1].end, text, -0.1, words)


def talk(seconds: float) -> NDArray[np.float32]:
    return np.full(round(seconds / FRAME_SECONDS), 0.9, np.float32)


class Scripted:
    """An engine that says what it is told, by the middle of the window; each answer once."""

    name = "scripted"
    languages = frozenset({"en"})
    batch_size = 1
    window_s = 30.0
    details: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, *answers: Hypothesis) -> None:
        self.answers = answers
        self.asked: list[Window] = []

    def recognise(
        self, samples: NDArray[np.float32], windows: Sequence[Window], **options: Any
    ) -> Iterator[list[Hypothesis]]:
        for window in windows:
            self.asked.append(window)
            yield [a for a in self.answers if window.start - 0.5 <= a.start and a.end <= window.end + 0.5]

    def detect_language(self, samples: NDArray[np.float32], windows: Sequence[Window]) -> tuple[str, float]:
        return "en", 1.0


def checked(engine: Scripted, first: Sequence[Hypothesis], seconds: float) -> list[tuple[str, QualityFlag | None]]:
    window = Window(0.0, seconds)
    take = AudioChunk(0.0, seconds, np.zeros(round(seconds * 16_000), np.float32), (window,), talk(seconds))
    return [(h.text, doubt) for h, doubt in join(check(engine, take, [first], "en")[0], "en")]


def cut_off() -> list[Hypothesis]:
    """A sentence that ends in the middle of a window, and one that is joined over four lost seconds."""
    before, after = timed("If you have a real disc problem", 0.0), timed("going to help.", 6.0)
    words = (*before.words, *after.words)
    return [Hypothesis(0.0, 6.9, f"{before.text} {after.text}", -0.1, words)]


def test_what_was_left_out_is_heard_again_and_taken() -> None:
    lost = timed("it is not, for all that I have seen, ever really", 2.1, 0.34)
    engine = Scripted(lost)
    assert checked(engine, cut_off(), 6.9) == [
        ("If you have a real disc problem it is not, for all that I have seen, ever really going to help.", None)
    ]
    assert len(engine.asked) == 1


def test_what_was_left_out_beside_shaky_words_is_heard_by_itself() -> None:
    shaky = timed("it never really is going to help anybody.", 0.0, probability=0.5)
    lost = timed("Heat and cold open one channel each.", shaky.end + 0.2)
    engine = Scripted(shaky, lost)
    found = checked(engine, [shaky], lost.end)
    assert [text for text, _ in found] == [shaky.text, lost.text]
    assert [window.start > shaky.end - 0.1 for window in engine.asked] == [False, True]


def test_what_stays_unheard_is_said_and_nothing_goes_across_it() -> None:
    found = checked(Scripted(), cut_off(), 6.9)
    assert found == [
        ("If you have a real disc problem", None),
        ("[not understood, 4 s]", QualityFlag.UNINTELLIGIBLE),
        ("going to help.", None),
    ]


def test_what_is_heard_at_the_second_try_is_doubted_where_the_model_is_not_sure() -> None:
    unsure = timed("it is not, for all that I have seen, ever really", 2.1, 0.34, probability=0.5)
    found = checked(Scripted(unsure), cut_off(), 6.9)
    assert [doubt for _, doubt in found] == [None, QualityFlag.UNSURE, None]
    assert "for all that I have seen" in found[1][0]


def test_a_word_that_swallowed_seconds_of_talk_hides_no_gap() -> None:
    words = (Word(0.0, 0.4, "Pain"), Word(0.4, 5.0, "is"), Word(5.0, 5.5, "real."))
    found = gaps([(Hypothesis(0.0, 5.5, "Pain is real.", -0.1, words), None)], talk(5.5), Window(0.0, 5.5), 1.5)
    assert len(found) == 1
    assert found[0] == pytest.approx((1.0, 4.4), abs=0.1)


def test_a_pause_and_a_breath_are_no_gap() -> None:
    voice = talk(9.0)
    voice[round(3.1 / FRAME_SECONDS) : round(6.0 / FRAME_SECONDS)] = 0.0
    voice[round(4.0 / FRAME_SECONDS) : round(4.5 / FRAME_SECONDS)] = 0.9
    entries = [(timed("one two three four five six seven eight nine ten", 0.0), None)]
    entries += [(timed("one two three four five six seven eight nine ten", 6.0), None)]
    assert mark_gaps(entries, voice, Window(0.0, 9.0)) == entries


def test_who_repeats_a_sentence_is_believed_when_both_tries_hear_it() -> None:
    said = "Please hold the line. Please hold the line. Please hold the line. Please hold the line."
    once = timed(said, 0.0)
    assert (
        checked(Scripted(once), [once], once.end)
        == [
            ("Please hold the line.", None),
        ]
        * 4
    )
    fewer = timed("Please hold the line. I will be with you.", 0.0)
    found = checked(Scripted(fewer), [once], once.end)
    assert sum(text == "Please hold the line." for text, doubt in found if doubt is None) <= 1
    flat = timed(said.replace(".", "").lower(), 0.0)
    assert [doubt for _, doubt in checked(Scripted(flat), [flat], flat.end)] == [None]
    other = timed("Please hold the line.", 0.0)
    found = checked(Scripted(other), [flat], flat.end)
    assert not any(doubt is None and text.lower().count("please") > 1 for text, doubt in found)


def test_shaky_words_are_doubted_and_not_replaced_where_a_second_try_hears_others() -> None:
    shaky = timed("the shoulders drop one by one after a while.", 0.0, probability=0.6)
    other = timed("the older shop was won by one of the wise.", 0.0)
    assert checked(Scripted(other), [shaky], shaky.end) == [(shaky.text, QualityFlag.UNSURE)]
    assert checked(Scripted(shaky), [shaky], shaky.end) == [(shaky.text, None)]


def test_segments_end_where_sentences_end_and_go_on_over_windows() -> None:
    window = timed("Dr. Lund says it hurts. It does. And when the disc", 0.0)
    assert [h.text for h in split(window, "en")] == ["Dr. Lund says it hurts.", "It does.", "And when the disc"]
    following = timed("has healed, it stops.", window.end + 0.4)
    joined = join([*((h, None) for h in split(window, "en")), (following, None)], "en")
    assert [h.text for h, _ in joined] == [
        "Dr. Lund says it hurts.", "It does.", "And when the disc has healed, it stops.",
    ]  # fmt: skip
    assert joined[-1][0].end == following.end
    assert len(join([(window, None), (following, QualityFlag.UNSURE)], "en")) == 2


def test_sentences_end_as_their_language_has_it() -> None:
    german = timed("Es begann am 3. Oktober in Bonn. Dann war es vorbei.", 0.0)
    assert [h.text for h in split(german, "de")] == ["Es begann am 3. Oktober in Bonn.", "Dann war es vorbei."]
    before, after = timed("Es begann am 3.", 0.0), timed("Oktober in Bonn.", 1.5)
    assert len(join([(before, None), (after, None)], "de")) == 1
    assert len(join([(before, None), (after, None)], "en")) == 2
    words = (Word(0.0, 0.5, "痛い", 0.9), Word(0.5, 1.0, "です。", 0.9), Word(1.0, 1.5, "はい。", 0.9))
    japanese = Hypothesis(0.0, 1.5, "痛いです。はい。", words=words)
    assert [h.text for h in split(japanese, "ja")] == ["痛いです。", "はい。"]


def transcript(*parts: tuple[str, QualityFlag | None]) -> Transcript:
    return Transcript(
        tuple(Segment(3.0 * at, 3.0 * at + 2.9, text, doubt=doubt) for at, (text, doubt) in enumerate(parts)), 60.0
    )


def test_half_a_sentence_beside_a_gap_is_not_for_quoting() -> None:
    gap = ("[not understood, 3 s]", QualityFlag.UNINTELLIGIBLE)
    one = transcript(("It was a long day.", None), ("If you have a disc problem", None), gap, ("is not it.", None))
    assert [s.doubtful for s in sentences(one)] == [False, True, True, True]
    whole = transcript(("It was a long day.", None), gap, ("Pain is made by the brain.", None))
    assert [s.doubtful for s in sentences(whole)] == [False, True, False]
    cut = transcript(("It was a long day and", None), gap, ("Pain is made by the brain.", None))
    assert [s.doubtful for s in sentences(cut)] == [True, True, True]
    assert [s.text for s in one.gaps] == ["[not understood, 3 s]"]


def test_a_whole_sentence_beside_one_with_a_gap_may_be_quoted() -> None:
    first = transcript(("Well, [inaudible] on Monday.", None), ("Pain is made by the brain.", None))
    assert [s.doubtful for s in sentences(first)] == [True, False]
    assert [s.doubtful for s in sentences(transcript(("It is [not understood, 2 s] in the knee.", None)))] == [True]


@pytest.mark.parametrize("suffix", [".vtt", ".srt", ".json"])
def test_gaps_come_back_from_files(suffix: str) -> None:
    gap = ("[not understood, 3 s]", QualityFlag.UNINTELLIGIBLE)
    told = transcript(("It was a long day.", None), gap, ("Pain is made by the brain.", None))
    again = parse_transcript(format_transcript(told, suffix), name=f"talk{suffix}")
    assert [(s.text, s.doubt) for s in again.segments] == [(s.text, s.doubt) for s in told.segments]


def test_words_to_check_by_ear() -> None:
    words = (Word(0.0, 0.5, "Nociceptor", 0.31), Word(0.5, 1.0, "fires.", 0.93), Word(1.0, 1.4, "Now."))
    heard = Transcript((Segment(0.0, 1.4, "Nociceptor fires. Now.", words),), 1.4)
    assert [word.text for word in heard.uncertain_words(0.0, 1.4)] == ["Nociceptor"]
    assert heard.uncertain_words(0.5, 1.4) == ()
