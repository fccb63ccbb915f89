"""Chapters and titles inside audio files, and the chapters file of the Podcasting 2.0 namespace.

Sources: ID3v2 Chapter Frame Addendum (CHAP, CTOC), MP4 chapters (Nero ``chpl``), the Vorbis comment chapter extension,
https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podnotes.errors import SourceError
from podnotes.feeds.values import clock_time, one_line
from podnotes.models import Chapter
from podnotes.web.addresses import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MOST = 1000


@dataclass(frozen=True, slots=True)
class Tags:
    """What an audio file says about itself.

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


def chapters_in_file(path: Path) -> tuple[Chapter, ...]:
    """Return the chapters inside an audio file (ID3 CHAP, MP4, Vorbis comments), () when there are none.

    Args:
        path: The file.
    """
    return read_tags(path).chapters


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


def in_order(chapters: Iterable[Chapter], duration: float | None = None) -> tuple[Chapter, ...]:
    """Sort chapters by time, drop those that start together or past the end, and let each end where the next begins.

    Args:
        chapters: Chapters as a source has them.
        duration: Seconds of the episode, or None.
    """
    found: list[Chapter] = []
    for chapter in sorted(chapters, key=lambda chapter: chapter.start)[:_MOST]:
        past_end = duration is not None and chapter.start >= duration
        if chapter.start >= 0 and not past_end and (not found or chapter.start > found[-1].start):
            found.append(chapter)
    ends = [chapter.start for chapter in found[1:]] + [duration]
    return tuple(
        Chapter(chapter.start, chapter.title, _end(chapter, following), chapter.url)
        for chapter, following in zip(found, ends, strict=False)
    )


def _end(chapter: Chapter, following: float | None) -> float | None:
    if chapter.end is not None and chapter.end > chapter.start and (following is None or chapter.end <= following):
        return chapter.end
    return following


def read_chapters(data: bytes) -> tuple[Chapter, ...]:
    """Read a chapters file of the Podcasting 2.0 namespace (JSON).

    Args:
        data: The file.

    Returns:
        Chapters in order; those with ``toc: false`` are left out, since they only change the picture.

    Raises:
        SourceError: When it is no such file.
    """
    try:
        found = json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise SourceError("The chapters file is no JSON, so the episode goes without chapters.") from error
    items = found.get("chapters") if isinstance(found, dict) else found
    if not isinstance(items, list):
        raise SourceError("The chapters file has no list of chapters, so the episode goes without them.")
    chapters: list[Chapter] = []
    for item in items[: 10 * _MOST]:
        if not isinstance(item, dict) or item.get("toc") is False:
            continue
        start = _seconds(item.get("startTime", item.get("start")))
        if start is not None:
            title = one_line(str(item.get("title") or ""))
            link = cleaned(str(item.get("url") or ""))
            chapters.append(Chapter(start, title, _seconds(item.get("endTime")), link or None))
    return in_order(chapters)


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return clock_time(str(value))
