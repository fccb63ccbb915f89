"""Decoding bytes from the web: feeds, OPML, transcripts, chapters.

Declarations by documents and servers are often wrong. The encoding is, in order of precedence:

1. that of a byte order mark, or of the zero bytes of UTF-16 and UTF-32;
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
#: The superset that is meant by a name, as in browsers.
_MEANT = {
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "iso8859-11": "cp874",
}  # fmt: skip
#: Names that Python doesn't know.
_OTHER_NAMES = {"x-gbk": "gbk", "x-sjis": "cp932", "x-euc-jp": "euc_jp", "x-mac-cyrillic": "mac_cyrillic"}
#: Python's names for transformations that are no encodings of text, and for the platform's own.
_NOT_MEANT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})
#: Encodings in which nearly every byte means something, so that a false declaration isn't found out by decoding.
_LATIN = frozenset({"cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1254", "cp1257", "mac-roman"})
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_SAMPLE_BYTES, _PIECE_BYTES = 65_536, 2048
#: Bytes beyond ASCII that are needed before the look of a Latin text says more than habit.
_ENOUGH = 8


def decode(data: bytes, *, declared: Iterable[str] = ()) -> str:
    """Return bytes as text.

    Args:
        data: The bytes.
        declared: Names of encodings that somebody declared, the more trustworthy first; unknown ones are passed over.

    Returns:
        The text, without a byte order mark; bytes that are nothing in any encoding become U+FFFD.
    """
    names = [name for name in dict.fromkeys(map(known_encoding, declared)) if name]
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data = data[len(mark) :]
            if encoding != "utf-8":
                return data.decode(encoding, "replace")
            break
    if wide := _wide(data):
        return data.decode(wide, "replace")
    if data.isascii():  # encodings that switch by escape sequences are ASCII to the eye
        switching = [name for name in names if name.startswith(("iso2022", "hz"))]
        escaped = b"\x1b$B" in data or b"\x1b$@" in data
        return data.decode(next(iter(switching), "iso2022_jp_2" if escaped else "ascii"), "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    sample = _sample(data)
    runs = _BEYOND_ASCII.findall(sample)
    beyond = sum(map(len, runs))
    stray = sample.decode("utf-8", "replace").count("\ufffd")
    if stray <= beyond / 3:  # feeds that are put together from several sources have bytes of Windows-1252 among UTF-8
        return data.decode("utf-8", "podnotes.windows1252")
    # In Latin letters, three with accents seldom stand beside each other.
    foreign = sum(len(run) for run in runs if len(run) > 2) > beyond / 2
    names = [name for name in names if not name.startswith(("utf", "iso2022")) and not (foreign and name in _LATIN)]
    if len(names) > 1:
        names = [*(name for name in _looks(sample) if name in names), *names]
    for name in names:
        if text := _text(data, name, 0.1):
            return text
    if foreign or beyond >= _ENOUGH:
        for name in _looks(sample):
            if text := _text(data, name, 0.02):
                return text
    # In pieces: each byte that means nothing costs time by the length of what is decoded together.
    return "".join(data[start : start + 65536].decode("cp1252", "replace") for start in range(0, len(data), 65536))


def known_encoding(name: str) -> str:
    """Return Python's name of the encoding that is meant by a name in a document or a header, "" for none."""
    name = name.strip().lower()
    try:
        found = codecs.lookup(_OTHER_NAMES.get(name, name))
    except (LookupError, ValueError):
        return ""
    # A transformation such as "rot13" is no encoding of text; Python says so only in a private attribute.
    textual = getattr(found, "_is_text_encoding", True)
    return _MEANT.get(found.name, found.name) if textual and found.name.replace("_", "-") not in _NOT_MEANT else ""


def charset_of(content_type: str) -> str:
    """Return the ``charset`` of a ``Content-Type`` header, "" when it has none."""
    named = re.search(r"charset\s*=\s*[\"']?\s*([\w.:()-]{1,40})", content_type, re.IGNORECASE)
    return named[1] if named else ""


def _wide(data: bytes) -> str:
    """Return the encoding with two or four bytes a character that the zero bytes show, or ""."""
    sample = data[:4096]
    zeros = [sample[place::4].count(0) for place in range(4)]
    if sum(zeros) < max(2, 0.1 * len(sample)):
        return ""
    for name, full, free in (("utf-32-be", (0, 1), 3), ("utf-32-le", (2, 3), 0)):
        if not zeros[free] and min(zeros[place] for place in full) > 0.9 * (len(sample) // 4):
            return name
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    return "utf-16-be" if even > 9 * odd else "utf-16-le" if odd > 9 * even else ""


def _sample(data: bytes) -> bytes:
    """Return pieces with bytes beyond ASCII, from all over a document."""
    pieces: list[bytes] = []
    step = max(_PIECE_BYTES, len(data) * _PIECE_BYTES // _SAMPLE_BYTES)
    at = 0
    while (found := _BEYOND_ASCII.search(data, at)) is not None:
        start = max(at, found.start() - 100)
        pieces += [line for line in re.split(rb"[<>\r\n]", data[start : start + _PIECE_BYTES]) if not line.isascii()]
        at = start + step
    return b"\n".join(pieces)


def _text(data: bytes, name: str, most_broken: float) -> str:
    """Decode what is in an encoding but for a share of broken bytes; "" when it isn't."""
    try:
        text = data.decode(name, "replace")
    except (UnicodeError, LookupError):
        return ""
    return text if text.count("\ufffd") <= most_broken * sum(character > "\x7f" for character in text) else ""


def _looks(sample: bytes) -> Sequence[str]:
    """Return the encodings that chardet takes a text for, best first."""
    import chardet

    found = chardet.detect_all(sample, max_bytes=_SAMPLE_BYTES, ignore_threshold=True, compat_names=False)
    return [name for answer in found if (name := known_encoding(str(answer["encoding"] or "")))]


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    if error.reason == "unexpected end of data":  # cut within a character
        return "\ufffd", error.end
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("podnotes.windows1252", _as_windows_1252)
