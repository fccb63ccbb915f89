"""Parsing of feeds with feedparser, with limits and additional elements.

feedparser keeps only one of several elements with the same name and doesn't know the Podcasting 2.0 namespace, so
handlers for these are added to both of its parsers (strict and loose). Its HTML sanitiser is disabled: it takes most of
feedparser's time, while podnotes extracts the text of every field and sanitises the rest where it is displayed.

Sources: RSS 2.0, Atom (RFC 4287), https://github.com/Podcastindex-org/podcast-namespace, Media RSS 1.5.1,
https://podlove.org/simple-chapters/, RFC 5005 (paged feeds).
"""

from __future__ import annotations

import html
import io
import re
import time
import xml.sax
import xml.sax.handler
import xml.sax.xmlreader
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.mixin import _FeedParserMixin
from feedparser.sanitizer import replace_doctype
from feedparser.urls import make_safe_absolute_uri

from podnotes.feeds.encoding import decode_feed

#: Maximum nesting depth of elements; no feed needs a tenth of it.
_DEEPEST = 500
#: Maximum number of attributes per element; the time to read them grows with its square.
_MOST_ATTRIBUTES = 200
#: Maximum number of bytes for the loose parser, which takes seconds per million bytes if they contain no markup.
_LARGEST_LOOSE = 16 * 1024 * 1024
#: Maximum length of an author's name.
_LONGEST_NAME = 300
#: Maximum length of a base address; each nested ``xml:base`` may lengthen it.
_LONGEST_BASE = 2000
_CDATA_OR_AMPERSAND = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#?\w{1,32}[;=])", re.DOTALL)


@dataclass(slots=True)
class Raw:
    """Contents of a feed, with feedparser's field names.

    Attributes:
        feed: The channel's fields.
        entries: One dictionary for each item, in the feed's order.
        version: "rss20", "atom10", …; "" if no feed format was recognised.
        truncated: Why the feed was read only in part ("episodes", "time", "depth", "size", "mistake"), or "".
    """

    feed: dict[str, Any] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    version: str = ""
    truncated: str = ""


class _EnoughError(Exception):
    """A limit is reached; the entries read so far are kept."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


_NAMESPACES = {uri.lower(): prefix for uri, prefix in _FeedParserMixin.namespaces.items()} | {
    "https://podcastindex.org/namespace/1.0": "podcast",
    "http://podcastindex.org/namespace/1.0": "podcast",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "https://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://purl.oclc.org/net/rss_2.0/enc#": "enc",
}


if TYPE_CHECKING:

    class _FeedparserBase:
        """Type declarations for the parts of feedparser's untyped mixin that are used here."""

        baseuri: str
        elementstack: list[list[Any]]
        entries: list[dict[str, Any]]
        guidislink: bool

        def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None: ...
        def push(self, element: str, expecting_text: int) -> None: ...
        def pop(self, element: str) -> str | None: ...
        def _start_item(self, attrs: dict[str, str]) -> None: ...
        def _end_item(self) -> None: ...
        def _get_context(self) -> dict[str, Any]: ...
        def _save(self, key: str, value: Any) -> None: ...
        def _sync_author_detail(self, key: str = "author") -> None: ...

else:
    _FeedparserBase = object


class _PodcastElements(_FeedparserBase):
    """Handlers for additional and repeated elements, shared by both of feedparser's parsers."""

    _matchnamespaces = _NAMESPACES
    # Guids aren't resolved against the feed's address, since they would change when the feed moves.
    can_be_relative_uri = _FeedParserMixin.can_be_relative_uri - {"id"}
    resolve_relative_uris = False
    sanitize_html = False
    limit_entries: int
    ends: float

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        if len(self.elementstack) > _DEEPEST:
            raise _EnoughError("depth")
        if time.monotonic() > self.ends:
            raise _EnoughError("time")
        before = self.baseuri
        super().unknown_starttag(tag, attrs[:_MOST_ATTRIBUTES])
        if len(self.baseuri) > _LONGEST_BASE:
            self.baseuri = before

    def _start_item(self, attrs: dict[str, str]) -> None:
        if len(self.entries) >= self.limit_entries:
            raise _EnoughError("episodes")
        super()._start_item(attrs)

    _start_entry = _start_item

    def _start_podcast_liveitem(self, attrs: dict[str, str]) -> None:
        # A live stream isn't an episode, and its title and links aren't the podcast's.
        self._start_item(attrs)
        self.entries[-1]["podnotes_live"] = True

    def _end_podcast_liveitem(self) -> None:
        self._end_item()

    def _add(self, key: str, value: dict[str, Any]) -> None:
        context: dict[str, Any] = self._get_context()
        for name in ("url", "href", "src", "uri"):
            if value.get(name):
                value[name] = self._absolute(value[name].strip())
        context.setdefault(key, []).append(value)

    def _absolute(self, address: str) -> str:
        # feedparser's own resolution turns "file:///x" into "file://x".
        try:
            return urljoin(self.baseuri, address)
        except ValueError:
            return ""

    def _with_text(self, key: str, attrs: dict[str, str]) -> None:
        self._add(key, dict(attrs))
        self.push(key + "_text", 1)

    def _take_text(self, key: str) -> None:
        text = self.pop(key + "_text")
        items = self._get_context().get(key)
        if items:
            items[-1]["text"] = text or ""

    def _start_enclosure(self, attrs: dict[str, str]) -> None:
        self._add("podnotes_enclosures", dict(attrs))

    def _start_enc_enclosure(self, attrs: dict[str, str]) -> None:
        # In RSS 1.0, enclosures come from a separate module, and their attributes are in its namespace.
        self._add("podnotes_enclosures", {name.rpartition(":")[2]: value for name, value in attrs.items()})

    def _start_media_content(self, attrs: dict[str, str]) -> None:
        self._add("podnotes_media", dict(attrs))

    def _start_podcast_transcript(self, attrs: dict[str, str]) -> None:
        self._add("podnotes_transcripts", dict(attrs))

    def _start_podcast_chapters(self, attrs: dict[str, str]) -> None:
        self._add("podnotes_chapters", dict(attrs))

    def _start_podcast_person(self, attrs: dict[str, str]) -> None:
        self._with_text("podnotes_persons", attrs)

    def _end_podcast_person(self) -> None:
        self._take_text("podnotes_persons")

    def _start_podcast_guid(self, _attrs: dict[str, str]) -> None:
        self._with_text("podnotes_guids", {})

    def _end_podcast_guid(self) -> None:
        self._take_text("podnotes_guids")

    def _start_itunes_duration(self, _attrs: dict[str, str]) -> None:
        self._with_text("podnotes_durations", {})

    def _end_itunes_duration(self) -> None:
        self._take_text("podnotes_durations")

    def _add_tag(self, *_args: object) -> None:
        # Categories aren't used, and feedparser compares each with all others.
        self._get_context().setdefault("tags", [])

    def _sync_author_detail(self, key: str = "author") -> None:
        # feedparser searches it for an e-mail address, in time that grows steeply with the length.
        context: dict[str, Any] = self._get_context()
        author = dict.get(context, key)
        if isinstance(author, str):
            context[key] = author[:_LONGEST_NAME]
        super()._sync_author_detail(key)

    def _end_guid(self) -> None:
        value = self.pop("id") or ""
        if self.guidislink and re.match(r"(?:https?:|/)", value):
            self._save("link", value)

    _end_id = _end_guid

    def _start_psc_chapter(self, attrs: dict[str, str]) -> None:
        self._add("podnotes_psc", dict(attrs))


class _Strict(_PodcastElements, StrictFeedParser):  # type: ignore[misc]  # feedparser is not typed
    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 - SAX's name
        if len(attrs) > _MOST_ATTRIBUTES:
            attrs = xml.sax.xmlreader.AttributesNSImpl({}, {})
        super().startElementNS(name, qname, attrs)


class _Loose(_PodcastElements, LooseFeedParser):  # type: ignore[misc]  # feedparser is not typed
    @staticmethod
    def _normalize_attributes(pair: tuple[str, str]) -> tuple[str, str]:
        name, value = pair[0].lower(), html.unescape(pair[1])
        return name, value.lower() if name in ("rel", "type") else value


def parse(
    data: bytes, *, base: str = "", content_type: str = "", limit_entries: int = 20_000, limit_s: float = 60.0
) -> Raw:
    """Parse an XML feed of any format, even if it is malformed.

    Well-formed XML is parsed by feedparser's strict parser, anything else by its loose one.

    Args:
        data: The feed as received.
        base: Base address for relative addresses.
        content_type: ``Content-Type`` of the response with its parameters; "" for files.
        limit_entries: Maximum number of items.
        limit_s: Seconds for the whole parse; entries read until then are kept.

    Returns:
        The contents found, which may be incomplete or empty.
    """
    if not data.strip():
        return Raw()
    ends = time.monotonic() + limit_s
    text = decode_feed(data, content_type).encode("utf-8", "replace")
    version, text, entities = replace_doctype(text)
    raw, problem = _parse_strictly(text, base, limit_entries, ends)
    if problem is not None:
        raw = _parse_loosely(_CDATA_OR_AMPERSAND.sub(_mend, text), base, entities, limit_entries, ends)
    raw.version = version or raw.version
    raw.entries = [entry for entry in raw.entries if "podnotes_live" not in entry]
    return raw


def _parse_strictly(data: bytes, base: str, limit_entries: int, ends: float) -> tuple[Raw, Exception | None]:
    parser = _Strict(make_safe_absolute_uri(base), None, "utf-8")
    parser.limit_entries, parser.ends = limit_entries, ends
    reader = xml.sax.make_parser()  # noqa: S317 - only plain entities of a DTD are kept, and external ones are disabled
    reader.setFeature(xml.sax.handler.feature_namespaces, True)
    reader.setFeature(xml.sax.handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(data))
    truncated, problem = "", None
    try:
        reader.parse(source)
    except _EnoughError as enough:
        truncated = enough.why
    except Exception as error:  # noqa: BLE001 - feedparser's handlers may raise anything on bad input
        problem = error
    return Raw(parser.feeddata, parser.entries, parser.version or "", truncated), problem


def _parse_loosely(data: bytes, base: str, entities: dict[str, str], limit_entries: int, ends: float) -> Raw:
    parser = _Loose(make_safe_absolute_uri(base), None, "utf-8", entities)
    parser.limit_entries, parser.ends = limit_entries, ends
    truncated = "size" if len(data) > _LARGEST_LOOSE else ""
    try:
        parser.feed(data[:_LARGEST_LOOSE].decode("utf-8", "replace"))
    except _EnoughError as enough:
        truncated = enough.why
    except Exception:  # noqa: BLE001 - as above; entries read before the error are kept
        truncated = "mistake"
    return Raw(parser.feeddata, parser.entries, parser.version or "", truncated)


def _mend(match: re.Match[bytes]) -> bytes:
    """Escape a bare ampersand, which would be read as an entity; close an unterminated CDATA section."""
    found = match[0]
    return b"&amp;" if found == b"&" else found if found.endswith(b"]]>") else found + b"]]>"
