"""Decoding bytes from the web: feeds, OPML, transcripts, chapters.

Declarations by documents and servers are often wrong. The encoding is, in order of precedence:

1. that of a byte order mark, or of the zero bytes of UTF-16;
2. UTF-8 if the bytes are (nearly) valid UTF-8, which text in another encoding hardly ever is by chance;
3. the declared one, unless it is a Latin encoding and the bytes are clearly not Latin letters;
4. chardet's guess;
5. Windows-1252, as in browsers.

Sources: WHATWG Encoding (https://encoding.spec.whatwg.org/), XML 1.0 appendix F.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
#: The superset that is meant by a name, as in browsers.
_MEANT = {
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "iso8859-11": "cp874",
}  # fmt: skip
#: Python's names for transformations that are no encodings of text, and for the platform's own.
_NOT_MEANT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})
#: Encodings in which nearly every byte means something, so that a false declaration isn't found out by decoding.
_LATIN = frozenset({"cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1254", "cp1257", "mac-roman"})
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_SAMPLE_BYTES = 65_536
#: Bytes beyond ASCII that are needed before the look of a Latin text says more than habit.
_ENOUGH = 8
#: Share of broken bytes beyond ASCII up to which text is in an encoding.
_MOST_BROKEN = 0.1


def decode(data: bytes, *, declared: Iterable[str] = ()) -> str:
    """Return bytes as text.

    Args:
        data: The bytes.
        declared: Names of encodings that somebody declared, the more trustworthy first; unknown ones are passed over.

    Returns:
        The text, without a byte order mark; bytes that are nothing in any encoding become U+FFFD.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data = data[len(mark) :]
            if encoding != "utf-8":
                return data.decode(encoding, "replace")
            break
    if b"\0" in data[:2]:
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le", "replace")
    names = [name for name in map(known_encoding, declared) if name]
    if data.isascii():  # encodings that switch by escape sequences are ASCII to the eye
        switching = [name for name in names if name.startswith(("iso2022", "hz"))]
        guessed = "iso2022_jp_2" if b"\x1b$B" in data else "ascii"
        return data.decode(switching[0] if switching else guessed, "replace")
    # Pieces with bytes beyond ASCII, from all over the document.
    runs = b"\n".join(line for line in re.split(rb"[<>\r\n]", data) if not line.isascii())[:_SAMPLE_BYTES]
    beyond = _BEYOND_ASCII.findall(runs)
    if runs.decode("utf-8", "replace").count("\ufffd") <= len(b"".join(beyond)) / 3:
        # Feeds that are put together from several sources have bytes of Windows-1252 among UTF-8.
        return data.decode("utf-8", "podnotes.windows1252")
    # In Latin letters, three with accents seldom stand beside each other.
    foreign = 2 * sum(len(run) for run in beyond if len(run) > 2) > len(b"".join(beyond))
    names = [name for name in names if not name.startswith(("utf", "iso2022")) and not (foreign and name in _LATIN)]
    if foreign or sum(map(len, beyond)) >= _ENOUGH:
        names.append(_guess(runs))
    for name in names:
        try:
            text = data.decode(name, "replace")
        except (UnicodeError, LookupError):
            continue
        if text.count("\ufffd") <= _MOST_BROKEN * sum(character > "\x7f" for character in text):
            return text
    return data.decode("cp1252", "replace")


def known_encoding(name: str) -> str:
    """Return Python's name of the encoding that is meant by a name in a document or a header, "" for none."""
    name = name.strip().lower()
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    # A transformation such as "rot13" is no encoding of text; Python says so only in a private attribute.
    textual = getattr(found, "_is_text_encoding", True)
    return _MEANT.get(found.name, found.name) if textual and found.name.replace("_", "-") not in _NOT_MEANT else ""


def charset_of(content_type: str) -> str:
    """Return the ``charset`` of a ``Content-Type`` header, "" when it has none."""
    named = re.search(r"charset\s*=\s*[\"']?\s*([\w.:()-]{1,40})", content_type, re.IGNORECASE)
    return named[1] if named else ""


def _guess(sample: bytes) -> str:
    import chardet

    return known_encoding(str(chardet.detect(sample, compat_names=False)["encoding"] or "")) or "cp1252"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    if error.reason == "unexpected end of data":  # cut within a character
        return "\ufffd", error.end
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("podnotes.windows1252", _as_windows_1252)
