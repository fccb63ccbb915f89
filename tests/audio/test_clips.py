"""Clips: the right seconds, cut to the word, with tags that name the source."""

from __future__ import annotations

import wave
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from podnotes.audio.clips import clip_tags, cut_clip, word_bounds
from podnotes.errors import AudioError, OutputError, UsageError
from podnotes.models import Enclosure, Episode, Segment, Transcript, Word

if TYPE_CHECKING:
    from pathlib import Path

RATE = 22_050
# A tone a second: what is heard says which second it is.
TONES = (300, 500, 700, 900, 1100, 1300)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "tones.wav"
    seconds = np.arange(RATE) / RATE
    sound = np.concatenate([np.sin(2 * np.pi * tone * seconds) for tone in TONES])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 12_000).astype("<i2").tobytes())
    return path


def heard(path: Path) -> tuple[float, list[int]]:
    """How long a file is, and the strongest tone of each tenth of a second."""
    parts = []
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    sound = np.concatenate(parts)
    size = rate // 10
    tones = []
    for at in range(0, len(sound) - size + 1, size):
        spectrum = np.abs(np.fft.rfft(sound[at : at + size] * np.hanning(size)))
        tones.append(round(int(np.argmax(spectrum)) * rate / size))
    return len(sound) / rate, tones


@pytest.mark.parametrize("ending", [".wav", ".flac", ".mp3", ".m4a", ".opus"])
def test_the_right_second(spoken: Path, tmp_path: Path, ending: str) -> None:
    clip = cut_clip(spoken, 2.0, 3.0, tmp_path / f"clip{ending}")
    length, tones = heard(clip.path)
    # Lossy codecs pad to whole frames.
    assert 0.99 <= length <= 1.2
    inner = tones[2:8]
    assert all(abs(tone - 700) <= 15 for tone in inner)


def test_from_an_mp3_it_is_cut_to_the_hundredth(spoken: Path, tmp_path: Path) -> None:
    whole = cut_clip(spoken, 0.0, 6.0, tmp_path / "whole.mp3").path
    clip = cut_clip(whole, 3.5, 4.5, tmp_path / "clip.wav")
    length, tones = heard(clip.path)
    assert abs(length - 1.0) < 0.01
    assert all(abs(tone - 900) <= 15 for tone in tones[:4])
    assert all(abs(tone - 1100) <= 15 for tone in tones[6:])


def test_the_end_of_the_episode_ends_the_clip(spoken: Path, tmp_path: Path) -> None:
    clip = cut_clip(spoken, 5.5, 60.0, tmp_path / "clip.wav")
    assert abs(clip.end - 6.0) < 0.01
    with pytest.raises(AudioError, match="ends before 1:00"):
        cut_clip(spoken, 60.0, 61.0, tmp_path / "other.wav")


def test_no_word_is_cut_through() -> None:
    words = tuple(Word(i * 0.5, i * 0.5 + 0.4, f"w{i}") for i in range(10))
    transcript = Transcript((Segment(0.0, 4.9, " ".join(word.text for word in words), words),), 5.0)
    assert word_bounds(transcript, 1.2, 2.1) == (1.0, 2.4)
    assert word_bounds(transcript, 1.45, 2.45) == (1.45, 2.45)
    plain = Transcript((Segment(0.0, 4.0, "no words"), Segment(4.0, 8.0, "here")), 8.0)
    assert word_bounds(plain, 1.0, 5.0) == (0.0, 8.0)


@pytest.mark.parametrize("ending", [".mp3", ".m4a", ".flac"])
def test_tags_name_the_source(spoken: Path, tmp_path: Path, ending: str) -> None:
    episode = Episode(
        "e1",
        "Why it hurts",
        podcast="Body Talk",
        published=datetime(2026, 3, 9, tzinfo=UTC),
        link="https://example.org/1",
        audio=Enclosure("https://example.org/1.mp3"),
    )
    path = cut_clip(spoken, 1.0, 2.0, tmp_path / f"clip{ending}", tags=clip_tags(episode, 1.0, 2.0)).path
    with av.open(str(path)) as container:
        tags = {name.lower(): value for name, value in container.metadata.items()}
    assert tags["title"] == "Why it hurts (0:01–0:02)"
    assert tags["album"] == "Body Talk"
    assert "https://example.org/1" in tags["comment"]


def test_wrong_input(spoken: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="end after it starts"):
        cut_clip(spoken, 3.0, 2.0, tmp_path / "clip.mp3")
    with pytest.raises(UsageError, match=r"not as “\.doc”"):
        cut_clip(spoken, 1.0, 2.0, tmp_path / "clip.doc")
    with pytest.raises(AudioError, match=r"nowhere\.mp3 can't be decoded"):
        cut_clip(tmp_path / "nowhere.mp3", 1.0, 2.0, tmp_path / "clip.mp3")
    text = tmp_path / "text.mp3"
    text.write_text("no sound at all")
    with pytest.raises(AudioError):
        cut_clip(text, 0.0, 2.0, tmp_path / "clip.mp3")


def test_her_files_stay(spoken: Path, tmp_path: Path) -> None:
    target = tmp_path / "clip.mp3"
    target.write_text("hers")
    with pytest.raises(OutputError, match="already exists"):
        cut_clip(spoken, 1.0, 2.0, target)
    assert target.read_text() == "hers"
    cut_clip(spoken, 1.0, 2.0, target, replace=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["clip.mp3"]
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't be written"):
        cut_clip(spoken, 1.0, 2.0, tmp_path / "file" / "clip.mp3")
