"""Log-mel features as faster-whisper computes them, kept as power so that recordings can be mixed.

Whisper's features are the log10 of mel powers, cut off 8 below the loudest of the window, then scaled: ``(max(x, max
- 8) + 4) / 4``. The cut and the scale depend on the whole window, so they come last: `normalised` does them after
recordings, noise and gain were added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""In Hz."""
MELS = 80
FRAMES_PER_SECOND = 100
WINDOW_FRAMES = 3000
"""Frames of Whisper's window of 30 s."""
SILENCE = -10.0
"""log10 power of digital silence."""


def log_power(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log10 of the mel powers of a recording.

    Args:
        samples: Mono at `SAMPLE_RATE`, from -1 to 1, at least 25 ms.

    Returns:
        Shape (`MELS`, frames), a frame each 10 ms.
    """
    from faster_whisper.feature_extractor import FeatureExtractor

    extractor = FeatureExtractor(feature_size=MELS, sampling_rate=SAMPLE_RATE)
    window = np.hanning(extractor.n_fft + 1)[:-1].astype(np.float32)
    padded = np.pad(samples.astype(np.float32), extractor.n_fft // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, extractor.n_fft)[:: extractor.hop_length]
    spectrum = np.fft.rfft(frames * window, axis=1)
    power = extractor.mel_filters @ (np.abs(spectrum) ** 2).T
    return cast("NDArray[np.float32]", np.log10(np.clip(power, 10**SILENCE, None)).astype(np.float32))


def normalised(power: NDArray[np.float32], loudest: float | None = None) -> NDArray[np.float32]:
    """What the model is given, from log10 powers.

    Args:
        power: Shape (`MELS`, frames).
        loudest: The log10 power to count down from; by default the loudest of `power`.

    Returns:
        The same shape.
    """
    top = float(power.max()) if loudest is None else loudest
    return ((np.maximum(power, top - 8.0) + 4.0) / 4.0).astype(np.float32)
