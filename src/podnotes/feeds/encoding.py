"""Decoding a feed's bytes: the declared encoding, the server's, and the actual one."""

from __future__ import annotations

import re

from podnotes.charsets import charset_of, decode, known_encoding

_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]{0,1000}?encoding\s*=\s*[\"']\s*([\w.:()-]{1,40})\s*[\"'][^>]{0,1000}>")
#: A declaration, and whatever stands before it although nothing may.
_PROLOGUE = re.compile(r"\A[\s\ufeff]*<\?xml\b[^>]{0,2000}?\?>")


def decode_feed(data: bytes, content_type: str = "") -> str:
    """Return a feed as text, without its XML declaration.

    Args:
        data: The feed as it came.
        content_type: ``Content-Type`` of the answer with its parameters, "" for files.

    Returns:
        The text; bytes that are nothing in any encoding become U+FFFD.
    """
    data = data.lstrip(b" \t\r\n") if not data.startswith((b"\n\0", b"\r\0", b" \0")) else data
    text = decode(data, declared=_declared(data, content_type))
    return _PROLOGUE.sub("", text).lstrip("\ufeff \t\r\n")


def _declared(data: bytes, content_type: str) -> list[str]:
    server = known_encoding(charset_of(content_type))
    inside = _DECLARATION.match(data[:2000])
    document = known_encoding(inside[1].decode("ascii")) if inside else ""
    # Against RFC 7303, the document comes before a server's blanket Latin-1: it is right more often.
    return [document, server] if server == "cp1252" else [server, document]
