"""Local speaker segmentation: who of up to three people speaks, moment by moment, in ten seconds of audio.

The network is pyannote's segmentation-3.0 (see ``models/LICENSES`` and ``tools/convert_speaker_models.py``; Plaquet and
Bredin, 2023, https://arxiv.org/abs/2310.13025). It hears pauses, changes of speaker and people who speak at once, but
its first speaker in one window may be the second in the next: clustering tells who is who.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from podnotes.audio.decode import SAMPLE_RATE
from podnotes.diarization.networks import bundled_network, load_network
from podnotes.interruption import check_given_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What the network hears at once, and how far apart two windows are.
WINDOW_SECONDS, STEP_SECONDS = 10.0, 5.0
#: Frames of a window, seconds from one to the next, and from the start of the window to the middle of the first.
FRAMES, FRAME_SECONDS, FIRST_FRAME_SECONDS = 589, 270 / SAMPLE_RATE, 495 / SAMPLE_RATE
#: People that are told apart within a window.
LOCAL_SPEAKERS = 3

_BATCH = 8
# Who speaks in each of the network's classes.
_CLASSES = np.asarray([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32)


def window_starts(seconds: float) -> list[float]:
    """Where the windows over a piece of audio begin, in seconds; the last ends where the audio does."""
    last = max(0.0, seconds - WINDOW_SECONDS)
    starts = list(np.arange(0.0, last, STEP_SECONDS))
    return [*(float(start) for start in starts if last - start > STEP_SECONDS / 10), last]


def segment(samples: NDArray[np.float32]) -> NDArray[np.float16]:
    """Tell who speaks when in windows over a piece of audio.

    Args:
        samples: Mono, 16 kHz.

    Returns:
        Of the shape (windows, 589, 3): how likely each of three speakers speaks; see
        :func:`window_starts`.

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
