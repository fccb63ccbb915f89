"""Decoding bytes from the web: feeds, OPML, transcripts, chapters.

Declarations in documents and by servers are often wrong. The encoding is, in order of precedence:

1. that of a byte order mark, or UTF-16 or UTF-32 if there are zero bytes;
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
    from collections.abc import Iterable, Sequence

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
#: The superset actually used under a name, as in browsers.
_MEANT = {
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "iso8859-11": "cp874",
}  # fmt: skip
#: Names unknown to Python.
_OTHER_NAMES = {"x-gbk": "gbk", "x-sjis": "cp932", "x-euc-jp": "euc_jp", "x-mac-cyrillic": "mac_cyrillic"}
#: Python codecs that aren't text encodings, and the platform's own.
_NOT_MEANT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})
#: Encodings in which nearly every byte is valid, so that decoding doesn't reveal a wrong declaration.
_LATIN = frozenset({"cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1254", "cp1257", "mac-roman"})
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_SAMPLE_BYTES = 65_536
#: Minimum number of non-ASCII bytes for a guess at a Latin encoding.
_ENOUGH = 8
_MOST_BROKEN = 0.1  # share of the non-ASCII characters
#: Error handler for UTF-8 mixed with Windows-1252.
_MIXED = "podnotes.windows1252"


def decode(data: bytes, *, declared: Iterable[str] = ()) -> str:
    """Decode bytes; ``declared`` are the declared encodings, the most trustworthy first.

    A byte order mark is removed; bytes that are invalid in all encodings become U+FFFD.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, _MIXED if encoding == "utf-8" else "replace")
    if b"\0" in data or b"\x1b" in data:  # wide characters and escape sequences may consist of ASCII bytes
        guess = next(iter(_guesses(data)), "")
        if guess.startswith(("utf-16", "utf-32", "iso2022")):
            return data.decode(guess, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    sample = b"\n".join(line for line in re.split(rb"[<>\r\n]", data) if not line.isascii())[:_SAMPLE_BYTES]
    runs = _BEYOND_ASCII.findall(sample)
    beyond = sum(map(len, runs))
    stray = sample.decode("utf-8", "replace").count("\ufffd")
    if stray <= beyond / 3:  # feeds combined from several sources mix Windows-1252 into UTF-8
        return data.decode("utf-8", _MIXED)
    # In Latin text, three accented letters are seldom adjacent.
    foreign = sum(len(run) for run in runs if len(run) > 2) > beyond / 2
    names = [name for name in dict.fromkeys(map(known_encoding, declared)) if name]
    names = [name for name in names if not name.startswith(("utf", "iso2022")) and not (foreign and name in _LATIN)]
    if foreign or beyond >= _ENOUGH:
        names += _guesses(sample)
    for name in names:
        if text := _text(data, name):
            return text
    # In parts: each invalid byte takes time proportional to the length of the decoded bytes.
    return "".join(data[start : start + 65536].decode("cp1252", "replace") for start in range(0, len(data), 65536))


def known_encoding(name: str) -> str:
    """Return Python's name of the encoding named in a document or header; "" if unknown."""
    name = name.strip().lower()
    try:
        found = codecs.lookup(_OTHER_NAMES.get(name, name))
    except (LookupError, ValueError):
        return ""
    # A transformation such as "rot13" isn't a text encoding; Python says so only in a private attribute.
    textual = getattr(found, "_is_text_encoding", True)
    return _MEANT.get(found.name, found.name) if textual and found.name.replace("_", "-") not in _NOT_MEANT else ""


def charset_of(content_type: str) -> str:
    """Return the ``charset`` of a ``Content-Type`` header; "" without one."""
    named = re.search(r"charset\s*=\s*[\"']?\s*([\w.:()-]{1,40})", content_type, re.IGNORECASE)
    return named[1] if named else ""


def _text(data: bytes, name: str) -> str:
    """Decode with an encoding; "" if more than a few characters are invalid."""
    text = data.decode(name, "replace")
    return text if text.count("\ufffd") <= _MOST_BROKEN * sum(character > "\x7f" for character in text) else ""


def _guesses(data: bytes) -> Sequence[str]:
    """Return chardet's guesses, best first."""
    import chardet

    found = chardet.detect_all(data[:_SAMPLE_BYTES], ignore_threshold=True, compat_names=False)
    return [name for answer in found if (name := known_encoding(str(answer["encoding"] or "")))]


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    if error.reason == "unexpected end of data":  # cut within a character
        return "\ufffd", error.end
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_MIXED, _as_windows_1252)
