"""Chapters of an episode, from a chapters file, Podlove chapters or a list of timestamps in the show notes.

Source: https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes import http
from podnotes.charsets import decode
from podnotes.errors import SourceError
from podnotes.feeds.values import one_line, time_in_episode
from podnotes.models import Chapter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podnotes.models import Episode

_MOST = 1000

_TIME = r"(?:\d{1,3}:)?\d{1,3}:\d{2}"
#: "(00:12:30) Endorphins", "12:30 – Endorphins", "• [1:02:03] Touch"
_FIRST = re.compile(rf"^\W{{0,6}}({_TIME})(?:\s*[-–—]\s*{_TIME})?(?:\.\d+)?[)\]]?[\s\-–—:|.,•→»]*(.+)$")
#: "Endorphins (12:30)", "Endorphins – 12:30"
_LAST = re.compile(rf"^\W{{0,3}}(.+?)[\s\-–—:|.]*[(\[]?({_TIME})[)\]]?\W*$")
_FEWEST = 3


def chapters_in_notes(notes: str, duration: float | None) -> tuple[Chapter, ...]:
    """Find a list of timestamps in show notes.

    Args:
        notes: Plain text of the show notes, one list item per line.
        duration: Duration of the episode in seconds, or None if unknown.

    Returns:
        Chapters in order, each ending where the next one starts. Empty unless at least three lines have increasing
        times within the episode and the first is near its start: isolated times aren't a table of contents.
    """
    for pattern, time_group, title_group in ((_FIRST, 1, 2), (_LAST, 2, 1)):
        found: list[tuple[float, str]] = []
        for line in notes.split("\n"):
            match = pattern.match(line[:300].strip())
            if match is None:
                continue
            start = time_in_episode(match[time_group])
            title = match[title_group].strip(" -–—:|•\t")[:200]
            if start is None or not title or (duration is not None and start > duration + 60):
                continue
            if found and start <= found[-1][0]:
                if start == found[-1][0]:
                    continue
                break  # a second list, or not a list
            found.append((start, title))
        if len(found) >= _FEWEST and found[0][0] <= max(300.0, (duration or 3600.0) * 0.2):
            return in_order((Chapter(start, title) for start, title in found), duration)
    return ()


def in_order(chapters: Iterable[Chapter], duration: float | None = None) -> tuple[Chapter, ...]:
    """Sort chapters by time, drop those with equal starts or past the end, and end each where the next one starts.

    Args:
        chapters: Chapters in any order.
        duration: Duration of the episode in seconds, or None if unknown.
    """
    found: list[Chapter] = []
    for chapter in sorted(chapters, key=lambda chapter: chapter.start)[:_MOST]:
        past_end = duration is not None and chapter.start >= duration
        if chapter.start >= 0 and not past_end and (not found or chapter.start > found[-1].start):
            found.append(chapter)
    ends = [chapter.start for chapter in found[1:]] + [duration]
    return tuple(
        Chapter(chapter.start, chapter.title, _end(chapter, following))
        for chapter, following in zip(found, ends, strict=False)
    )


def _end(chapter: Chapter, following: float | None) -> float | None:
    if chapter.end is not None and chapter.end > chapter.start and (following is None or chapter.end <= following):
        return chapter.end
    return following


def fetch_chapters(episode: Episode) -> tuple[Chapter, ...]:
    """Return an episode's chapters, fetching its chapters file if there is one.

    Args:
        episode: The episode.

    Returns:
        The chapters in the file at ``chapters_url``; ``episode.chapters`` if there is no file or it lists none.

    Raises:
        FetchError: The file can't be fetched.
        SourceError: The file can't be read or isn't a chapters file.
    """
    address = episode.chapters_url
    if address is None:
        return episode.chapters
    if not http.is_web(address):
        try:
            data = Path(address).read_bytes()
        except OSError as error:
            raise SourceError(f"The chapters file {address} can't be read ({error.strerror}).") from error
    else:
        data = http.fetch(
            address,
            trusted=http.same_origin(address, episode.feed_url),
            max_bytes=8 * 1024 * 1024,
            deadline_s=60.0,
            accept="application/json+chapters, application/json;q=0.9, */*;q=0.1",
            private=episode.private,
        ).body
    return read_chapters(data) or episode.chapters


def read_chapters(data: bytes) -> tuple[Chapter, ...]:
    """Read a chapters file of the Podcasting 2.0 namespace (JSON).

    Args:
        data: Content of the file.

    Returns:
        Chapters in order, without those marked ``toc: false``, which only change the image.

    Raises:
        SourceError: The data isn't a chapters file.
    """
    try:
        found = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise SourceError("The chapters file isn't JSON, so the episode has no chapters.") from error
    items = found.get("chapters") if isinstance(found, dict) else found
    if not isinstance(items, list):
        raise SourceError("The chapters file has no list of chapters, so the episode has none.")
    chapters: list[Chapter] = []
    for item in items[: 10 * _MOST]:
        if not isinstance(item, dict) or item.get("toc") is False:
            continue
        start = _seconds(item.get("startTime", item.get("start")))
        if start is not None:
            chapters.append(Chapter(start, one_line(str(item.get("title") or "")), _seconds(item.get("endTime"))))
    return in_order(chapters)


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return time_in_episode(str(value))
