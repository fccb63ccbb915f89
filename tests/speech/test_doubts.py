"""Words that were never said: the signs, and what the real engine makes of sounds that fool it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from podnotes.models import Doubt
from podnotes.speech import Hypothesis, SpeechOptions, transcribe
from podnotes.speech.doubts import doubt_about, is_loop
from podnotes.speech.engine import load_engine
from podnotes.speech.voice import FRAME_SECONDS
from tests.speech.conftest import Spoken, word_error_rate, write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from podnotes.speech import Engine

RATE = 16_000


def voice(*speech: tuple[float, float], seconds: float = 30.0) -> NDArray[np.float32]:
    """What the voice detector says when somebody speaks at these times."""
    heard = np.zeros(round(seconds / FRAME_SECONDS), np.float32)
    for start, end in speech:
        heard[round(start / FRAME_SECONDS) : round(end / FRAME_SECONDS)] = 0.95
    return heard


TALK = voice((0, 30))
CASES: list[tuple[str, float, float, float | None, NDArray[np.float32], Doubt | None]] = [
    ("Pain is an alarm that protects the body.", 0.0, 3.0, -0.2, TALK, None),
    ("I'm going to go. I'm going to go. I'm going to go. I'm going to go.", 0.0, 5.0, -0.1, TALK, Doubt.LOOP),
    ("adapt adapt adapt adapt adapt adapt", 0.0, 3.0, -0.1, TALK, Doubt.LOOP),
    ("No, no, no, that is not what the study of pain has found at all.", 0.0, 4.0, -0.2, TALK, None),
    ("Thanks for watching!", 10.0, 12.0, -0.1, voice(), Doubt.PHANTOM),
    ("Thank you.", 10.0, 12.0, -0.3, voice((10.0, 10.4)), Doubt.PHANTOM),
    ("Thank you.", 10.0, 11.0, -0.3, voice((10.0, 11.0)), None),
    ("Subtitles by the Amara.org community", 0.0, 4.0, -0.3, voice((0.0, 1.0)), Doubt.PHANTOM),
    ("The nervous system calms down.", 20.0, 23.0, -0.2, voice((0.0, 19.0)), Doubt.NO_SPEECH),
    ("We still need a lot more of this research.", 1.0, 1.4, -0.2, TALK, Doubt.TOO_FAST),
    ("Well, yes.", 1.0, 1.1, -0.2, TALK, None),
    ("Pepper my boat pills ease the calendar.", 1.0, 4.0, -1.3, TALK, Doubt.UNSURE),
    ("Her, have.", 1.0, 9.0, -0.4, TALK, Doubt.UNSURE),
    ("Спасибо за просмотр, друзья", 1.0, 4.0, -0.2, TALK, Doubt.LANGUAGE),
    ("Words without a probability are judged by the rest.", 1.0, 4.0, None, TALK, None),
    ("…", 1.0, 4.0, -3.0, voice(), None),
]


@pytest.mark.parametrize(
    ("text", "start", "end", "logprob", "heard", "expected"), CASES, ids=[c[0][:24] for c in CASES]
)
def test_signs(
    text: str, start: float, end: float, logprob: float | None, heard: NDArray[np.float32], expected: Doubt | None
) -> None:
    assert doubt_about(Hypothesis(start, end, text, logprob), heard, "en") is expected


def test_latin_letters_in_a_language_that_isnt_written_with_them() -> None:
    hypothesis = Hypothesis(0.0, 3.0, "Thank you all for being here", -0.2)
    assert doubt_about(hypothesis, TALK, "ru") is Doubt.LANGUAGE
    assert doubt_about(Hypothesis(0.0, 3.0, "Это эндорфины", -0.2), TALK, "ru") is None


def test_a_list_is_no_loop() -> None:
    assert not is_loop(
        ["back", "pain", "and", "neck", "pain", "and", "knee", "pain", "and", "hip", "pain", "and", "shoulder", "pain"]
    )
    assert is_loop(
        ["another", "molecule", "that", "is", "another", "molecule", "that", "is", "another", "molecule", "that", "is"]
    )


# -------------------------------------------------------------------------------------- through the real engine


@pytest.fixture(scope="module")
def engine(speech_model: Path) -> Engine:
    return load_engine(speech_model, SpeechOptions())


def _sounds() -> dict[str, NDArray[np.floating]]:
    rng = np.random.default_rng(1)
    at = np.arange(20 * RATE) / RATE
    steps, other = np.floor(np.mod(at * 3, 4)), np.floor(np.mod(at * 2, 5))
    spectrum = np.fft.rfft(rng.standard_normal(len(at)))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    pink = np.fft.irfft(spectrum, len(at))
    return {
        "silence": np.zeros(len(at)),
        "hiss": 0.001 * rng.standard_normal(len(at)),
        "white noise": 0.1 * rng.standard_normal(len(at)),
        "pink noise": 0.1 * pink / np.abs(pink).max(),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * at),
        "music": 0.2 * np.sin(2 * np.pi * at * (220 + 110 * steps)) + 0.1 * np.sin(2 * np.pi * at * (330 + 55 * other)),
        "clicks": 0.9 * (rng.random(len(at)) > 0.9995),
    }


@pytest.mark.speech
@pytest.mark.parametrize("name", list(_sounds()))
def test_where_nobody_speaks_there_are_no_words(tmp_path: Path, engine: Engine, name: str) -> None:
    transcript = transcribe(write_wav(tmp_path / "a.wav", _sounds()[name].astype(np.float32)), engine)
    assert [segment.text for segment in transcript.segments if segment.doubt is None] == []
    assert transcript.duration == pytest.approx(20.0, abs=0.1)


def _bent(speech: NDArray[np.float32], other: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(2)
    spectrum, frequency = np.fft.rfft(speech), np.fft.rfftfreq(len(speech), 1 / RATE)
    spectrum[(frequency < 300) | (frequency > 3400)] = 0
    return {
        "clipped": np.clip(20 * speech, -0.5, 0.5),
        "telephone": np.fft.irfft(spectrum, len(speech)).astype(np.float32),
        "two voices": speech + 0.9 * other,
        "noise": speech + 0.08 * rng.standard_normal(len(speech)).astype(np.float32),
    }


@pytest.mark.speech
@pytest.mark.parametrize("name", ["clipped", "telephone", "two voices", "noise"])
def test_what_cant_be_understood_is_marked(tmp_path: Path, engine: Engine, spoken: Spoken, name: str) -> None:
    """The small model knows one clear voice: of what it makes of these, hardly anything may pass as said."""
    part, other = spoken.part(0, 20), spoken.part(60, 80)
    transcript = transcribe(write_wav(tmp_path / "a.wav", _bent(part.samples, other.samples)[name]), engine)
    trusted = [word for s in transcript.segments if s.doubt is None for word in s.text.lower().split()]
    said = {word for _, _, word in (*part.words, *other.words)}
    made_up = [word for word in trusted if word.strip(".,?!") not in said]
    assert len(made_up) <= 0.15 * len(part.words), transcript.text


@pytest.mark.speech
@pytest.mark.parametrize(("name", "factor"), [("very quiet", 0.01), ("loud", 1.4)])
def test_loudness_makes_no_difference(
    tmp_path: Path, engine: Engine, minute: tuple[Path, Spoken], name: str, factor: float
) -> None:
    part = minute[1].part(0, 20)
    transcript = transcribe(write_wav(tmp_path / "a.wav", part.samples * factor), engine)
    assert word_error_rate(transcript, part) < 0.2


@pytest.mark.speech
def test_one_empty_channel_makes_no_difference(tmp_path: Path, engine: Engine, spoken: Spoken) -> None:
    part = spoken.part(0, 20)
    path = write_wav(tmp_path / "a.wav", [part.samples, np.zeros_like(part.samples)])
    assert word_error_rate(transcribe(path, engine), part) < 0.2
