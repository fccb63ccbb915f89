"""Audio: download, cache, chapters, decoding and clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.audio.cache import CacheSize, audio_cache, evict_audio
    from podnotes.audio.clips import Clip, clip_tags, cut_clip, word_bounds
    from podnotes.audio.download import fetch_audio
    from podnotes.audio.download_locks import using
    from podnotes.audio.transfer import DownloadOptions, DownloadProgress


__all__ = [
    "CacheSize",
    "Clip",
    "DownloadOptions",
    "DownloadProgress",
    "audio_cache",
    "clip_tags",
    "cut_clip",
    "evict_audio",
    "fetch_audio",
    "using",
    "word_bounds",
]

__getattr__, __dir__ = _lazy.attach(
    __name__,
    {
        "cache": "CacheSize audio_cache evict_audio",
        "clips": "Clip clip_tags cut_clip word_bounds",
        "download": "fetch_audio",
        "download_locks": "using",
        "transfer": "DownloadOptions DownloadProgress",
    },
)
