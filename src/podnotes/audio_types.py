"""Audio and video file types: MIME types, extensions and first bytes."""

from __future__ import annotations

import codecs
import re
from urllib.parse import unquote, urlsplit

#: MIME type by extension; new files get the first extension of their type.
TYPES = {
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "m4b": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg",
    "oga": "audio/ogg", "opus": "audio/opus", "flac": "audio/flac", "wav": "audio/wav", "wave": "audio/wav",
    "weba": "audio/webm", "wma": "audio/x-ms-wma", "aif": "audio/aiff", "aiff": "audio/aiff", "mka": "audio/x-matroska",
    "amr": "audio/amr", "3ga": "audio/3gpp", "mp2": "audio/mpeg", "ra": "audio/vnd.rn-realaudio",
    "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "mkv": "video/x-matroska",
    "avi": "video/x-msvideo", "mpg": "video/mpeg", "mpeg": "video/mpeg", "ogv": "video/ogg", "3gp": "video/3gpp",
    "wmv": "video/x-ms-wmv", "flv": "video/x-flv", "ts": "video/mp2t",
}  # fmt: skip
_SPELLINGS = {
    "audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg", "audio/mpeg3": "audio/mpeg", "audio/x-mpeg": "audio/mpeg",
    "audio/x-mpeg-3": "audio/mpeg", "audio/mpg": "audio/mpeg", "audio/x-mpg": "audio/mpeg", "mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "audio/x-m4b": "audio/mp4", "audio/mp4a-latm": "audio/mp4",
    "audio/x-wav": "audio/wav", "audio/vnd.wave": "audio/wav", "audio/x-flac": "audio/flac", "audio/x-ogg": "audio/ogg",
    "application/ogg": "audio/ogg", "audio/vorbis": "audio/ogg", "audio/x-aac": "audio/aac", "audio/aacp": "audio/aac",
    "video/x-m4v": "video/mp4", "audio": "audio/mpeg",
}  # fmt: skip
#: Restricts FFmpeg to containers that hold the audio themselves. Playlists (HLS, DASH, concat) could make it open any
#: file or address that a stranger wrote into them.
FFMPEG_OPTIONS = {
    "format_whitelist": "mp3,mov,mp4,m4a,3gp,3g2,mj2,ogg,flac,wav,w64,rf64,aac,matroska,webm,aiff,caf,asf,avi,mpegts,"
    "mpeg,flv,amr,ac3,eac3,wv,ape,au,mpc,mpc8,tta,dts,spx",
    "protocol_whitelist": "file",
}
#: Types that servers and feeds use for anything.
_MEANINGLESS = frozenset({
    "", "application/octet-stream", "binary/octet-stream", "application/binary", "application/x-download",
    "application/force-download", "text/plain", "unknown/unknown",
})  # fmt: skip


def guess_type(url: str, stated: str = "") -> str:
    """Return the MIME type of a file in its usual spelling; "" if unknown.

    ``stated`` is the type from the feed or the server: in lower case, without parameters; "" if missing, "audio/*" if
    only the medium is known.
    """
    stated = _SPELLINGS.get(stated, stated)
    if not re.fullmatch(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/(?:[a-z0-9][a-z0-9!#$&^_.+-]{0,60}|\*)", stated):
        stated = ""
    if stated.startswith(("audio/", "video/")) and not stated.endswith("*"):
        return stated
    # An extension such as .mp3 is more reliable than the type of a web page.
    return TYPES.get(extension_of(url)) or ("" if stated in _MEANINGLESS else stated)


def extension_of(url: str) -> str:
    """Return the extension of an address or a path, in lower case without the dot; "" without one.

    Tracking prefixes put one address into another's path (``…/redirect.mp3/host/talk.mp3``), so the last name counts.
    """
    path = unquote(urlsplit(url).path) if "://" in url else url
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem and extension.isalnum() and len(extension) <= 5 else ""


def is_playable(kind: str) -> bool:
    """Return whether files of this type can contain audio; True for an unknown type."""
    # A playlist ("audio/x-mpegurl") contains only addresses.
    return kind in {"", "application/mp4"} or (kind.startswith(("audio/", "video/")) and "mpegurl" not in kind)


def rank_type(kind: str) -> int:
    """Return the rank of a type for listening: 0 for audio, 1 for video, 2 for others."""
    if kind.startswith("audio/"):
        return 0
    return 1 if kind.startswith("video/") else 2


def extension_for(kind: str, url: str = "") -> str:
    """Return the extension for a type, without the dot: the address's own if it is one of audio or video."""
    given = extension_of(url)
    if given in TYPES:
        return given
    return next((extension for extension, name in TYPES.items() if name == kind), "audio")


def sound_in(start: bytes) -> str:
    """Return the MIME type detected in the first bytes (16 or more) of a file; "" if not known audio or video."""
    # Layer I is excluded: nobody uses it, and text with the byte order mark of UTF-16 would be taken for it.
    frame = len(start) > 2 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0 and start[1] & 0x06 in (0x02, 0x04)
    if start[:3] == b"ID3" or frame:
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
    """Return the kind of text received instead of audio: "a web page", "a playlist", "plain text" …; "" if not text.

    At least some hundred bytes are needed to rule out audio.
    """
    head = start[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page"
    if head.startswith((b"<?xml", b"<rss", b"<feed", b"<error")):
        return "an XML document"
    if head.startswith((b"#extm3u", b"[playlist]")):
        return "a playlist"
    if head.startswith((b"{", b"[")):
        return "a JSON response"
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # a character may be cut at the end
    except UnicodeDecodeError:
        return ""
    return "plain text" if text and all(character.isprintable() or character.isspace() for character in text) else ""
