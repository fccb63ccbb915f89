"""What a user hears of it: OpenAI's tiny.en on the sample episode, clean, by telephone, after music."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podnotes.asr.engine import load_engine
from podnotes.asr.recognition import transcribe
from podnotes.asr.speech_options import SpeechOptions
from podnotes.asr.vad import VoiceDetector, hear_voice
from tests.asr.conftest import Spoken, plain, word_error_rate, write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from podnotes.asr.engine import Engine
    from podnotes.models import Chunk, Transcript

RATE = 16_000


@pytest.fixture(scope="module")
def engine(tiny_whisper: Path) -> Engine:
    return load_engine(tiny_whisper, SpeechOptions())


@pytest.fixture(scope="module")
def clean(minute: tuple[Path, Spoken], engine: Engine) -> Transcript:
    return transcribe(minute[0], engine)


def by_telephone(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Nothing below 300 Hz and above 3.4 kHz, and loud."""
    spectrum, frequency = np.fft.rfft(speech), np.fft.rfftfreq(len(speech), 1 / RATE)
    spectrum[(frequency < 300) | (frequency > 3400)] = 0
    narrow = np.fft.irfft(spectrum, len(speech))
    return np.asarray(0.9 * narrow / np.abs(narrow).max(), np.float32)


@pytest.mark.speech
def test_nothing_that_was_said_is_lost_or_doubted(clean: Transcript, minute: tuple[Path, Spoken]) -> None:
    spoken = minute[1]
    assert word_error_rate(clean, spoken) < 0.15
    assert [segment.text for segment in clean.segments if segment.doubt] == []
    said = sum(len(plain(text)) for _, _, text in spoken.sentences)
    assert len(plain(clean.text)) == pytest.approx(said, rel=0.03)
    assert clean.warnings == ()


@pytest.mark.speech
def test_segments_are_sentences_and_words_have_time_and_confidence(clean: Transcript) -> None:
    assert sum(segment.text[-1] in ".?!" for segment in clean.segments) >= 0.9 * len(clean.segments)
    assert all(segment.text[0].isupper() for segment in clean.segments)
    for segment in clean.segments:
        assert " ".join(word.text for word in segment.words) == segment.text
        assert segment.start == segment.words[0].start
        assert segment.end >= segment.words[-1].end
        assert all(word.probability is not None and 0 <= word.probability <= 1 for word in segment.words)
    assert len(clean.uncertain_words(0.0, clean.duration)) < 0.1 * len(plain(clean.text))


def _lateness(heard: Transcript, said: tuple[tuple[float, float, str], ...]) -> NDArray[np.floating]:
    """Seconds by which words that were heard right begin late."""
    words = [(plain(word.text)[0], word.start) for s in heard.segments for word in s.words if plain(word.text)]
    matcher = difflib.SequenceMatcher(a=[word for word, _ in words], b=[word for *_, word in said], autojunk=False)
    return np.array(
        [
            words[block.a + at][1] - said[block.b + at][0]
            for block in matcher.get_matching_blocks()
            for at in range(block.size)
        ]
    )


@pytest.mark.speech
def test_words_have_their_times_also_after_music_and_a_long_pause(
    tmp_path: Path, clean: Transcript, minute: tuple[Path, Spoken], engine: Engine
) -> None:
    late = _lateness(clean, minute[1].words)
    assert len(late) > 60
    assert np.mean(np.abs(late) <= 0.3) >= 0.98
    part, at = minute[1].part(0, 20), np.arange(12 * RATE) / RATE
    music = 0.2 * np.sin(2 * np.pi * at * (220 + 110 * np.floor(np.mod(at * 3, 4))))
    samples = np.concatenate([music, np.zeros(8 * RATE), part.samples]).astype(np.float32)
    later = transcribe(write_wav(tmp_path / "a.wav", samples), engine)
    shifted = tuple((start + 20.0, end + 20.0, word) for start, end, word in part.words)
    assert np.quantile(np.abs(_lateness(later, shifted)), 0.95) < 0.3
    assert later.segments[0].start == pytest.approx(20.0 + part.sentences[0][0], abs=0.3)


@pytest.mark.speech
def test_the_telephone_is_heard(tmp_path: Path, minute: tuple[Path, Spoken], engine: Engine) -> None:
    part = minute[1].part(0, 25)
    narrow = by_telephone(part.samples)
    transcript = transcribe(write_wav(tmp_path / "a.wav", narrow), engine)
    said = sum(len(plain(text)) for _, _, text in part.sentences)
    assert len(plain(transcript.text)) > 0.9 * said
    assert not any("a voice was heard" in warning for warning in transcript.warnings)


def test_a_voice_without_its_fundamental_is_heard_and_noise_is_not(spoken: Spoken) -> None:
    speech = spoken.part(0, 30).samples
    clear = VoiceDetector().hear(speech[: len(speech) // 512 * 512].reshape(-1, 512)) > 0.5
    narrow = hear_voice(by_telephone(speech)) > 0.5
    assert (narrow & clear).sum() > 0.85 * clear.sum()
    assert (narrow & ~clear).mean() < 0.05
    rng, at = np.random.default_rng(5), np.arange(20 * RATE) / RATE
    for sound in (0.3 * rng.standard_normal(len(at)), 0.3 * np.sin(2 * np.pi * 440 * at)):
        assert (hear_voice(sound.astype(np.float32)) > 0.5).mean() < 0.01


@pytest.mark.speech
def test_an_interrupted_run_ends_as_an_uninterrupted_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoken: Spoken, engine: Engine
) -> None:
    monkeypatch.setattr("podnotes.asr.recognition._CHUNK_SECONDS", 1.0)
    monkeypatch.setattr(engine, "batch_size", 1)
    chunks: list[Chunk] = []
    audio = write_wav(tmp_path / "a.wav", spoken.part(0, 90).samples)
    whole = transcribe(audio, engine, on_chunk=chunks.append)
    assert len(chunks) > 1
    assert transcribe(audio, engine, done=chunks[:1]).segments == whole.segments


@pytest.mark.speech
def test_loud_sound_without_a_voice_is_told(tmp_path: Path, engine: Engine) -> None:
    at = np.arange(90 * RATE) / RATE
    music = 0.2 * np.sin(2 * np.pi * at * (220 + 110 * np.floor(np.mod(at * 3, 4))))
    transcript = transcribe(write_wav(tmp_path / "a.wav", music.astype(np.float32)), engine)
    assert "Speech was detected in only 0:0" in transcript.warnings[0]
    assert [segment.text for segment in transcript.segments if segment.doubt is None] == []
