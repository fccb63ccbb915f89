"""Speaker embeddings: a vector for what a voice sounds like in 1.6 seconds of speech.

The encoder that comes with the package is Resemblyzer's (see ``models/resemblyzer.LICENSE`` and
``tools/convert_speaker_encoder.py``), run by onnxruntime on one core. Nothing is downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from podnotes.audio.decode import SAMPLE_RATE
from podnotes.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

#: What the encoder hears at once, and how far apart two windows are.
WINDOW_SECONDS, HOP_SECONDS = 1.6, 0.4
#: Length of a vector.
SIZE = 256

_FRAME_SECONDS = 0.01
_FFT, _STEP = 400, 160
_WINDOW_FRAMES = round(WINDOW_SECONDS / _FRAME_SECONDS)
# Shorter sounds say nothing about a voice.
_SHORTEST_SECONDS = 0.2
# Quiet of 60 ms, this far below the speech around it, divides pieces of at least half a second.
_QUIET_DB, _DIP_FRAMES, _PIECE_FRAMES = 22.0, 6, 50
# The encoder learned from speech at this level (decibels below full scale); its mel bands aren't logarithmic.
_LEVEL_DB = -30.0
_BATCH = 32
_HANN = np.hanning(_FFT + 1)[:-1].astype(np.float32)
_TELEPHONE_HZ = 300.0, 3400.0


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """Voice prints: the embeddings of windows, in order of time.

    Attributes:
        spans: Seconds of start and end from the start of the episode, of the shape (windows, 2).
        regions: For each window, where the speech without a pause begins and ends that it lies in, likewise.
        vectors: Embeddings of length 1, of the shape (windows, 256), in half precision: ten hours are held at once.
        narrow: The same of what a telephone lets through, to compare voices across microphones.
        balance: Decibels by which the left channel is louder than the right; 0 for mono.
    """

    spans: NDArray[np.float32]
    regions: NDArray[np.float32]
    vectors: NDArray[np.float16]
    narrow: NDArray[np.float16]
    balance: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.spans)

    def shifted(self, seconds: float) -> Prints:
        """The same, later by some seconds."""
        return Prints(self.spans + seconds, self.regions + seconds, self.vectors, self.narrow, self.balance)

    @staticmethod
    def joined(parts: Sequence[Prints]) -> Prints:
        """Put prints of following pieces into one."""
        if not parts:
            nothing = np.zeros((0, 2), np.float32)
            none = np.zeros((0, SIZE), np.float16)
            return Prints(nothing, nothing, none, none, np.zeros(0, np.float32))
        return Prints(
            np.concatenate([part.spans for part in parts]),
            np.concatenate([part.regions for part in parts]),
            np.concatenate([part.vectors for part in parts]),
            np.concatenate([part.narrow for part in parts]),
            np.concatenate([part.balance for part in parts]),
        )


def make_prints(samples: NDArray[np.float32], regions: Iterable[tuple[float, float]]) -> Prints:
    """Make voice prints of where somebody speaks.

    Args:
        samples: 16 kHz, of the shape (samples,) or (2, samples).
        regions: Start and end of speech without a pause, in seconds from the start of the samples.

    Raises:
        ModelError: The encoder can't be run.
    """
    channels = samples if samples.ndim == 2 else None
    mono = samples if channels is None else samples.mean(axis=0)
    spans: list[tuple[float, float]] = []
    homes: list[tuple[float, float]] = []
    wide: list[NDArray[np.float32]] = []
    balance: list[float] = []
    for start, end in regions:
        begin = round(start * SAMPLE_RATE)
        power = _power(mono[begin : round(end * SAMPLE_RATE)])
        for piece in _pieces(power):
            for first, last in _windows(*piece):
                spans.append((start + first * _FRAME_SECONDS, start + last * _FRAME_SECONDS))
                homes.append((start + piece[0] * _FRAME_SECONDS, start + piece[1] * _FRAME_SECONDS))
                wide.append(_levelled(_filled(power[first:last])))
                heard = slice(begin + first * _STEP, begin + last * _STEP)
                balance.append(0.0 if channels is None else _balance(channels[:, heard]))
    if not spans:
        return Prints.joined([])
    low, high = (round(hertz * _FFT / SAMPLE_RATE) for hertz in _TELEPHONE_HZ)
    band = np.zeros(_FFT // 2 + 1, np.float32)
    band[low : high + 1] = 1.0
    return Prints(
        np.asarray(spans, np.float32),
        np.asarray(homes, np.float32),
        _embed(wide),
        _embed([_levelled(power * band) for power in wide]),
        np.asarray(balance, np.float32),
    )


def _pieces(power: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Cut speech where it is quiet for a moment: people take turns without leaving a pause that a detector hears.

    Args:
        power: Power spectrum of each 10 ms of speech.

    Returns:
        First frame and the one after the last of each piece, without the quiet around it.
    """
    if not len(power):
        return []
    level = np.convolve(power.sum(axis=1), np.ones(3) / 3, mode="same")
    loud = np.flatnonzero(level > np.quantile(level, 0.9) * 10 ** (-_QUIET_DB / 10))
    gaps = np.flatnonzero(np.diff(loud) > _DIP_FRAMES)
    found = [
        [int(first), int(last) + 1]
        for first, last in zip(loud[np.append(0, gaps + 1)], loud[np.append(gaps, len(loud) - 1)], strict=True)
    ]
    while len(found) > 1:
        short = min(range(len(found)), key=lambda index: found[index][1] - found[index][0])
        if found[short][1] - found[short][0] >= _PIECE_FRAMES:
            break
        before = found[short][0] - found[short - 1][1] if short else len(power)
        after = found[short + 1][0] - found[short][1] if short + 1 < len(found) else len(power)
        left = short - 1 if before <= after else short
        found[left : left + 2] = [[found[left][0], found[left + 1][1]]]
    return [(first, last) for first, last in found]


def _windows(begin: int, end: int) -> list[tuple[int, int]]:
    """Lay windows over a piece, evenly and at most a hop apart; a short piece is one window."""
    frames = end - begin
    if frames * _FRAME_SECONDS < _SHORTEST_SECONDS:
        return []
    if frames <= _WINDOW_FRAMES:
        return [(begin, end)]
    count = int(np.ceil((frames - _WINDOW_FRAMES) * _FRAME_SECONDS / HOP_SECONDS)) + 1
    firsts = np.linspace(begin, end - _WINDOW_FRAMES, count).round().astype(int)
    return [(int(first), int(first) + _WINDOW_FRAMES) for first in firsts]


def _power(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Power spectrum of each 10 ms, of the shape (frames, 201)."""
    padded = np.pad(samples, _FFT // 2)
    count = max(0, len(samples) // _STEP)
    if not count:
        return np.zeros((0, _FFT // 2 + 1), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_STEP][:count]
    spectrum = np.fft.rfft(frames * _HANN, axis=1)
    return (spectrum.real**2 + spectrum.imag**2).astype(np.float32)


def _filled(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is shorter than a window, over and over until it fills one: the encoder expects speech to its end."""
    if len(power) == _WINDOW_FRAMES:
        return power
    return np.tile(power, (-(-_WINDOW_FRAMES // len(power)), 1))[:_WINDOW_FRAMES]


def _levelled(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring a window to the level that the encoder knows."""
    mean_square = float(power.sum()) / len(power) * 2 / _FFT / float((_HANN**2).sum())
    return power * np.float32(10 ** (_LEVEL_DB / 10) / max(mean_square, 1e-12))


def _balance(channels: NDArray[np.float32]) -> float:
    left, right = (float(np.mean(channel**2)) + 1e-9 for channel in channels)
    return float(10 * np.log10(left / right))


def _embed(windows: Sequence[NDArray[np.float32]]) -> NDArray[np.float16]:
    session = _session()
    found = [
        session.run(None, {"power": np.stack(windows[first : first + _BATCH])})[0]
        for first in range(0, len(windows), _BATCH)
    ]
    return np.concatenate(found).astype(np.float16)


@cache
def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread that doesn't spin: recognition needs the other cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = resources.files("podnotes.diarization").joinpath("models/resemblyzer.onnx").read_bytes()
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError("The speaker encoder of podnotes can't be loaded; install podnotes again.") from error
