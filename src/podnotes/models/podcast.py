"""Contents of a feed: podcast, episodes, and the files they link to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podnotes.urls.privacy import MaskedRepr, is_private

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The audio (or video) file of an episode.

    Attributes:
        url: Address (http or https), or a local path for files named by the user.
        type: MIME type in lower case; guessed from the file name if the feed doesn't state it; "" if unknown.
        length: Size in bytes as stated in the feed, or None.
    """

    url: str
    type: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A publisher's transcript (``podcast:transcript`` of the Podcasting 2.0 namespace).

    Attributes:
        url: Address, or a local path for files named by the user.
        type: MIME type in lower case; "" if unknown.
        language: BCP 47 tag, or None.
        rel: "captions" if the feed marks it as captions, else None.
    """

    url: str
    type: str = ""
    language: str | None = None
    rel: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of an episode.

    Attributes:
        start: Seconds.
        title: Title; may be "".
        end: Seconds, or None if the source doesn't state it.
    """

    start: float
    title: str
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A host or guest (``podcast:person``).

    Attributes:
        name: Full name.
        role: Role in lower case; "host" if the feed doesn't state it.
    """

    name: str
    role: str = "host"


@dataclass(frozen=True, slots=True, repr=False)
class Episode(MaskedRepr):
    """One episode of a podcast. Text fields are plain text without markup, except ``description_html``.

    Attributes:
        guid: Identifier, unique within the podcast; the enclosure's URL, the link or a hash if the feed has none.
        title: Title; never empty.
        podcast: Title of the podcast.
        published: Publication date with the publisher's UTC offset, so that ``published.date()`` is the publisher's
            day; or None.
        duration: Duration in seconds as stated in the feed, or None.
        link: Web page of the episode, or None.
        audio: The audio file, or None.
        transcripts: Publisher's transcripts, best first.
        chapters: Chapters known without a further download.
        chapters_url: Address of a Podcasting 2.0 chapters file, or None.
        persons: Hosts and guests as named in the feed.
        author: ``itunes:author`` of the episode, else of the podcast, or None.
        summary: Description as plain text.
        description_html: Show notes exactly as in the feed: **untrusted**, sanitise before showing.
        language: BCP 47 tag of the podcast, or None.
        season: Season number, or None.
        number: Episode number, or None.
        image: Address of an image, or None.
        feed_url: Address the feed was read from, without credentials, or None.
        private: Whether the feed is for one subscriber only (it requires a password, or its address contains a token).
            None of its addresses may then be published.
    """

    guid: str
    title: str
    podcast: str = ""
    published: datetime | None = None
    duration: float | None = None
    link: str | None = None
    audio: Enclosure | None = None
    transcripts: tuple[TranscriptLink, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    chapters_url: str | None = None
    persons: tuple[Person, ...] = ()
    author: str | None = None
    summary: str = ""
    description_html: str = ""
    language: str | None = None
    season: int | None = None
    number: int | None = None
    image: str | None = None
    feed_url: str | None = None
    private: bool = False

    @property
    def id(self) -> str:
        """Identifier used in drafts: the first 12 hex digits of the guid's SHA-256, since the guid may be secret."""
        return hashlib.sha256(self.guid.encode("utf-8", "replace")).hexdigest()[:12]


def publishable(episode: Episode) -> Episode:
    """Remove the addresses that must not be published.

    Args:
        episode: Any episode; one of a public feed is returned unchanged.
    """
    if not episode.private:
        return episode
    return replace(episode, link=None, audio=None, image=None, transcripts=(), chapters_url=None, feed_url=None)


@dataclass(frozen=True, slots=True, repr=False)
class Podcast(MaskedRepr):
    """A podcast with its episodes.

    Attributes:
        title: Title; never empty.
        episodes: Episodes, newest first; undated ones stay at their position in the feed.
        url: Address of the feed to store (after permanent redirects), or None for local files.
        link: Web page, or None.
        description: Description as plain text.
        author: Author, or None.
        language: BCP 47 tag, or None.
        image: Address of the cover, or None.
        guid: ``podcast:guid``, or None.
        etag: ETag of the response, for the next conditional request.
        modified: Last-Modified of the response, for the next conditional request.
        next_page: Address of the feed's next page (RFC 5005), or None.
        moved_to: New address that the feed announces (``itunes:new-feed-url``), or None.
        notices: Sentences for the user on parts of the feed that were not read.
    """

    title: str
    episodes: tuple[Episode, ...] = ()
    url: str | None = None
    link: str | None = None
    description: str = ""
    author: str | None = None
    language: str | None = None
    image: str | None = None
    guid: str | None = None
    etag: str | None = None
    modified: str | None = None
    next_page: str | None = None
    moved_to: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def private(self) -> bool:
        """Whether the feed is for one subscriber only, judging by its address and episodes."""
        return is_private(self.url) or any(episode.private for episode in self.episodes)
