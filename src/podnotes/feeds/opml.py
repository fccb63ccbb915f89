"""OPML (http://opml.org/spec2.opml): the list of subscriptions that podcast apps export and import."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
import xml.parsers.expat
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING

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


_ATTRIBUTE = re.compile(r"""([\w:]{1,40})\s{0,20}=\s{0,20}(?:"([^"]{0,4000})"|'([^']{0,4000})')""")
_OUTLINE = re.compile(r"""<outline\b((?:[^<>"']|"[^"]{0,4000}"|'[^']{0,4000}'){0,5000})>""", re.IGNORECASE)
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
        link: Web page of the podcast, or None.
    """

    url: str
    title: str = ""
    link: str | None = None


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
    for attributes in _outlines(data):
        url = cleaned(attributes.get("xmlurl", "") or _feed_in(attributes))
        if not url or url in found:
            continue
        title = one_line(attributes.get("text") or attributes.get("title") or "")
        found[url] = Subscription(url, title, cleaned(attributes.get("htmlurl", "")) or None)
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


def _outlines(data: bytes) -> Iterable[dict[str, str]]:
    """Return the attributes of every outline, names in lower case; a broken file gives those before the mistake."""
    outlines: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.lower() == "outline":
            outlines.append({key.lower(): value.strip() for key, value in attributes.items()})

    parser = xml.parsers.expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    # Some apps forget to escape the ampersands of addresses.
    text = decode_feed(data).encode("utf-8", "replace")
    mended = re.sub(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)", b"&amp;", text)
    try:
        parser.Parse(mended, True)
    except (xml.parsers.expat.ExpatError, ValueError, LookupError):
        if not outlines:
            return _outlines_loosely(mended)
    return outlines


def _outlines_loosely(data: bytes) -> list[dict[str, str]]:
    import html

    text = data.decode("utf-8", "replace")
    return [
        {
            name.lower(): html.unescape((double or single).strip())
            for name, double, single in _ATTRIBUTE.findall(element)
        }
        for element in _OUTLINE.findall(text)[:_MOST]
    ]


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
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = "Podcasts followed by podnotes"
    ET.SubElement(head, "dateCreated").text = formatdate(time.time(), usegmt=True)
    body = ET.SubElement(root, "body")
    for subscription in subscriptions:
        name = _storable(subscription.title) or subscription.url
        attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": _storable(subscription.url)}
        if subscription.link:
            attributes["htmlUrl"] = _storable(subscription.link)
        ET.SubElement(body, "outline", attributes)
    ET.indent(root)
    return write_file(path, ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n", replace=replace)


def _storable(text: str) -> str:
    """Drop the characters that XML can't hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
