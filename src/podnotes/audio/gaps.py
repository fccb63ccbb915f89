"""Gaps in an audio stream, detected by timestamps, or by byte positions in formats without them.

The decoder hands over what it can decode and passes over the rest in silence. A clock keeps count of what has come, so
that the time of every later word stays what a player shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing import BinaryIO

    from av.audio.stream import AudioStream
    from av.packet import Packet

# A jump ahead is a gap up to these lengths. Matroska and MP4 have one time line for the whole file; in recordings of
# live streams the clock itself jumps when the sender begins anew, and nothing is missing.
_LONGEST_GAP_SECONDS, _LONGEST_GAP_IN_LIVE_SECONDS = 12 * 3600.0, 600.0
_BACKWARDS_SECONDS = -1.0
# A decoder may keep this much to itself before its first frame.
_DELAY_SECONDS = 0.25
# Encoders add and cut off up to this much at the end.
_END_SECONDS = 0.5
# An encoder's own frame before the sound (Xing, Info) is not sound that was lost.
_HEADER_BYTES = 4096
# A frame of AAC has up to 768 bytes a channel (ISO 13818-7, 8.2.2).
_LONGEST_ADTS_BYTES = 2 * 768 + 9
_SEARCHED_BYTES = 1 << 20


class Clock(Protocol):
    """Counts the sound that has come and tells what is missing. All times in seconds.

    Attributes:
        jumps: Where the stream's own clock jumped ahead, in seconds of what has come.
    """

    jumps: list[float]

    def take(self, packet: Packet[AudioStream]) -> bool:
        """Note the next packet, before what is decoded from it.

        Returns:
            False for one that is no sound, and isn't to be decoded.
        """
        ...

    def fail(self, packet: Packet[AudioStream]) -> None:
        """Note that a packet couldn't be decoded."""
        ...

    def gap_before(self, at: float | None) -> float:
        """Seconds that are missing before the sound that is said to begin at ``at`` (None where it doesn't say)."""
        ...

    def gap_at_end(self) -> float:
        """Seconds that are missing after the last sound that came."""
        ...

    def advance(self, seconds: float) -> None:
        """Note that sound has come."""
        ...

    def fill(self, seconds: float) -> None:
        """Note that silence was put where sound is missing."""
        ...


class StampClock:
    """Goes by the time stamps of a container that has them.

    Args:
        base: Seconds a tick of the stream's time stamps.
        origin: The stamp, in seconds, at which the sound begins; None for that of the first sound.
        live: Whether the container is one for live streams, whose clock may jump.
    """

    def __init__(self, base: float, origin: float | None, *, live: bool) -> None:
        self.jumps: list[float] = []
        self._base, self._origin = base, origin
        self._longest = _LONGEST_GAP_IN_LIVE_SECONDS if live else _LONGEST_GAP_SECONDS
        self._time = 0.0
        self._end = 0.0

    def take(self, packet: Packet[AudioStream]) -> bool:
        """See :meth:`Clock.take`."""
        if packet.pts is not None and self._origin is not None and not packet.is_discard:
            self._end = (packet.pts + (packet.duration or 0)) * self._base - self._origin
        return True

    def fail(self, packet: Packet[AudioStream]) -> None:
        """See :meth:`Clock.fail`: the next stamp tells it."""

    def gap_before(self, at: float | None) -> float:
        """See :meth:`Clock.gap_before`."""
        if at is None:
            return 0.0
        if self._origin is None or (not self._time and 0 < at - self._origin < _DELAY_SECONDS):
            self._origin = at
        gap = at - self._origin - self._time
        if gap < _BACKWARDS_SECONDS or gap > self._longest:  # joined recordings: go on from here
            if gap > 0:
                self.jumps.append(self._time)
            self._origin = at - self._time
            return 0.0
        return max(0.0, gap)

    def gap_at_end(self) -> float:
        """See :meth:`Clock.gap_at_end`."""
        gap = self._end - self._time
        return gap if _END_SECONDS < gap <= self._longest else 0.0

    def advance(self, seconds: float) -> None:
        """See :meth:`Clock.advance`."""
        self._time += seconds

    def fill(self, seconds: float) -> None:
        """See :meth:`Clock.fill`."""
        self._time += seconds


class ByteClock:
    """Goes by the bytes of a format without time stamps (MP3, ADTS, AC-3), where the library only counts frames.

    Each packet is found again in the file. What lies between two of them is lost sound, as long as so many bytes are
    on average, except tags: joined MP3 files have the cover of the second in their middle.

    Args:
        base: Seconds a tick of a packet's duration.
        file: The file.
        sync: First byte of a frame, and bits that are set in its second.
    """

    def __init__(self, base: float, file: BinaryIO, sync: tuple[int, int]) -> None:
        self.jumps: list[float] = []
        self._base, self._file, self._sync = base, file, sync
        self._at = 0
        self._tagged = 0  # where the last tag ends
        self._bytes = self._seconds = 0.0
        self._lost = 0.0
        self._frame_bytes = 0  # of the last packet, without what lies around the frame
        self._sizes: dict[bytes, int] = {}

    def take(self, packet: Packet[AudioStream]) -> bool:
        """See :meth:`Clock.take`."""
        size = packet.size
        if not size:
            return True
        head = bytes(memoryview(packet)[:16])
        length = (packet.duration or 0) * self._base
        begun = self._at
        start = begun if _read(self._file, begun, len(head)) == head else _find(self._file, head, begun)
        if start < 0:  # the library changed it: it is here all the same
            start = begun
        is_frame = len(head) > 6 and head[0] == self._sync[0] and head[1] & self._sync[1] == self._sync[1]
        # The library's parser puts what it passed over in front of the next frame, or leaves it out.
        junk = start - begun
        if (junk or not is_frame) and begun >= self._tagged:
            self._tagged = begun + _tags(self._file, begun)
        self._at = start + size
        if self._at <= self._tagged:  # a picture may look like sound here and there
            return False
        if is_frame and start >= self._tagged:
            whole = self._whole_size(head, size)
            if head[1] & 6 or size <= _LONGEST_ADTS_BYTES:
                self._bytes += min(size, whole)
                self._seconds += length
                junk += max(0, size - whole)  # AC-3 has it behind the frame
            else:  # noise that looks like the head of a long frame
                junk += max(0, size - round(self._rate() * length))
        elif self._bytes:
            junk += max(0, size - round(self._bytes / self._seconds * length))
        self._frame_bytes = max(0, size - junk)
        junk -= max(0, self._tagged - begun)
        if junk > (0 if begun else _HEADER_BYTES):
            self._lost += junk / self._rate()
        return True

    def fail(self, packet: Packet[AudioStream]) -> None:
        """See :meth:`Clock.fail`."""
        # Noise that looks like the head of a frame may have taken the bytes of several with it.
        self._lost += max((packet.duration or 0) * self._base, self._frame_bytes / self._rate())

    def gap_before(self, at: float | None) -> float:  # noqa: ARG002 - the library only counts
        """See :meth:`Clock.gap_before`."""
        return self._lost

    def gap_at_end(self) -> float:
        """See :meth:`Clock.gap_at_end`."""
        begun = self._at
        rest = self._file.seek(0, 2) - max(self._tagged, begun + _tags(self._file, begun))
        gap = self._lost + max(0, rest) / self._rate()
        return gap if gap > _END_SECONDS else 0.0

    def advance(self, seconds: float) -> None:
        """See :meth:`Clock.advance`."""

    def fill(self, seconds: float) -> None:
        """See :meth:`Clock.fill`."""
        self._lost -= seconds

    def _whole_size(self, head: bytes, size: int) -> int:
        """Bytes of a frame by its header; in MP3 and AC-3 those of the shortest frame so far with the same rates."""
        if head[0] == 0xFF and not head[1] & 6:  # ADTS has the length itself (ISO 13818-7, 6.2)
            return (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        rates = head[1:3] if head[0] == 0xFF else head[4:5]
        whole = self._sizes.get(rates, size)
        self._sizes[rates] = min(whole, size)
        return whole

    def _rate(self) -> float:
        """Bytes a second so far; a low figure before the first frame."""
        return self._bytes / self._seconds if self._seconds else 16_000.0


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _find(file: BinaryIO, what: bytes, start: int) -> int:
    """Find bytes in a file from a place on; -1 where they are not."""
    at = start
    while piece := _read(file, at, _SEARCHED_BYTES):
        if (found := piece.find(what)) >= 0:
            return at + found
        if len(piece) < _SEARCHED_BYTES:
            break
        at += len(piece) - len(what) + 1
    return -1


def _tags(file: BinaryIO, start: int) -> int:
    """Count the bytes of tags (ID3v2, ID3v1, APEv2) that follow one another from a place on.

    Sources: https://id3.org/id3v2.4.0-structure; https://wiki.hydrogenaud.io/index.php?title=APE_Tags_Header
    """
    at = start
    while head := _read(file, at, 32):
        if head[:3] == b"ID3" and len(head) >= 10:
            at += 10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        elif head[:3] == b"TAG":
            at += 128
        elif head[:8] == b"APETAGEX" and len(head) == 32:
            is_header = head[23] & 0x20
            at += 32 + (int.from_bytes(head[12:16], "little") if is_header else 0)
        elif at > start and (padding := len(head) - len(head.lstrip(b"\0"))):  # after a tag
            at += padding
        else:
            break
    return at - start
