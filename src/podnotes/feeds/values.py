"""Cleaning of feed values: text without markup, durations, numbers, languages."""

from __future__ import annotations

import contextlib
import html
import re

import nh3

from podnotes.timestamps import parse_time

_BREAKS = re.compile(r"<\s*(?:br|/p|/div|/h[1-6]|/tr|/blockquote|/ul|/ol|hr)\b[^>]*>", re.IGNORECASE)
#: A CDATA section whose delimiters were escaped together with its content.
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_ITEM = re.compile(r"<\s*li\b[^>]*>", re.IGNORECASE)
#: A "<" that opens a tag which is never closed: it is text, although a lenient browser may differ.
_UNCLOSED = re.compile(r"<(?=[A-Za-z/!?][^<>]*(?:<|\Z))")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: Control characters, and bidirectional marks, which can disguise file names and titles.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

#: Sequences typical of UTF-8 that was misread as Windows-1252 and encoded again.
_TWICE_ENCODED = re.compile("[ÂÃÄÅÐÑâãð][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
#: Maps characters of Windows-1252 to the Latin-1 characters with the same byte.
_BYTES_OF_CP1252 = {
    ord(character): byte
    for byte in range(0x80, 0xA0)
    if (character := bytes([byte]).decode("cp1252", "ignore"))
}  # fmt: skip

LONGEST_LINE = 500
LONGEST_TEXT = 200_000
LONGEST_HTML = 1_000_000
#: Maximum duration of an episode; longer ones are in the wrong unit.
_LONGEST_EPISODE_S = 48 * 3600.0


def plain_text(markup: str, *, limit: int = LONGEST_TEXT) -> str:
    """Return the visible text of text or HTML.

    Feeds put HTML into text fields and text into HTML fields, escaped once or twice. The result is free of markup under
    each of these interpretations: nothing in it would act as a tag if it weren't escaped.

    Args:
        markup: Text or HTML from a feed.
        limit: Maximum number of characters.

    Returns:
        Lines separated by single line breaks, without surrounding spaces.
    """
    # This comes first, since doubly encoded text contains control characters.
    text = _encoded_once(markup[: limit * 4])
    text = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
    # Three rounds undo double escaping; more deeply escaped text keeps its "&lt;".
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
    """Undo the second encoding of doubly encoded lines; other lines are never valid UTF-8 by chance."""
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
    """Return the visible text of a title or a name, on one line.

    Args:
        markup: Text or HTML from a feed.
        limit: Maximum number of characters.
    """
    return " ".join(plain_text(markup, limit=limit).replace("• ", "").split())


def time_in_episode(value: str) -> float | None:
    """Parse a duration, or a position in an episode; return None if it is invalid or in the wrong unit."""
    found = parse_time(value)
    return found if found is not None and found <= _LONGEST_EPISODE_S else None


def whole_number(value: object) -> int | None:
    """Return the number from 1 to 1,000,000 at the start of a text, or None."""
    match = re.match(r"\s*#?\s*0*(\d{1,7})(?:\.0*)?\s*$", str(value), re.ASCII) if value is not None else None
    if match is None:
        return None
    number = int(match[1])
    return number if 1 <= number <= 1_000_000 else None


def size_in_bytes(value: object) -> int | None:
    """Return the size stated by an enclosure, or None if it is invalid or a placeholder for "unknown"."""
    text = str(value or "").strip().replace(",", "")
    if not re.fullmatch(r"[0-9]{1,15}", text):
        return None
    # Publishing tools write 0, 1 or other small numbers if they don't know the size.
    return int(text) if int(text) >= 1024 else None


def language_tag(value: object) -> str | None:
    """Return a BCP 47 tag in canonical spelling (``"en-US"``), or None."""
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
