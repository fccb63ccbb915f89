"""Voice activity detection: Silero VAD over a stream, and windows that end at pauses.

The detector relies on the fundamental frequency of voices, which telephones cut off. It misses most telephone speech,
especially if it is loud. So if loud audio is mostly not detected as speech, the detector runs again, at a tenth of the
level and with the fundamental restored.

A chunk is a group of windows that is recognised, saved and resumed as a whole. The detector is reset for each chunk,
so that the result doesn't depend on earlier chunks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podnotes.audio.decode import SAMPLE_RATE
from podnotes.interruption import check_given_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

#: Whisper processes 30 s at a time.
WINDOW_SECONDS = 30.0
#: Audio decoded and passed to the detector at once.
BLOCK_SECONDS = 10.0
#: Maximum length of a chunk, reached if there is little speech.
LONGEST_CHUNK_SECONDS = 600.0

# Loudness: the level exceeded by 0.5 % of the samples; full scale is 1.
_INAUDIBLE, _QUIET, _MOST_GAIN = 0.0002, 0.05, 50.0
# Speech is centred on zero. A mean above this share of the level is an offset caused by the recorder.
_OFFSET_SHARE = 0.05
_BLOCK = round(BLOCK_SECONDS * SAMPLE_RATE)
_FRAME = 512  # samples: the frame size of Silero's detector at 16 kHz
_CONTEXT = 64
FRAME_SECONDS = _FRAME / SAMPLE_RATE
# Silero's defaults: speech begins above the first and ends below the second.
_SPEECH, _SILENCE = 0.5, 0.35
_SHORTEST_PAUSE_SECONDS = 0.16
_PADDING_SECONDS = 0.4
# A frame is loud from this share of the 90th percentile of the level; a block is tried again if a smaller share than
# this of its loud frames is detected as speech.
_LOUD, _LITTLE_HEARD = 0.1, 0.7
_UNSPOKEN_FRAMES = 60
# Rectifying a harmonic signal restores its fundamental, which is in this band for any voice.
_FUNDAMENTAL_HZ, _FUNDAMENTAL_GAIN, _SOFT = (60.0, 400.0), 1.5, 0.1
# A window is cut at the longest pause after this share of its maximum length, and at every pause of this length.
_CUT_SHARE, _LONGEST_PAUSE_SECONDS = 0.87, 5.0


@dataclass(frozen=True, slots=True)
class Window:
    """A window: audio that the model processes at once.

    Attributes:
        start: Seconds from the start of its samples.
        end: Seconds; at most 30 after ``start``.
    """

    start: float
    end: float


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """A chunk of audio, ready for the engine.

    Attributes:
        start: Seconds from the start of the episode.
        end: Start of the next chunk, in seconds.
        samples: Mono, 16 kHz, up to the end of the last window.
        windows: Windows with speech; times from the start of ``samples``.
        voice: Probability of speech for each 32 ms.
        loud_s: Seconds of audio as loud as speech.
        heard_s: Seconds of the loud audio that were detected as speech.
    """

    start: float
    end: float
    samples: NDArray[np.float32]
    windows: tuple[Window, ...]
    voice: NDArray[np.float32]
    loud_s: float = 0.0
    heard_s: float = 0.0


class VoiceDetector:
    """Silero VAD (https://github.com/snakers4/silero-vad) over a stream; consecutive calls continue one another."""

    def __init__(self) -> None:
        from faster_whisper.vad import get_vad_model

        self._session = get_vad_model().session
        self._state = np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def hear(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """Process the next frames of 32 ms.

        Args:
            frames: At least one; mono, 16 kHz, of shape (frames, 512).

        Returns:
            Probability of speech for each frame.
        """
        before = np.concatenate([self._context[None], frames[:-1, -_CONTEXT:]])
        self._context = frames[-1, -_CONTEXT:]
        state = self._state
        output, *state = self._session.run(
            None, {"input": np.concatenate([before, frames], axis=1), "h": state[0], "c": state[1]}
        )
        self._state = state[0], state[1]
        return np.asarray(output, np.float32).reshape(-1)


class BlockDetector:
    """The detector over the blocks of a stream, with a retry for loud blocks with little speech.

    Attributes:
        loud_s: Seconds of audio so far that are as loud as speech.
        heard_s: Seconds of the loud audio that were detected as speech.
    """

    def __init__(self) -> None:
        self.loud_s = self.heard_s = 0.0
        self._first = VoiceDetector()
        self._second: VoiceDetector | None = None
        self._rest = np.zeros(0, np.float32)

    def hear(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Process the next block.

        Args:
            block: About ten seconds; mono, 16 kHz.

        Returns:
            Probability of speech for each complete 32 ms since the last call.
        """
        samples = np.concatenate([self._rest, block])
        count = len(samples) // _FRAME
        samples, self._rest = samples[: count * _FRAME], samples[count * _FRAME :]
        if not count:
            return np.zeros(0, np.float32)
        frames = samples.reshape(count, _FRAME)
        voice = self._first.hear(frames)
        power = np.sqrt(np.square(frames).mean(axis=1))
        loud = power > max(_LOUD * float(np.quantile(power, 0.9)), _INAUDIBLE)
        if loud.any() and float((voice[loud] > _SPEECH).mean()) < _LITTLE_HEARD:
            if self._second is None:
                self._second = VoiceDetector()
            voice = np.maximum(voice, self._second.hear(_with_fundamental(samples).reshape(count, _FRAME)))
        else:
            self._second = None
        # After music the detector misses speech for a while, even after silence. So it is reset in pauses.
        if float(voice[-_UNSPOKEN_FRAMES:].max()) < _SILENCE:
            self._first, self._second = VoiceDetector(), None
        self.loud_s += float(loud.sum()) * FRAME_SECONDS
        self.heard_s += float((voice[loud] > _SPEECH).sum()) * FRAME_SECONDS
        return voice


def hear_voice(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Run the detector from a fresh state; return the probability of speech for each complete 32 ms."""
    detector = BlockDetector()
    parts = [detector.hear(samples[at : at + _BLOCK]) for at in range(0, len(samples), _BLOCK)]
    return np.concatenate([np.zeros(0, np.float32), *parts])


def _with_fundamental(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    spectrum = np.fft.rfft(np.abs(samples))
    frequency = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    spectrum[(frequency < _FUNDAMENTAL_HZ[0]) | (frequency > _FUNDAMENTAL_HZ[1])] = 0
    fundamental = np.fft.irfft(spectrum, len(samples)).astype(np.float32)
    return np.asarray(_SOFT * (samples + _FUNDAMENTAL_GAIN * fundamental), np.float32)


def levels(samples: NDArray[np.float32]) -> tuple[np.float32, np.float32]:
    """Find the offset and gain that bring audio to the level expected by the detector and the models.

    Returns:
        A constant offset to subtract, as added by cheap sound cards (0 if small compared to the signal), and then a
        factor for very quiet audio (1 for all other audio).
    """
    offset, gain = np.float32(0), np.float32(1)
    few = samples[::8]  # enough to measure the level
    if not len(few):
        return offset, gain
    level = float(np.quantile(np.abs(few), 0.995))
    mean = np.float32(few.mean(dtype=np.float64))
    if abs(mean) > _OFFSET_SHARE * level:
        offset = mean
        level = float(np.quantile(np.abs(few - offset), 0.995))
    if _INAUDIBLE < level < _QUIET:
        gain = np.float32(min(_QUIET / level, _MOST_GAIN))
    return offset, gain


def _level(samples: NDArray[np.float32], offset: np.float32, gain: np.float32) -> NDArray[np.float32]:
    return (samples - offset) * gain if offset or gain != 1.0 else samples


def speech_regions(voice: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Find speech.

    Args:
        voice: Probability of speech for each 32 ms.

    Returns:
        Start and end of each region in seconds, padded by up to 0.4 s without overlap.
    """
    found: list[list[float]] = []
    shortest = _SHORTEST_PAUSE_SECONDS / FRAME_SECONDS
    begun: int | None = None
    quiet: int | None = None
    for frame, probability in enumerate(voice.tolist()):
        if probability >= _SPEECH:
            quiet = None
            if begun is None:
                begun = frame
        elif begun is not None and probability < _SILENCE:
            if quiet is None:
                quiet = frame
            if frame - quiet >= shortest:
                found.append([begun * FRAME_SECONDS, quiet * FRAME_SECONDS])
                begun = quiet = None
    if begun is not None:
        found.append([begun * FRAME_SECONDS, len(voice) * FRAME_SECONDS])
    before = 0.0
    for index, region in enumerate(found):
        after = found[index + 1][0] if index + 1 < len(found) else len(voice) * FRAME_SECONDS + 2 * _PADDING_SECONDS
        end = region[1]
        region[0] -= min(_PADDING_SECONDS, (region[0] - before) / (2 if index else 1))
        region[1] = min(end + min(_PADDING_SECONDS, (after - end) / 2), len(voice) * FRAME_SECONDS)
        before = end
    return [(start, end) for start, end in found]


def plan_windows(voice: NDArray[np.float32], longest: float = WINDOW_SECONDS) -> list[Window]:
    """Divide speech into windows, each cut at the longest pause near its end.

    Args:
        voice: Probability of speech for each 32 ms.
        longest: Maximum length of a window in seconds.
    """
    regions = [piece for region in speech_regions(voice) for piece in _split(region, voice, longest)]
    windows = []
    first = 0
    while first < len(regions):
        start = regions[first][0]
        last = first
        best, best_pause = first, -1.0
        while last < len(regions) and regions[last][1] - start <= longest:
            pause = regions[last + 1][0] - regions[last][1] if last + 1 < len(regions) else _LONGEST_PAUSE_SECONDS
            pause = min(pause, _LONGEST_PAUSE_SECONDS)
            if pause >= _LONGEST_PAUSE_SECONDS:
                best = last
                break
            if regions[last][1] - start < longest * _CUT_SHARE:
                best = last  # not long enough yet: a fallback
            elif pause >= best_pause:
                best, best_pause = last, pause
            last += 1
        windows.append(Window(start, regions[best][1]))
        first = best + 1
    return windows


def gather(
    blocks: Iterator[NDArray[np.float32]],
    start: float,
    count: int,
    longest: float = WINDOW_SECONDS,
    *,
    first: int | None = None,
) -> Iterator[AudioChunk]:
    """Collect a stream into chunks, each ending in a pause.

    Args:
        blocks: Blocks of samples of any length.
        start: Start of the stream, in seconds from the start of the episode.
        count: Windows per chunk.
        longest: Maximum length of a window in seconds.
        first: Windows in the first chunk of the episode, if fewer, so that recognition can begin soon.
    """
    rest = np.zeros(0, np.float32)  # decoded audio after the last chunk
    position = round(start * SAMPLE_RATE)  # in samples: float seconds would drift
    while True:
        held: list[NDArray[np.float32]] = []
        voices: list[NDArray[np.float32]] = []
        detector = BlockDetector()
        cut: tuple[float, tuple[Window, ...]] | None = None
        wanted = first if first is not None and position == 0 else count
        while cut is None:
            check_given_up()
            # Blocks of the same length in all chunks, even after resuming, so that the cuts are the same.
            while len(rest) < _BLOCK and (block := next(blocks, None)) is not None:
                rest = np.concatenate([rest, block])
            if not len(rest):
                break
            held.append(rest[:_BLOCK].copy())  # a view would keep the whole buffer in memory
            rest = rest[_BLOCK:]
            voices.append(detector.hear(_level(held[-1], *levels(held[-1]))))
            if len(held) * BLOCK_SECONDS >= wanted * longest / 2:
                cut = _find_cut(np.concatenate(voices), wanted, longest)
        if not held:
            return
        samples, voice = np.concatenate(held), np.concatenate(voices)
        if cut is not None:
            end, windows = cut
            at = round(end * SAMPLE_RATE)
            rest = np.concatenate([samples[at:], rest])
            samples, voice = samples[:at], voice[: round(end / FRAME_SECONDS)]
        else:
            windows = tuple(plan_windows(voice, longest))
        began, position = position, position + len(samples)
        # Audio after the last words (any length of music or silence) is not kept in memory.
        spoken = samples[: round(windows[-1].end * SAMPLE_RATE)].copy() if windows else samples[:0].copy()
        offset, gain = levels(samples)
        held, samples = [], spoken
        samples = _level(samples, offset, gain)
        yield AudioChunk(
            began / SAMPLE_RATE, position / SAMPLE_RATE, samples, windows, voice, detector.loud_s, detector.heard_s
        )
        del samples, spoken


def _find_cut(voice: NDArray[np.float32], count: int, longest: float) -> tuple[float, tuple[Window, ...]] | None:
    """Return the end of the chunk and its windows, once later audio can no longer change them."""
    seconds = len(voice) * FRAME_SECONDS
    windows = plan_windows(voice, longest)
    settled = seconds - longest - _LONGEST_PAUSE_SECONDS - 1.0
    final = [window for window in windows if window.start <= settled]
    too_long = seconds >= LONGEST_CHUNK_SECONDS
    if len(final) <= count and not too_long:
        return None
    if not windows:
        return seconds, ()
    kept = windows[: min(count, max(1, len(final) - 1))]
    if len(kept) == len(windows):
        return max(settled, kept[-1].end), tuple(kept)
    return (kept[-1].end + windows[len(kept)].start) / 2, tuple(kept)


def _split(region: tuple[float, float], voice: NDArray[np.float32], longest: float) -> Iterator[tuple[float, float]]:
    """Cut speech without a pause at the lowest probability of speech in the last third of a window."""
    start, end = region
    while end - start > longest:
        low, high = round((start + longest * 2 / 3) / FRAME_SECONDS), round((start + longest) / FRAME_SECONDS) - 1
        cut = (low + int(np.argmin(voice[low:high]))) * FRAME_SECONDS
        yield start, cut
        start = cut
    yield start, end
