"""Timing the words of what is quoted."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podnotes.asr.engine import load_engine
from podnotes.asr.speech_options import SpeechOptions
from podnotes.asr.word_times import time_words
from podnotes.models import Segment, Transcript
from tests.asr.conftest import Spoken, plain

if TYPE_CHECKING:
    from pathlib import Path

    from podnotes.asr.engine import Engine


@pytest.fixture(scope="module")
def engine(speech_model: Path) -> Engine:
    return load_engine(speech_model, SpeechOptions())


def as_said(spoken: Spoken, shift: float = 0.0) -> Transcript:
    """What was said, with cues that are off by a little."""
    segments = tuple(Segment(max(0.0, a + shift), b + shift, text) for a, b, text in spoken.sentences)
    return Transcript(segments, len(spoken.samples) / 16_000, language="en", model="some")


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
