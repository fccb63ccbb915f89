"""Audio: fetching it whole, keeping it within a size, its chapters, decoding it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.media.cache import CacheSize, audio_cache, evict_audio
    from podnotes.media.chapters import chapters_in_file
    from podnotes.media.clips import Clip, clip_tags, cut_clip, word_bounds
    from podnotes.media.download import fetch_audio, fetch_chapters
    from podnotes.media.locks import using
    from podnotes.media.transfer import DownloadOptions, DownloadProgress

_HOME = {
    "CacheSize": "cache",
    "Clip": "clips",
    "DownloadOptions": "transfer",
    "DownloadProgress": "transfer",
    "audio_cache": "cache",
    "chapters_in_file": "chapters",
    "clip_tags": "clips",
    "cut_clip": "clips",
    "evict_audio": "cache",
    "fetch_audio": "download",
    "fetch_chapters": "download",
    "using": "locks",
    "word_bounds": "clips",
}

__all__ = [
    "CacheSize",
    "Clip",
    "DownloadOptions",
    "DownloadProgress",
    "audio_cache",
    "chapters_in_file",
    "clip_tags",
    "cut_clip",
    "evict_audio",
    "fetch_audio",
    "fetch_chapters",
    "using",
    "word_bounds",
]


def __getattr__(name: str) -> object:
    # Lazy, so that downloading doesn't load the decoder and decoding doesn't load the HTTP client.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"podnotes.media.{_HOME[name]}"), name)
    globals()[name] = value
    return value
