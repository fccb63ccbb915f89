"""Tags of audio files: title, duration, chapters.

Sources: ID3v2 Chapter Frame Addendum (CHAP, CTOC), MP4 chapters (Nero ``chpl``), the Vorbis comment chapter extension.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podnotes.feeds.chapters import in_order
from podnotes.feeds.values import clock_time, one_line
from podnotes.models import Chapter
from podnotes.urls.addresses import cleaned

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags of an audio file.

    Attributes:
        title: Title of the episode, or "".
        album: Title of the podcast, or "".
        artist: Who made it, or "".
        date: Date as it is written, or "".
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
        What is there; empty tags for a file that has none or can't be read, since they are an extra.
    """
    import mutagen

    try:
        file = mutagen.File(path)
        if file is None:
            return Tags()
        seconds = getattr(file.info, "length", None)
        length = float(seconds) if isinstance(seconds, int | float) and 0 < seconds < 1e6 else None
        tags = file.tags or {}
        return Tags(
            title=_tag(tags, "TIT2", "\xa9nam", "title"),
            album=_tag(tags, "TALB", "\xa9alb", "album"),
            artist=_tag(tags, "TPE1", "\xa9ART", "artist"),
            date=_tag(tags, "TDRC", "TDRL", "\xa9day", "date"),
            duration=length,
            chapters=_file_chapters(file, tags, length),
        )
    except Exception:  # noqa: BLE001 - mutagen raises many kinds of errors on damaged files, and tags are an extra
        return Tags()


def _tag(tags: Any, *names: str) -> str:
    for name in names:
        try:
            value = tags[name]
        except (KeyError, ValueError):
            continue
        text = getattr(value, "text", value)
        first = text[0] if isinstance(text, list) and text else text
        if first:
            return str(first)[:1000]
    return ""


def _file_chapters(file: Any, tags: Any, length: float | None) -> tuple[Chapter, ...]:
    found: list[Chapter] = []
    if hasattr(tags, "getall"):  # ID3
        shown = _listed_in_contents(tags)
        for frame in tags.getall("CHAP"):
            if shown and frame.element_id not in shown:
                continue
            title = next((str(part.text[0]) for part in frame.sub_frames.getall("TIT2") if part.text), "")
            link = next((part.url for part in frame.sub_frames.values() if getattr(part, "url", "")), "")
            end = frame.end_time / 1000 if frame.end_time not in (0, 0xFFFFFFFF) else None
            found.append(Chapter(frame.start_time / 1000, one_line(title), end, cleaned(link) or None))
    mp4 = getattr(file, "chapters", None) or ()
    found += [Chapter(float(chapter.start), one_line(str(chapter.title))) for chapter in mp4]
    found += _vorbis_chapters(tags)
    return in_order(found, length)


def _listed_in_contents(tags: Any) -> set[str]:
    """Return the ids that the table of contents lists; the other chapters are hidden ones, as for cover pictures."""
    return {child for frame in tags.getall("CTOC") for child in frame.child_element_ids}


def _vorbis_chapters(tags: Any) -> list[Chapter]:
    if hasattr(tags, "getall") or not hasattr(tags, "keys"):
        return []
    found: list[Chapter] = []
    for name in tags.keys():  # noqa: SIM118 - mutagen's mappings don't iterate over their keys
        match = re.fullmatch(r"chapter(\d{3})", str(name), re.IGNORECASE)
        start = clock_time(_tag(tags, name)) if match else None
        if match and start is not None:
            found.append(Chapter(start, one_line(_tag(tags, f"{name}NAME"))))
    return found
