"""Parsing of feed dates, preserving the publisher's UTC offset."""

from __future__ import annotations

import email.utils
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

#: UTC offsets in hours; abbreviations of several zones (IST, China's CST) are left out.
_ZONES = {
    "GMT": 0, "UTC": 0, "UT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "MET": 1, "CEST": 2,
    "MESZ": 2, "MEST": 2, "SAST": 2, "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9,
    "KST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "NDT": -2.5,
    "NST": -3.5, "ADT": -3, "AST": -4, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7,
    "PST": -8, "AKDT": -8, "AKST": -9, "HST": -10,
}  # fmt: skip
#: A date in the order of RFC 5322, the usual one, for which dateutil would take twenty times as long.
_USUAL = re.compile(r" (?:19|2\d)\d\d \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})$")
#: A program's placeholder for a missing date ("01 Jan 0001"), which the parser would read as 2001.
_NO_YEAR = re.compile(r"(?<![+:\d-])000\d\b")
#: A weekday, in any language.
_WEEKDAY = re.compile(r"^[^\W\d_]+\.?,\s*(?=\d)")
#: A numeric offset with its context: "GMT+0100 (CET)".
_OFFSET = re.compile(r"(?:GMT|UTC)?\s*([+-]\d{1,2}(?::?\d{2})?)(?:\s*\(?[A-Za-z ]+\)?)?$")


def moment(text: str) -> datetime | None:
    """Parse a date with its stated UTC offset, so that its day is the publisher's.

    Args:
        text: Date as written in the feed.

    Returns:
        The date, or None if it can't be parsed or its year isn't within 1970 to 2200.
    """
    text = text.strip()[:100]
    if not text or _NO_YEAR.search(text):
        return None
    found = _read(text)
    return found if found is not None and 1970 <= found.year <= 2200 else None


def _read(text: str) -> datetime | None:
    if _USUAL.search(text):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            usual = email.utils.parsedate_to_datetime(text)
            return usual if usual.tzinfo else usual.replace(tzinfo=UTC)
    from dateutil import parser

    plain = _OFFSET.sub(r" \1", _WEEKDAY.sub("", text)) if not text[:4].isdigit() else text
    dotted = re.match(r"\d{1,2}\.\d", plain) is not None  # in "1.2.2026" the day comes first
    # Missing parts must not be filled in from today's date.
    default = datetime(1900, 1, 1)  # noqa: DTZ001 - its zone would stand in for that of the text
    try:
        found: datetime = parser.parse(plain, default=default, dayfirst=dotted, tzinfos=_offset)
        found = found.replace(tzinfo=timezone(found.utcoffset() or timedelta()))
        found.astimezone(UTC)
    except (ValueError, OverflowError, ArithmeticError, TypeError):
        return None
    return found


def _offset(name: str | None, seconds: int | None) -> int:
    return seconds if seconds is not None else int(3600 * _ZONES.get(name or "", 0))
