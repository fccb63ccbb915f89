"""Transcripts: captions, JSON, plain text and more; reading, checking and writing them."""
