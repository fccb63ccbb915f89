"""Second looks: timing the words of what is quoted, and recognising parts again with a better model."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from podnotes.models import Doubt, Findings, Passage, Segment, Transcript
from podnotes.speech import (
    Hypothesis,
    SpeechOptions,
    SpeechProgress,
    Window,
    refine,
    time_words,
    worth_hearing_again,
)
from podnotes.speech.engine import load_engine
from podnotes.speech.spans import widened
from tests.speech.conftest import Spoken, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from podnotes.speech import Engine


@pytest.fixture(scope="module")
def engine(speech_model: Path) -> Engine:
    return load_engine(speech_model, SpeechOptions())


def as_said(spoken: Spoken, shift: float = 0.0) -> Transcript:
    """What was said, with cues that are off by a little."""
    segments = tuple(Segment(max(0.0, a + shift), b + shift, text) for a, b, text in spoken.sentences)
    return Transcript(segments, len(spoken.samples) / 16_000, language="en", model="scout")


@pytest.mark.speech
@pytest.mark.parametrize("shift", [0.0, -0.25, 0.25])
def test_words_are_timed_within_a_third_of_a_second(minute: tuple[Path, Spoken], engine: Engine, shift: float) -> None:
    path, spoken = minute
    transcript = as_said(spoken, shift)
    timed = time_words(path, transcript, [(0.0, 25.0)], engine)
    assert [s.text for s in timed.segments] == [s.text for s in transcript.segments]
    words = [word for segment in timed.segments for word in segment.words]
    heard, said = [plain(word.text)[0] for word in words], [word for _, _, word in spoken.words]
    assert len(words) > 40
    errors = [
        abs(words[block.a + offset].start - spoken.words[block.b + offset][0])
        for block in difflib.SequenceMatcher(a=heard, b=said, autojunk=False).get_matching_blocks()
        for offset in range(block.size)
    ]
    assert len(errors) > 0.95 * len(words)
    assert np.median(errors) < 0.05
    assert np.quantile(errors, 0.98) < 0.3
    starts_said = {round(start, 3): word for start, _, word in spoken.words}
    for segment, (start, _, _) in zip(timed.segments, spoken.sentences, strict=True):
        if segment.words:  # where a quote would start
            assert round(start, 3) in starts_said
            assert segment.words[0].start == pytest.approx(start, abs=0.3)
    for segment in timed.segments:
        assert not segment.words or " ".join(word.text for word in segment.words) == segment.text
        assert bool(segment.words) == (segment.start < 25.0)
    starts = [word.start for word in words]
    assert starts == sorted(starts)


@pytest.mark.speech
def test_what_cant_be_timed_is_left_as_it_was(minute: tuple[Path, Spoken], engine: Engine) -> None:
    path, spoken = minute
    transcript = as_said(spoken)
    assert time_words(path, transcript, [], engine) is transcript
    guessed = replace(transcript, timed=False)
    assert time_words(path, guessed, [(0, 60)], engine) is guessed
    long = replace(transcript, segments=(Segment(0.0, 40.0, transcript.text),))
    assert time_words(path, long, [(0, 60)], engine) == long


class Other:
    """A better model: says where it was asked."""

    name = "better"
    languages = frozenset({"en"})
    batch_size = 4
    window_s = 30.0

    def __init__(self) -> None:
        self.details = {"engine": "other"}
        self.heard_s = 0.0

    def recognise(
        self, samples: NDArray[np.float32], windows: Sequence[Window], **options: Any
    ) -> Iterator[list[Hypothesis]]:
        for window in windows:
            self.heard_s += window.end - window.start
            text = "Every word of this was heard by the better of the two models, and it says so at length."
            yield [Hypothesis(window.start, window.end, text, -0.1)]

    def detect_language(self, samples: NDArray[np.float32], windows: Sequence[Window]) -> tuple[str, float]:
        return "en", 1.0


def test_only_what_may_be_quoted_is_heard_again(minute: tuple[Path, Spoken]) -> None:
    path, spoken = minute
    scouted, better = as_said(spoken), Other()
    seen: list[SpeechProgress] = []
    transcript = refine(path, scouted, [(18.0, 20.0), (19.0, 21.0)], better, context_s=2.0, on_progress=seen.append)
    assert better.heard_s < 15
    fresh = [s for s in transcript.segments if s.doubt is None]
    rest = [s for s in transcript.segments if s.doubt is not None]
    assert all("better of the two" in segment.text for segment in fresh)
    assert {segment.doubt for segment in rest} == {Doubt.SCOUTED}
    assert min(s.start for s in fresh) < 18.0
    assert max(s.end for s in fresh) > 21.0
    for old in rest:
        assert not any(new.start < old.end - 0.5 and old.start + 0.5 < new.end for new in fresh)
    assert [s.start for s in transcript.segments] == sorted(s.start for s in transcript.segments)
    assert (transcript.model, transcript.details["scout"]) == ("better", "scout")
    assert seen[-1].done == pytest.approx(seen[-1].total, abs=0.1)


def test_nothing_to_quote_is_nothing_to_hear(minute: tuple[Path, Spoken]) -> None:
    better = Other()
    transcript = refine(minute[0], as_said(minute[1]), [], better)
    assert better.heard_s == 0
    assert {segment.doubt for segment in transcript.segments} == {Doubt.SCOUTED}


@pytest.mark.speech
def test_the_real_engine_hears_the_same_in_a_part_as_in_the_whole(minute: tuple[Path, Spoken], engine: Engine) -> None:
    path, spoken = minute
    wrong = as_said(spoken)
    wrong = replace(wrong, segments=tuple(replace(s, text="What the scout heard.") for s in wrong.segments))
    transcript = refine(path, wrong, [(18.0, 22.0)], engine, context_s=0.0)
    heard = {word for s in transcript.segments if s.doubt is None for word in plain(s.text)}
    said = {word for start, end, word in spoken.words if start > 18.0 and end < 22.0}
    assert len(heard & said) >= 0.8 * len(said)


def found(*scores: tuple[str, float]) -> Findings:
    """Passages of 30 s with these topics and scores, a minute apart."""
    passages = [Passage(topic, 60.0 * at, 60.0 * at + 30, score, "…") for at, (topic, score) in enumerate(scores)]
    return Findings(tuple(passages), (), 60.0 * len(scores))


def test_what_comes_close_to_the_best_is_worth_hearing_again() -> None:
    scores = [("pain", 0.9 - 0.02 * rank) for rank in range(20)] + [("touch", 0.3)]
    spans = worth_hearing_again(found(*scores), best=5, margin=0.09)
    assert spans == [(60.0 * at, 60.0 * at + 30) for at in (*range(9), 20)]
    assert worth_hearing_again(found(*reversed(scores)), best=5, margin=0.09) == [
        (60.0 * at, 60.0 * at + 30) for at in (0, *range(12, 21))
    ]
    assert worth_hearing_again(found()) == []


def test_topics_share_how_much_is_heard_again() -> None:
    many = [(topic, 0.9) for topic in ("pain", "touch", "sleep") for _ in range(30)]
    spans = worth_hearing_again(found(*many), best=5, most=36)
    assert [sum(at <= start < at + 1800 for start, _ in spans) for at in (0, 1800, 3600)] == [12, 12, 12]
    assert len(worth_hearing_again(found(*many), best=5, most=3)) == 15
    assert len(worth_hearing_again(found(*many), best=5, most=1000)) == 60


def test_context_ends_at_a_pause_and_near_stretches_are_heard_together() -> None:
    segments = tuple(Segment(10.0 * at, 10.0 * at + 9.5, "Words.") for at in range(20))
    transcript = Transcript(segments, 200.0)
    assert widened([(32.0, 38.0)], transcript, 3.0) == [(20.0, 49.5)]
    assert widened([(32.0, 38.0), (61.0, 65.0), (150.0, 155.0)], transcript, 3.0) == [(20.0, 69.5), (140.0, 159.5)]
    assert widened([], transcript, 3.0) == []


def test_what_was_heard_again_before_stays(minute: tuple[Path, Spoken]) -> None:
    path, spoken = minute
    once = refine(path, as_said(spoken), [(18.0, 20.0)], Other(), context_s=0.0)
    trusted = [s for s in once.segments if s.doubt is None]
    better = Other()
    same = refine(path, once, [(18.0, 20.0)], better, context_s=0.0)
    assert (same.segments, better.heard_s) == (once.segments, 0)
    twice = refine(path, once, [(40.0, 42.0)], better, context_s=0.0)
    assert 0 < better.heard_s < 15
    assert all(segment in twice.segments for segment in trusted)
    assert len([s for s in twice.segments if s.doubt is None]) > len(trusted)
    assert (twice.model, twice.details["scout"]) == ("better", "scout")
