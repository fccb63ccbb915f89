"""Tell from its first bytes whether a file is sound, a web page or something else."""

from __future__ import annotations


def sound_in(start: bytes) -> str:
    """Return the MIME type that the first bytes of a file give away, or "" when they are of no sound or video known.

    Args:
        start: At least the first 16 bytes.
    """
    if start[:3] == b"ID3" or (len(start) > 2 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0 and start[1] & 0x06):
        return "audio/mpeg"
    if len(start) > 2 and start[0] == 0xFF and start[1] & 0xF6 == 0xF0:
        return "audio/aac"
    if start[4:8] == b"ftyp":
        return "audio/mp4" if start[8:11] in (b"M4A", b"M4B") else "video/mp4"
    for mark, kind in (
        (b"OggS", "audio/ogg"), (b"fLaC", "audio/flac"), (b"\x1aE\xdf\xa3", "video/webm"), (b"FORM", "audio/aiff"),
        (b"0&\xb2u\x8ef\xcf\x11", "audio/x-ms-wma"), (b"#!AMR", "audio/amr"), (b"FLV\x01", "video/x-flv"),
    ):  # fmt: skip
        if start.startswith(mark):
            return kind
    if start[:4] == b"RIFF" and start[8:12] in (b"WAVE", b"AVI "):
        return "audio/wav" if start[8:12] == b"WAVE" else "video/x-msvideo"
    return ""


def text_in(start: bytes) -> str:
    """Return what a text file is that came instead of audio: "a web page", "a message in JSON", "a feed", or ""."""
    head = start[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page"
    if head.startswith((b"<?xml", b"<rss", b"<feed", b"<error")):
        return "an XML document"
    if head.startswith((b"{", b"[")):
        return "a message in JSON"
    return ""
