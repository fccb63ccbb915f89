"""Reading of podcasts from any kind of source: feeds, pages, OPML, Apple Podcasts links, audio, folders."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from podnotes import http
from podnotes.audio_types import TYPES, extension_of, guess_type
from podnotes.errors import FetchError, PodnotesError, SourceError
from podnotes.feeds.apple_podcasts import is_apple_link, look_up
from podnotes.feeds.local_files import CAPTIONS, is_audio_file, podcast_from_files
from podnotes.feeds.opml import is_opml, read_opml
from podnotes.feeds.reader import FeedOptions, NotAFeedError, as_path, load_file, podcast_from, read_feed
from podnotes.models import Enclosure, Episode, Podcast
from podnotes.urls.privacy import MaskedRepr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

#: An address typed without "https://".
_BARE_ADDRESS = re.compile(r"(?:[^/@\s]+@)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/|www\.", re.IGNORECASE)


#: Number of feeds read concurrently.
_WORKERS = 4
APPLE_LOOKUP_VARIABLE = "PODNOTES_APPLE_LOOKUP"
_APPLE_LOOKUP = "https://itunes.apple.com/lookup"


@dataclass(frozen=True, slots=True, repr=False)
class Reading(MaskedRepr):
    """The result of reading one feed or file.

    Attributes:
        address: Address or path that was read; mask it with ``http.shown`` before printing.
        podcast: The podcast, or None if reading failed.
        error: The error if reading failed, or None.
        unchanged: Whether the server reported no change since ``previous``.
    """

    address: str
    podcast: Podcast | None = None
    error: PodnotesError | None = None
    unchanged: bool = False

    @property
    def private(self) -> bool | None:
        """Whether the podcast is for one subscriber only; None without a podcast, so that the address decides."""
        return None if self.podcast is None else self.podcast.private

    @property
    def gone(self) -> bool:
        """Whether the publisher has permanently removed the feed (410), so that retries are pointless."""
        return isinstance(self.error, FetchError) and self.error.status == 410


def read_sources(
    sources: str | Path | Iterable[str | Path],
    *,
    previous: Callable[[str], Podcast | None] = lambda _: None,
) -> Iterator[Reading]:
    """Read all sources, with several feeds concurrently.

    A source may be the address of a feed, of a web page that links to one, of an audio file or of a show in Apple
    Podcasts; an OPML list (address or file); a feed file, an audio file, or a folder of audio files. A transcript next
    to an audio file (``talk.mp3`` and ``talk.vtt``) is included.

    Args:
        sources: One source or several.
        previous: Function that returns the podcast stored under an address (``Podcast.url``), or None, for conditional
            requests.

    Yields:
        One reading for each podcast, in the order of the sources; each audio file named individually is a podcast of
        its own. A source that fails yields a reading with its error, and the remaining sources are still read.
    """
    named = [sources] if isinstance(sources, str | Path) else list(sources)
    with _pool(_WORKERS) as pool:
        expanded = [pool.submit(_expand, source, previous) for source in named]
        waiting = [
            pool.submit(_read_listed, part, previous) if isinstance(part, str) else part
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
    """Provide a thread pool that is joined at the end, except after Ctrl-C, when a server might delay the exit."""
    pool = ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="podnotes-feed")
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _expand(source: str | Path, known: Callable[[str], Podcast | None]) -> list[Reading | str]:
    """Read a source; return addresses of feeds still to be read if it is a list."""
    text = str(source).strip()
    try:
        if isinstance(source, str) and http.is_web(text):
            return _from_address(text, known)
        path = as_path(source.strip() if isinstance(source, str) else source)
        if _BARE_ADDRESS.match(text) and not path.exists():
            return _from_address(f"https://{text}", known)
        return _from_path(path)
    except PodnotesError as error:
        return [Reading(text, error=error)]


def _read(url: str, known: Callable[[str], Podcast | None], *, trusted: bool = True) -> Reading:
    """Read a feed, unless it is unchanged.

    Raises:
        PodnotesError: The feed can't be read.
    """
    before = known(url) or known(http.cleaned(url))
    podcast = read_feed(url, previous=before, trusted=trusted)
    return Reading(url, podcast, unchanged=podcast is before)


def _read_listed(url: str, known: Callable[[str], Podcast | None], *, trusted: bool = True) -> Reading:
    """Read one of several feeds like :func:`_read`, but return an error in the reading."""
    try:
        return _read(url, known, trusted=trusted)
    except PodnotesError as error:
        return Reading(url, error=error)


def _from_path(path: Path) -> list[Reading | str]:
    if path.is_dir():
        return [Reading(str(path), podcast_from_files(path))]
    if not path.exists():
        raise SourceError(f"There is no file {path}: check the name.")
    if is_audio_file(path) or extension_of(path.name) in CAPTIONS:
        return [Reading(str(path), podcast_from_files(path))]
    document = load_file(path, FeedOptions())
    if is_opml(document.data):
        return [subscription.url for subscription in read_opml(document.data)]
    return [Reading(str(path), podcast_from(document, FeedOptions()))]


def _from_address(url: str, known: Callable[[str], Podcast | None]) -> list[Reading | str]:
    if is_apple_link(url):
        listing = look_up(url, os.environ.get(APPLE_LOOKUP_VARIABLE) or _APPLE_LOOKUP)
        reading = _read(listing.feed, known, trusted=False)
        assert reading.podcast is not None
        return [replace(reading, podcast=listing.only_episode(reading.podcast))]
    if extension_of(url) in TYPES:
        return [Reading(url, podcast_from_audio(url))]
    http.remember_credentials(http.cleaned(url))
    try:
        return [_read(url, known)]
    except NotAFeedError as error:
        if error.alternatives:
            return [_linked(error, known)]
        if error.sound:
            return [Reading(url, podcast_from_audio(url, error.sound))]
        if is_opml(error.data):
            # A list from the web is trusted no more than a feed from the web.
            return [
                _read_listed(one.url, known, trusted=http.same_origin(one.url, error.url))
                for one in read_opml(error.data)
            ]
        raise


#: Maximum number of a page's feeds that are read to find the podcast.
_MOST_LINKED = 6


def _linked(error: NotAFeedError, known: Callable[[str], Podcast | None]) -> Reading:
    """Read the first of a page's feeds that has audio, since a news feed often precedes it; else the first feed."""
    failures: list[PodnotesError] = []
    silent: Reading | None = None
    for link in error.alternatives[:_MOST_LINKED]:
        try:
            reading = _read(link, known, trusted=http.same_origin(link, error.url))
        except PodnotesError as failure:
            failures.append(failure)
            continue
        if reading.podcast and any(episode.audio for episode in reading.podcast.episodes):
            return reading
        silent = silent or reading
    if silent is None:
        raise failures[0]
    return silent


def podcast_from_audio(url: str, kind: str = "") -> Podcast:
    """Make a podcast with one episode from the address of an audio file.

    Args:
        url: Address of the file, as the user typed it.
        kind: MIME type, or "" if unknown.
    """
    address = http.cleaned(url)
    if not address:
        raise SourceError(f"{http.shown(url)} isn't a web address podnotes can fetch: use http or https.")
    http.remember_credentials(address)
    bare = http.without_credentials(address)
    name = unquote(urlsplit(bare).path.rpartition("/")[2]).rpartition(".")[0] or "Audio"
    title = " ".join(name.replace("_", " ").split()) or "Audio"
    site = urlsplit(bare).hostname or "Audio"
    # feed_url permits a private address, since the user typed it.
    episode = Episode(
        guid=bare, title=title, podcast=site, audio=Enclosure(bare, guess_type(bare, kind)), feed_url=bare,
        private=http.is_private(address),
    )  # fmt: skip
    return Podcast(title=site, episodes=(episode,))
