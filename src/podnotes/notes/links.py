"""Links that play from a second, and dates in words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podnotes.models import publishable

if TYPE_CHECKING:
    from datetime import date

    from podnotes.models import Episode

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def web_address(url: str | None) -> str | None:
    """The address if it is a plain link to the web, else None: nothing else ever becomes a link.

    Args:
        url: Whatever a feed gave.

    Returns:
        The address, with spaces and quotes percent-encoded, when its scheme is http or https, it names a host and it
        has no name or password in it: a draft is published.
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
    # What could end an attribute, a Markdown link or a line has no place in an address anyway.
    return "".join(
        character
        if character.isprintable() and character not in " \"'<>()[]{}\\^`|*_"
        else character
        if character == "_"
        else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in text
    )


def play_from(episode: Episode, seconds: float) -> str | None:
    """A link that plays the episode's audio from a second (W3C Media Fragments URI, ``#t=``).

    Args:
        episode: Its audio's address on the web is used.
        seconds: From the start of the audio.

    Returns:
        The link, or None when the audio isn't on the web (a file of the user's), or its feed is private.
    """
    audio = publishable(episode).audio
    address = web_address(audio.url if audio else None)
    if address is None:
        return None
    return f"{address.partition('#')[0]}#t={max(0, int(seconds))}"


def long_date(day: date) -> str:
    """A date in words: "9 August 2021"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def apa_date(day: date) -> str:
    """A date as APA style has it: "2021, August 9"."""
    return f"{day.year}, {_MONTHS[day.month - 1]} {day.day}"
