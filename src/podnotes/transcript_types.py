"""Transcript types: MIME types in all spellings, file extensions, and the order of preference.

Source: https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/transcript.md, and what feeds write
instead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from podnotes.models import TranscriptLink

#: By worth: with times and speakers, with times, without.
_KINDS = ("json", "vtt", "srt", "ttml", "sbv", "html", "markdown", "text")
_UNTIMED = _KINDS.index("html")
#: "text/vtt", "application/x-subrip", "text/x-srt", "application/json+podcast", "srt", …
_SPELLINGS = (
    ("json", re.compile(r"json")),
    ("vtt", re.compile(r"vtt")),
    ("srt", re.compile(r"\bsrt\b|subrip|x-srt")),
    ("ttml", re.compile(r"ttml|dfxp|ttaf")),
    ("sbv", re.compile(r"\b(?:x-)?sbv\b|subviewer")),
    ("html", re.compile(r"html")),
    ("markdown", re.compile(r"markdown")),
    ("text", re.compile(r"^text/(?:plain|txt|x-text)|^plain|^txt$")),
)
_EXTENSIONS = {
    "json": "json", "vtt": "vtt", "webvtt": "vtt", "srt": "srt", "ttml": "ttml", "dfxp": "ttml", "sbv": "sbv",
    "html": "html", "htm": "html", "xhtml": "html",
    "md": "markdown", "markdown": "markdown", "txt": "text", "text": "text",
}  # fmt: skip
_MIME = {
    "json": "application/json", "vtt": "text/vtt", "srt": "application/srt",
    "ttml": "application/ttml+xml", "sbv": "text/x-sbv", "html": "text/html",
    "markdown": "text/markdown", "text": "text/plain",
}  # fmt: skip


def transcript_kind(mime: str, name: str = "") -> str:
    """Tell what a transcript is said to be.

    Args:
        mime: MIME type as a feed or a server states it, with or without parameters; "" when none.
        name: Address or file name.

    Returns:
        "json", "vtt", "srt", "ttml", "sbv", "html", "markdown" or "text"; "" when neither says anything.
    """
    stated = mime.partition(";")[0].strip().lower()
    told = next((kind for kind, spelling in _SPELLINGS if spelling.search(stated)), "")
    path = urlsplit(name).path if "://" in name else name
    named = _EXTENSIONS.get(path.rpartition(".")[2].lower(), "")
    # Everything is called text/plain by somebody: then the name says more.
    return told if told and not (told == "text" and named) else named or told


def transcript_type(mime: str, name: str = "") -> str:
    """Return the MIME type of a transcript as it is stated, or by its name where that says nothing; "" when unknown."""
    stated = mime.partition(";")[0].strip().lower()
    kind = transcript_kind(stated, name)
    if not re.fullmatch(r"[a-z0-9.+_-]{1,60}/[a-z0-9.+_-]{1,60}", stated):
        stated = ""
    return stated if not kind or (stated and transcript_kind(stated) == kind) else _MIME[kind]


def is_foreign(link: TranscriptLink, language: str | None) -> bool:
    """Tell whether a transcript is stated to be in another language than the one that is spoken."""
    spoken, theirs = (_primary(tag) for tag in (language, link.language))
    return bool(spoken and theirs and spoken != theirs)


def is_timed(link: TranscriptLink) -> bool:
    """Tell whether a transcript is expected to have times: captions have, whatever their type (says the namespace)."""
    kind = transcript_kind(link.type, link.url)
    return link.rel == "captions" or (kind in _KINDS and _KINDS.index(kind) < _UNTIMED)


def transcript_order(link: TranscriptLink, language: str | None) -> tuple[int, int, int, int]:
    """Say how early a transcript is to be tried; the lowest comes first.

    Words in the right language come first: untimed ones are worth more than timed ones in another language, which
    nobody has said. Then those with times, captions before others, the formats that name speakers before the rest.

    Args:
        link: The transcript.
        language: What is spoken (BCP 47 tag), or None.
    """
    kind = transcript_kind(link.type, link.url)
    # A kind that isn't stated may be any: it comes between what has times for certain and what has none.
    place = _KINDS.index(kind) if kind else _UNTIMED - 0.5
    untimed = 0 if is_timed(link) else 1
    return int(is_foreign(link, language)), untimed, 0 if link.rel == "captions" else 1, round(2 * place)


def _primary(tag: str | None) -> str:
    return (tag or "").replace("_", "-").partition("-")[0].lower()
