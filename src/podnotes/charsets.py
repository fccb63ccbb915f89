"""Bytes from the wild to text, whatever they are declared as: feeds, OPML, transcripts, chapters.

What a document declares, what its server declares and what it is are three things. The order here:

1. a byte order mark, or the zero bytes of UTF-16 and UTF-32;
2. UTF-8 wherever the bytes are UTF-8 (text in another encoding is hardly ever valid UTF-8 by chance), or nearly;
3. what is declared, unless it is a Latin encoding and the bytes are clearly not Latin letters;
4. what the bytes look like: chardet's judgement, among the encodings of the language where that is known;
5. Windows-1252, as browsers do.

Sources: WHATWG Encoding (https://encoding.spec.whatwg.org/), its table of encodings by language
(https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding), XML 1.0 appendix F.
"""

from __future__ import annotations

import codecs
import itertools
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
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932",
    "x-sjis": "cp932", "sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "big5": "big5hkscs",
    "x-euc-jp": "euc-jp", "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252",
    "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252", "iso-8859-9": "cp1254", "tis-620": "cp874",
    "iso-8859-11": "cp874", "macintosh": "mac-roman", "x-mac-roman": "mac-roman", "csmacintosh": "mac-roman",
    "mac": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic", "ms-cyrl": "cp1251",
}  # fmt: skip
#: Python's names for transformations that are no encodings of text, and for the platform's own.
_NOT_MEANT = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem", "utf-7"}
)
#: Encodings that are taken for what they declare whatever is in the bytes: nearly every byte means something.
_LATIN = frozenset({"cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1254", "cp1257", "mac-roman"})
_WESTERN = ("cp1252", "iso8859-15")
_EASTERN = ("cp1250", "iso8859-2")
_CYRILLIC = ("cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866")
_BALTIC = ("cp1257", "iso8859-13")
_GREEK, _HEBREW, _ARABIC = ("cp1253", "iso8859-7"), ("cp1255", "iso8859-8"), ("cp1256", "iso8859-6")
_JAPANESE, _CHINESE, _KOREAN, _THAI = ("cp932", "euc-jp"), ("gb18030", "big5hkscs"), ("cp949",), ("cp874",)
_FOREIGN = (*_CYRILLIC, *_GREEK, *_HEBREW, *_ARABIC, *_JAPANESE, *_CHINESE, *_KOREAN, *_THAI)
#: Encodings by language; English is none of them, since it is what publishing tools write when nobody chose.
_OF_LANGUAGE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("be", "bg", "kk", "ky", "mk", "ru", "tg", "tt", "uk"), _CYRILLIC),
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl", "bs", "sq"), _EASTERN),
    **dict.fromkeys(("et", "lt", "lv"), _BALTIC),
    **dict.fromkeys(
        ("af", "ca", "da", "de", "es", "eu", "fi", "fo", "fr", "ga", "gl", "is", "it", "nb", "nl", "nn", "no", "pt",
         "sv"), _WESTERN,
    ),
    "sr": (*_CYRILLIC, *_EASTERN), "ar": _ARABIC, "fa": _ARABIC, "ur": _ARABIC, "el": _GREEK, "he": _HEBREW,
    "iw": _HEBREW, "yi": _HEBREW, "ja": _JAPANESE, "zh": _CHINESE, "ko": _KOREAN, "th": _THAI,
    "tr": ("cp1254",), "az": ("cp1254", "cp1251"), "vi": ("cp1258",),
}  # fmt: skip

#: One character of UTF-8 beyond ASCII.
_CHARACTER = rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
_CHARACTERS = re.compile(_CHARACTER)
#: The same in the scripts of Europe that are written with Latin letters, and their punctuation.
_LATIN_CHARACTERS = re.compile(rb"[\xc2-\xc6][\x80-\xbf]|\xe2(?:\x80|\x82|\x84)[\x80-\xbf]|\xef\xac[\x80-\x86]")
_BEYOND = re.compile(rb"[\x80-\xff]+")
_UNIT = re.compile(rb"(?:" + _CHARACTER + rb")+|[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2}|.", re.DOTALL)
_ASCII = re.compile(rb"[\x00-\x7f]")
#: What stands between texts, in documents with and without tags; a tag may have text in its attributes.
_BETWEEN = re.compile(rb"[<>\r\n]")
#: What these bytes are in Windows-1252 they are in nearly all of its relatives, too: quotes, dashes, an ellipsis.
_SHARED = frozenset(b"\x82\x84\x85\x8b\x91\x92\x93\x94\x95\x96\x97\x99\x9b\xa0\xa7\xa9\xab\xae\xb0\xb1\xb6\xb7\xbb")
_LOST = "\ufffd".encode()
_SAMPLE_BYTES, _PIECE_BYTES = 65_536, 2048
#: Bytes beyond ASCII that are needed before the look of a Latin text says more than habit.
_ENOUGH = 10
#: A run of such bytes longer than this is no text that could be mended letter by letter.
_LONGEST_RUN = 10_000
#: Places mended at most; each takes about a microsecond.
_MOST_MENDED = 1_000_000


def decode(data: bytes, *, declared: Iterable[str] = (), language: str | None = None) -> str:
    """Return bytes as text.

    Args:
        data: The bytes.
        declared: Names of encodings that somebody declared, the more trustworthy first; unknown ones are passed over.
        language: BCP 47 tag of the language it is most likely in, where that is known.

    Returns:
        The text, without a byte order mark; bytes that are nothing in any encoding become U+FFFD.
    """
    names = [name for name in dict.fromkeys(map(known_encoding, declared)) if name]
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            if encoding != "utf-8":
                return data[len(mark) :].decode(encoding, "replace")
            data, names = data[len(mark) :], []  # the mark says UTF-8, and text that was added may be something else
            break
    wide = _wide(data)
    if wide:
        return data.decode(wide, "replace")
    if data.isascii():
        return _from_ascii(data, names)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    sample = _sample(data)
    weight, stray = _tally(sample)
    if weight and weight >= 2 * stray:
        return _mended(data, sample)
    return (
        _as_declared(data, sample, [name for name in names if not name.startswith(("utf", "iso2022"))])
        or _as_it_looks(data, sample, language)
        or _mended(data, sample)
    )


def known_encoding(name: str) -> str:
    """Return Python's name of the encoding that is meant by a name in a document or a header, "" for none."""
    name = name.strip().lower()
    name = name.replace("windows-", "cp") if name.startswith("windows-") else name
    name = _MEANT.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    # A transformation such as "rot13" is no encoding of text; Python says so only in a private attribute.
    textual = getattr(found, "_is_text_encoding", True)
    return found.name if textual and found.name.replace("_", "-") not in _NOT_MEANT else ""


def charset_of(content_type: str) -> str:
    """Return the ``charset`` of a ``Content-Type`` header, "" when it has none."""
    named = re.search(r"charset\s*=\s*[\"']?\s*([\w.:()-]{1,40})", content_type, re.IGNORECASE)
    return named[1] if named else ""


def _wide(data: bytes) -> str:
    """Return the encoding with two or four bytes a character that the zero bytes show, or ""."""
    sample = data[:4096]
    zeros = sample.count(0)
    if zeros < 2 or zeros < 0.1 * len(sample):
        return ""
    places = [sample[place::4].count(0) for place in range(4)]
    even, odd = places[0] + places[2], places[1] + places[3]
    if min(even, odd) > 0.3 * zeros:  # three of four bytes are zero, all but the last or all but the first
        big, little = places[0] > 0.9 * len(sample) / 4, places[3] > 0.9 * len(sample) / 4
        return "utf-32-be" if big and not places[3] else "utf-32-le" if little and not places[0] else ""
    if even > 9 * odd:
        return "utf-16-be"
    return "utf-16-le" if odd > 9 * even else ""


def _from_ascii(data: bytes, names: Sequence[str]) -> str:
    # Encodings that switch by escape sequences are ASCII to the eye.
    switching = [name for name in names if name.startswith(("iso2022", "hz"))]
    if not switching and (b"\x1b$B" in data or b"\x1b$@" in data):
        switching = ["iso2022_jp_2"]
    elif not switching and b"\x1b$)C" in data:
        switching = ["iso2022_kr"]
    return data.decode(switching[0] if switching else "ascii", "replace")


def _sample(data: bytes) -> bytes:
    """Return text with bytes beyond ASCII, from all over a document."""
    pieces: list[bytes] = []
    step = max(0, len(data) - _SAMPLE_BYTES) // (_SAMPLE_BYTES // _PIECE_BYTES)
    at = size = 0
    while size < _SAMPLE_BYTES and (found := _BEYOND.search(data, at)) is not None:
        # From ASCII to ASCII, so that no character is cut.
        ending = _ASCII.search(data, found.start() + _PIECE_BYTES)
        end = min(ending.start() if ending else len(data), found.start() + 2 * _PIECE_BYTES)
        piece = data[max(at, found.start() - 100) : end]
        kept = [text for text in _BETWEEN.split(piece) if not text.isascii()]
        pieces += kept
        size += sum(map(len, kept))
        restart = _ASCII.search(data, max(end, min(at + step, len(data))))
        at = restart.start() if restart else len(data)
    return b"\n".join(pieces)


def _tally(sample: bytes) -> tuple[int, int]:
    """Weigh the characters of UTF-8 beyond ASCII, and count the bytes beyond ASCII that are in none."""
    characters = _CHARACTERS.findall(sample)
    beyond = sum(map(len, _BEYOND.findall(sample)))
    # Two bytes may look like a character by chance, three hardly.
    return sum((len(character) - 1) ** 2 for character in characters), beyond - sum(map(len, characters))


def _is_foreign(sample: bytes) -> bool:
    """Tell whether a text can't be in Latin letters: there, three with accents seldom stand beside each other."""
    runs = _BEYOND.findall(sample)
    beyond = sum(map(len, runs))
    return beyond >= 4 and sum(len(run) for run in runs if len(run) > 2) > 0.5 * beyond


def _as_declared(data: bytes, sample: bytes, names: Sequence[str]) -> str:
    """Decode as declared; "" when nothing is, or when it can't be."""
    fitting = {name: text for name in names if (text := _strictly(data, name))}
    if _is_foreign(sample):
        fitting = {name: text for name, text in fitting.items() if name not in _LATIN}
    if len(fitting) > 1:
        seen = _looks(sample, tuple(fitting))
        return fitting[seen[0]] if seen else next(iter(fitting.values()))
    if fitting:
        return next(iter(fitting.values()))
    # What is declared and holds but for a few broken bytes is still that.
    for name in names:
        if name not in _LATIN and (text := _nearly(data, name, 0.1)):
            return text
    return ""


def _strictly(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError):
        return ""


def _nearly(data: bytes, name: str, most_lost: float) -> str:
    """Decode what is in an encoding but for a share of broken bytes; "" when it isn't."""
    try:
        text = data.decode(name, "replace")
    except (UnicodeError, LookupError):
        return ""
    lost = text.count("\ufffd")
    return text if lost <= most_lost * sum(1 for character in text if character > "\x7f") else ""


def _as_it_looks(data: bytes, sample: bytes, language: str | None) -> str:
    """Decode by what the bytes look like; "" for Windows-1252, which is the last resort anyway."""
    foreign = _is_foreign(sample)
    own = _OF_LANGUAGE.get((language or "").replace("_", "-").partition("-")[0].lower(), ())
    own = tuple(name for name in own if (name not in _LATIN) or not foreign)
    beyond = sum(map(len, _BEYOND.findall(sample)))
    if own == _WESTERN or (not own and not foreign):
        if beyond < _ENOUGH:
            return ""
        candidates = own or tuple(sorted(_LATIN - {"mac-roman"}))
    else:
        candidates = own or _FOREIGN
    for name in _looks(sample, candidates):
        if name == "cp1252":
            return ""
        if text := _strictly(data, name) or _nearly(data, name, 0.02):
            return text
    return ""


def _looks(sample: bytes, candidates: Sequence[str]) -> list[str]:
    """Return those of some encodings that a text looks like, best first."""
    import chardet

    wanted = {codecs.lookup(name).name: name for name in candidates}
    # Windows-1252 is what chardet falls back to, and it warns where it may not.
    included = {"cp1252", *(name.replace("_", "-") for name in wanted)}
    try:
        found = chardet.detect_all(
            sample, ignore_threshold=True, include_encodings=included, compat_names=False,
            max_bytes=_SAMPLE_BYTES, prefer_superset=False,
        )  # fmt: skip
    except ValueError:  # one that chardet doesn't know
        return []
    names: list[str] = []
    for answer in found:
        name = known_encoding(str(answer["encoding"] or ""))
        # chardet's name for EUC-JP is that of a larger set.
        name = wanted.get("euc_jp" if name == "euc_jis_2004" else name, "")
        if name and name not in names:
            names.append(name)
    return names


# -------------------------------------------------------------------------------------------------- mixed documents


def _mended(data: bytes, sample: bytes) -> str:
    """Decode UTF-8 with bytes of Windows-1252 among it, or Windows-1252 with UTF-8 among it.

    Feeds that are put together from several sources have both. A byte that is no UTF-8 is a letter of Windows-1252 in a
    text with Latin letters; in other scripts, and at the end of a text that was cut within a character, it is lost.
    """
    if _CHARACTERS.search(data) is None:
        return _western(data)
    characters = _CHARACTERS.findall(sample)
    latin = len(_LATIN_CHARACTERS.findall(sample)) >= 0.5 * len(characters)

    mended = itertools.count()

    def mend(match: re.Match[bytes]) -> bytes:
        run = match[0]
        try:
            run.decode("utf-8")
        except UnicodeDecodeError:
            if len(run) > _LONGEST_RUN:
                return run
        else:
            return run
        if next(mended) > _MOST_MENDED:
            raise OverflowError
        after = data[match.end() : match.end() + 3]
        at_end = match.end() == len(data) or after.startswith((b"<", b"...", b"]]>", b"&#8", b"&he"))
        before = data[max(0, match.start() - 1) : match.start()]
        return _mend_run(run, before, after[:1], latin=latin, cut=at_end and bool(characters))

    try:
        return _BEYOND.sub(mend, data).decode("utf-8", "replace")
    except OverflowError:  # noise
        return _western(data)


def _western(data: bytes) -> str:
    # In pieces: each byte that means nothing costs time by the length of what is decoded together.
    return "".join(data[start : start + 65536].decode("cp1252", "replace") for start in range(0, len(data), 65536))


def _mend_run(run: bytes, before: bytes, after: bytes, *, latin: bool, cut: bool) -> bytes:
    pieces: list[bytes] = []
    alone = len(run) == 1 and before.isalpha() and after.isalpha()  # in a word that is otherwise ASCII
    for unit in _UNIT.finditer(run):
        piece = unit[0]
        last = unit.end() == len(run)
        if _CHARACTERS.match(piece):
            pieces.append(piece)
        elif len(piece) == 1 and piece[0] in _SHARED:
            pieces.append(piece.decode("cp1252").encode())
        elif piece == run and alone:
            pieces.append(piece.decode("cp1252", "replace").encode())
        elif not latin or (cut and last and _is_beginning(piece, before)):
            pieces.append(_LOST)
        else:
            pieces.append(piece.decode("cp1252", "replace").encode())
    return b"".join(pieces)


def _is_beginning(piece: bytes, before: bytes) -> bool:
    """Tell whether bytes at the end of a text are the first ones of a character, not a letter of Windows-1252."""
    # "Ã" and "Â" end no word; "â€" is the beginning of a quote or a dash.
    return piece in {b"\xc2", b"\xc3", b"\xe2", b"\xe2\x80"} and (before.isalnum() or before == b" " or len(piece) > 1)
