"""Audio: downloading, caching, decoding and clips."""
