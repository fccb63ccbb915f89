"""Reading of a feed, from an address or a file."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from podnotes import http
from podnotes.audio_types import sound_in
from podnotes.errors import FeedError, FetchError, SourceError
from podnotes.feeds.discovery import begins_as_feed, feed_links, looks_like_html
from podnotes.feeds.entries import Place, ordered, to_podcast, with_unique_guids
from podnotes.feeds.opml import is_opml
from podnotes.files import size_text
from podnotes.urls.privacy import MaskedRepr

if TYPE_CHECKING:
    from podnotes.models import Podcast

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json;q=0.9, application/xml;q=0.9, text/xml;q=0.8, "
    "application/json;q=0.6, text/html;q=0.4, */*;q=0.2"
)


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """Limits for reading a feed.

    Attributes:
        max_bytes: Maximum size of a feed after decompression.
        max_episodes: Maximum number of episodes, over all pages.
        max_pages: Maximum number of pages of a paged feed (RFC 5005).
        deadline_s: Seconds for fetching one page.
        parse_s: Seconds for parsing one page; episodes parsed until then are kept.
        follow_moves: Whether to follow the new address that a feed announces (``itunes:new-feed-url``).
    """

    max_bytes: int = 64 * 1024 * 1024
    max_episodes: int = 20_000
    max_pages: int = 20
    deadline_s: float = 120.0
    parse_s: float = 60.0
    follow_moves: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class Document(MaskedRepr):
    """A fetched document or a file that may be a feed.

    Attributes:
        data: The content, decompressed.
        content_type: ``Content-Type`` with its parameters; "" for files.
        url: Final address after redirects; None for files.
        path: Path of the file; None for addresses.
        answer: The HTTP response; None for files.
        name: Name for messages.
        private: Whether its address shows that it is for one subscriber only.
    """

    data: bytes
    content_type: str
    url: str | None
    path: Path | None
    answer: http.Answer | None
    name: str
    private: bool = False


class NotAFeedError(FeedError):
    """The document isn't a feed, but may be usable in another way.

    Attributes:
        url: Final address after redirects; None for files.
        sound: MIME type if it is audio or video, else "".
        data: The whole document if it is a list of feeds, else empty.
    """

    def __init__(
        self, message: str, *, alternatives: tuple[str, ...] = (), url: str | None, sound: str = "", data: bytes = b""
    ) -> None:
        super().__init__(message, alternatives=alternatives)
        self.url = url
        self.sound = sound
        self.data = data


def read_feed(
    source: str | Path,
    *,
    previous: Podcast | None = None,
    options: FeedOptions | None = None,
    trusted: bool = True,
) -> Podcast:
    """Read a podcast's feed (RSS of any version, Atom or JSON Feed) from the web or from a file.

    Args:
        source: Address of the feed, or path of a file.
        previous: The podcast from an earlier call. Its ``etag`` and ``modified`` make the request conditional; if the
            feed is unchanged, the same object is returned (``read_feed(url, previous=old) is old``).
        options: Limits on size, episodes, pages and time.
        trusted: Whether the user gave the address; it may then be private. False for addresses from the web.

    Returns:
        The podcast. ``url`` is the address to use from now on; it differs from ``source`` after a permanent redirect.

    Raises:
        FeedError: The document isn't a feed; ``alternatives`` lists the feeds that a web page links to.
        FetchError: The address can't be fetched; ``status`` 410 means that the feed is permanently gone.
    """
    options = options or FeedOptions()
    if isinstance(source, str) and http.is_web(source):
        return _read_address(source, previous, options, trusted)
    return podcast_from(load_file(as_path(source), options), options)


def as_path(source: str | Path) -> Path:
    """Return the path that the user named, possibly as a ``file:`` address.

    Raises:
        SourceError: It is an address with another scheme.
    """
    if isinstance(source, str) and source.lower().startswith("file:"):
        source = url2pathname(urlsplit(source).path)
    elif isinstance(source, str) and "://" in source:
        raise SourceError(f"{http.shown(source)} isn't an address podnotes can fetch: use http or https.")
    return Path(source).expanduser()


def load_file(path: Path, options: FeedOptions) -> Document:
    """Read a file that may be a feed.

    Raises:
        FeedError: The file can't be read or is too large.
    """
    try:
        if path.is_dir():
            raise FeedError(f"{path} is a folder, not a feed.")
        if path.stat().st_size > options.max_bytes:
            raise FeedError(f"{path} is larger than {size_text(options.max_bytes)}, too large for a feed.")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise FeedError(f"{path} can't be read ({_os_reason(error)}): check the name.") from error
    return Document(unpacked(data, str(path), options), "", None, path, None, str(path))


def _os_reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "no such file"


def load_address(url: str, options: FeedOptions, *, previous: Podcast | None = None, trusted: bool) -> Document:
    """Fetch an address that may be a feed; an unchanged feed yields an answer with status 304 and no data."""
    conditional = (
        {"If-None-Match": previous.etag or "", "If-Modified-Since": previous.modified or ""} if previous else {}
    )
    answer = http.fetch(
        url,
        trusted=trusted,
        max_bytes=options.max_bytes,
        deadline_s=options.deadline_s,
        accept=ACCEPT,
        headers=conditional,
        on_start=_refuse_sound,
    )
    data = unpacked(answer.body, http.shown(answer.url), options)
    kind, private = answer.headers.get("content-type", ""), http.is_private(url) or http.is_private(answer.url)
    return Document(data, kind, answer.url, None, answer, http.shown(answer.url), private)


def _refuse_sound(answer: http.Answer, start: bytes) -> None:
    """Abort the request if the response is audio or video, rather than after a long download."""
    stated = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    sound = sound_in(start) or (stated if stated.startswith(("audio/", "video/")) and b"<" not in start[:512] else "")
    if sound:
        raise NotAFeedError(f"{answer.name} is an audio or video file, not a feed.", url=answer.url, sound=sound)


def _read_address(url: str, previous: Podcast | None, options: FeedOptions, trusted: bool) -> Podcast:
    if trusted:
        http.remember_credentials(http.cleaned(url))
    document = load_address(url, options, previous=previous, trusted=trusted)
    answer = document.answer
    assert answer is not None
    remembered = answer.moved_to or http.cleaned(url)
    if previous is not None and answer.status == 304:
        return previous if previous.url in (None, remembered) else replace(previous, url=remembered)
    podcast = podcast_from(document, options)
    moved = _moved(podcast, answer.url, options, trusted=trusted)
    if moved is not None:
        return moved
    podcast = _with_further_pages(podcast, answer.url, options, trusted=trusted)
    return replace(
        podcast,
        url=remembered,
        etag=answer.headers.get("etag"),
        modified=answer.headers.get("last-modified"),
    )


def _moved(podcast: Podcast, url: str, options: FeedOptions, *, trusted: bool) -> Podcast | None:
    """Read the feed from the new address it announces; None if it announces none or no usable feed is there."""
    target = podcast.moved_to
    if not options.follow_moves or target is None or target == http.without_credentials(url):
        return None
    try:
        # One step only: two feeds that announce each other would form an endless loop.
        onwards = replace(options, follow_moves=False)
        moved = read_feed(target, options=onwards, trusted=trusted and http.same_origin(target, url))
    except (FetchError, FeedError):
        return None
    if podcast.private:
        moved = replace(moved, episodes=tuple(replace(episode, private=True) for episode in moved.episodes))
    return moved if moved.episodes or not podcast.episodes else None


def _with_further_pages(podcast: Podcast, url: str, options: FeedOptions, *, trusted: bool) -> Podcast:
    """Append the episodes of the following pages; a page that fails ends the sequence but keeps earlier pages."""
    seen = {http.without_credentials(url)}
    episodes = list(podcast.episodes)
    following = podcast.next_page
    for _ in range(options.max_pages - 1):
        if following is None or following in seen or len(episodes) >= options.max_episodes:
            break
        seen.add(following)
        try:
            page_options = replace(options, max_episodes=options.max_episodes - len(episodes))
            permitted = trusted and http.same_origin(following, url)
            page = podcast_from(load_address(following, options, trusted=permitted), page_options)
        except (FetchError, FeedError):
            break
        episodes += [
            replace(episode, podcast=podcast.title, feed_url=http.without_credentials(url), private=podcast.private)
            for episode in page.episodes
        ]
        following = page.next_page
    if len(episodes) == len(podcast.episodes):
        return podcast
    return replace(podcast, episodes=ordered(with_unique_guids(episodes)), next_page=following)


def podcast_from(document: Document, options: FeedOptions) -> Podcast:
    """Parse a document into a podcast.

    Raises:
        FeedError: The document isn't a feed; the message says what it is instead, if known.
    """
    from podnotes.feeds.rss import parse

    place = Place(document.url, document.path.parent if document.path else None, document.private)
    name = document.name
    title = _fallback_title(document)
    if not document.data.strip():
        raise FeedError(f"{name} is empty: it contains no feed.")
    # A byte order mark, and in UTF-16 zero bytes, may surround the first character.
    start = document.data[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if start[:1] in (b"{", b"["):
        from podnotes.feeds.jsonfeed import podcast_from_json

        return podcast_from_json(document.data, place, name=name, fallback_title=title, limit=options.max_episodes)
    if looks_like_html(document.data):
        raise _is_a_page(document)
    raw = parse(
        document.data,
        base=http.without_credentials(document.url or ""),
        content_type=document.content_type,
        limit_entries=options.max_episodes,
        limit_s=options.parse_s,
    )
    if not (raw.version or raw.entries or raw.feed.get("title") or begins_as_feed(document.data)):
        raise _is_something_else(document)
    return to_podcast(raw, place, fallback_title=title)


def _is_a_page(document: Document) -> FeedError:
    links = feed_links(document.data, document.url or "")
    if links:
        names = " or ".join(http.shown(link) for link in links[:3])
        return NotAFeedError(
            f"{document.name} is a web page, not a feed; it links to the feed {names}.",
            alternatives=links,
            url=document.url,
        )
    return NotAFeedError(
        f"{document.name} is a web page, not a feed, and links to none: look for “RSS” on the podcast's site.",
        url=document.url,
    )


def _is_something_else(document: Document) -> FeedError:
    data, name = document.data, document.name
    if is_opml(data):
        return NotAFeedError(
            f"{name} is a list of feeds (OPML), not a feed: use it where several feeds are accepted.",
            url=document.url,
            data=data,
        )
    if sound_in(data[:4096]):
        return FeedError(f"{name} is an audio or video file, not a feed.")
    return FeedError(f"{name} isn't a feed: it contains no RSS, Atom or JSON Feed.")


def _fallback_title(document: Document) -> str:
    if document.path is not None:
        return document.path.stem or "Podcast"
    return urlsplit(document.url or "").hostname or "Podcast"


def unpacked(data: bytes, name: str, options: FeedOptions) -> bytes:
    """Decompress a gzip file that was served without ``Content-Encoding``; other data is returned unchanged.

    Raises:
        FeedError: The file is damaged, or exceeds ``max_bytes`` when decompressed.
    """
    if data[:3] != b"\x1f\x8b\x08":
        return data
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(data, options.max_bytes + 1)
    except zlib.error as error:
        raise FeedError(f"{name} is a damaged gzip file.") from error
    if not plain and not unpacker.eof:
        raise FeedError(f"{name} is a damaged gzip file.")
    if len(plain) > options.max_bytes:
        raise FeedError(f"{name} is larger than {size_text(options.max_bytes)}, too large for a feed.")
    return plain
