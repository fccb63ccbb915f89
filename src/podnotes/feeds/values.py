"""Cleaning feed values: text without markup, durations, numbers, languages."""

from __future__ import annotations

import contextlib
import html
import math
import re

import nh3

_BREAKS = re.compile(r"<\s*(?:br|/p|/div|/h[1-6]|/tr|/blockquote|/ul|/ol|hr)\b[^>]*>", re.IGNORECASE)
#: A section mark that was escaped together with what it protects.
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_ITEM = re.compile(r"<\s*li\b[^>]*>", re.IGNORECASE)
#: A "<" that begins something which never ends: text, unless a browser is in a good mood.
_UNCLOSED = re.compile(r"<(?=[A-Za-z/!?][^<>]*(?:<|\Z))")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: Control characters, and the marks that turn the direction of text around (they make file names and titles lie).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

#: What the letters of UTF-8 look like that somebody took for Windows-1252 and encoded once more.
_TWICE_ENCODED = re.compile("[ÂÃÄÅÐÑâãð][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
#: The characters of Windows-1252 to those that have the same byte in Latin-1.
_BYTES_OF_CP1252 = {
    ord(character): byte
    for byte in range(0x80, 0xA0)
    if (character := bytes([byte]).decode("cp1252", "ignore"))
}  # fmt: skip

LONGEST_LINE = 500
LONGEST_TEXT = 200_000
LONGEST_HTML = 1_000_000
#: Longer than any episode; more is a duration in the wrong unit.
_LONGEST_EPISODE_S = 48 * 3600.0


def plain_text(markup: str, *, limit: int = LONGEST_TEXT) -> str:
    """Return what a reader sees of a piece of text or HTML.

    Feeds put HTML into fields that should be text, and text into fields that should be HTML, escaped once or twice.
    The result has no markup under any of these readings: nothing in it would act as a tag if it were not escaped.

    Args:
        markup: Text or HTML from a feed.
        limit: Characters kept at most.

    Returns:
        Lines separated by single line breaks, without surrounding spaces.
    """
    # First of all, since what it was encoded from has control characters in it.
    text = _encoded_once(markup[: limit * 4])
    text = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
    # Three rounds undo what was escaped twice; a feed that escapes more often shows its "&lt;" as it is.
    for _ in range(3):
        if "<" not in text and not _ENTITY.search(text):
            break
        text = _INVISIBLE.sub("", _without_tags(text) if _TAG.search(text) else html.unescape(text))
    while (once := _INVISIBLE.sub("", _encoded_once(text))) != text:
        text = once
    text = _TAG.sub("‹", text).replace("\r\n", "\n").replace("\r", "\n")
    lines = (" ".join(line.split()) for line in text.split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _encoded_once(text: str) -> str:
    """Undo the second encoding of those lines that were encoded twice: nothing else is UTF-8 by chance."""
    if not _TWICE_ENCODED.search(text):
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        with contextlib.suppress(UnicodeError):
            lines[number] = line.translate(_BYTES_OF_CP1252).encode("latin-1").decode("utf-8")
    return "\n".join(lines)


def _without_tags(markup: str) -> str:
    markup = _CDATA.sub(r"\1", markup)
    markup = _BREAKS.sub("\n", _UNCLOSED.sub("‹", markup))
    markup = _ITEM.sub("\n• ", markup)
    bare = nh3.clean(markup, tags=set(), clean_content_tags={"script", "style"}, attributes={}, link_rel=None)
    return html.unescape(bare)


def one_line(markup: str, *, limit: int = LONGEST_LINE) -> str:
    """Return what a reader sees of a title or a name, on one line.

    Args:
        markup: Text or HTML from a feed.
        limit: Characters kept at most.
    """
    return " ".join(plain_text(markup, limit=limit).replace("• ", "").split())


def duration(value: str) -> float | None:
    """Read a duration as feeds write it.

    Args:
        value: ``"3723"``, ``"62:03"``, ``"1:02:03.5"``, ``"1h 2m"``, ``"45 min"``, ``"PT1H2M3S"``, rubbish.

    Returns:
        Seconds, or None for rubbish, nothing and zero.
    """
    text = value.strip().lower().replace(",", ".")[:40]
    seconds = _clock(text)
    if seconds is None:
        seconds = _spoken(text)
    if seconds is None or not math.isfinite(seconds) or not 0 < seconds <= _LONGEST_EPISODE_S:
        return None
    return seconds


def clock_time(value: str) -> float | None:
    """Read a position such as ``"75"``, ``"1:15"`` or ``"01:02:03.400"``.

    Args:
        value: A position in an episode.

    Returns:
        Seconds, 0 included, or None for rubbish.
    """
    seconds = _clock(value.strip().replace(",", ".")[:40])
    return seconds if seconds is not None and 0 <= seconds <= _LONGEST_EPISODE_S else None


def _clock(text: str) -> float | None:
    if not re.fullmatch(r"[0-9]{1,9}(?::[0-9]{1,5}){0,3}(?:\.[0-9]{0,9})?", text):
        return None
    seconds = 0.0
    pieces = text.split(":")
    if len(pieces) == 4:  # 00:01:02:03 counts days
        days, *pieces = pieces
        seconds = float(days) * 24
    for piece in pieces:
        seconds = seconds * 60 + float(piece or 0)
    return seconds


def _spoken(text: str) -> float | None:
    match = re.fullmatch(
        r"p?t?\s*(?:(\d+(?:\.\d+)?)\s*h(?:ours?|rs?)?\s*)?(?:(\d+(?:\.\d+)?)\s*m(?:in(?:ute)?s?)?\.?\s*)?"
        r"(?:(\d+(?:\.\d+)?)\s*s(?:ec(?:ond)?s?)?)?\.?",
        text,
        re.ASCII,
    )
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (float(group or 0) for group in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def whole_number(value: object) -> int | None:
    """Return a number of 1 to 1,000,000 that the text begins with, or None."""
    match = re.match(r"\s*#?\s*0*(\d{1,7})(?:\.0*)?\s*$", str(value), re.ASCII) if value is not None else None
    if match is None:
        return None
    number = int(match[1])
    return number if 1 <= number <= 1_000_000 else None


def size_in_bytes(value: object) -> int | None:
    """Return the size that an enclosure states, or None for rubbish and for the sizes that stand for "unknown"."""
    text = str(value or "").strip().replace(",", "")
    if not re.fullmatch(r"[0-9]{1,15}", text):
        return None
    # Publishing tools write 0, 1 or some such where they don't know.
    return int(text) if int(text) >= 1024 else None


def language_tag(value: object) -> str | None:
    """Return a BCP 47 tag in its usual spelling (``"en-US"``), or None."""
    tag = str(value or "").strip().replace("_", "-")
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", tag):
        return None
    first, *rest = tag.split("-")
    return "-".join(
        [
            first.lower(),
            *(part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part for part in rest),
        ]
    )
