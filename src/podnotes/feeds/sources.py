"""Whatever she has at hand, turned into podcasts: feeds, pages, OPML, Apple Podcasts links, audio, folders."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from podnotes import web
from podnotes.audio_types import TYPES, extension_of, guess_type
from podnotes.errors import FetchError, PodnotesError, SourceError
from podnotes.feeds.apple import is_apple_link, look_up
from podnotes.feeds.local import CAPTIONS, is_audio_file, podcast_from_files
from podnotes.feeds.opml import is_opml, read_opml
from podnotes.feeds.reading import FeedOptions, NotAFeedError, as_path, load_file, podcast_from, read_feed
from podnotes.masking import MaskedRepr
from podnotes.models import Enclosure, Episode, Podcast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: An address as people write it, without https://.
_BARE_ADDRESS = re.compile(r"(?:[^/@\s]+@)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/|www\.", re.IGNORECASE)


APPLE_LOOKUP_VARIABLE = "PODNOTES_APPLE_LOOKUP"
_APPLE_LOOKUP = "https://itunes.apple.com/lookup"


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How sources are read.

    Attributes:
        feed: Bounds for each feed.
        workers: Feeds read at the same time.
        apple_lookup: Address of Apple's public lookup by id; the environment variable ``PODNOTES_APPLE_LOOKUP`` names
            another.
    """

    feed: FeedOptions = field(default_factory=FeedOptions)
    workers: int = 4
    apple_lookup: str = field(default_factory=lambda: os.environ.get(APPLE_LOOKUP_VARIABLE) or _APPLE_LOOKUP)


@dataclass(frozen=True, slots=True, repr=False)
class Reading(MaskedRepr):
    """What came of one feed or file.

    Attributes:
        address: Address or path that was read; pass it through ``web.shown`` before printing.
        podcast: The podcast, or None when it failed.
        error: Why it failed, or None.
        unchanged: True when the server said that nothing has changed since ``previous``.
    """

    address: str
    podcast: Podcast | None = None
    error: PodnotesError | None = None
    unchanged: bool = False

    @property
    def private(self) -> bool | None:
        """Whether the podcast is for one subscriber only; None where there is none, so that its address tells."""
        return None if self.podcast is None else self.podcast.private

    @property
    def gone(self) -> bool:
        """Whether the publisher has taken the feed down for good (410), so that asking again is of no use."""
        return isinstance(self.error, FetchError) and self.error.status == 410 and not self.error.detour


def read_sources(
    sources: str | Path | Iterable[str | Path],
    *,
    previous: Mapping[str, Podcast] | None = None,
    options: SourceOptions | None = None,
) -> Iterator[Reading]:
    """Read everything she names, several feeds at once.

    Each source may be the address of a feed, of a web page that links one, of an audio file or of a show in Apple
    Podcasts, an OPML list (address or file), a feed's file, an audio file, or a folder with audio files. A transcript
    beside an audio file (``talk.mp3`` and ``talk.vtt``) comes with it.

    Args:
        sources: One source or several.
        previous: Podcasts read before, by the address they were remembered under (``Podcast.url``), for conditional
            requests.
        options: Bounds, number of workers, Apple's lookup.

    Yields:
        One reading for each podcast, in the order of the sources; audio files that are named one by one make one
        podcast a file. A source that fails gives a reading with its error, and the others are read.
    """
    options = options or SourceOptions()
    named = [sources] if isinstance(sources, str | Path) else list(sources)
    known = {} if previous is None else previous  # one that looks things up may say that it is empty
    with _pool(options.workers) as pool:
        expanded = [pool.submit(_expand, source, known, options) for source in named]
        waiting = [
            pool.submit(_read_subscription, part, known, options) if isinstance(part, str) else part
            for future in expanded
            for part in future.result()
        ]
        try:
            for reading in waiting:
                yield reading if isinstance(reading, Reading) else reading.result()
        finally:
            for reading in waiting:
                if not isinstance(reading, Reading):
                    reading.cancel()


@contextmanager
def _pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are waited for at the end, but not after Ctrl-C: a server that doesn't answer takes its time."""
    pool = ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="podnotes-feed")
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _expand(source: str | Path, known: Mapping[str, Podcast], options: SourceOptions) -> list[Reading | str]:
    """Read a source, or name the feeds to read when it is a list."""
    text = str(source).strip()
    try:
        if isinstance(source, str) and web.is_web(text):
            return _from_address(text, known, options)
        path = as_path(source.strip() if isinstance(source, str) else source)
        if _BARE_ADDRESS.match(text) and not path.exists():
            return _from_address(f"https://{text}", known, options)
        return _from_path(path, options)
    except PodnotesError as error:
        return [Reading(text, error=error)]


def _read_subscription(url: str, known: Mapping[str, Podcast], options: SourceOptions) -> Reading:
    try:
        before = known.get(url)
        podcast = read_feed(url, previous=before, options=options.feed)
    except PodnotesError as error:
        return Reading(url, error=error)
    return Reading(url, podcast, unchanged=podcast is before)


def _from_path(path: Path, options: SourceOptions) -> list[Reading | str]:
    if path.is_dir():
        return [Reading(str(path), podcast_from_files(path))]
    if not path.exists():
        raise SourceError(f"There is no file {path}: check the name.")
    if is_audio_file(path):
        return [Reading(str(path), podcast_from_files(path))]
    if extension_of(path.name) in CAPTIONS:
        return [Reading(str(path), podcast_from_files(path))]
    document = load_file(path, options.feed)
    if is_opml(document.data):
        return [subscription.url for subscription in read_opml(document.data)]
    return [Reading(str(path), podcast_from(document, options.feed))]


def _from_address(url: str, known: Mapping[str, Podcast], options: SourceOptions) -> list[Reading | str]:
    if is_apple_link(url):
        listing = look_up(url, options.apple_lookup)
        before = known.get(listing.feed)
        podcast = read_feed(listing.feed, previous=before, options=options.feed, trusted=False)
        unchanged = podcast is before
        return [Reading(listing.feed, listing.only_episode(podcast), unchanged=unchanged)]
    if extension_of(url) in TYPES:
        return [Reading(url, podcast_from_audio(url))]
    web.remember_credentials(web.cleaned(url))
    before = known.get(url) or known.get(web.cleaned(url))
    try:
        podcast = read_feed(url, previous=before, options=options.feed)
    except NotAFeedError as error:
        if error.alternatives:
            return [_linked(error, known, options)]
        if error.sound:
            return [Reading(url, podcast_from_audio(url, error.sound))]
        if is_opml(error.data):
            # A list from the web is as little hers as a feed from the web.
            return [_untrusted(one.url, error.url, known, options) for one in read_opml(error.data)]
        raise
    return [Reading(url, podcast, unchanged=podcast is before)]


#: Feeds of a page that are read in search of the podcast's.
_MOST_LINKED = 6


def _linked(error: NotAFeedError, known: Mapping[str, Podcast], options: SourceOptions) -> Reading:
    """Read the feed of a page that has audio: the site's news often stand before it. Without one, the first."""
    failures: list[PodnotesError] = []
    silent: Reading | None = None
    for link in error.alternatives[:_MOST_LINKED]:
        try:
            trusted = web.same_origin(link, error.url)
            before = known.get(link)
            podcast = read_feed(link, previous=before, options=options.feed, trusted=trusted)
        except PodnotesError as failure:
            failures.append(failure)
            continue
        reading = Reading(link, podcast, unchanged=podcast is before)
        if any(episode.audio for episode in podcast.episodes):
            return reading
        silent = silent or reading
    if silent is None:
        raise failures[0]
    return silent


def _untrusted(url: str, listed_at: str | None, known: Mapping[str, Podcast], options: SourceOptions) -> Reading:
    before = known.get(url)
    try:
        trusted = web.same_origin(url, listed_at)
        podcast = read_feed(url, previous=before, options=options.feed, trusted=trusted)
    except PodnotesError as error:
        return Reading(url, error=error)
    return Reading(url, podcast, unchanged=podcast is before)


def podcast_from_audio(url: str, kind: str = "") -> Podcast:
    """Make a podcast of one episode from the address of an audio file.

    Args:
        url: Address of the file, as she typed it.
        kind: MIME type where it is known.
    """
    address = web.cleaned(url)
    if not address:
        raise SourceError(f"{web.shown(url)} is no web address that podnotes can fetch: it takes http and https.")
    web.remember_credentials(address)
    bare = web.without_credentials(address)
    name = unquote(urlsplit(bare).path.rpartition("/")[2]).rpartition(".")[0] or "Audio"
    title = " ".join(re.sub(r"[_\s]+", " ", name).split()) or "Audio"
    site = urlsplit(bare).hostname or "Audio"
    # feed_url is what permits a private address: she typed it herself.
    episode = Episode(
        guid=bare, title=title, podcast=site, audio=Enclosure(bare, guess_type(bare, kind)), feed_url=bare,
        private=web.is_private(address),
    )  # fmt: skip
    return Podcast(title=site, episodes=(episode,))
