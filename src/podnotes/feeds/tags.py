"""Tags of audio files, read with FFmpeg (ID3, MP4, Vorbis comments, Matroska)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.audio_types import FFMPEG_OPTIONS
from podnotes.feeds.chapters import in_order
from podnotes.feeds.values import one_line
from podnotes.models import Chapter

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags of an audio file.

    Attributes:
        title: Title of the episode, or "".
        album: Title of the podcast, or "".
        artist: Author, or "".
        date: Date as written in the file, or "".
        duration: Seconds, or None.
        chapters: Chapters in order.
    """

    title: str = ""
    album: str = ""
    artist: str = ""
    date: str = ""
    duration: float | None = None
    chapters: tuple[Chapter, ...] = ()


def read_tags(path: Path) -> Tags:
    """Read the tags and chapters of an audio file.

    Args:
        path: The file.

    Returns:
        The tags; empty, since they are optional, if the file has none or can't be read.
    """
    import av
    import av.error

    try:
        # The path is made absolute, since a file named "http:…" would be taken for an address.
        with av.open(str(path.absolute()), options=dict(FFMPEG_OPTIONS), metadata_errors="ignore") as file:
            # In Ogg, the tags belong to the stream.
            given = {key.lower(): value for part in (*file.streams, file) for key, value in part.metadata.items()}
            seconds = file.duration / 1_000_000 if file.duration and file.duration > 0 else None
            chapters = [
                Chapter(
                    float(one["start"] * base), one_line(one["metadata"].get("title", "")), float(one["end"] * base)
                )
                for one in file.chapters()
                if (base := one["time_base"]) is not None
            ]
    except (av.error.FFmpegError, OSError, ValueError):
        return Tags()
    title, album, artist, date = (given.get(name, "")[:1000] for name in ("title", "album", "artist", "date"))
    return Tags(title, album, artist, date, seconds, in_order(chapters, seconds))
