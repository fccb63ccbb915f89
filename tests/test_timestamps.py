"""Times are written in one way, wherever they are written."""

from __future__ import annotations

import pytest

from podnotes.audio.clips import clip_tags
from podnotes.models import Episode
from podnotes.timestamps import clock


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (7.9, "0:07"), (66.6, "1:06"), (754.999, "12:34"), (3723.0, "1:02:03"), (-1, "0:00")],
)
def test_times_never_lie_after_the_words(seconds: float, text: str) -> None:
    assert clock(seconds) == text
    assert text in clip_tags(Episode("1", "One"), seconds, 5000)["title"]
