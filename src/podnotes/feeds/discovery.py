"""Discovery of the feeds that a web page links to (RSS autodiscovery)."""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser

from podnotes.urls.addresses import joined

_FEED_TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml",
    "application/x.atom+xml", "application/x-atom+xml", "application/xml",
})  # fmt: skip
_FEED_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel|opml|item|entry)[\s>/]", re.IGNORECASE)
_FEED_START = re.compile(rb"\A\s*<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)[\s>/]", re.IGNORECASE)
_PAGE_TYPE = re.compile(rb"<!doctype\s+html\b[^<>]{0,500}>?", re.IGNORECASE)
_PAGE_ROOT = re.compile(rb"<(?:html|head|body)[\s>/]", re.IGNORECASE)
_PAGE_PART = re.compile(rb"<(?:title|meta|div|script|link|p|h1)[\s>/]", re.IGNORECASE)
#: Maximum number of bytes searched; pages declare their feeds in the head, which is never longer.
_HEAD_BYTES = 1_000_000


def begins_as_feed(data: bytes) -> bool:
    """Tell whether a document's first element is a feed's root element, even if the feed is empty."""
    return _FEED_START.match(_PAGE_TYPE.sub(b"", _plain_start(data))) is not None


def looks_like_html(data: bytes) -> bool:
    """Tell whether a document is a web page; one that begins as a feed isn't, whatever else it contains."""
    start = _plain_start(data)
    page, feed = _PAGE_ROOT.search(start), _FEED_ROOT.search(start)
    if feed is None:
        return any(part.search(start) for part in (_PAGE_ROOT, _PAGE_TYPE, _PAGE_PART))
    # Some publishing systems put an HTML document type or error messages before a feed; neither makes it a page.
    return page is not None and page.start() < feed.start()


def _plain_start(data: bytes) -> bytes:
    start = data[:8192]
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if start.startswith(mark):
            start = start[2:].decode(encoding, "replace").encode("utf-8", "replace")
    return re.sub(rb"<!--.*?(?:-->|\Z)|<\?.*?\?>", b"", start, flags=re.DOTALL)


class _Links(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base
        self.declared: list[str] = []
        self.mentioned: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = {name.lower(): value or "" for name, value in attrs}
        href = fields.get("href", "").strip()
        if tag == "base" and href:
            self.base = joined(self.base, href) or self.base
        elif tag == "link" and href:
            relations = fields.get("rel", "").lower().split()
            kind = fields.get("type", "").partition(";")[0].strip().lower()
            if ("alternate" in relations or "feed" in relations) and kind in _FEED_TYPES:
                self._add(self.declared, href)
        elif tag == "a" and re.search(
            r"(?:^feed:|\.rss$|\.rss\?|/feed/?$|/rss/?$|rss\.xml|feed\.xml|podcast\.xml)", href
        ):
            self._add(self.mentioned, href)

    def _add(self, links: list[str], href: str) -> None:
        address = joined(self.base, href)
        if address and address not in links:
            links.append(address)


def feed_links(data: bytes, base: str) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page links to: declared feeds first, then links, comment feeds last.

    Args:
        data: The page.
        base: Address of the page.
    """
    parser = _Links(base)
    parser.feed(data[:_HEAD_BYTES].decode("utf-8", "replace"))
    found = dict.fromkeys([*parser.declared, *parser.mentioned])
    return tuple(sorted(found, key=lambda link: "comment" in link.lower()))[:20]
