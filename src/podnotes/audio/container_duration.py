"""The duration stated in a file's header, for formats where the decoder guesses it or derives it from the file size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

# Programs that write to a pipe can't go back to fill in the length: they write the largest number that they know
# (ffmpeg 0xFFFFFFFF, SoX 0x7FFFFFFF less its header).
_UNKNOWN_SIZES = (0x7FFF0000, 0x7FFFFFFF)
_LARGEST_SIZE = 0xFFFFFF00
_PADDING_BYTES = 65_536
# Frames of MP3 in samples by version (MPEG-1, then 2 and 2.5), and rates by version and index (ISO 11172-3, 13818-3).
_MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


@dataclass(frozen=True, slots=True)
class WavData:
    """The sound of a WAV file as its header has it.

    Attributes:
        size: Bytes that the header states, or None where it doesn't know.
        too_short: Whether sound goes on after them: longer than the four bytes of the length can say (4 GB), or
            written by a recorder that was stopped.
    """

    size: int | None
    too_short: bool


def wav_data(path: Path) -> WavData | None:
    """Find the sound in a WAV file.

    Returns:
        What the header says, or None for what is no WAV (RF64 and W64 have lengths of eight bytes and need no help).

    Raises:
        OSError: The file can't be read.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return None
        end = file.seek(0, 2)
        at = 12
        while at + 8 <= end:
            file.seek(at)
            name, size = file.read(4), int.from_bytes(file.read(4), "little")
            at += 8
            if name != b"data":
                at += size + size % 2
                continue
            rest = end - at
            if not size or size >= _LARGEST_SIZE or (_UNKNOWN_SIZES[0] <= size <= _UNKNOWN_SIZES[1] and size > rest):
                return WavData(None, too_short=False)
            return WavData(size, too_short=rest > size + 1 and not _is_chunk(file, at + size + size % 2, end))
    return None


def mp3_seconds(path: Path) -> float | None:
    """Read the length of an MP3 from its encoder's header: the number of frames (Xing, Info or VBRI).

    Returns:
        Seconds, or None where there is no such header.

    Raises:
        OSError: The file can't be read.
    """
    with path.open("rb") as file:
        head = file.read(10)
        at = 0
        while head[:3] == b"ID3" and len(head) == 10:  # some files have several
            at += 10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
            file.seek(at)
            head = file.read(10)
        file.seek(at)
        first = file.read(4096)
    sync = re.search(rb"\xff[\xe2-\xff]", first)
    if sync is None:
        return None
    frame = first[sync.start() :]
    version, index = frame[1] >> 3 & 3, frame[2] >> 2 & 3
    if version not in _MP3_RATES or index > 2:
        return None
    mark = re.search(rb"Xing|Info|VBRI", frame[:400])
    if mark is None:
        return None
    if mark.group() == b"VBRI":
        place = mark.start() + 14
    elif frame[mark.start() + 7] & 1:  # the number of frames is there
        place = mark.start() + 8
    else:
        return None
    frames = int.from_bytes(frame[place : place + 4], "big")
    return frames * (1152 if version == 3 else 576) / _MP3_RATES[version][index] or None


def _is_chunk(file: BinaryIO, at: int, end: int) -> bool:
    """Tell whether another chunk of a WAV file begins here, or nothing but padding is left."""
    file.seek(at)
    head = file.read(8)
    if not head.strip(b"\0"):
        return end - at < _PADDING_BYTES
    size = int.from_bytes(head[4:], "little")
    return re.fullmatch(rb"[A-Za-z0-9_ ]{4}", head[:4]) is not None and at + 8 + size <= end + 1
