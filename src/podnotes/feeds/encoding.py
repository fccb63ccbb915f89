"""Bytes of a feed to text: what it declares, what its server declares, and its language."""

from __future__ import annotations

import re

from podnotes.charsets import charset_of, decode, known_encoding

_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]{0,1000}?encoding\s*=\s*[\"']\s*([\w.:()-]{1,40})\s*[\"'][^>]{0,1000}>")
#: A declaration, and whatever stands before it although nothing may.
_PROLOGUE = re.compile(r"\A[\s\ufeff]*<\?xml\b[^>]{0,2000}?\?>")
#: "<?xm" in EBCDIC, whose letters lie elsewhere (XML 1.0, appendix F).
_EBCDIC = b"\x4c\x6f\xa7\x94"
_LANGUAGE = re.compile(
    rb"<(?:[\w.-]{1,20}:)?language>\s*([A-Za-z_-]{2,20})\s*<|\bxml:lang\s*=\s*[\"']([A-Za-z_-]{2,20})[\"']"
)
#: The channel's own fields stand at the beginning.
_HEAD_BYTES = 65_536


def decode_feed(data: bytes, content_type: str = "") -> str:
    """Return a feed as text, without its XML declaration.

    Args:
        data: The feed as it came.
        content_type: ``Content-Type`` of the answer with its parameters, "" for files.

    Returns:
        The text; bytes that are nothing in any encoding become U+FFFD.
    """
    data = data.lstrip(b" \t\r\n") if not data.startswith((b"\n\0", b"\r\0", b" \0")) else data
    text = _ebcdic(data) if data.startswith(_EBCDIC) else decode(
        data, declared=_declared(data, content_type), language=_language(data)
    )  # fmt: skip
    return _PROLOGUE.sub("", text).lstrip("\ufeff \t\r\n")


def _ebcdic(data: bytes) -> str:
    # The letters of a declaration are where they are in all kinds of EBCDIC.
    names = _declared(data[:2000].decode("cp037", "replace").encode("utf-8"), "")
    return data.decode(next((name for name in names if name), "cp037"), "replace")


def _declared(data: bytes, content_type: str) -> list[str]:
    server = known_encoding(charset_of(content_type))
    inside = _DECLARATION.match(data[:2000])
    document = known_encoding(inside[1].decode("ascii")) if inside else ""
    # Against RFC 7303, the document comes before a server's blanket Latin-1: it is right more often.
    return [document, server] if server == "cp1252" else [server, document]


def _language(data: bytes) -> str | None:
    found = _LANGUAGE.search(data[:_HEAD_BYTES])
    return (found[1] or found[2]).decode("ascii") if found else None
