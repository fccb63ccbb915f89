"""Sound whose every moment is unlike the others, and files of all kinds with it in them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from podnotes.audio.decode import SAMPLE_RATE, AudioReader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from podnotes.audio.decode import AudioInfo, Gap


@dataclass(frozen=True)
class Kind:
    """How a file is made.

    Attributes:
        codec: The encoder.
        container: The muxer.
        rate: Samples a second.
        options: Of the muxer.
    """

    codec: str
    container: str
    rate: int = 44_100
    options: tuple[tuple[str, str], ...] = ()


def noise_in_mp3(seed: int, frames: int) -> bytes:
    """Make a file that looks like MP3 and compresses badly: for tests on bytes that nobody hears.

    Args:
        seed: What tells it from others.
        frames: Its length, in pieces of 417 bytes.
    """
    noise = random.Random(seed)
    return b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"".join(
        b"\xff\xfb\x90\x00" + noise.randbytes(413) for _ in range(frames)
    )


KINDS = {
    "mp3": Kind("libmp3lame", "mp3"),
    "m4a": Kind("aac", "ipod"),
    "fast.m4a": Kind("aac", "ipod", options=(("movflags", "faststart"),)),
    "fragments.mp4": Kind(
        "aac", "mp4", options=(("movflags", "frag_keyframe+empty_moov"), ("frag_duration", "1000000"))
    ),
    "aac": Kind("aac", "adts"),
    "opus": Kind("libopus", "ogg", 48_000),
    "oga": Kind("flac", "ogg"),
    "flac": Kind("flac", "flac", 22_050),
    "wav": Kind("pcm_s16le", "wav", 22_050),
    "24.wav": Kind("pcm_s24le", "wav", 48_000),
    "float.wav": Kind("pcm_f32le", "wav", 22_050),
    "aiff": Kind("pcm_s16be", "aiff", 22_050),
    "caf": Kind("alac", "caf"),
    "mkv": Kind("flac", "matroska", 22_050),
    "webm": Kind("libopus", "webm", 48_000),
    "ts": Kind("aac", "mpegts"),
    "flv": Kind("aac", "flv"),
    "avi": Kind("libmp3lame", "avi"),
    "mpg": Kind("mp2", "mpeg"),
    "ac3": Kind("ac3", "ac3", 48_000),
    "wma": Kind("wmav2", "asf"),
    "amr": Kind("libopencore_amrnb", "amr", 8_000),
    "3gp": Kind("libopencore_amrnb", "3gp", 8_000),
}


def chatter(seconds: float, seed: int = 0) -> NDArray[np.float32]:
    """Tones that change twenty times a second and never in the same order; 16 kHz, mono."""
    rng = np.random.default_rng(seed)
    count, length = round(seconds * 20), SAMPLE_RATE // 20
    at = np.arange(length) / SAMPLE_RATE
    tones = [rng.uniform(0.1, 0.5) * np.sin(2 * np.pi * rng.uniform(250, 1800) * at) for _ in range(count)]
    return np.concatenate(tones).astype(np.float32)


def encode(path: Path, kind: Kind, samples: NDArray[np.float32]) -> Path:
    """Write 16 kHz mono samples to a file."""
    container = av.open(str(path), "w", format=kind.container, options=dict(kind.options))
    stream: Any = container.add_stream(kind.codec, rate=kind.rate)
    stream.layout = "mono"
    if kind.container in {"amr", "3gp"}:
        stream.bit_rate = 12_200
    elif kind.codec.startswith("wma"):
        stream.bit_rate = 64_000
    resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=kind.rate)
    data = (samples * 32767).astype(np.int16).reshape(1, -1)
    for begin in range(0, data.shape[1], SAMPLE_RATE):
        piece = np.ascontiguousarray(data[:, begin : begin + SAMPLE_RATE])
        frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, begin
        for converted in resampler.resample(frame):
            container.mux(stream.encode(converted))
    for converted in resampler.resample(None):
        container.mux(stream.encode(converted))
    container.mux(stream.encode(None))
    container.close()
    return path


def restamp(source: Path, target: Path, container: str, stamp: Callable[[float], float]) -> Path:
    """Copy a file's packets into another with other time stamps (seconds to seconds)."""
    with av.open(str(source)) as read, av.open(str(target), "w", format=container) as write:
        stream = write.add_stream_from_template(read.streams.audio[0])
        for packet in read.demux(audio=0):
            if packet.pts is None:
                continue
            at = float(packet.pts * packet.time_base)
            shift = round((stamp(at) - at) / packet.time_base)
            packet.pts += shift
            if packet.dts is not None:
                packet.dts += shift
            packet.stream = stream
            write.mux(packet)
    return target


def heard(path: Path) -> tuple[AudioInfo, NDArray[np.float32], list[Gap]]:
    """What the reader says of a file, its samples, and what was missing."""
    with AudioReader(path) as reader:
        info = reader.info()
        samples = np.concatenate([np.zeros(0, np.float32), *reader.blocks(10.0)])
        return info, samples, reader.gaps


def place_of(part: NDArray[np.float32], whole: NDArray[np.float32]) -> tuple[float, float]:
    """Find a part in a longer piece.

    Returns:
        Seconds where it begins, and how alike the two are there, up to 1.
    """
    size = len(part) + len(whole)
    product = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)
    sums = np.concatenate([[0.0], np.cumsum(whole.astype(np.float64) ** 2)])
    energy = np.sqrt(np.maximum(1e-6, sums[len(part) :] - sums[: -len(part)]))
    alike = product[: len(energy)] / (energy * np.linalg.norm(part) + 1e-9)
    best = int(np.argmax(alike))
    return best / SAMPLE_RATE, float(alike[best])
