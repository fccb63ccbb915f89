"""Sound out of any audio or video file, decoded in pieces: mono, 16 kHz, 32-bit float, as speech models take it.

A ten-hour file needs no more memory than a short one. What can't be decoded becomes silence of the same length, so
that the times after it stay right, and is told: :attr:`AudioReader.gaps`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from podnotes.errors import AudioError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from types import TracebackType

    import av.container
    import numpy as np
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.packet import Packet
    from numpy.typing import NDArray

#: Samples a second of everything that is decoded here.
SAMPLE_RATE = 16_000

# Containers that hold sound in themselves. A playlist (HLS, DASH, concat) is none: it would make the library open
# whatever files and addresses a stranger wrote into it.
_CONTAINERS = (
    "mp3,mov,mp4,m4a,3gp,3g2,mj2,ogg,flac,wav,w64,rf64,aac,matroska,webm,aiff,caf,asf,avi,mpegts,mpeg,flv,amr,ac3,"
    "eac3,wv,ape,au,mpc,mpc8,tta,dts,spx"
)
_OPTIONS = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}
_GAP_SECONDS = 0.15
# Frames are put through the resampler together: one call a frame costs more than the decoding.
_GROUP_SECONDS = 2.0
_MAX_FAILURES = 1000


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file says about its sound, and what is really in it.

    Attributes:
        duration: Seconds that the file states, or None where it doesn't or only guesses.
        present: Seconds of sound in the file, counted without decoding.
        container: Format, such as "mp3".
        codec: Such as "mp3", "aac", "opus".
        sample_rate: Samples a second.
        channels: 1 for mono, 2 for stereo.
    """

    duration: float | None
    present: float
    container: str
    codec: str
    sample_rate: int
    channels: int

    @property
    def missing(self) -> float:
        """Seconds at the end that the file states but doesn't have; 0.0 when it is whole."""
        short = (self.duration or 0.0) - self.present
        # Encoders pad and round; a file that was cut off misses more than a frame or two.
        return short if short > max(1.0, 0.005 * self.present) else 0.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that can't be decoded; silence stands in its place.

    Attributes:
        start: Seconds.
        end: Seconds.
    """

    start: float
    end: float


def probe_audio(path: str | os.PathLike[str]) -> AudioInfo:
    """Look at an audio or video file without decoding it.

    Args:
        path: The file; its name's ending doesn't matter.

    Returns:
        What it says and what it has.

    Raises:
        AudioError: It isn't there, is empty, is no audio, or has no sound.
    """
    with AudioReader(path) as reader:
        return reader.info()


class AudioReader:
    """Decodes a file from the start, piece by piece. A context manager.

    Args:
        path: The file; its name's ending doesn't matter.

    Attributes:
        path: The file.
        gaps: What couldn't be decoded, so far.

    Raises:
        AudioError: It isn't there, is empty, is no audio, or has no sound.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.gaps: list[Gap] = []
        _check_file(self.path)
        self._container = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def info(self) -> AudioInfo:
        """Read through the packets and go back to the start; see :class:`AudioInfo`."""
        stream = self._container.streams.audio[0]
        base = float(stream.time_base or 0)
        first = last = None
        total = 0.0
        clock = _Clock(self._container.format.name, base)
        for packet in self._packets():
            length = float(packet.duration or 0) * base
            total += length + clock.lost_before(packet)  # damage in the middle is not missing at the end
            if packet.pts is not None:
                at = float(packet.pts) * base
                first = at if first is None else min(first, at)
                last = at + length if last is None else max(last, at + length)
        present = max(total, last - first) if first is not None and last is not None else total
        context = stream.codec_context
        info = AudioInfo(
            duration=self._stated_duration(),
            present=present,
            container=self._container.format.name.partition(",")[0],
            codec=context.name,
            sample_rate=context.sample_rate or 0,
            channels=context.channels or 0,
        )
        self.close()
        self._container = self._open()
        return info

    def blocks(self, seconds: float, *, start: float = 0.0) -> Iterator[NDArray[np.float32]]:
        """Decode from the start.

        Args:
            seconds: Length of the pieces; the last may be shorter.
            start: Seconds at the beginning that are decoded but not handed out. Decoding them rather than jumping
                makes the samples after them exactly the same as in a full pass.

        Yields:
            Samples between -1 and 1 at :data:`SAMPLE_RATE`, one channel (several are mixed).

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
            raise AudioError(f"{self.path.name} has no sound that can be decoded; get the file again.")

    def _open(self) -> av.container.InputContainer:
        import av
        import av.error

        try:
            # An absolute path, since "http:…" as a file name would be taken for an address.
            container = av.open(str(self.path.absolute()), options=_OPTIONS, metadata_errors="ignore")
        except (av.error.FFmpegError, ValueError, OSError) as error:
            raise AudioError(
                f"{self.path.name} is no audio file that can be read, or is damaged; get it again or name another."
            ) from error
        if not container.streams.audio:
            container.close()
            raise AudioError(f"{self.path.name} has no sound in it; name an audio file or a video with sound.")
        # Frame threads change nothing in the result and keep up with recognition on one core.
        container.streams.audio[0].codec_context.thread_type = "NONE"
        return container

    def _stated_duration(self) -> float | None:
        name = self._container.format.name
        if name == "wav":
            return self._stated_in_wav()
        if name in {"mp3", "aac"} and not (name == "mp3" and _has_length_header(self.path)):
            return None  # estimated from the bit rate and the size: says nothing about what is missing
        if "ogg" in name or name in {"mpegts", "mpeg", "amr", "ac3", "eac3", "dts"}:
            return None  # from the last page that is there
        stream = self._container.streams.audio[0]
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return self._container.duration / 1_000_000 if self._container.duration else None

    def _stated_in_wav(self) -> float | None:
        # The library goes by the file's size, and would not notice what is cut off.
        with self.path.open("rb") as file:
            head = file.read(65536)
        at = head.find(b"data", 12)
        size = int.from_bytes(head[at + 4 : at + 8], "little") if at > 0 else 0
        rate = self._container.streams.audio[0].codec_context.bit_rate
        return size * 8 / rate if rate and 0 < size < 0xFFFFFFF0 else None

    def _packets(self) -> Iterator[Packet[AudioStream]]:
        """Read packets past damaged places; ends after the file's end or a thousand failures without a packet."""
        import av.error

        failures = 0
        while failures < _MAX_FAILURES:
            packets = self._container.demux(audio=0)
            try:
                for packet in packets:
                    failures = 0
                    yield packet
            except av.error.EOFError:
                return
            except (av.error.FFmpegError, ValueError):
                failures += 1
                continue
            return

    def _decode(self) -> Iterator[NDArray[np.float32]]:
        """Decode to mono floats, with silence where packets can't be decoded or are missing."""
        import numpy as np

        base = float(self._container.streams.audio[0].time_base or 0)
        clock = _Clock(self._container.format.name, base)
        group = _Resampler()
        position = 0  # samples handed out
        for packet in self._packets():
            lost = clock.lost_before(packet)
            frames = _frames(packet)
            for frame in frames:
                lost = max(lost, clock.gap_before(frame))
                if lost > _GAP_SECONDS:
                    for samples in group.flush():
                        position += len(samples)
                        yield samples
                    silence = np.zeros(round(lost * SAMPLE_RATE), np.float32)
                    self.gaps.append(Gap(position / SAMPLE_RATE, (position + len(silence)) / SAMPLE_RATE))
                    position += len(silence)
                    yield silence
                    clock.advance(lost)
                lost = 0.0
                clock.advance(frame.samples / frame.sample_rate)
                for samples in group.add(frame):
                    position += len(samples)
                    yield samples
            if lost:
                clock.carry(lost)
        yield from group.flush()


class _Clock:
    """Notices time that is missing between frames: from time stamps, or from bytes skipped where there are none."""

    def __init__(self, container: str, base: float) -> None:
        self._base = base  # seconds a tick, as float: fractions cost more than the decoding
        # These formats have no times; the library counts frames, and skipped bytes would go unnoticed.
        self._by_bytes = container in {"mp3", "aac"}
        self._time = 0.0
        self._origin: float | None = None
        self._bytes = self._seconds = self._carried = 0.0

    def lost_before(self, packet: Packet[AudioStream]) -> float:
        """Seconds of sound in the bytes before this packet that are no sound."""
        lost, self._carried = self._carried, 0.0
        if not self._by_bytes or not packet.size:
            return lost
        length = (packet.duration or 0) * self._base
        head = bytes(memoryview(packet)[:2])
        if head[0] == 0xFF and head[1] & 0xE0 == 0xE0:  # the sync word that begins each frame
            self._bytes += packet.size
            self._seconds += length
        elif self._bytes:  # the parser puts what it skipped in front of the next frame
            lost += max(0.0, packet.size * self._seconds / self._bytes - length)
        return lost

    def gap_before(self, frame: AudioFrame) -> float:
        """Seconds between where the sound is and where the frame says that it belongs."""
        if self._by_bytes or frame.pts is None:
            return 0.0
        at = frame.pts * self._base
        if self._origin is None:
            self._origin = at
        gap = at - self._origin - self._time
        if gap < -1.0 or gap > 12 * 3600:  # the clock itself jumped (joined recordings): go on from here
            self._origin = at - self._time
            return 0.0
        return max(0.0, gap)

    def advance(self, seconds: float) -> None:
        self._time += seconds

    def carry(self, seconds: float) -> None:
        """Keep what was lost before a packet that gave no frame for the next one."""
        self._carried += seconds


class _Resampler:
    """Gathers frames and converts them; begins anew when the rate, layout or format of the stream changes."""

    def __init__(self) -> None:
        self._kind: tuple[str, str, int] | None = None

    def add(self, frame: AudioFrame) -> Iterator[NDArray[np.float32]]:
        import av

        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._kind:
            yield from self.flush()
            self._kind = kind
            self._fifo = av.AudioFifo()
            # Through 16 bits, exactly as faster-whisper's own decoder does, so that both hear the same.
            self._resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        frame.pts = None  # the queue insists on unbroken time stamps; gaps are our own affair
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
            samples = converted.to_ndarray().reshape(-1).astype(np.float32)
            yield samples / np.float32(32768)


def _frames(packet: Packet[AudioStream]) -> list[AudioFrame]:
    """Decode a packet; nothing where it is damaged."""
    import av.error

    try:
        frames = packet.decode()
    except (av.error.FFmpegError, ValueError):
        return []
    return [frame for frame in frames if frame.samples and frame.sample_rate]


def _check_file(path: Path) -> None:
    """Say what is wrong with a file before the decoder gives its own reason.

    Raises:
        AudioError: It isn't there, is a folder, is empty, or is a web page.
    """
    try:
        if path.is_dir():
            raise AudioError(f"{path} is a folder; name an audio file in it.")
        with path.open("rb") as file:
            head = file.read(512)
    except FileNotFoundError as error:
        raise AudioError(f"There is no file {path}; check the name.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise AudioError(f"{path} can't be read: {reason}.") from error
    if not head:
        raise AudioError(f"{path.name} is empty (0 bytes); get the file again.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<rss")):
        raise AudioError(f"{path.name} is a web page, not audio; the link to the audio may have changed or expired.")


def _has_length_header(path: Path) -> bool:
    """Tell whether an MP3 states its number of frames (a Xing, Info or VBRI header in its first frame)."""
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":
            size = sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
            file.seek(size + 10)
        else:
            file.seek(0)
        first = file.read(4096)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))


def format_gaps(gaps: list[Gap]) -> str | None:
    """Say in a sentence what couldn't be decoded, or None when nothing is missing."""
    if not gaps:
        return None
    total = math.fsum(gap.end - gap.start for gap in gaps)
    places = ", ".join(_clock_time(gap.start) for gap in gaps[:5]) + (" and later" if len(gaps) > 5 else "")
    return f"{total:.1f} seconds of the audio are damaged and were left out (at {places})."


def _clock_time(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
