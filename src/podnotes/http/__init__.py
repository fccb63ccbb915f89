"""HTTP client with limits on time and size, polite retries, and protection of private addresses.

    answer = http.fetch("https://example.org/feed.xml", trusted=True, max_bytes=8_000_000, deadline_s=60)

``trusted=True`` means that the user typed the address. Links in a feed are fetched with
``trusted=http.same_origin(link, episode.feed_url)``: a feed can only have been read from a private address if the user
typed that address, and then its links to the same server are trusted as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.urls.addresses import cleaned, is_web, same_origin, without_credentials
from podnotes.urls.credentials import remember_credentials
from podnotes.urls.privacy import is_private, shown

if TYPE_CHECKING:
    from podnotes.http.client import Answer, PassingError, fetch, is_packed, open_stream, refusal

__all__ = [
    "Answer",
    "PassingError",
    "cleaned",
    "fetch",
    "is_packed",
    "is_private",
    "is_web",
    "open_stream",
    "refusal",
    "remember_credentials",
    "same_origin",
    "shown",
    "without_credentials",
]


def __getattr__(name: str) -> object:
    # The client is imported on first use, since that takes 0.1 s and local files don't need it.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from podnotes.http import client

    return getattr(client, name)
