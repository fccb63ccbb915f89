"""Decoding of feeds, from the encodings stated by the document and the server."""

from __future__ import annotations

import re

from podnotes.charsets import charset_of, decode, known_encoding

_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]{0,1000}?encoding\s*=\s*[\"']\s*([\w.:()-]{1,40})\s*[\"'][^>]{0,1000}>")
#: An XML declaration, with anything that (invalidly) precedes it.
_PROLOGUE = re.compile(r"\A[\s\ufeff]*<\?xml\b[^>]{0,2000}?\?>")


def decode_feed(data: bytes, content_type: str = "") -> str:
    """Decode a feed and remove its XML declaration.

    Args:
        data: The feed as received.
        content_type: ``Content-Type`` of the response with its parameters; "" for files.

    Returns:
        The text, with U+FFFD for bytes that can't be decoded.
    """
    data = data.lstrip(b" \t\r\n") if not data.startswith((b"\n\0", b"\r\0", b" \0")) else data
    text = decode(data, declared=_declared(data, content_type))
    return _PROLOGUE.sub("", text).lstrip("\ufeff \t\r\n")


def _declared(data: bytes, content_type: str) -> list[str]:
    server = known_encoding(charset_of(content_type))
    inside = _DECLARATION.match(data[:2000])
    document = known_encoding(inside[1].decode("ascii")) if inside else ""
    # Contrary to RFC 7303, the document overrides a server's default Latin-1, since it is right more often.
    return [document, server] if server == "cp1252" else [server, document]
