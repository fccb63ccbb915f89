"""User names and passwords of private feeds, kept per server."""

from __future__ import annotations

import threading
from urllib.parse import unquote, urlsplit

from podnotes.urls.addresses import origin, same_origin

_keyring: dict[tuple[str, str, int], tuple[str, str]] = {}
_keyring_lock = threading.Lock()


def remember_credentials(url: str) -> None:
    """Keep the credentials of an address the user typed, for later requests of this process to the same server.

    A private feed's audio, chapters and transcripts usually ask for the same name and password as the feed, but their
    addresses don't carry them.

    Args:
        url: Address with ``user:password@``; any other is ignored.
    """
    parts = urlsplit(url)
    place = origin(url)
    if place is not None and "@" in parts.netloc:
        with _keyring_lock:
            _keyring[place] = (unquote(parts.username or ""), unquote(parts.password or ""))


def credentials_for(url: str) -> tuple[str, str] | None:
    """Return name and password for an address: its own, else those remembered for its server, or None."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return unquote(parts.username or ""), unquote(parts.password or "")
    with _keyring_lock:
        for place, pair in _keyring.items():
            if same_origin(url, f"{place[0]}://{f'[{place[1]}]' if ':' in place[1] else place[1]}:{place[2]}"):
                return pair
    return None
