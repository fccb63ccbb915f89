"""Lists of timestamps in show notes, read as chapters."""

from __future__ import annotations

import re

from podnotes.feeds.values import clock_time
from podnotes.models import Chapter

_TIME = r"(?:\d{1,3}:)?\d{1,3}:\d{2}"
#: "(00:12:30) Endorphins", "12:30 – Endorphins", "• [1:02:03] Touch"
_FIRST = re.compile(rf"^\W{{0,6}}({_TIME})(?:\s*[-–—]\s*{_TIME})?(?:\.\d+)?[)\]]?[\s\-–—:|.,•]*(.+)$")
#: "Endorphins (12:30)", "Endorphins – 12:30"
_LAST = re.compile(rf"^\W{{0,3}}(.+?)[\s\-–—:|.]*[(\[]?({_TIME})[)\]]?\W*$")
_FEWEST = 3


def chapters_in_notes(notes: str, duration: float | None) -> tuple[Chapter, ...]:
    """Find the list of timestamps that many show notes have.

    Args:
        notes: Plain text of the show notes, one list item a line.
        duration: Seconds of the episode, or None where unknown.

    Returns:
        Chapters in order, each ending where the next begins; () unless at least three lines have rising times within
        the episode, the first of them near its start: a single time in a text is a remark, not a table of contents.
    """
    for pattern, time_group, title_group in ((_FIRST, 1, 2), (_LAST, 2, 1)):
        found: list[tuple[float, str]] = []
        for line in notes.split("\n"):
            match = pattern.match(line[:300].strip())
            if match is None:
                continue
            start = clock_time(match[time_group])
            title = match[title_group].strip(" -–—:|•\t")[:200]
            if start is None or not title or (duration is not None and start > duration + 60):
                continue
            if found and start <= found[-1][0]:
                if start == found[-1][0]:
                    continue
                break  # a second list, or no list at all
            found.append((start, title))
        if len(found) >= _FEWEST and found[0][0] <= max(300.0, (duration or 3600.0) * 0.2):
            ends = [start for start, _ in found[1:]]
            return tuple(
                Chapter(start, title, end)
                for (start, title), end in zip(found, [*ends, duration], strict=True)
            )  # fmt: skip
    return ()
