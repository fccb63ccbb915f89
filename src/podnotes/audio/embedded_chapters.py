"""Chapters inside audio files of all kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.audio_types import extension_of
from podnotes.feeds.chapters import in_order
from podnotes.feeds.tags import read_tags
from podnotes.feeds.values import one_line
from podnotes.models import Chapter

if TYPE_CHECKING:
    from pathlib import Path

#: Containers whose chapters mutagen doesn't (all) read: FFmpeg knows QuickTime's text track and Matroska's chapters.
_CONTAINERS = frozenset({"m4a", "m4b", "mp4", "m4v", "mov", "mka", "mkv", "webm", "weba"})


def chapters_in_file(path: Path) -> tuple[Chapter, ...]:
    """Return the chapters inside an audio file (ID3 CHAP, MP4, Vorbis comments, Matroska), () when there are none.

    Args:
        path: The file.
    """
    tags = read_tags(path)
    if tags.chapters or extension_of(path.name) not in _CONTAINERS:
        return tags.chapters
    return _container_chapters(path, tags.duration)


def _container_chapters(path: Path, length: float | None) -> tuple[Chapter, ...]:
    import av

    try:
        with av.open(str(path)) as container:
            found = [
                Chapter(
                    float(entry["start"] * base),
                    one_line(entry["metadata"].get("title", "")),
                    float(entry["end"] * base),
                )
                for entry in container.chapters()
                if (base := entry["time_base"]) is not None
            ]
    except Exception:  # noqa: BLE001 - FFmpeg's errors are many on damaged files, and chapters are an extra
        return ()
    return in_order(found, length)
