"""Formatting and parsing times within an episode."""

from __future__ import annotations

import re
import unicodedata

_HOURS = "hours?|hrs?|h|stunden?|heures?|horas?|ore|ora|uur"
_MINUTES = "minutes?|mins?|minuten?|minutos?|minut[io]|m"
_SECONDS = "seconds?|secs?|sekunden?|secondes?|segundos?|second[io]|seconden|s"
_AND = r"(?:\s*[,:]?\s*(?:and|und|et|y|e|en)?\s*)"
_HOUR, _MINUTE = rf"\d{{1,3}}\s+(?:{_HOURS})\b", rf"\d{{1,3}}\s+(?:{_MINUTES})\b"
#: Pattern without groups of a time in words: "1 hour, 2 minutes and 3 seconds".
SPELLED = (
    rf"(?:{_HOUR}{_AND})?(?:{_MINUTE}{_AND})?\d{{1,5}}(?:\.\d+)?\s+(?:{_SECONDS})\b|(?:{_HOUR}{_AND})?{_MINUTE}|{_HOUR}"
)
_CLOCK = re.compile(r"\d{1,9}(?::\d{1,5}){0,2}(?:[.,]\d{0,9})?", re.ASCII)
_NUMBER = r"(\d{1,5}(?:[.,]\d{1,9})?)\s*"
_UNITS = re.compile(
    rf"p?t?(?=\d)(?:{_NUMBER}(?:{_HOURS})(?![a-z]){_AND})?(?:{_NUMBER}(?:{_MINUTES})(?![a-z]){_AND})?"
    rf"(?:{_NUMBER}(?:{_SECONDS})(?![a-z]))?\.?",
    re.ASCII,
)


def clock(seconds: float) -> str:
    """Format seconds as players do: "0:07", "12:30" or "1:02:03".

    Fractions are truncated, so that a link never skips the first words.
    """
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def parse_time(text: str) -> float | None:
    """Parse a time or a duration.

    Args:
        text: For instance ``75``, ``1:15``, ``1:02:03.5``, ``1m54s``, ``PT1H2M3S`` or ``1 hour and 3 seconds``.

    Returns:
        Seconds, or None if it isn't a time.
    """
    text = unicodedata.normalize("NFKC", text[:60]).strip().lower()
    if _CLOCK.fullmatch(text):
        seconds = 0.0
        for piece in text.replace(",", ".").split(":"):
            seconds = 60 * seconds + float(piece)
        return round(seconds, 9)
    match = _UNITS.fullmatch(text)
    if match is None:
        return None
    hours, minutes, rest = (float((group or "0").replace(",", ".")) for group in match.groups())
    return 3600 * hours + 60 * minutes + rest
