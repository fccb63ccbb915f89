"""Gaps in an audio stream, detected by timestamps, or by byte positions in formats without them.

The decoder returns what it can decode and silently skips the rest. A clock keeps track of time, so that later words
have the times that a player shows. All times are in seconds.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

    from av.audio.stream import AudioStream
    from av.packet import Packet

# A forward jump is a gap up to these lengths. Matroska and MP4 have one timeline for the whole file; in recordings of
# live streams, the timestamps jump when the sender restarts, and nothing is missing.
_LONGEST_GAP_SECONDS, _LONGEST_GAP_IN_LIVE_SECONDS = 12 * 3600.0, 600.0
_BACKWARDS_SECONDS = -1.0
# A decoder may delay its first frame by this much.
_DELAY_SECONDS = 0.25
# Encoders add and remove up to this much at the end.
_END_SECONDS = 0.5
#: Formats without timestamps: first byte of a frame, bits set in its second byte, and maximum frame size in bytes
#: (ISO 11172-3; ISO 13818-7, 8.2.2; ETSI TS 102 366).
SYNC = {"mp3": (0xFF, 0xE0, 1441), "aac": (0xFF, 0xF0, 1545), "ac3": (0x0B, 0x77, 3840), "eac3": (0x0B, 0x77, 4096)}
_SEARCHED_BYTES = 1 << 24


class StampClock:
    """Detects gaps by the timestamps of a container.

    Args:
        base: Seconds per tick of the stream's timestamps.
        origin: Timestamp of the start of the audio, in seconds; None for that of the first frame.
        live: Whether the container is one for live streams, whose timestamps may jump.

    Attributes:
        jumps: Times at which the stream's timestamps jumped forward.
    """

    def __init__(self, base: float, origin: float | None, *, live: bool) -> None:
        self.jumps: list[float] = []
        self._base, self._origin = base, origin
        self._longest = _LONGEST_GAP_IN_LIVE_SECONDS if live else _LONGEST_GAP_SECONDS
        self._time = 0.0
        self._end = 0.0

    def take(self, packet: Packet[AudioStream]) -> bool:
        """Record the next packet, before its frames.

        Returns:
            False if the packet isn't audio and must not be decoded.
        """
        if packet.pts is not None and self._origin is not None and not packet.is_discard:
            self._end = (packet.pts + (packet.duration or 0)) * self._base - self._origin
        return True

    def fail(self, packet: Packet[AudioStream]) -> None:
        """Record that a packet couldn't be decoded; with timestamps, the next one shows the gap."""

    def gap_before(self, at: float | None) -> float:
        """Return the seconds missing before the audio with timestamp ``at`` (None if unknown)."""
        if at is None:
            return 0.0
        if self._origin is None or (not self._time and 0 < at - self._origin < _DELAY_SECONDS):
            self._origin = at
        gap = at - self._origin - self._time
        if gap < _BACKWARDS_SECONDS or gap > self._longest:  # joined recordings: continue from here
            if gap > 0:
                self.jumps.append(self._time)
            self._origin = at - self._time
            return 0.0
        return max(0.0, gap)

    def gap_at_end(self) -> float:
        """Return the seconds missing after the last frame."""
        gap = self._end - self._time
        return gap if _END_SECONDS < gap <= self._longest else 0.0

    def advance(self, seconds: float) -> None:
        """Record decoded audio."""
        self._time += seconds

    def fill(self, seconds: float) -> None:
        """Record silence inserted in place of missing audio."""
        self._time += seconds


class ByteClock(StampClock):
    """Detects gaps by byte positions, for formats without timestamps (MP3, ADTS, AC-3), in which FFmpeg counts frames.

    FFmpeg skips damaged bytes (in ADTS) or adds them to the packet of an adjacent frame. They count as lost audio at
    the average bit rate, except for tags: joined MP3 files have the second one's cover in the middle.

    Args:
        base: Seconds per tick of a packet's duration.
        file: The file.
        kind: A key of :data:`SYNC`.
    """

    def __init__(self, base: float, file: BinaryIO, kind: str) -> None:
        super().__init__(base, None, live=False)
        self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._first, self._second, self._longest_frame = SYNC[kind]
        self._at = 0  # end of the last packet
        self._tagged = 0  # end of the last tag
        self._bytes = self._seconds = 0.0
        self._lost = 0.0

    def take(self, packet: Packet[AudioStream]) -> bool:
        """See :meth:`StampClock.take`."""
        if not packet.size:
            return True
        head, length = bytes(memoryview(packet)[:16]), (packet.duration or 0) * self._base
        begun = self._at
        start = max(begun, self._data.find(head, begun, begun + _SEARCHED_BYTES))
        self._at = start + packet.size
        is_frame = len(head) > 2 and head[0] == self._first and head[1] & self._second == self._second
        if (start > begun or not is_frame) and begun >= self._tagged:
            self._tagged = begun + _tags(self._data, begun)
        if self._at <= self._tagged:  # parts of a picture may look like audio
            return False
        lost = float(self._at - packet.size - max(begun, self._tagged))
        if is_frame and packet.size <= self._longest_frame and start >= self._tagged:
            if not self._bytes:  # an encoder's header frame before the audio (Xing, Info)
                lost = 0.0
            self._bytes += packet.size
            self._seconds += length
        else:
            lost += packet.size - self._rate() * length
        self._lost += max(0.0, lost) / self._rate()
        return True

    def fail(self, packet: Packet[AudioStream]) -> None:
        """See :meth:`StampClock.fail`."""
        self._lost += (packet.duration or 0) * self._base

    def gap_before(self, at: float | None) -> float:  # noqa: ARG002 - the library only counts
        """See :meth:`StampClock.gap_before`."""
        return self._lost

    def gap_at_end(self) -> float:
        """See :meth:`StampClock.gap_at_end`."""
        rest = len(self._data) - max(self._tagged, self._at + _tags(self._data, self._at))
        gap = self._lost + max(0, rest) / self._rate()
        return gap if gap > _END_SECONDS else 0.0

    def fill(self, seconds: float) -> None:
        """See :meth:`StampClock.fill`."""
        self._lost -= seconds

    def _rate(self) -> float:
        """Return the average bytes per second so far; a low value before the first frame."""
        return self._bytes / self._seconds if self._seconds else 16_000.0


def _tags(data: mmap.mmap, start: int) -> int:
    """Count the bytes of consecutive tags (ID3v2, ID3v1, APEv2) from a position on.

    Sources: https://id3.org/id3v2.4.0-structure; https://wiki.hydrogenaud.io/index.php?title=APE_Tags_Header
    """
    at = start
    while True:
        head = data[at : at + 32]
        if head[:3] == b"ID3" and len(head) >= 10:
            at += 10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        elif head[:3] == b"TAG":
            at += 128
        elif head[:8] == b"APETAGEX" and len(head) == 32:
            is_header = head[23] & 0x20
            at += 32 + (int.from_bytes(head[12:16], "little") if is_header else 0)
        elif at > start and (padding := len(head) - len(head.lstrip(b"\0"))):  # only after a tag
            at += padding
        else:
            return at - start
