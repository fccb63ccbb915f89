"""Parsing feed dates in any order, language and time zone, keeping the publisher's UTC offset."""

from __future__ import annotations

import calendar
import email.utils
import re
import time
from datetime import UTC, datetime, timedelta, timezone

#: Zones that neither RFC 5322 nor feedparser know; letters that mean several zones (IST, CST of China) are left out.
_ZONES = {
    "WET": "+0000", "BST": "+0100", "WEST": "+0100", "CET": "+0100", "MEZ": "+0100", "CEST": "+0200", "MESZ": "+0200",
    "MET": "+0100", "MEST": "+0200", "SAST": "+0200", "EET": "+0200", "EEST": "+0300", "MSK": "+0300", "TRT": "+0300",
    "SGT": "+0800", "HKT": "+0800", "AWST": "+0800", "JST": "+0900", "KST": "+0900", "ACST": "+0930", "AEST": "+1000",
    "ACDT": "+1030", "AEDT": "+1100", "NZST": "+1200", "NZDT": "+1300", "BRT": "-0300", "NDT": "-0230", "NST": "-0330",
    "AKDT": "-0800", "AKST": "-0900", "HST": "-1000",
}  # fmt: skip
#: Beginnings of months in German, French, Spanish, Portuguese, Italian, Dutch and the Nordic languages.
_MONTHS = {
    "Jan": "ene gen janv", "Feb": "fév fev", "Mar": "mär mrz mrt mars maa", "Apr": "avr abr", "May": "mai mag mei maj",
    "Jun": "juin giu", "Jul": "juil lug", "Aug": "aoû aou ago", "Sep": "set",
    "Oct": "okt ott out", "Dec": "dez déc dic des",
}  # fmt: skip
_MONTH_OF = {beginning: month for month, beginnings in _MONTHS.items() for beginning in beginnings.split()}
_WORD = re.compile(r"[^\W\d_]{3,}\.?")
_WEEKDAY = re.compile(r"^[^\W\d_]+\.?,?\s*(?=\d)")
_OFFSET = re.compile(r"(?:\b(?:GMT|UTC)\s*)?([+-])(\d{1,2})(?::?(\d{2}))?\s*(?:\(.*\))?(?=\s*$)")
_ZONE = re.compile(rf"\b({'|'.join(_ZONES)})\b")
_GLUED = re.compile(r"(:\d{2})([A-Z]{3,4})$")
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:(?:T|\s)\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(?:([+-]\d{2}):?(\d{2})|[A-Za-z].*)?$"
)
_FORMATS = (
    "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d %B %Y %H:%M:%S", "%d %B %Y", "%B %d, %Y %H:%M:%S", "%B %d, %Y", "%b %d, %Y", "%d %b %Y", "%Y%m%d",
    "%A, %B %d, %Y", "%A, %d %B %Y %H:%M:%S", "%A, %d %B %Y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y", "%a %b %d %Y %H:%M:%S",
)  # fmt: skip


def moment(parsed: object, text: str = "") -> datetime | None:
    """Return a date with the offset from UTC that it is given with, so that its day is the publisher's.

    Args:
        parsed: feedparser's reading (a ``time.struct_time`` in UTC), or None.
        text: What the feed has, for formats and zones that feedparser doesn't know, or reads wrongly.

    Returns:
        The moment, or None when it can't be read or lies before the first podcasts could or after the year 2200.
    """
    text = text.strip()[:100]
    found = _by_numbers(text) if text[:4].isdigit() else _from_elsewhere(text)
    if found is None and (_YEAR_FIRST.match(text) or re.fullmatch(r"\d{9,}", text)):
        return None  # no such day; feedparser would take what it knows of today for the rest
    if found is None and isinstance(parsed, time.struct_time | tuple):
        try:
            found = datetime.fromtimestamp(calendar.timegm(tuple(parsed)), UTC).astimezone(_offset_in(text))
        except (ValueError, OverflowError, OSError, TypeError):
            found = None
    if found is None and text:
        found = _in_some_format(text)
    return found if found is not None and 1970 <= found.year <= 2200 else None


def _by_numbers(text: str) -> datetime | None:
    """Read a date that begins with the year, or seconds (or milliseconds) since 1970."""
    if re.fullmatch(r"\d{10}|\d{13}", text, re.ASCII):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    match = _YEAR_FIRST.match(text)
    if match is None:
        return _aware(_iso(text)) if re.match(r"\d{8}T\d", text) else None
    year, month, day, hour, minute, second, sign_hours, minutes = match.groups()
    offset = f"{sign_hours}:{minutes}" if sign_hours else "+00:00"
    date = f"{year}-{int(month):02}-{int(day):02}"
    late = hour == "24"
    found = _iso(f"{date}T{0 if late else int(hour or 0):02}:{minute or '00'}:{second or '00'}{offset}")
    return _aware(found + timedelta(days=1) if found and late else found)


def _from_elsewhere(text: str) -> datetime | None:
    """Read a date in the order of RFC 5322 with a zone, an offset or a month's name that the standard doesn't have."""
    plain = _WEEKDAY.sub("", text)
    plain = _GLUED.sub(r"\1 \2", plain)
    plain = _WORD.sub(_english_month, plain)
    if re.search(r"[+-]\d", plain):
        plain = _OFFSET.sub(lambda match: f"{match[1]}{int(match[2]):02}{match[3] or '00'}", plain)
    else:
        plain = _ZONE.sub(lambda match: _ZONES[match[1]], plain)
    late = " 24:" in plain
    plain = plain.replace(" 24:", " 00:")
    if plain == _WEEKDAY.sub("", text):
        return None  # nothing that feedparser wouldn't read as well
    try:
        found = email.utils.parsedate_to_datetime(plain)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _aware(found + timedelta(days=1) if late else found)


def _english_month(match: re.Match[str]) -> str:
    word = match[0].rstrip(".").lower()
    return next((_MONTH_OF[word[:size]] for size in (4, 3) if word[:size] in _MONTH_OF), match[0])


def _in_some_format(text: str) -> datetime | None:
    found: datetime | None = None
    try:
        found = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        found = _iso(text)
        # The zone's letters at the end mean less than the day: they are dropped for the last formats.
        bare = re.sub(r"\s+(?:GMT|UTC|Z|[A-Z]{3,4})(?:[+-]\d{4})?.*$", "", re.sub(r"\s+", " ", text))
        for form in _FORMATS if found is None else ():
            try:
                found = datetime.strptime(bare, form)  # noqa: DTZ007 - the zone is set below
            except ValueError:
                continue
            break
    return _aware(found)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def _offset_in(text: str) -> timezone:
    """Return the offset at the end of a date in the order of RFC 5322 (section 3.3), by number or name, else UTC."""
    parts = email.utils.parsedate_tz(text)
    try:
        return timezone(timedelta(seconds=parts[9] or 0)) if parts else UTC
    except ValueError:  # a day or more
        return UTC


def _aware(found: datetime | None) -> datetime | None:
    if found is None:
        return None
    try:
        found = found.replace(tzinfo=found.tzinfo or UTC)
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found
