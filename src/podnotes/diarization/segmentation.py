"""Local speaker segmentation: which of up to three people speak in each frame of a ten-second window.

The network is pyannote's segmentation-3.0 (see ``models/LICENSES`` and ``tools/convert_speaker_models.py``; Plaquet and
Bredin, 2023, https://arxiv.org/abs/2310.13025). It detects pauses, changes of speaker and overlapping speech, but its
first speaker in one window may be the second in the next. Clustering identifies them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from podnotes.audio.decode import SAMPLE_RATE
from podnotes.diarization.networks import bundled_network, load_network
from podnotes.interruption import check_given_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Length of the network's windows, and the step between them.
WINDOW_SECONDS, STEP_SECONDS = 10.0, 5.0
#: Frames per window, seconds per frame, and seconds from the start of the window to the middle of the first frame.
FRAMES, FRAME_SECONDS, FIRST_FRAME_SECONDS = 589, 270 / SAMPLE_RATE, 495 / SAMPLE_RATE
#: Maximum number of speakers in a window.
LOCAL_SPEAKERS = 3

_BATCH = 8
# Active speakers in each of the network's classes.
_CLASSES = np.asarray([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32)


def window_starts(seconds: float) -> list[float]:
    """Return the starts of the windows over an audio chunk, in seconds; the last window ends with the audio."""
    last = max(0.0, seconds - WINDOW_SECONDS)
    starts = list(np.arange(0.0, last, STEP_SECONDS))
    return [*(float(start) for start in starts if last - start > STEP_SECONDS / 10), last]


def segment(samples: NDArray[np.float32]) -> NDArray[np.float16]:
    """Determine who speaks when in windows over an audio chunk.

    Args:
        samples: Mono, 16 kHz.

    Returns:
        Probability that each of three speakers speaks, of shape (windows, 589, 3); see :func:`window_starts`.

    Raises:
        ModelError: The network can't be run.
    """
    size = round(WINDOW_SECONDS * SAMPLE_RATE)
    windows = []
    for start in window_starts(len(samples) / SAMPLE_RATE):
        first = round(start * SAMPLE_RATE)
        window = samples[first : first + size]
        windows.append(np.pad(window, (0, size - len(window))))
    network = load_network(bundled_network("segmentation"))
    found = []
    for first in range(0, len(windows), _BATCH):
        check_given_up()
        batch = np.stack(windows[first : first + _BATCH])[:, None].astype(np.float32)
        found.append(network.run(None, {"samples": batch})[0])
    return np.asarray(np.exp(np.concatenate(found)) @ _CLASSES, np.float16)
