"""Read feeds, web pages, OPML, Apple Podcasts links and audio files into Podcast and Episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.feeds.chapters import fetch_chapters, read_chapters
    from podnotes.feeds.opml import Subscription, read_opml, write_opml
    from podnotes.feeds.reader import FeedOptions, read_feed
    from podnotes.feeds.sources import Reading, read_sources


__all__ = [
    "FeedOptions",
    "Reading",
    "Subscription",
    "fetch_chapters",
    "read_chapters",
    "read_feed",
    "read_opml",
    "read_sources",
    "write_opml",
]

__getattr__, __dir__ = _lazy.attach(
    __name__,
    {
        "chapters": "fetch_chapters read_chapters",
        "opml": "Subscription read_opml write_opml",
        "reader": "FeedOptions read_feed",
        "sources": "Reading read_sources",
    },
)
