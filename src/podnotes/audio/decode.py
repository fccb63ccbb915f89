"""Decode any audio or video file in blocks: mono, 16 kHz, 32-bit float, as speech models expect.

A ten-hour file needs no more memory than a short one. Audio that can't be decoded is replaced by silence of the same
length, so that later times stay correct, and is reported in :attr:`AudioReader.gaps`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, Self, TypeVar

from podnotes.audio.container_duration import mp3_frames, wav_bytes
from podnotes.audio.gaps import SYNC, ByteClock, StampClock
from podnotes.audio_types import FFMPEG_OPTIONS, text_in
from podnotes.errors import AudioError
from podnotes.timestamps import clock as clock_time

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    import numpy as np
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.packet import Packet
    from numpy.typing import NDArray

#: Sampling rate of all decoded audio, in hertz.
SAMPLE_RATE = 16_000

_GAP_SECONDS = 0.08
# At joins of MP3 files a frame or two can't be decoded. Shorter gaps are less than a syllable and aren't reported.
_TOLD_SECONDS = 0.2
# Audio may start this late in a file without video; a later start means that the clock doesn't start at zero.
_LATEST_START_SECONDS = 10.0
# Formats with a single timeline for the whole file; the timestamps of others may jump.
_OWN_TIME_LINE = frozenset({"mov", "matroska"})
# Frames are resampled in groups, because a call per frame takes longer than decoding.
_GROUP_SECONDS = 2.0
_MAX_FAILURES = 1000
# Programs that write WAV to a pipe can't fill in the length afterwards and write the largest value they know (ffmpeg
# 0xFFFFFFFF, SoX 0x7FFFFFFF minus its header).
_UNKNOWN_SIZE = 0x7FFF0000


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """Stated and actual properties of an audio file.

    Attributes:
        duration: Seconds stated in the file, or None if missing or only estimated.
        present: Seconds of audio in the file, counted without decoding.
        codec: Name of the codec, such as "mp3", "aac" or "opus".
        sample_rate: Samples per second.
        channels: 1 for mono, 2 for stereo.
        notices: Sentences for the user: where the file breaks off, where its timestamps jump, which track was used.
    """

    duration: float | None
    present: float
    codec: str
    sample_rate: int
    channels: int
    notices: tuple[str, ...] = ()

    @property
    def missing(self) -> float:
        """Stated seconds that are missing at the end of the file; 0.0 if it is complete."""
        short = (self.duration or 0.0) - self.present
        # Encoders pad and round; a truncated file lacks more than a frame or two.
        return short if short > max(1.0, 0.005 * self.present) else 0.0


@dataclass(frozen=True, slots=True)
class Gap:
    """Audio that can't be decoded and was replaced by silence.

    Attributes:
        start: Seconds.
        end: Seconds.
    """

    start: float
    end: float


def probe_audio(path: str | os.PathLike[str]) -> AudioInfo:
    """Inspect an audio or video file without decoding it.

    Args:
        path: The file; its extension doesn't matter.

    Returns:
        Its stated and actual properties.

    Raises:
        AudioError: The file doesn't exist, is empty, isn't audio, or contains no audio.
    """
    with AudioReader(path) as reader:
        return reader.info()


class AudioReader:
    """Decodes a file from the start, block by block. A context manager.

    Args:
        path: The file; its extension doesn't matter.
        stereo: Whether to return two channels instead of one, as samples of shape (samples, 2).

    Attributes:
        path: The file.
        gaps: The gaps found so far.

    Raises:
        AudioError: The file doesn't exist, is empty, isn't audio, or contains no audio.
    """

    def __init__(self, path: str | os.PathLike[str], *, stereo: bool = False) -> None:
        self.path = Path(path)
        self.gaps: list[Gap] = []
        self._stereo = stereo
        _check_file(self.path)
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    @property
    def channels(self) -> int:
        """Number of channels of the file: 1 for mono, 2 for stereo."""
        return self._stream.codec_context.channels or 0

    def info(self) -> AudioInfo:
        """Read all packets and return to the start; see :class:`AudioInfo`."""
        with self.path.open("rb") as file:
            info = self._read_through(self._clock(file))
        self.close()
        self._open()
        return info

    def _read_through(self, clock: StampClock) -> AudioInfo:
        seconds, of_all = self._stated_duration()
        present = self._late
        clock.fill(self._late)
        last = 0.0  # of any stream, because the stated duration may be that of the whole file
        for packet in self._packets(everything=of_all):
            if of_all and packet.pts is not None and packet.time_base:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if packet.stream is not self._stream or not clock.take(packet):
                continue
            gap = clock.gap_before(packet.pts * self._base if packet.pts is not None else None)
            if gap > _GAP_SECONDS:
                clock.fill(gap)
                present += gap
            length = (packet.duration or 0) * self._base
            if not packet.is_discard:
                clock.advance(length)
                present += length
        if seconds is not None and of_all and last - self._zero >= seconds - 1.0:
            seconds = present  # the video is longer than the audio
        if clock.jumps:
            seconds = None
        context = self._stream.codec_context
        return AudioInfo(
            duration=seconds,
            present=present,
            codec=context.name,
            sample_rate=context.sample_rate or 0,
            channels=context.channels or 0,
            notices=tuple(self._notices(clock, present)),
        )

    def _notices(self, clock: StampClock, present: float) -> Iterator[str]:
        if self._broken_off:
            yield f"Nothing after {clock_time(present)} can be read, although the file continues: download it again."
        for at in clock.jumps:
            yield f"The recording's timestamps jump at {clock_time(at)}; later times count on from there."
        tracks = len(self._container.streams.audio)
        if tracks > 1:
            language = self._stream.metadata.get("language", "")
            named = f" ({language})" if language and language != "und" else ""
            number = self._container.streams.audio.index(self._stream) + 1
            yield f"The file has {tracks} audio tracks; track {number}{named} was used."

    def blocks(self, seconds: float, *, start: float = 0.0) -> Iterator[NDArray[np.float32]]:
        """Decode from the start.

        Args:
            seconds: Length of the blocks; the last may be shorter.
            start: Seconds at the beginning to decode and discard. Unlike seeking, this yields exactly the same samples
                as decoding from the start.

        Yields:
            Samples between -1 and 1 at :data:`SAMPLE_RATE`; channels are mixed into one unless ``stereo`` is set.

        Raises:
            AudioError: Nothing in the file can be decoded.
        """
        import numpy as np

        size, skip = max(1, round(seconds * SAMPLE_RATE)), round(start * SAMPLE_RATE)
        pending: list[NDArray[np.float32]] = []
        held = decoded = 0
        for samples in self._decode():
            decoded += len(samples)
            if skip:
                dropped = min(skip, len(samples))
                skip -= dropped
                samples = samples[dropped:]
                if not len(samples):
                    continue  # an empty view would keep the samples in memory
            pending.append(samples)
            held += len(samples)
            if held >= size:
                joined = np.concatenate(pending)
                whole = held - held % size
                for begin in range(0, whole, size):
                    yield joined[begin : begin + size]
                pending, held = [joined[whole:].copy()], held - whole
        if held:
            yield np.concatenate(pending)
        if not decoded:
            raise AudioError(f"{self.path.name} contains no audio that can be decoded; download it again.")

    def _open(self) -> None:
        import av
        import av.error

        options = dict(FFMPEG_OPTIONS)
        try:
            stated, present = wav_bytes(self.path) or (0, 0)
            if stated < present / 2:  # too long for the 4-byte length, or the recorder was stopped
                options["ignore_length"] = "1"
            # An absolute path, because a file name such as "http:…" would be taken for an address.
            container = av.open(str(self.path.absolute()), options=options, metadata_errors="ignore")
        except (av.error.FFmpegError, ValueError, OSError) as error:
            raise AudioError(
                f"{self.path.name} isn't a readable audio file or is damaged; download it again or give another."
            ) from error
        if not container.streams.audio:
            container.close()
            raise AudioError(f"{self.path.name} contains no audio; give an audio file or a video with sound.")
        self._container = container
        self._kind = container.format.name.partition(",")[0]
        self._stream = _choose(container.streams.audio)
        self._base = float(self._stream.time_base or 0)  # seconds per tick, as float because fractions are slow
        self._broken_off = False
        self._zero, self._late = self._find_start()
        # Without frame threads the result is the same, and one core decodes faster than recognition consumes.
        self._stream.codec_context.thread_type = "NONE"

    def _find_start(self) -> tuple[float, float]:
        """Return the timestamp of the file's start, and the delay of its audio after that; in seconds."""
        start = (self._stream.start_time or 0) * self._base
        several = len(self._container.streams) > 1
        zero = (
            0.0 if self._kind in _OWN_TIME_LINE | {"ogg"} and not several else (self._container.start_time or 0) / 1e6
        )
        late = start - zero
        if self._kind in SYNC or late <= _GAP_SECONDS:
            return start, 0.0
        return (zero, late) if several or late <= _LATEST_START_SECONDS else (start, 0.0)

    def _clock(self, file: BinaryIO) -> StampClock:
        if self._kind in SYNC:
            return ByteClock(self._base, file, self._kind)
        known = self._stream.start_time is not None
        return StampClock(self._base, self._zero if known else None, live=self._kind not in _OWN_TIME_LINE)

    def _stated_duration(self) -> tuple[float | None, bool]:
        """Return the duration stated in the file in seconds, and whether it is that of all streams together."""
        name, context = self._kind, self._stream.codec_context
        if name == "wav":
            stated, present = wav_bytes(self.path) or (0, 0)
            bit_rate = context.bit_rate
            # FFmpeg derives the duration from the file size and doesn't notice truncation.
            return (stated * 8 / bit_rate if bit_rate and present / 2 <= stated < _UNKNOWN_SIZE else None), False
        if name == "mp3":
            frames, rate = mp3_frames(self.path), context.sample_rate
            return (frames * context.frame_size / rate if frames and rate else None), False
        if name in {"aac", "asf", "ogg", "mpegts", "mpeg", "amr", "ac3", "eac3", "dts"}:
            return None, False  # derived from the last page present, or from bit rate and size
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base) + self._late, False
        if not self._container.duration:
            return None, False
        end = self._container.duration / 1_000_000
        return end - (self._zero if name == "matroska" else 0.0), len(self._container.streams) > 1

    def _packets(self, *, everything: bool = False) -> Iterator[Packet[Any]]:
        """Read packets, skipping damaged places; stop at the end or after a thousand failures without a packet."""
        import av.error

        failures = 0
        while failures < _MAX_FAILURES:
            packets = self._container.demux() if everything else self._container.demux(self._stream)
            try:
                for packet in packets:
                    failures = 0 if packet.size else failures  # an empty packet marks the end
                    yield packet
            except av.error.EOFError:
                break
            except IndexError:  # a packet of a stream that isn't in the header
                continue
            except (av.error.FFmpegError, ValueError):
                failures += 1
                continue
            break
        self._broken_off = failures > 0

    def _decode(self) -> Iterator[NDArray[np.float32]]:
        """Decode to floats, with silence in place of packets that are damaged or missing."""
        position = 0  # samples yielded
        with self.path.open("rb") as file:
            for samples, lost in self._pieces(self._clock(file)):
                if lost:
                    self.gaps.append(Gap(position / SAMPLE_RATE, (position + len(samples)) / SAMPLE_RATE))
                position += len(samples)
                yield samples

    def _pieces(self, clock: StampClock) -> Iterator[tuple[NDArray[np.float32], bool]]:
        """Decode; yields samples, and whether they are silence in place of lost audio."""
        group = _Resampler("stereo" if self._stereo else "mono")

        def silence(seconds: float, *, lost: bool = True) -> Iterator[tuple[NDArray[np.float32], bool]]:
            import numpy as np

            yield from ((samples, False) for samples in group.flush())
            length = round(seconds * SAMPLE_RATE)
            yield np.zeros((length, 2) if self._stereo else (length,), np.float32), lost
            clock.fill(seconds)

        if self._late:  # Ogg: the first page is lost; other formats: audio may start late on purpose
            yield from silence(self._late, lost=self._kind == "ogg")
        heard = False
        for packet in self._packets():
            if not clock.take(packet):
                continue
            frames = _frames(packet)
            if frames is None:
                clock.fail(packet)
                continue
            for frame in frames:
                heard = True
                lost = clock.gap_before(frame.pts * self._base if frame.pts is not None else None)
                if lost > _GAP_SECONDS:
                    yield from silence(lost)
                clock.advance(frame.samples / frame.sample_rate)
                yield from ((samples, False) for samples in group.add(frame))
        if heard and (lost := clock.gap_at_end()):
            yield from silence(lost)
        yield from ((samples, False) for samples in group.flush())


class _Resampler:
    """Collects frames and resamples them; restarts when the rate, layout or format of the stream changes."""

    def __init__(self, layout: str) -> None:
        self._layout = layout
        self._kind: tuple[str, str, int] | None = None

    def add(self, frame: AudioFrame) -> Iterator[NDArray[np.float32]]:
        import av

        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._kind:
            yield from self.flush()
            self._kind = kind
            self._fifo = av.AudioFifo()
            # Through 16 bits, like faster-whisper's own decoder, so that the samples are identical.
            self._resampler = av.AudioResampler(format="s16", layout=self._layout, rate=SAMPLE_RATE)
        frame.pts = None  # the FIFO requires continuous timestamps; gaps are handled elsewhere
        self._fifo.write(frame)
        if self._fifo.samples >= _GROUP_SECONDS * frame.sample_rate:
            yield from self._convert(self._fifo.read())

    def flush(self) -> Iterator[NDArray[np.float32]]:
        if self._kind is None:
            return
        if self._fifo.samples:
            yield from self._convert(self._fifo.read())
        yield from self._convert(None)
        self._kind = None

    def _convert(self, frame: AudioFrame | None) -> Iterator[NDArray[np.float32]]:
        import numpy as np

        for converted in self._resampler.resample(frame):
            shape = (-1, 2) if self._layout == "stereo" else (-1,)
            samples = converted.to_ndarray().reshape(shape).astype(np.float32)
            yield samples / np.float32(32768)


def _choose(streams: Sequence[AudioStream]) -> AudioStream:
    """Choose the track that a player would: the one marked as default, else the first."""
    import av.stream

    marked = [stream for stream in streams if stream.disposition & av.stream.Disposition.default]
    return (marked or list(streams))[0]


def _frames(packet: Packet[AudioStream]) -> list[AudioFrame] | None:
    """Decode a packet; return None if it is damaged."""
    import av.error

    try:
        frames = packet.decode()
    except (av.error.FFmpegError, ValueError):
        return None
    return [frame for frame in frames if frame.samples and frame.sample_rate]


def _check_file(path: Path) -> None:
    """Report obvious problems of a file more clearly than the decoder would.

    Raises:
        AudioError: The file doesn't exist, is a folder, is empty, or is a text.
    """
    try:
        if path.is_dir():
            raise AudioError(f"{path} is a folder; give an audio file in it.")
        with path.open("rb") as file:
            head = file.read(512)
    except FileNotFoundError as error:
        raise AudioError(f"There is no file {path}; check the name.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise AudioError(f"{path} can't be read: {reason}.") from error
    if not head:
        raise AudioError(f"{path.name} is empty (0 bytes); download it again.")
    if kind := text_in(head):
        raise AudioError(f"{path.name} is {kind}, not audio; download it again or give another file.")


def format_gaps(gaps: list[Gap]) -> str | None:
    """Return a sentence about the gaps, or None if they are too short for a word."""
    total = math.fsum(gap.end - gap.start for gap in gaps)
    if total < _TOLD_SECONDS:
        return None
    places = ", ".join(clock_time(gap.start) for gap in gaps[:5]) + (" and later" if len(gaps) > 5 else "")
    return f"{total:.1f} seconds of the audio are damaged and were left out (at {places})."


class _Span(Protocol):
    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...


_Chunk = TypeVar("_Chunk", bound=_Span)


def unbroken(chunks: Iterable[_Chunk]) -> list[_Chunk]:
    """Return the finished chunks of an audio file from its beginning up to the first gap."""
    usable: list[_Chunk] = []
    for chunk in sorted(chunks, key=lambda chunk: chunk.start):
        if abs(chunk.start - (usable[-1].end if usable else 0.0)) > 1 / SAMPLE_RATE:
            break
        usable.append(chunk)
    return usable
