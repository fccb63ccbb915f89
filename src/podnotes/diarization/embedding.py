"""Speaker embeddings: vectors that describe voices.

The network included in podnotes is CAM++ as trained by 3D-Speaker (see ``models/LICENSES`` and
``tools/convert_speaker_models.py``; Wang and others, 2023, https://arxiv.org/abs/2303.00332). Any other network that
takes 80 log mel bands, such as WeSpeaker's, can be used instead.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from podnotes.audio.decode import SAMPLE_RATE
from podnotes.diarization.networks import find_speaker_model, load_network
from podnotes.diarization.segmentation import (
    FIRST_FRAME_SECONDS,
    FRAME_SECONDS,
    FRAMES,
    LOCAL_SPEAKERS,
    WINDOW_SECONDS,
    segment,
    window_starts,
)
from podnotes.interruption import check_given_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Kaldi's features: frames of 25 ms every 10 ms, 80 bands from 20 Hz.
_FRAME, _SHIFT, _FFT, _BANDS, _LOWEST_HZ, _PREEMPHASIS = 400, 160, 512, 80, 20.0, 0.97
# If a speaker speaks alone for less than this, overlapping speech is included.
_ALONE_SECONDS = 0.6
# Shorter speech says nothing about a voice.
_SHORTEST_SECONDS = 0.25
# Two people whom the segmentation takes for one are separated by parts of this length, or at least the shorter length.
# The cosine of parts is above this threshold for one person in 99 of 100 cases, and below it for two people in 92.
_PIECE_SECONDS, _CLEAR_PIECE_SECONDS, _OTHER_VOICE = 2.0, 1.0, 0.35
# Level difference in decibels by which channels with one person each are recognised, the share of the speech that must
# have it, and the minimum share of each channel.
_APART_DB, _APART_SHARE, _LEAST_CHANNEL_SHARE = 6.0, 0.9, 0.02
# Mean square of silence (-80 dB relative to full scale).
_SILENCE = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class LocalSpeakers:
    """Speakers in windows of ten seconds, numbered independently in each window.

    Attributes:
        starts: Start of each window in seconds from the start of the episode, of shape (windows,).
        activity: Probability that each of three speakers speaks in each frame, of shape (windows, 589, 3).
        vectors: Embedding of length 1 of each speaker, of shape (windows, 3, size), in half precision because ten hours
            are kept in memory.
        seconds: Speech used for the embedding, of shape (windows, 3); 0 if none.
        sides: Channel of the speaker (-1 left, 1 right), of shape (windows, 3); 0 if channels are shared.
    """

    starts: NDArray[np.float64]
    activity: NDArray[np.float16]
    vectors: NDArray[np.float16]
    seconds: NDArray[np.float32]
    sides: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.starts)

    @staticmethod
    def joined(parts: Sequence[LocalSpeakers]) -> LocalSpeakers:
        """Concatenate the speakers of consecutive chunks; at least one."""
        return LocalSpeakers(
            *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(LocalSpeakers))
        )


def find_local_speakers(samples: NDArray[np.float32], start: float = 0.0, model: str | None = None) -> LocalSpeakers:
    """Find the speakers in windows over an audio chunk, and their embeddings.

    Args:
        samples: 16 kHz, of shape (samples,) or (2, samples).
        start: Start of the samples in seconds from the start of the episode.
        model: Network for the embeddings; see :func:`~podnotes.diarization.networks.find_speaker_model`.

    Raises:
        ModelError: A network can't be run.
    """
    mono = samples if samples.ndim == 1 else samples.mean(axis=0)
    activity = segment(mono)
    active = activity > 0.5
    starts = np.asarray(window_starts(len(mono) / SAMPLE_RATE))
    sides = np.zeros((len(starts), LOCAL_SPEAKERS), np.int8)
    if samples.ndim == 2:
        balance = np.stack([_balance(samples, first) for first in starts])
        if _is_apart(balance[active.any(axis=2)]):
            anybody = active.any(axis=2) & ~np.isnan(balance)
            left, right = anybody & (balance > -_APART_DB), anybody & (balance < _APART_DB)
            active = np.stack([left, right, np.zeros_like(anybody)], axis=2)
            activity = active.astype(np.float16)
            sides[:] = -1, 1, 0
    features = _features(mono)
    rows = []
    for index, first in enumerate(starts):
        window = features[round(first * SAMPLE_RATE / _SHIFT) :][: round(WINDOW_SECONDS * SAMPLE_RATE / _SHIFT)]
        if not sides.any():
            _separate(window, activity[index], model)
        rows.append(_embed(window, activity[index] > 0.5, model))
    vectors = np.stack([vectors for vectors, _ in rows])
    return LocalSpeakers(
        starts + start, activity, vectors.astype(np.float16), np.stack([seconds for _, seconds in rows]), sides
    )


def _separate(window: NDArray[np.float32], activity: NDArray[np.float16], model: str | None) -> None:
    """Separate two people whom the segmentation took for one in a window, by embeddings of parts of their speech.

    The activity of the second person is moved to an unused speaker.
    """
    frames = _frames_of(window)
    for speaker in range(LOCAL_SPEAKERS):
        active = activity > 0.5
        free = np.flatnonzero(~active.any(axis=0))
        pieces = _pieces(active[:, speaker] & (active.sum(axis=1) == 1))
        if not len(free) or len(pieces) < 2:
            continue
        vectors = np.stack([_vector(window[(frames >= first) & (frames < last)], model) for first, last in pieces])
        alike = vectors @ vectors.T
        one, two = np.unravel_index(alike.argmin(), alike.shape)
        other = alike[two] > alike[one]
        if alike[np.ix_(other, ~other)].mean() >= _OTHER_VOICE:
            continue
        # Each frame belongs to the part with the nearest middle.
        nearest = np.abs(np.arange(FRAMES)[:, None] - np.mean(pieces, axis=1)).argmin(axis=1)
        activity[other[nearest], free[0]] = activity[other[nearest], speaker]
        activity[other[nearest], speaker] = 0.0


def _pieces(active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first and the past-the-end frame of two-second parts of speech, without short ones."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    found: list[tuple[int, int]] = []
    for first, last in changes.reshape(-1, 2):
        count = max(1, int((last - first) * FRAME_SECONDS / _PIECE_SECONDS))
        found += itertools.pairwise(np.linspace(first, last, count + 1).round().astype(int).tolist())
    return [piece for piece in found if (piece[1] - piece[0]) * FRAME_SECONDS >= _CLEAR_PIECE_SECONDS]


def _frames_of(window: NDArray[np.float32]) -> NDArray[np.int_]:
    """Return the segmentation frame of each feature frame of a window."""
    middles = (np.arange(len(window)) + 0.5 * _FRAME / _SHIFT) * _SHIFT / SAMPLE_RATE
    return np.asarray(((middles - FIRST_FRAME_SECONDS) / FRAME_SECONDS).round().clip(0, FRAMES - 1), int)


def _embed(
    window: NDArray[np.float32], active: NDArray[np.bool_], model: str | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Embed the speech of each speaker in a window, without overlaps if possible."""
    vectors = np.zeros((LOCAL_SPEAKERS, load_speaker_model(model)[1]), np.float32)
    seconds = np.zeros(LOCAL_SPEAKERS, np.float32)
    crowd = active.sum(axis=1)
    frames = _frames_of(window)
    for speaker in range(LOCAL_SPEAKERS):
        own = active[:, speaker]
        alone = own & (crowd == 1)
        if alone.sum() * FRAME_SECONDS >= _ALONE_SECONDS:
            own = alone
        said = window[own[frames]]
        length = len(said) * _SHIFT / SAMPLE_RATE
        if length >= _SHORTEST_SECONDS:
            vectors[speaker], seconds[speaker] = _vector(said, model), length
    return vectors, seconds


def _vector(said: NDArray[np.float32], model: str | None) -> NDArray[np.float32]:
    """Return the embedding of features, of length 1."""
    check_given_up()
    network, _ = load_speaker_model(model)
    vector = network.run(None, {network.get_inputs()[0].name: (said - said.mean(axis=0))[None]})[0].reshape(-1)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


@cache
def load_speaker_model(model: str | None) -> tuple[Any, int]:
    """Load an embedding network and check it by running it once.

    Args:
        model: See :func:`~podnotes.diarization.networks.find_speaker_model`.

    Returns:
        The network, and the size of its vectors.

    Raises:
        ModelError: It can't be found or isn't a speaker embedding model.
    """
    from podnotes.errors import ModelError

    file = find_speaker_model(model)
    network = load_network(file)
    try:
        given = np.random.default_rng(0).standard_normal((1, 100, _BANDS)).astype(np.float32)
        size = int(np.asarray(network.run(None, {network.get_inputs()[0].name: given})[0]).size)
    except Exception as error:
        raise ModelError(
            f"{file.name} isn't a speaker embedding model podnotes can use: it must take 80 mel bands and return "
            "one vector, like the ONNX files of WeSpeaker and 3D-Speaker."
        ) from error
    return network, size


def _features(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compute log mel bands in the same way as Kaldi, of shape (frames, 80)."""
    count = max(0, 1 + (len(samples) - _FRAME) // _SHIFT)
    found = [np.zeros((0, _BANDS), np.float32)]
    for first in range(0, count, 6000):
        last = min(count, first + 6000)
        piece = samples[first * _SHIFT : (last - 1) * _SHIFT + _FRAME]
        frames = np.lib.stride_tricks.sliding_window_view(piece, _FRAME)[::_SHIFT].astype(np.float32)
        frames = frames - frames.mean(axis=1, keepdims=True)
        before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
        spectrum = np.fft.rfft((frames - _PREEMPHASIS * before) * _window(), _FFT, axis=1)
        mel = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)[:, :-1] @ _mel_filters()
        found.append(np.log(np.maximum(mel, np.finfo(np.float32).eps * 2.0**-30)))
    return np.concatenate(found).astype(np.float32)


@cache
def _window() -> NDArray[np.float32]:
    return (np.hanning(_FRAME) ** 0.85).astype(np.float32)


@cache
def _mel_filters() -> NDArray[np.float32]:
    low, high = (1127.0 * np.log1p(hertz / 700.0) for hertz in (_LOWEST_HZ, SAMPLE_RATE / 2))
    edges = np.linspace(low, high, _BANDS + 2)
    mels = 1127.0 * np.log1p(np.arange(_FFT // 2) * SAMPLE_RATE / _FFT / 700.0)
    rising = (mels[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - mels[:, None]) / (edges[2:] - edges[1:-1])
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)), np.float32)


def _balance(samples: NDArray[np.float32], start: float) -> NDArray[np.float32]:
    """Return by how many decibels the left channel is louder than the right, over 0.25 s around each frame of a window.

    The value is NaN where both are silent.
    """
    first = round(start * SAMPLE_RATE)
    window = samples[:, first : first + round(WINDOW_SECONDS * SAMPLE_RATE)].astype(np.float64)
    power = np.cumsum(np.pad(window**2, ((0, 0), (1, 0))), axis=1)
    middles = ((np.arange(FRAMES) * FRAME_SECONDS + FIRST_FRAME_SECONDS) * SAMPLE_RATE).round().astype(int)
    bounds = [np.clip(middles + shift, 0, window.shape[1]) for shift in (-2000, 2000)]
    left, right = (power[:, bounds[1]] - power[:, bounds[0]]) / 4000 + _SILENCE
    balance = 10 * np.log10(left / right)
    return np.where(left + right < 4 * _SILENCE, np.nan, balance).astype(np.float32)


def _is_apart(balance: NDArray[np.float32]) -> bool:
    """Return whether each channel has one person, judging by the balance during speech."""
    balance = balance[~np.isnan(balance)]
    apart = np.abs(balance) > _APART_DB
    if not len(balance) or apart.mean() < _APART_SHARE:
        return False
    left = float((balance[apart] > 0).mean())
    return min(left, 1 - left) >= _LEAST_CHANNEL_SHARE
