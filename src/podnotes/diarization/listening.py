"""From audio to turns: voice prints piece by piece, then voices and turns over the whole episode."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from podnotes.audio.decode import SAMPLE_RATE, AudioReader
from podnotes.diarization.clustering import Voice, find_voices
from podnotes.diarization.embeddings import Prints, make_prints
from podnotes.diarization.turns import Turn, find_turns
from podnotes.interruption import interruptible

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

#: What is listened to and remembered as a whole.
STRETCH_SECONDS = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class VoiceStretch:
    """A piece of the audio that has been listened to for voices: what is remembered when a run is interrupted.

    Attributes:
        start: Seconds from the start of the episode.
        end: Seconds, where the next begins.
        prints: Voice prints of it, with times from the start of the episode.
    """

    start: float
    end: float
    prints: Prints


@dataclass(frozen=True, slots=True, eq=False)
class Diarization:
    """Who speaks when in an episode.

    Attributes:
        turns: In order of time; ``voice`` is an index into ``voices``.
        voices: What each person sounds like, those that speak most first.
    """

    turns: tuple[Turn, ...]
    voices: tuple[Voice, ...]


def diarize(
    audio: str | os.PathLike[str],
    *,
    done: Sequence[VoiceStretch] = (),
    on_stretch: Callable[[VoiceStretch], None] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Diarization:
    """Tell who speaks when: for any number of people, which isn't given.

    The audio is listened to in pieces of five minutes; a run that was interrupted goes on when it is given the pieces
    that were done, with the same result. Where a recording has one person a channel, the channels count.

    Args:
        audio: An audio or video file.
        done: Pieces of an earlier run over the same audio.
        on_stretch: Given each piece that is finished, in order.
        on_progress: Told the seconds of audio that are done, in the caller's thread, every half second at least. An
            exception that it raises gives the work up and is raised here.

    Returns:
        Turns and voices; none of either where nobody speaks.

    Raises:
        AudioError: The file can't be decoded or has no sound.
        ModelError: The speaker encoder can't be run.
    """
    with AudioReader(Path(audio)) as reader:
        stereo = reader.channels == 2

    def tell() -> None:
        if on_progress:
            on_progress(at)

    stretches = _usable(done)
    at = stretches[-1].end if stretches else 0.0
    pieces = _stretches(Path(audio), stereo, at)
    while stretch := interruptible(partial(next, pieces, None), tell):
        stretches.append(stretch)
        at = stretch.end
        if on_stretch:
            on_stretch(stretch)
        tell()
    prints = Prints.joined([stretch.prints for stretch in stretches])
    return interruptible(partial(_diarize, prints), tell)


def _stretches(audio: Path, stereo: bool, at: float) -> Iterator[VoiceStretch]:
    # The reader is the generator's: when the work is given up, it is closed by the thread that still decodes.
    with AudioReader(audio, stereo=stereo) as reader:
        for samples in reader.blocks(STRETCH_SECONDS, start=at):
            end = at + len(samples) / SAMPLE_RATE
            yield VoiceStretch(at, end, _listen(samples.T).shifted(at))
            at = end


def _diarize(prints: Prints) -> Diarization:
    voices = find_voices(prints)
    return Diarization(find_turns(prints, voices), voices)


def _listen(samples: NDArray[np.float32]) -> Prints:
    """Find where somebody speaks and make voice prints of it; samples of the shape (samples,) or (2, samples)."""
    from podnotes.speech.voice import BLOCK_SECONDS, BlockDetector, levels, speech_regions

    mono = samples if samples.ndim == 1 else samples.mean(axis=0)
    detector, size = BlockDetector(), round(BLOCK_SECONDS * SAMPLE_RATE)
    heard = []
    for first in range(0, len(mono), size):
        block = mono[first : first + size]
        offset, gain = levels(block)
        heard.append(detector.hear((block - offset) * gain))
    return make_prints(samples, speech_regions(np.concatenate(heard)))


def _usable(done: Sequence[VoiceStretch]) -> list[VoiceStretch]:
    """Take the pieces from the beginning as far as they go without a hole; one that is shorter ends the file."""
    usable: list[VoiceStretch] = []
    for stretch in sorted(done, key=lambda stretch: stretch.start):
        before = usable[-1] if usable else None
        if before is not None and before.end - before.start < STRETCH_SECONDS:
            break
        if abs(stretch.start - (before.end if before else 0.0)) > 1 / SAMPLE_RATE:
            break
        usable.append(stretch)
    return usable
