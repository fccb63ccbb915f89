"""Read a feed, from an address or a file, into a Podcast."""

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
        max_bytes: Largest feed taken, after unpacking.
        max_episodes: Episodes read at most, over all pages.
        max_pages: Pages of a paged feed (RFC 5005) read at most.
        deadline_s: Seconds for fetching one page.
        parse_s: Seconds for parsing one page; what was read until then is kept.
        follow_moves: Whether to read a feed from where it says that it has moved to (``itunes:new-feed-url``).
    """

    max_bytes: int = 64 * 1024 * 1024
    max_episodes: int = 20_000
    max_pages: int = 20
    deadline_s: float = 120.0
    parse_s: float = 60.0
    follow_moves: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class Document(MaskedRepr):
    """Something fetched or read that may be a feed.

    Attributes:
        data: The bytes, unpacked.
        content_type: ``Content-Type`` with its parameters, "" for files.
        url: Address that answered, None for files.
        path: The file, None for addresses.
        answer: The answer it came with, None for files.
        name: What to call it in a message.
        private: Whether its address says that it is for one subscriber only.
    """

    data: bytes
    content_type: str
    url: str | None
    path: Path | None
    answer: http.Answer | None
    name: str
    private: bool = False


class NotAFeedError(FeedError):
    """The document isn't a feed, but may be usable otherwise.

    Attributes:
        url: Address that answered, None for files.
        sound: MIME type when it is audio or video, else "".
        data: The whole document when it is a list of feeds.
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
    """Read the feed of a podcast: RSS of any version, Atom or JSON Feed, from the web or from a file.

    Args:
        source: Address of the feed, or path of its file.
        previous: The podcast as it was read before. Its ``etag`` and ``modified`` make the request conditional; when
            nothing has changed, this very object is returned (``read_feed(url, previous=old) is old``).
        options: Bounds on size, episodes, pages and time.
        trusted: True if the user gave the address; it may then be private. False for addresses from the web.

    Returns:
        The podcast. ``url`` is the address to use from now on: it differs from ``source`` after a permanent redirect.

    Raises:
        FeedError: When it isn't a feed, with ``alternatives`` when it is a web page that links to some.
        FetchError: When it can't be fetched; ``status`` 410 means that the feed is gone for good, unless ``detour``.
    """
    options = options or FeedOptions()
    if isinstance(source, str) and http.is_web(source):
        return _read_address(source, previous, options, trusted)
    return podcast_from(load_file(as_path(source), options), options)


def as_path(source: str | Path) -> Path:
    """Return the path the user named, which may be a ``file:`` address.

    Raises:
        SourceError: When it is an address of another kind.
    """
    if isinstance(source, str) and source.lower().startswith("file:"):
        source = url2pathname(urlsplit(source).path)
    elif isinstance(source, str) and "://" in source:
        raise SourceError(f"{http.shown(source)} isn't an address podnotes can fetch: use http or https.")
    return Path(source).expanduser()


def load_file(path: Path, options: FeedOptions) -> Document:
    """Read a file that may be a feed.

    Raises:
        FeedError: When it can't be read or is too large.
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
    """Fetch an address that may be a feed; a 304 gives an answer with status 304 and no data."""
    conditional: dict[str, str] = {}
    if previous is not None:
        conditional |= {"If-None-Match": previous.etag} if previous.etag else {}
        conditional |= {"If-Modified-Since": previous.modified} if previous.modified else {}
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


def _refuse_sound(stream: http.Stream, start: bytes) -> None:
    """End the request when it is audio that comes: nobody waits for an hour of it to be told that it is no feed."""
    stated = stream.headers.get("content-type", "").partition(";")[0].strip().lower()
    sound = sound_in(start) or (stated if stated.startswith(("audio/", "video/")) and b"<" not in start[:512] else "")
    if sound:
        raise NotAFeedError(f"{stream.name} is an audio or video file, not a feed.", url=stream.url, sound=sound)


def _read_address(url: str, previous: Podcast | None, options: FeedOptions, trusted: bool) -> Podcast:
    if trusted:
        http.remember_credentials(http.cleaned(url))
    try:
        document = load_address(url, options, previous=previous, trusted=trusted)
    except FetchError as error:
        if error.status == 410 and not error.detour:
            raise FetchError(
                f"The feed {http.shown(url)} is gone for good (status 410): the publisher has taken it down, "
                "so trying again won't help.",
                status=410,
            ) from error
        raise
    answer = document.answer
    assert answer is not None
    remembered = answer.moved_to or http.cleaned(url)
    if answer.status == 304:
        if previous is None:
            raise FetchError(
                f"{document.name} answered “not modified” (status 304) to an unconditional request.", status=304
            )
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
    """Go where the feed says that it has moved to; None when it stays, or when there is no such feed there."""
    target = podcast.moved_to
    if not options.follow_moves or target is None or target == http.without_credentials(url):
        return None
    try:
        # One step: two feeds that name each other would be followed for ever.
        onwards = replace(options, follow_moves=False)
        moved = read_feed(target, options=onwards, trusted=trusted and http.same_origin(target, url))
    except (FetchError, FeedError):
        return None
    if podcast.private:
        moved = replace(moved, episodes=tuple(replace(episode, private=True) for episode in moved.episodes))
    return moved if moved.episodes or not podcast.episodes else None


def _with_further_pages(podcast: Podcast, url: str, options: FeedOptions, *, trusted: bool) -> Podcast:
    """Follow the links to the next pages; a page that fails ends the row without losing the first ones."""
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
    """Parse a document.

    Raises:
        FeedError: When it isn't a feed; the message says what it is instead, if known.
    """
    from podnotes.feeds.rss import parse

    place = Place(document.url, document.path.parent if document.path else None, document.private)
    name = document.name
    title = _fallback_title(document)
    if not document.data.strip():
        raise FeedError(f"{name} is empty: it contains no feed.")
    # A byte order mark, and of UTF-16 the zero bytes, stand around the first character.
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
    """Unpack a feed that was stored with gzip and served without saying so.

    Raises:
        FeedError: When it unpacks to more than the largest feed.
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
