"""Transcript types: MIME types in all spellings, file extensions, and the order of preference.

Source: https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/transcript.md, and deviations found in
feeds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from podnotes.models import TranscriptLink

#: Best first: with times and speakers, with times, without times.
_KINDS = ("json", "vtt", "srt", "ttml", "sbv", "lrc", "html", "markdown", "text")
_UNTIMED = _KINDS.index("html")
#: "text/vtt", "application/x-subrip", "text/x-srt", "application/json+podcast", "srt", …
_SPELLINGS = (
    ("json", re.compile(r"json")),
    ("vtt", re.compile(r"vtt")),
    ("srt", re.compile(r"\bsrt\b|subrip|x-srt")),
    ("ttml", re.compile(r"ttml|dfxp|ttaf")),
    ("sbv", re.compile(r"\b(?:x-)?sbv\b|subviewer")),
    ("lrc", re.compile(r"\b(?:x-)?lrc\b")),
    ("html", re.compile(r"html")),
    ("markdown", re.compile(r"markdown")),
    ("text", re.compile(r"^text/(?:plain|txt|x-text)|^plain|^txt$")),
)
_EXTENSIONS = {
    "json": "json", "vtt": "vtt", "webvtt": "vtt", "srt": "srt", "ttml": "ttml", "dfxp": "ttml", "sbv": "sbv",
    "lrc": "lrc", "html": "html", "htm": "html", "xhtml": "html",
    "md": "markdown", "markdown": "markdown", "txt": "text", "text": "text",
}  # fmt: skip
_MIME = {
    "json": "application/json", "vtt": "text/vtt", "srt": "application/srt",
    "ttml": "application/ttml+xml", "sbv": "text/x-sbv", "lrc": "text/x-lrc", "html": "text/html",
    "markdown": "text/markdown", "text": "text/plain",
}  # fmt: skip


def transcript_kind(mime: str, name: str = "") -> str:
    """Return the kind of a transcript by its MIME type and name: one of ``_KINDS``, or "" if unknown."""
    stated = mime.partition(";")[0].strip().lower()
    told = next((kind for kind, spelling in _SPELLINGS if spelling.search(stated)), "")
    path = urlsplit(name).path if "://" in name else name
    named = _EXTENSIONS.get(path.rpartition(".")[2].lower(), "")
    # text/plain is used for any kind of transcript, so the extension takes precedence.
    return told if told and not (told == "text" and named) else named or told


def transcript_type(mime: str, name: str = "") -> str:
    """Return the MIME type of a transcript: the stated one, or the one of its extension if that is useless; or ""."""
    stated = mime.partition(";")[0].strip().lower()
    kind = transcript_kind(stated, name)
    if not re.fullmatch(r"[a-z0-9.+_-]{1,60}/[a-z0-9.+_-]{1,60}", stated):
        stated = ""
    return stated if not kind or (stated and transcript_kind(stated) == kind) else _MIME[kind]


def is_foreign(link: TranscriptLink, language: str | None) -> bool:
    """Return whether the stated language of a transcript differs from the spoken one."""
    spoken, theirs = (_primary(tag) for tag in (language, link.language))
    return bool(spoken and theirs and spoken != theirs)


def is_timed(link: TranscriptLink) -> bool:
    """Return whether a transcript should have times; by the namespace's rules, captions do, whatever their type."""
    kind = transcript_kind(link.type, link.url)
    return link.rel == "captions" or (kind in _KINDS and _KINDS.index(kind) < _UNTIMED)


def transcript_order(link: TranscriptLink, language: str | None) -> tuple[int, int, int, int]:
    """Return the sort key of a transcript, lowest first.

    Transcripts in the spoken language come first: even an untimed one is worth more than a timed translation, whose
    words were never said. Then come timed ones, captions before others, and formats with speakers before the rest.
    """
    kind = transcript_kind(link.type, link.url)
    # An unknown kind may be any: it comes between the timed and the untimed ones.
    place = _KINDS.index(kind) if kind else _UNTIMED - 0.5
    untimed = 0 if is_timed(link) else 1
    return int(is_foreign(link, language)), untimed, 0 if link.rel == "captions" else 1, round(2 * place)


def _primary(tag: str | None) -> str:
    return (tag or "").replace("_", "-").partition("-")[0].lower()
