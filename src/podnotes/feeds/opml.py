"""OPML (http://opml.org/spec2.opml): the list of subscriptions that podcast apps export and import."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.utils import formatdate
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from podnotes.errors import FeedError
from podnotes.feeds.encoding import decode_feed
from podnotes.feeds.values import one_line
from podnotes.files import write_file
from podnotes.urls.addresses import cleaned
from podnotes.urls.privacy import MaskedRepr

if TYPE_CHECKING:
    from collections.abc import Iterable

_LARGEST = 16 * 1024 * 1024
_MOST = 20_000
#: An address that says itself that a feed is there.
_FEED_ADDRESS = re.compile(
    r"\.(?:rss|xml|rdf|atom)(?:[?#]|$)|[/.?&=](?:feeds?|rss|podcasts?\.xml)(?:[/.?&=]|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, repr=False)
class Subscription(MaskedRepr):
    """A feed in a list of subscriptions.

    Attributes:
        url: Address of the feed.
        title: Title of the podcast; may be "".
    """

    url: str
    title: str = ""


def is_opml(data: bytes) -> bool:
    """Tell whether a document is OPML."""
    return re.search(r"<opml[\s>]", decode_feed(data[:8192])[:4096], re.IGNORECASE) is not None


def read_opml(source: str | Path | bytes) -> tuple[Subscription, ...]:
    """Read the feeds of an OPML file, those in folders too, each once and in order.

    Args:
        source: Path of the file, or its bytes.

    Returns:
        The subscriptions; entries without a web address are left out.

    Raises:
        FeedError: When the file can't be read or has no feeds in it.
    """
    if isinstance(source, bytes):
        data, name = source, "The list of feeds"
    else:
        name = str(source)
        try:
            path = Path(source).expanduser()
            if path.stat().st_size > _LARGEST:
                raise FeedError(f"{name} is too large for a list of feeds.")
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "no such file"
            raise FeedError(f"{name} can't be read ({reason}): check the name.") from error
    found: dict[str, Subscription] = {}
    outlines = _Outlines()
    # HTML's rules for the title, which may be left open, don't apply.
    outlines.feed(re.sub(r"<head\b.*?</head>", "", decode_feed(data), flags=re.DOTALL | re.IGNORECASE))
    for attributes in outlines.found:
        url = cleaned(attributes.get("xmlurl", "") or _feed_in(attributes))
        if not url or url in found:
            continue
        found[url] = Subscription(url, one_line(attributes.get("text") or attributes.get("title") or ""))
        if len(found) >= _MOST:
            break
    if not found:
        raise FeedError(f"{name} contains no feeds: export the list as OPML from your podcast app again.")
    return tuple(found.values())


def _feed_in(attributes: dict[str, str]) -> str:
    """Return what ``url`` leads to where that is a feed, and no page, episode or further list; "" else.

    Lists of the first podcast programs have it, with the type "link", in place of ``xmlUrl``.
    """
    url, kind = attributes.get("url", ""), attributes.get("type", "").lower()
    return url if kind in {"rss", "atom"} or (kind in {"", "link"} and _FEED_ADDRESS.search(url)) else ""


class _Outlines(HTMLParser):
    """Collects the attributes of every outline; an XML parser would stop at a bare ampersand, which some apps write."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "outline":
            self.found.append({name: (value or "").strip() for name, value in attrs})


def write_opml(subscriptions: Iterable[Subscription], path: str | Path, *, replace: bool = True) -> Path:
    """Write a list of feeds as OPML 2.0, for any podcast app to import.

    Args:
        subscriptions: The feeds. Their addresses are written as they are, credentials included: without them another
            app can't read a private feed.
        path: File to write; it appears at once and whole.
        replace: Whether a file that is there may be replaced.

    Returns:
        The path.

    Raises:
        OutputError: It can't be written, or is there already.
    """
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">',
        "<head><title>Podcasts followed by podnotes</title>",
        f"<dateCreated>{formatdate(time.time(), usegmt=True)}</dateCreated></head>\n<body>",
    ]
    for subscription in subscriptions:
        address = _attribute(subscription.url)
        name = _attribute(subscription.title) if subscription.title.strip() else address
        lines.append(f'<outline type="rss" text={name} title={name} xmlUrl={address}/>')
    return write_file(path, "\n".join([*lines, "</body>\n</opml>\n"]), replace=replace)


def _attribute(text: str) -> str:
    """Quote an attribute's value, without the characters that XML can't hold."""
    return quoteattr(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text))
