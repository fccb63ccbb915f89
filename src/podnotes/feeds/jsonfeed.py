"""Parsing of JSON Feed (https://www.jsonfeed.org/version/1.1/) with audio attachments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from podnotes.charsets import decode
from podnotes.errors import FeedError
from podnotes.feeds.entries import Place, to_podcast
from podnotes.feeds.rss import Raw

if TYPE_CHECKING:
    from podnotes.models import Podcast


def podcast_from_json(data: bytes, place: Place, *, name: str, fallback_title: str, limit: int) -> Podcast:
    """Parse a JSON Feed.

    Args:
        data: The document.
        place: Location of the feed.
        name: Name for error messages.
        fallback_title: Title to use if the feed has none.
        limit: Maximum number of items.

    Raises:
        FeedError: The document isn't valid JSON, or isn't a JSON Feed.
    """
    try:
        found = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise FeedError(f"{name} isn't a feed: it starts like JSON but isn't valid JSON.") from error
    if isinstance(found, dict) and "jsonfeed.org" in str(found.get("version")):
        found.setdefault("items", [])
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise FeedError(f"{name} is JSON but not a JSON Feed: it has no list of items.")
    feed: dict[str, Any] = {
        "title": _string(found.get("title")),
        "link": _string(found.get("home_page_url")),
        "language": _string(found.get("language")),
        "author": _author(found),
        "summary": _string(found.get("description")),
        "image": {"href": _string(found.get("icon") or found.get("favicon"))},
        "links": [{"rel": "next", "href": _string(found.get("next_url"))}],
    }
    items = [item for item in found["items"][:limit] if isinstance(item, dict) and any(item.values())]
    return to_podcast(Raw(feed, [_entry(item) for item in items], "json"), place, fallback_title=fallback_title)


def _entry(item: dict[str, Any]) -> dict[str, Any]:
    attachments = item.get("attachments")
    found = [entry for entry in attachments if isinstance(entry, dict)] if isinstance(attachments, list) else []
    return {
        "id": _string(item.get("id")),
        "title": _string(item.get("title")),
        "link": _string(item.get("url") or item.get("external_url")),
        "summary": _string(item.get("summary")),
        "content": [
            {"type": "text/html", "value": _string(item.get("content_html"))},
            {"type": "text/plain", "value": _string(item.get("content_text"))},
        ],
        "published": _string(item.get("date_published")),
        "updated": _string(item.get("date_modified")),
        "author": _author(item),
        "image": {"href": _string(item.get("image") or item.get("banner_image"))},
        "podnotes_enclosures": [
            {
                "url": _string(entry.get("url")),
                "type": _string(entry.get("mime_type")),
                "length": _string(entry.get("size_in_bytes")),
            }
            for entry in found
        ],
        "podnotes_durations": [{"text": _string(entry.get("duration_in_seconds"))} for entry in found],
    }


def _author(context: dict[str, Any]) -> str:
    authors = context.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else context.get("author")
    return _string(first.get("name")) if isinstance(first, dict) else ""


def _string(value: object) -> str:
    if isinstance(value, str):
        return value
    # Some tools write ids, sizes and durations as numbers.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
