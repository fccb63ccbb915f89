"""Words that were never said: the signs, and what the real engine makes of sounds that fool it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podnotes.asr.engine import Hypothesis, load_engine
from podnotes.asr.quality import doubt_about, is_loop
from podnotes.asr.recognition import transcribe
from podnotes.asr.speech_options import SpeechOptions
from podnotes.asr.vad import FRAME_SECONDS
from podnotes.audio.decode import AudioReader
from podnotes.models import QualityFlag
from tests.asr.conftest import Spoken, plain, word_error_rate, write_wav
from tests.audio.sounds import Kind, encode

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from podnotes.asr.engine import Engine
    from podnotes.models import Transcript

RATE = 16_000


def voice(*speech: tuple[float, float], seconds: float = 30.0) -> NDArray[np.float32]:
    """What the voice detector says when somebody speaks at these times."""
    heard = np.zeros(round(seconds / FRAME_SECONDS), np.float32)
    for start, end in speech:
        heard[round(start / FRAME_SECONDS) : round(end / FRAME_SECONDS)] = 0.95
    return heard


TALK = voice((0, 30))
CASES: list[tuple[str, float, float, float | None, NDArray[np.float32], QualityFlag | None]] = [
    ("Pain is an alarm that protects the body.", 0.0, 3.0, -0.2, TALK, None),
    ("I'm going to go. I'm going to go. I'm going to go. I'm going to go.", 0.0, 5.0, -0.1, TALK, QualityFlag.LOOP),
    ("adapt adapt adapt adapt adapt adapt", 0.0, 3.0, -0.1, TALK, QualityFlag.LOOP),
    ("No, no, no, that is not what the study of pain has found at all.", 0.0, 4.0, -0.2, TALK, None),
    ("Thanks for watching!", 10.0, 12.0, -0.1, voice(), QualityFlag.PHANTOM),
    ("Thank you.", 10.0, 12.0, -0.3, voice((10.0, 10.4)), QualityFlag.PHANTOM),
    ("Thank you.", 10.0, 11.0, -0.3, voice((10.0, 11.0)), None),
    ("Subtitles by the Amara.org community", 0.0, 4.0, -0.3, voice((0.0, 1.0)), QualityFlag.PHANTOM),
    ("The nervous system calms down.", 20.0, 23.0, -0.2, voice((0.0, 19.0)), QualityFlag.NO_SPEECH),
    ("We still need a lot more of this research.", 1.0, 1.4, -0.2, TALK, QualityFlag.TOO_FAST),
    ("Well, yes.", 1.0, 1.1, -0.2, TALK, None),
    ("Pepper my boat pills ease the calendar.", 1.0, 4.0, -1.3, TALK, QualityFlag.UNSURE),
    ("Her, have.", 1.0, 9.0, -0.4, TALK, QualityFlag.UNSURE),
    ("Спасибо за просмотр, друзья", 1.0, 4.0, -0.2, TALK, QualityFlag.LANGUAGE),
    ("Words without a probability are judged by the rest.", 1.0, 4.0, None, TALK, None),
    ("…", 1.0, 4.0, -3.0, voice(), None),
]


@pytest.mark.parametrize(
    ("text", "start", "end", "logprob", "heard", "expected"), CASES, ids=[c[0][:24] for c in CASES]
)
def test_signs(
    text: str, start: float, end: float, logprob: float | None, heard: NDArray[np.float32], expected: QualityFlag | None
) -> None:
    assert doubt_about(Hypothesis(start, end, text, logprob), heard, "en") is expected


def test_latin_letters_in_a_language_that_isnt_written_with_them() -> None:
    hypothesis = Hypothesis(0.0, 3.0, "Thank you all for being here", -0.2)
    assert doubt_about(hypothesis, TALK, "ru") is QualityFlag.LANGUAGE
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
        "applause": _bursts(rng, len(at)),
        "laughter": _laughter(rng, len(at)),
        "a hum beside zero": 0.4 + 0.02 * np.sin(2 * np.pi * 50 * at),
    }


def _bursts(rng: np.random.Generator, length: int) -> NDArray[np.floating]:
    """Two hundred claps a second."""
    clap = np.exp(-np.arange(400) / 60)
    claps = np.zeros(length)
    for begin in rng.integers(0, length - 400, length // 80):
        claps[begin : begin + 400] += rng.uniform(0.05, 0.3) * rng.standard_normal(400) * clap
    return claps


def _laughter(rng: np.random.Generator, length: int) -> NDArray[np.floating]:
    """Four voiced breaths a second."""
    sound, size = np.zeros(length), 1800
    at, swell = np.arange(size) / RATE, np.sin(np.pi * np.arange(size) / size)
    for begin in range(0, length - 4200, 4200):
        pitch = rng.uniform(200, 300)
        voiced = sum(np.sin(2 * np.pi * pitch * overtone * at) / overtone for overtone in range(1, 8))
        sound[begin : begin + size] = 0.3 * swell * (0.3 * voiced + 0.3 * rng.standard_normal(size))
    return sound


@pytest.mark.speech
@pytest.mark.parametrize("name", list(_sounds()))
def test_where_nobody_speaks_there_are_no_words(tmp_path: Path, engine: Engine, name: str) -> None:
    transcript = transcribe(write_wav(tmp_path / "a.wav", _sounds()[name].astype(np.float32)), engine)
    assert [segment.text for segment in transcript.segments if segment.doubt is None] == []
    assert transcript.duration == pytest.approx(20.0, abs=0.1)


def _bent(speech: NDArray[np.float32], other: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(2)
    at = np.arange(len(speech)) / RATE
    spectrum, frequency = np.fft.rfft(speech), np.fft.rfftfreq(len(speech), 1 / RATE)
    spectrum[(frequency < 300) | (frequency > 3400)] = 0
    chords = sum(np.sin(2 * np.pi * at * root * 2 ** (np.floor(at * 2) % 5 / 12)) for root in (220, 277, 330))
    return {
        "clipped": np.clip(20 * speech, -0.5, 0.5),
        "telephone": np.fft.irfft(spectrum, len(speech)).astype(np.float32),
        "two voices": speech + 0.9 * other,
        "noise": speech + 0.08 * rng.standard_normal(len(speech)).astype(np.float32),
        "under music": (0.6 * speech + 0.06 * chords).astype(np.float32),
        "half as fast again": np.interp(np.arange(0, len(speech) - 1, 1.5), np.arange(len(speech)), speech),
        "backwards": speech[::-1].copy(),
    }


def _made_up(transcript: Transcript, *said: Spoken) -> list[str]:
    """Trusted words that nobody said."""
    known = {word for spoken in said for _, _, word in spoken.words}
    trusted = [word for s in transcript.segments if s.doubt is None for word in plain(s.text)]
    return [word for word in trusted if word not in known]


@pytest.mark.speech
@pytest.mark.parametrize("name", list(_bent(np.zeros(8000, np.float32), np.zeros(8000, np.float32))))
def test_what_cant_be_understood_is_marked(tmp_path: Path, engine: Engine, spoken: Spoken, name: str) -> None:
    """The small model knows one clear voice: of what it makes of these, hardly anything may pass as said."""
    part, other = spoken.part(0, 11.4), spoken.part(60, 71.4)
    transcript = transcribe(write_wav(tmp_path / "a.wav", _bent(part.samples, other.samples)[name]), engine)
    made_up = _made_up(transcript, part, other)
    assert len(made_up) <= 0.15 * len(part.words), transcript.text
    if name == "backwards":  # not even the words that it knows
        trusted = [s for s in transcript.segments if s.doubt is None]
        assert sum(len(plain(s.text)) for s in trusted) <= 0.15 * len(part.words), transcript.text


@pytest.mark.speech
def test_another_language_in_the_middle_is_doubted_and_the_rest_is_not(
    tmp_path: Path, engine: Engine, spoken: Spoken
) -> None:
    """An English model makes English words of German: they may not be taken for what was said."""
    before, after = spoken.part(0, 11.4), spoken.part(12.0, 20.5)
    foreign = _speak(
        tmp_path / "de.wav",
        "de",
        "Heute sprechen wir über Rückenschmerzen, über die Muskeln und darüber, warum Bewegung besser hilft als Ruhe. "
        "Viele Menschen glauben, dass ihr Rücken kaputt ist.",
    )
    pause = np.zeros(6 * RATE, np.float32)  # so long that no window has both
    path = write_wav(tmp_path / "a.wav", np.concatenate([before.samples, pause, foreign, pause, after.samples]))
    transcript = transcribe(path, engine, language="en")
    begin, end = 14.4, 20.4 + len(foreign) / RATE
    within = [s for s in transcript.segments if begin < (s.start + s.end) / 2 < end]
    trusted = sum(len(plain(s.text)) for s in within if s.doubt is None)
    assert sum(s.doubt is not None for s in within) >= 1
    assert trusted <= 0.3 * sum(len(plain(s.text)) for s in within), within
    english = [s for s in transcript.segments if s.start < begin - 1 or s.start > end]
    assert sum(s.doubt is None for s in english) >= 0.8 * len(english)
    heard = {word for s in english for word in plain(s.text)}
    assert len({word for _, _, word in (*before.words, *after.words)} & heard) > 25


def _speak(path: Path, voice: str, text: str) -> NDArray[np.float32]:
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("espeak-ng is not installed")
    subprocess.run([program, "-v", voice, "-s", "150", "-w", str(path), text], check=True)
    with AudioReader(path) as reader:
        return np.concatenate(list(reader.blocks(60.0)))


@pytest.mark.speech
def test_speech_after_a_long_silence_has_its_times(tmp_path: Path, engine: Engine, spoken: Spoken) -> None:
    part, silence = spoken.part(0, 7.3), 605.0
    samples = np.concatenate([np.zeros(round(silence * RATE), np.float32), part.samples])
    transcript = transcribe(write_wav(tmp_path / "a.wav", samples), engine)
    assert word_error_rate(transcript, part) < 0.1
    assert transcript.segments[0].start == pytest.approx(silence + part.sentences[0][0], abs=0.5)
    assert transcript.duration == pytest.approx(silence + 7.3, abs=0.1)


@pytest.mark.speech
def test_one_word_alone_is_heard_or_doubted(tmp_path: Path, engine: Engine, spoken: Spoken) -> None:
    pause = np.zeros(3 * RATE, np.float32)
    word = spoken.samples[round(2.40 * RATE) : round(3.25 * RATE)]
    transcript = transcribe(write_wav(tmp_path / "a.wav", np.concatenate([pause, word, pause])), engine)
    assert "podcast" in plain(transcript.text)
    assert {w for s in transcript.segments if s.doubt is None for w in plain(s.text)} <= {"podcast"}


@pytest.mark.speech
@pytest.mark.parametrize(("name", "factor"), [("very quiet", 0.01), ("loud", 1.4)])
def test_loudness_makes_no_difference(
    tmp_path: Path, engine: Engine, minute: tuple[Path, Spoken], name: str, factor: float
) -> None:
    part = minute[1].part(0, 20)
    transcript = transcribe(write_wav(tmp_path / "a.wav", part.samples * factor), engine)
    assert word_error_rate(transcript, part) < 0.2


@pytest.mark.speech
@pytest.mark.parametrize("name", ["one empty channel", "eight bits at 8 kHz", "a constant offset"])
def test_how_it_was_recorded_makes_no_difference(tmp_path: Path, engine: Engine, spoken: Spoken, name: str) -> None:
    part, path = spoken.part(0, 12), tmp_path / "a.wav"
    if name == "one empty channel":
        write_wav(path, [part.samples, np.zeros_like(part.samples)])
    elif name == "a constant offset":
        write_wav(path, 0.6 * part.samples + np.float32(0.3))
    else:  # a telephone's µ-law; the model knows no such voice, but a few words come through
        encode(path, Kind("pcm_mulaw", "wav", 8000), part.samples)
    transcript = transcribe(path, engine)
    if name == "eight bits at 8 kHz":
        assert len(_made_up(transcript, part)) <= 0.15 * len(part.words), transcript.text
    else:
        assert word_error_rate(transcript, part) < 0.2, transcript.text
