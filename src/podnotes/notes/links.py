"""Links that start playback at a given second, and dates in words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from podnotes.models import publishable

if TYPE_CHECKING:
    from datetime import date

    from podnotes.models import Episode

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# Characters that could end an attribute, a Markdown link or a line.
_SPECIAL = " \"'<>()[]{}\\^`|*"


def web_address(url: str | None) -> str | None:
    """Percent-encode the special characters of an address from a feed, so that it can be linked.

    Returns None unless the scheme is http or https, there is a host, and there is no user name or password.
    """
    if not url:
        return None
    text = url.strip()
    try:
        parts = urlsplit(text)
    except ValueError:  # "http://[broken"
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    return "".join(
        character if character.isprintable() and character not in _SPECIAL else quote(character, safe="")
        for character in text
    )


def play_from(episode: Episode, seconds: float) -> str | None:
    """Return a link that plays the episode's audio from a given second (W3C Media Fragments URI, ``#t=``).

    None if the audio is a local file or the feed is private.
    """
    audio = publishable(episode).audio
    address = web_address(audio.url if audio else None)
    if address is None:
        return None
    return f"{address.partition('#')[0]}#t={max(0, int(seconds))}"


def long_date(day: date) -> str:
    """Format a date in words: "9 August 2021"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def apa_date(day: date) -> str:
    """Format a date in APA style: "2021, August 9"."""
    return f"{day.year}, {_MONTHS[day.month - 1]} {day.day}"
