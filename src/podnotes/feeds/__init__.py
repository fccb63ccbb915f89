"""Feeds: from what she names (feed, web page, OPML, Apple Podcasts link, audio) to Podcast and Episode."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.feeds.chapters import read_chapters
    from podnotes.feeds.opml import Subscription, read_opml, write_opml
    from podnotes.feeds.reading import FeedOptions, read_feed
    from podnotes.feeds.sources import Reading, SourceOptions, read_sources

_HOME = {
    "FeedOptions": "reading",
    "Reading": "sources",
    "SourceOptions": "sources",
    "Subscription": "opml",
    "read_chapters": "chapters",
    "read_feed": "reading",
    "read_opml": "opml",
    "read_sources": "sources",
    "write_opml": "opml",
}

__all__ = [
    "FeedOptions",
    "Reading",
    "SourceOptions",
    "Subscription",
    "read_chapters",
    "read_feed",
    "read_opml",
    "read_sources",
    "write_opml",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"podnotes.feeds.{_HOME[name]}"), name)
    globals()[name] = value
    return value
