"""Bytes of a feed to text, whatever it declares.

What a feed declares, what its server declares and what it is are three things. The order here: a byte order mark;
then UTF-8 wherever the bytes are UTF-8 (text in another encoding is never valid UTF-8 by chance); then what is
declared, the document before a server's blanket Latin-1 (against RFC 7303, as it is right more often); then UTF-8
with a few damaged bytes; then Windows-1252, as browsers do (https://encoding.spec.whatwg.org/).
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
#: "<" in encodings that are no superset of ASCII (XML 1.0, appendix F).
_STARTS = (
    (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)  # fmt: skip
#: The superset that is meant by a name, as in browsers.
_MEANT = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932",
    "x-sjis": "cp932", "sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "big5": "big5hkscs",
    "x-euc-jp": "euc-jp", "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252",
    "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252", "iso-8859-9": "cp1254", "tis-620": "cp874",
    "iso-8859-11": "cp874", "macintosh": "mac-roman", "x-mac-roman": "mac-roman",
}  # fmt: skip
#: Python's names for transformations that are no encodings of text, and for the platform's own.
_NOT_MEANT = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem", "utf-7"}
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,1000}?encoding\s*=\s*[\"']\s*([\w.:()-]{1,40})\s*[\"'][^>]{0,1000}>")
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
    return _PROLOGUE.sub("", _decode(data, content_type)).lstrip("\ufeff \t\r\n")


def _decode(data: bytes, content_type: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark) and not (encoding == "utf-16-le" and data[2:4] == b"\0\0"):
            return data[len(mark) :].decode(encoding, "replace")
    data = data.lstrip(b" \t\r\n")
    for start, encoding in _STARTS:
        if data.startswith(start):
            return data.decode(encoding, "replace")
    if data.isascii():
        declared = _declared(data, content_type)
        # Encodings that switch by escape sequences are ASCII to the eye.
        return data.decode(
            next((name for name in declared if name.startswith(("iso2022", "iso-2022", "hz"))), "ascii"), "replace"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for encoding in _declared(data, content_type):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    text = data.decode("utf-8", "replace")
    foreign = sum(1 for character in text if character > "\x7f")
    if text.count("\ufffd") <= 0.1 * foreign:
        return text
    # Five bytes mean nothing in Windows-1252; Latin-1 takes them as control characters, which are dropped later.
    return "".join(data[start : start + 65536].decode("cp1252", "replace") for start in range(0, len(data), 65536))


def _declared(data: bytes, content_type: str) -> list[str]:
    named = re.search(r"charset\s*=\s*[\"']?\s*([\w.:()-]{1,40})", content_type, re.IGNORECASE)
    server = _known(named[1]) if named else ""
    inside = _DECLARATION.match(data[:2000].decode("latin-1"))
    document = _known(inside[1]) if inside else ""
    order = [document, server] if server == "cp1252" else [server, document]
    return [
        name for name in dict.fromkeys(order) if name and not name.startswith(("utf-16", "utf16", "utf-32", "utf32"))
    ]


def _known(name: str) -> str:
    name = name.lower().replace("windows-", "cp") if name.lower().startswith("windows-") else name.lower()
    name = _MEANT.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    # A transformation such as "rot13" is no encoding of text; Python says so only in a private attribute.
    textual = getattr(found, "_is_text_encoding", True)
    return found.name if textual and found.name.replace("_", "-") not in _NOT_MEANT else ""
