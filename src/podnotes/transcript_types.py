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

#: MIME type, spellings in feeds and extensions of each kind. Best first: with times and speakers, with times, without.
_KINDS = {
    "json": ("application/json", "json", "json"),
    "vtt": ("text/vtt", "vtt", "vtt webvtt"),
    "srt": ("application/srt", r"\bsrt\b|subrip|x-srt", "srt"),
    "ttml": ("application/ttml+xml", "ttml|dfxp|ttaf", "ttml dfxp"),
    "sbv": ("text/x-sbv", r"\b(?:x-)?sbv\b|subviewer", "sbv"),
    "lrc": ("text/x-lrc", r"\b(?:x-)?lrc\b", "lrc"),
    "html": ("text/html", "html", "html htm xhtml"),
    "markdown": ("text/markdown", "markdown", "md markdown"),
    "text": ("text/plain", "^text/(?:plain|txt|x-text)|^plain|^txt$", "txt text"),
}
_ORDER = list(_KINDS)
_UNTIMED = _ORDER.index("html")
_EXTENSIONS = {extension: kind for kind, (*_, extensions) in _KINDS.items() for extension in extensions.split()}


def transcript_kind(mime: str, name: str = "") -> str:
    """Return the kind of a transcript by its MIME type and name: one of ``_KINDS``, or "" if unknown."""
    stated = mime.partition(";")[0].strip().lower()
    told = next((kind for kind, (_, spelling, _) in _KINDS.items() if re.search(spelling, stated)), "")
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
    return stated if not kind or (stated and transcript_kind(stated) == kind) else _KINDS[kind][0]


def is_foreign(link: TranscriptLink, language: str | None) -> bool:
    """Return whether the stated language of a transcript differs from the spoken one."""
    spoken, theirs = (_primary(tag) for tag in (language, link.language))
    return bool(spoken and theirs and spoken != theirs)


def is_timed(link: TranscriptLink) -> bool:
    """Return whether a transcript should have times; by the namespace's rules, captions do, whatever their type."""
    kind = transcript_kind(link.type, link.url)
    return link.rel == "captions" or (kind in _KINDS and _ORDER.index(kind) < _UNTIMED)


def transcript_order(link: TranscriptLink, language: str | None) -> tuple[int, int, int, int]:
    """Return the sort key of a transcript, lowest first.

    Transcripts in the spoken language come first: even an untimed one is worth more than a timed translation, whose
    words were never said. Then come timed ones, captions before others, and formats with speakers before the rest.
    """
    kind = transcript_kind(link.type, link.url)
    # An unknown kind may be any: it comes between the timed and the untimed ones.
    place = _ORDER.index(kind) if kind else _UNTIMED - 0.5
    untimed = 0 if is_timed(link) else 1
    return int(is_foreign(link, language)), untimed, 0 if link.rel == "captions" else 1, round(2 * place)


def _primary(tag: str | None) -> str:
    return (tag or "").replace("_", "-").partition("-")[0].lower()
