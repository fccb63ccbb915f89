"""Audio: fetching it whole, keeping it within a size, its chapters, decoding it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.media.cache import CacheSize, audio_cache, evict_audio
    from podnotes.media.chapters import chapters_in_file
    from podnotes.media.download import DownloadOptions, DownloadProgress, fetch_audio, fetch_chapters

_HOME = {
    "CacheSize": "cache",
    "DownloadOptions": "download",
    "DownloadProgress": "download",
    "audio_cache": "cache",
    "chapters_in_file": "chapters",
    "evict_audio": "cache",
    "fetch_audio": "download",
    "fetch_chapters": "download",
}

__all__ = [
    "CacheSize",
    "DownloadOptions",
    "DownloadProgress",
    "audio_cache",
    "chapters_in_file",
    "evict_audio",
    "fetch_audio",
    "fetch_chapters",
]


def __getattr__(name: str) -> object:
    # Lazy, so that downloading doesn't load the decoder and decoding doesn't load the HTTP client.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"podnotes.media.{_HOME[name]}"), name)
    globals()[name] = value
    return value
