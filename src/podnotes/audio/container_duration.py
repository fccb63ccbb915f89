"""Durations stated in file headers, for formats whose duration the decoder guesses or derives from the file size."""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Number of frames in an encoder's header. It is present if the lowest bit of the byte before it is set.
_FRAMES = re.compile(rb"(?:Xing|Info)\0\0\0[\x01\x03\x05\x07\x09\x0b\x0d\x0f](.{4})|VBRI\0\x01.{8}(.{4})", re.DOTALL)
# Tags with pictures may precede it.
_SEARCHED_BYTES = 1 << 24


def wav_bytes(path: Path) -> tuple[int, int] | None:
    """Find the audio data in a WAV file.

    Returns:
        Bytes stated in the header, and actual bytes up to the end of the file; None if it isn't a WAV file (RF64 and
        W64 have 8-byte lengths and need no correction).

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
            if name == b"data":
                return size, end - at
            at += size + size % 2
    return None


def mp3_frames(path: Path) -> int | None:
    """Return the number of frames stated in the encoder's header of an MP3 (Xing, Info or VBRI), or None without one.

    Raises:
        OSError: The file can't be read.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = _FRAMES.search(data, 0, _SEARCHED_BYTES)
        return int.from_bytes(found[1] or found[2], "big") or None if found else None
