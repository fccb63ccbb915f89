"""Decoding in pieces: any container, damaged or cut off, and never a playlist."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import tracemalloc
import wave
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from podnotes.audio.decode import SAMPLE_RATE, AudioReader, format_gaps, probe_audio
from podnotes.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray


def tune(seconds: float, rate: int = 44100) -> NDArray[np.int16]:
    """A tone that rises, so that a shifted or missing part is noticed."""
    at = np.arange(round(seconds * rate)) / rate
    return (8000 * np.sin(2 * np.pi * (200 + 20 * at) * at)).astype(np.int16)


def encode(
    path: Path, codec: str, *, seconds: float = 8.0, rate: int = 44100, channels: int = 1, kind: str | None = None
) -> Path:
    container = av.open(str(path), "w", format=kind)
    stream: Any = container.add_stream(codec, rate=rate)
    stream.layout = "mono" if channels == 1 else "stereo"
    resampler = av.AudioResampler(format=stream.format.name, layout=stream.layout.name, rate=rate)
    samples = tune(seconds)
    for begin in range(0, len(samples), 44100):
        frame = av.AudioFrame.from_ndarray(samples[begin : begin + 44100].reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 44100, begin
        for converted in resampler.resample(frame):
            container.mux(stream.encode(converted))
    for converted in resampler.resample(None):
        container.mux(stream.encode(converted))
    container.mux(stream.encode(None))
    container.close()
    return path


def decoded(path: Path, *, block: float = 3.0, start: float = 0.0) -> NDArray[np.float32]:
    with AudioReader(path) as reader:
        blocks = list(reader.blocks(block, start=start))
    assert all(len(samples) == block * SAMPLE_RATE for samples in blocks[:-1])
    return np.concatenate(blocks)


FORMATS = [
    ("a.mp3", "libmp3lame", None, 44100),
    ("a.m4a", "aac", None, 44100),
    ("a.aac", "aac", "adts", 48000),
    ("a.opus", "libopus", "ogg", 48000),
    ("a.flac", "flac", None, 44100),
    ("a.wav", "pcm_s16le", None, 8000),
    ("a.mp4", "aac", None, 32000),
    ("a.webm", "libopus", None, 48000),
    ("a.mkv", "flac", None, 22050),
    ("a.ts", "aac", "mpegts", 44100),
    ("wrong.txt", "libmp3lame", "mp3", 44100),
    ("wrong.mp3", "aac", "mp4", 44100),
]


@pytest.mark.parametrize(("name", "codec", "kind", "rate"), FORMATS, ids=[name for name, *_ in FORMATS])
def test_every_container_gives_what_the_engines_own_decoder_gives(
    tmp_path: Path, name: str, codec: str, kind: str | None, rate: int
) -> None:
    from faster_whisper.audio import decode_audio

    path = encode(tmp_path / name, codec, kind=kind, rate=rate, channels=2 if "aac" in codec else 1)
    ours = decoded(path)
    theirs = decode_audio(str(path))
    assert np.array_equal(ours, theirs)
    assert len(ours) / SAMPLE_RATE == pytest.approx(8.0, abs=0.12)
    info = probe_audio(path)
    assert info.present == pytest.approx(8.0, abs=0.15)
    assert info.missing == 0.0
    assert info.sample_rate == rate


def test_pieces_and_a_later_start_give_the_same_samples(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp3", "libmp3lame")
    whole = decoded(path, block=100.0)
    assert np.array_equal(whole, decoded(path, block=0.5))
    assert np.array_equal(whole[round(2.345 * SAMPLE_RATE) :], decoded(path, start=2.345))
    assert len(list(AudioReader(path).blocks(1.0, start=100.0))) == 0


def test_what_is_skipped_is_not_held_in_memory(tmp_path: Path) -> None:
    path = encode(tmp_path / "tune.wav", "pcm_s16le", seconds=100.0, rate=SAMPLE_RATE)
    tracemalloc.start()
    try:
        assert len(list(AudioReader(path).blocks(1.0, start=98.0))) == 2
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000  # 98 seconds have 6,272,000 bytes


def test_sound_of_a_video(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    container = av.open(str(path), "w")
    video: Any = container.add_stream("mpeg4", rate=10)
    video.width = video.height = 64
    audio: Any = container.add_stream("aac", rate=44100)
    for index in range(30):
        picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), index * 8, np.uint8))
        container.mux(video.encode(picture))
    frame = av.AudioFrame.from_ndarray(
        tune(3.0).reshape(1, -1).astype(np.float32) / 32768, format="fltp", layout="mono"
    )
    frame.sample_rate = 44100
    container.mux(audio.encode(frame))
    for stream in (video, audio):
        container.mux(stream.encode(None))
    container.close()
    assert len(decoded(path)) / SAMPLE_RATE == pytest.approx(3.0, abs=0.1)


# ------------------------------------------------------------------------------------------- damaged and cut off


def test_damage_in_the_middle_keeps_the_times_after_it(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp3", "libmp3lame", seconds=20.0)
    whole = decoded(path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + len(data) // 10] = bytes(len(data) // 10)  # two seconds
    path.write_bytes(data)
    with AudioReader(path) as reader:
        damaged = np.concatenate(list(reader.blocks(3.0)))
        gaps = reader.gaps
    assert len(damaged) == pytest.approx(len(whole), abs=0.2 * SAMPLE_RATE)
    assert sum(gap.end - gap.start for gap in gaps) == pytest.approx(2.0, abs=0.4)
    assert gaps[0].start == pytest.approx(10.0, abs=0.4)
    sentence = format_gaps(gaps)
    assert sentence is not None
    assert "(at 0:" in sentence
    last = slice(14 * SAMPLE_RATE, 15 * SAMPLE_RATE)
    shift = _shift(whole[last], damaged[13 * SAMPLE_RATE : 16 * SAMPLE_RATE]) / SAMPLE_RATE - 1.0
    assert abs(shift) < 0.2


def test_packets_that_are_lost_become_silence(tmp_path: Path) -> None:
    source, path = encode(tmp_path / "a.mkv", "flac", seconds=12.0), tmp_path / "b.mkv"
    with av.open(str(source)) as read, av.open(str(path), "w") as write:
        stream = write.add_stream_from_template(read.streams.audio[0])
        for packet in read.demux(audio=0):
            if packet.pts is not None and not 4.0 <= float(packet.pts * packet.time_base) < 6.0:
                packet.stream = stream
                write.mux(packet)
    with AudioReader(path) as reader:
        samples = np.concatenate(list(reader.blocks(3.0)))
        (gap,) = reader.gaps
    assert gap.start == pytest.approx(4.0, abs=0.15)
    assert gap.end == pytest.approx(6.0, abs=0.15)
    assert np.abs(samples[round(4.3 * SAMPLE_RATE) : round(5.7 * SAMPLE_RATE)]).max() == 0.0
    assert len(samples) / SAMPLE_RATE == pytest.approx(12.0, abs=0.1)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp3", "libmp3lame"), ("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.mkv", "flac")]
)
def test_a_file_that_is_cut_off_says_how_much_is_missing(tmp_path: Path, name: str, codec: str) -> None:
    path = encode(tmp_path / name, codec, seconds=30.0)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    info = probe_audio(path)
    assert info.duration == pytest.approx(30.0, abs=0.1)
    assert info.missing == pytest.approx(15.0, abs=1.5)
    assert len(decoded(path)) / SAMPLE_RATE == pytest.approx(info.present, abs=0.3)


def test_an_mp4_without_its_index_is_an_error(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.m4a", "aac")
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(AudioError, match="damaged"):
        probe_audio(path)


@pytest.mark.parametrize(
    ("rates", "layouts"), [((22050, 44100), ("mono", "mono")), ((44100, 44100), ("mono", "stereo"))]
)
def test_a_stream_that_changes_on_the_way(tmp_path: Path, rates: tuple[int, int], layouts: tuple[str, str]) -> None:
    parts = []
    for index, (rate, layout) in enumerate(zip(rates, layouts, strict=True)):
        part = encode(
            tmp_path / f"{index}.aac", "aac", seconds=5.0, rate=rate, channels=1 + (layout == "stereo"), kind="adts"
        )
        parts.append(part.read_bytes())
    path = tmp_path / "joined.aac"
    path.write_bytes(b"".join(parts))
    assert len(decoded(path)) / SAMPLE_RATE == pytest.approx(10.0, abs=0.3)


def test_one_empty_channel(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    stereo = np.zeros((16000, 2), np.int16)
    stereo[:, 0] = tune(1.0, 16000)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(stereo.tobytes())
    assert np.abs(decoded(path)).max() > 0.1


# -------------------------------------------------------------------------------------------------- not audio


def _pages() -> Iterator[tuple[str, bytes, str]]:
    yield "empty.mp3", b"", "empty"
    yield "page.mp3", b"<!DOCTYPE html><html><body>Not found</body></html>", "web page"
    yield "feed.mp3", b"<?xml version='1.0'?><rss></rss>", "an XML document"
    yield "text.mp3", b"This is no audio, just words. " * 100, "plain text"
    yield "random.mp3", np.random.default_rng(7).bytes(20_000), "readable audio|no audio"
    yield "zeros.mp3", bytes(20_000), "readable audio|no audio"
    yield (
        "list.mp3",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "a playlist",
    )
    yield "list.ffconcat", b"ffconcat version 1.0\nfile '/etc/hostname'\n", "plain text"


@pytest.mark.parametrize(("name", "data", "words"), list(_pages()), ids=[name for name, *_ in _pages()])
def test_what_is_no_audio_is_said_in_one_sentence(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(AudioError, match=words) as caught, AudioReader(path) as reader:
        list(reader.blocks(1.0))
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_picture_has_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    container = av.open(str(path), "w")
    video: Any = container.add_stream("mpeg4", rate=10)
    video.width = video.height = 64
    for picture in itertools.repeat(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8)), 5):
        container.mux(video.encode(picture))
    container.mux(video.encode(None))
    container.close()
    with pytest.raises(AudioError, match="contains no audio"):
        probe_audio(path)


def test_no_file_a_folder_and_a_name_like_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, words in ((tmp_path / "none.mp3", "no file"), (tmp_path, "folder")):
        with pytest.raises(AudioError, match=words):
            probe_audio(name)
    monkeypatch.chdir(tmp_path)
    shutil.copy(encode(tmp_path / "a.wav", "pcm_s16le", seconds=1.0), tmp_path / "http:a.wav")
    assert probe_audio("http:a.wav").present == pytest.approx(1.0, abs=0.01)


def test_importing_the_decoder_loads_neither_ffmpeg_nor_numpy() -> None:
    code = "import sys, podnotes.audio.decode; print([name for name in ('av', 'numpy') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def _shift(part: NDArray[np.float32], whole: NDArray[np.float32]) -> int:
    """Where a part lies in a longer piece."""
    return int(np.argmax(np.correlate(whole[::4], part[::4], mode="valid"))) * 4
