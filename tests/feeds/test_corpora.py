"""Feeds in every state, each with what is to be read from it.

``NAME.xml`` is the feed and ``NAME.json`` the expected podcast; fields that aren't named there are free. With
``"any_order": true`` the episodes are compared by title.
"""

from __future__ import annotations

import dataclasses
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podnotes import http, read_feed
from podnotes.feeds.reader import FeedOptions

if TYPE_CHECKING:
    from podnotes.models import Podcast

CORPUS = Path(__file__).parent.parent / "corpora" / "feeds"
#: Labelled feeds of others, beside the checkout; podcastparser's test data has this form.
OTHERS = Path(os.environ.get("PODNOTES_EVAL", Path(__file__).parents[3] / "shared" / "eval")) / "feeds-dev"


def comparable(value: Any, expected: Any) -> Any:
    """Reduce what was read to what the expectation names."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if dataclasses.is_dataclass(value) and isinstance(expected, dict):
        return {name: comparable(getattr(value, name), expected[name]) for name in expected if name != "any_order"}
    if isinstance(value, tuple) and isinstance(expected, list):
        return [
            comparable(item, expected[min(i, len(expected) - 1)] if expected else {}) for i, item in enumerate(value)
        ]
    return value


@pytest.mark.parametrize("feed", sorted(CORPUS.glob("*.xml")), ids=lambda path: path.stem)
def test_own_corpus(feed: Path) -> None:
    expected = json.loads(feed.with_suffix(".json").read_text("utf-8"))
    podcast = read_feed(feed)
    if expected.pop("any_order", False):
        order = [episode["title"] for episode in expected["episodes"]]
        sorted_episodes = tuple(sorted(podcast.episodes, key=lambda episode: order.index(episode.title)))
        podcast = dataclasses.replace(podcast, episodes=sorted_episodes)
    assert comparable(podcast, expected) == expected


def _read_other(feed: Path) -> Podcast:
    parameters = feed.with_suffix(".param.json")
    limit = json.loads(parameters.read_text())["max_episodes"] if parameters.exists() else FeedOptions().max_episodes
    return read_feed(feed, options=FeedOptions(max_episodes=limit))


@pytest.mark.skipif(not OTHERS.is_dir(), reason=f"no labelled feeds at {OTHERS}")
@pytest.mark.parametrize(
    "feed",
    sorted(OTHERS.glob("*.rss")) if OTHERS.is_dir() else [],
    ids=lambda path: path.stem,
)
def test_other_peoples_corpus(feed: Path) -> None:
    expected = json.loads(feed.with_suffix(".json").read_text("utf-8"))
    podcast = _read_other(feed)
    assert podcast.title == expected["title"]
    found = [
        {
            "title": episode.title,
            "published": int(episode.published.timestamp()) if episode.published else 0,
            "total_time": int(episode.duration or 0),
            "audio": episode.audio.url if episode.audio else None,
        }
        for episode in podcast.episodes
    ]
    wanted = expected["episodes"]
    if feed.stem == "itunes_type_serial":  # listed oldest first there; here always newest first
        wanted = wanted[::-1]
    # An item with nothing but a title, or with two files and no title, is left out there; here it is an episode.
    if feed.stem in {"no_enclosure", "no_title_multi_enclosure"}:
        assert len(found) == len(wanted) + 1
        found = [episode for episode in found if episode["title"] in {other["title"] for other in wanted}]
    assert len(found) == len(wanted)
    for mine, theirs in zip(found, wanted, strict=True):
        assert mine["title"] == theirs["title"]
        assert mine["published"] == theirs["published"]
        assert mine["total_time"] == theirs["total_time"]
        # What a relative address in a file leads to isn't there: no audio here, a file: address there.
        addresses = [enclosure["url"] for enclosure in theirs["enclosures"] if http.is_web(enclosure["url"])]
        assert mine["audio"] in (addresses or [None])
