"""Reading and writing of OPML (http://opml.org/spec2.opml), the subscription list of podcast apps."""

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
#: An address whose form suggests a feed.
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
    """Read the subscriptions in an OPML file, including those in folders.

    Args:
        source: Path of the file, or its bytes.

    Returns:
        The subscriptions in order, without duplicates and entries without a web address.

    Raises:
        FeedError: The file can't be read or contains no feeds.
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
    # The head is removed because an unclosed title would swallow the rest under HTML's rules.
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
    """Return the ``url`` attribute if it leads to a feed rather than a page, episode or further list, else "".

    The first podcast programs wrote it, with the type "link", in place of ``xmlUrl``.
    """
    url, kind = attributes.get("url", ""), attributes.get("type", "").lower()
    return url if kind in {"rss", "atom"} or (kind in {"", "link"} and _FEED_ADDRESS.search(url)) else ""


class _Outlines(HTMLParser):
    """Collects the attributes of all outlines; an XML parser would fail on the bare ampersands that some apps write."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "outline":
            self.found.append({name: (value or "").strip() for name, value in attrs})


def write_opml(subscriptions: Iterable[Subscription], path: str | Path, *, replace: bool = True) -> Path:
    """Write subscriptions as OPML 2.0, for import into any podcast app.

    Args:
        subscriptions: The feeds. Their addresses are written with credentials, without which another app couldn't read
            a private feed.
        path: File to write, atomically.
        replace: Whether an existing file may be replaced.

    Returns:
        The path.

    Raises:
        OutputError: The file can't be written, or it already exists and ``replace`` is False.
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
    """Quote an attribute value, without characters that XML doesn't allow."""
    return quoteattr(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text))
