"""Audio: download, cache, decoding and clips."""
