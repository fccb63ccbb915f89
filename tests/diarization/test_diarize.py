"""Who speaks when, in talks whose turns are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import podnotes
from podnotes.audio.decode import SAMPLE_RATE
from podnotes.diarization import diarizer, embedding, segmentation
from podnotes.diarization.diarizer import DiarizedChunk, diarize
from podnotes.errors import AudioError
from tests.diarization.talks import MAN, WOMAN, Document, needs_espeak, say, talk, through_telephone, write_wav

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from podnotes.diarization.turns import Turn

pytestmark = needs_espeak

HERS = (
    "Today we talk about the beans in the garden, which came up in one night.",
    "The snails have eaten the lettuce in half circles, and nobody knows why.",
    "There is a petition about the holes in our street, and a counter petition.",
)
HIS = (
    "The train was late, and the next train was late as well, so we waited.",
    "Somebody had a timetable, and we read it aloud to each other like a poem.",
    "After an hour the platform was full of people with sandwiches.",
)


def conversation(man: str = MAN) -> Document:
    return talk(
        *((voice, text) for pair in zip(HERS, HIS, strict=True) for voice, text in zip((WOMAN, man), pair, strict=True))
    )


def share_right(turns: Sequence[Turn], truth: Document) -> float:
    """Share of the seconds, within what is said, that are the right one of two speakers'."""
    right = {False: 0, True: 0}
    total = 0
    for start, end, voice, _ in truth.turns:
        for at in np.arange(start + 0.1, end - 0.1, 0.05):
            total += 1
            found = next((turn.voice for turn in turns if turn.start <= at < turn.end), None)
            if found is not None:
                right[(found == 0) == (voice == WOMAN)] += 1
    return max(right.values()) / total


def test_two_people_are_told_apart(tmp_path: Path) -> None:
    truth = conversation()
    found = podnotes.diarize(write_wav(tmp_path / "talk.wav", truth.samples))
    assert len(found.voices) == 2
    assert share_right(found.turns, truth) > 0.97
    assert all(turn.certain for turn in found.turns)
    assert [turn.start for turn in found.turns] == sorted(turn.start for turn in found.turns)


def test_two_people_whom_the_segmentation_takes_for_one_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def segment(samples: NDArray[np.float32]) -> NDArray[np.float16]:
        activity = segmentation.segment(samples)
        activity[..., 0] = activity.max(axis=2)
        activity[..., 1:] = 0
        return activity

    monkeypatch.setattr(embedding, "segment", segment)
    truth = conversation("en-us+croak")  # further from the woman's than most of this synthesiser
    found = diarize(write_wav(tmp_path / "talk.wav", truth.samples))
    assert len(found.voices) == 2
    assert share_right(found.turns, truth) > 0.9


def test_one_person_is_one_person(tmp_path: Path) -> None:
    alone = talk(*((MAN, text) for text in (*HERS, *HIS)))
    assert len(diarize(write_wav(tmp_path / "talk.wav", alone.samples)).voices) == 1


def test_a_voice_that_changes_its_microphone_is_one(tmp_path: Path) -> None:
    alone = talk(*((WOMAN, text) for text in (*HERS, *HIS))).samples
    half = len(alone) // 2
    samples = np.concatenate([alone[:half], through_telephone(alone[half:])])
    assert len(diarize(write_wav(tmp_path / "talk.wav", samples)).voices) == 1


def test_the_channels_count_where_each_has_one_person(tmp_path: Path) -> None:
    # Two people with the same voice: the channels alone tell them apart.
    truth = talk(*((MAN, text) for text in (*HERS, *HIS)))
    samples = np.zeros((len(truth.samples), 2), np.float32)
    for index, (start, end, _, _) in enumerate(truth.turns):
        span = slice(round(start * SAMPLE_RATE), round(end * SAMPLE_RATE))
        samples[span, index % 2] = truth.samples[span]
    found = diarize(write_wav(tmp_path / "talk.wav", samples))
    assert {voice.channel for voice in found.voices} == {-1, 1}
    assert [turn.voice for turn in found.turns] in ([0, 1] * 3, [1, 0] * 3)


def test_the_same_in_both_channels_is_as_in_one(tmp_path: Path) -> None:
    truth = conversation()
    found = diarize(write_wav(tmp_path / "talk.wav", np.stack([truth.samples] * 2, axis=1)))
    assert len(found.voices) == 2
    assert {voice.channel for voice in found.voices} == {0}


def test_a_second_of_speech_is_somebody(tmp_path: Path) -> None:
    samples = np.concatenate(
        [np.zeros(8000, np.float32), say(MAN, "Good morning everybody."), np.zeros(8000, np.float32)]
    )
    found = diarize(write_wav(tmp_path / "short.wav", samples))
    assert len(found.voices) == len(found.turns) == 1


@pytest.mark.parametrize("sound", ["silence", "hum"])
def test_where_nobody_speaks_nobody_is_found(sound: str, tmp_path: Path) -> None:
    at = np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE
    samples = np.zeros(len(at)) if sound == "silence" else 0.2 * np.sin(2 * np.pi * 220 * at)
    found = diarize(write_wav(tmp_path / "none.wav", samples.astype(np.float32)))
    assert found.turns == ()
    assert found.voices == ()


def test_what_is_no_audio_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "page.mp3").write_text("<html>not found</html>")
    with pytest.raises(AudioError, match="web page"):
        diarize(tmp_path / "page.mp3")


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diarizer, "CHUNK_SECONDS", 10.0)
    audio = write_wav(tmp_path / "talk.wav", conversation().samples)
    kept: list[DiarizedChunk] = []
    whole = diarize(audio, on_chunk=kept.append)
    assert len(kept) > 2
    again: list[DiarizedChunk] = []
    resumed = diarize(audio, done=kept[:2], on_chunk=again.append)
    assert [one.start for one in again] == [one.start for one in kept[2:]]
    assert resumed.turns == whole.turns
