"""User names and passwords for private feeds, stored per server."""

from __future__ import annotations

import threading
from urllib.parse import unquote, urlsplit

from podnotes.urls.addresses import origin, same_origin

_keyring: dict[tuple[str, str, int], tuple[str, str]] = {}
_keyring_lock = threading.Lock()


def remember_credentials(url: str) -> None:
    """Remember the credentials in an address that the user typed, for this process's later requests to that server.

    The audio, chapters and transcripts of a private feed usually require the same credentials as the feed, but their
    addresses don't contain them.

    Args:
        url: Address with ``user:password@``; others are ignored.
    """
    parts = urlsplit(url)
    place = origin(url)
    if place is not None and "@" in parts.netloc:
        with _keyring_lock:
            _keyring[place] = (unquote(parts.username or ""), unquote(parts.password or ""))


def credentials_for(url: str) -> tuple[str, str] | None:
    """Return user name and password for an address: its own, else those remembered for its server, else None."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return unquote(parts.username or ""), unquote(parts.password or "")
    with _keyring_lock:
        for place, pair in _keyring.items():
            if same_origin(url, f"{place[0]}://{f'[{place[1]}]' if ':' in place[1] else place[1]}:{place[2]}"):
                return pair
    return None
