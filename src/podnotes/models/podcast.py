"""A feed as it was read: podcast, episodes, and what they link to."""

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
        type: MIME type, lower case; guessed from the file name when the feed doesn't say; "" when unknown.
        length: Size in bytes as the feed states it, or None.
    """

    url: str
    type: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A publisher's transcript (``podcast:transcript`` of the Podcasting 2.0 namespace).

    Attributes:
        url: Address, or a local path for files named by the user.
        type: MIME type, lower case, "" when unknown.
        language: BCP 47 tag, or None.
        rel: "captions" when it was made as captions, else None.
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
        title: What the chapter is called; may be "".
        end: Seconds, or None where the source doesn't say.
    """

    start: float
    title: str
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A host or guest (``podcast:person``).

    Attributes:
        name: Full name.
        role: Lower case; "host" where the feed doesn't say.
    """

    name: str
    role: str = "host"


@dataclass(frozen=True, slots=True, repr=False)
class Episode(MaskedRepr):
    """One episode of a podcast. Text fields are plain text without markup, except ``description_html``.

    Attributes:
        guid: Unique within its podcast (falls back to the enclosure's URL).
        title: Title; never empty.
        podcast: Title of the podcast.
        published: When it came out, with the offset from UTC that its publisher gives, so that ``published.date()`` is
            the publisher's day; or None.
        duration: Seconds as the feed states it, or None.
        link: Web page of the episode, or None.
        audio: The audio file, or None.
        transcripts: Publisher's transcripts, best first.
        chapters: Chapters that are known without another download.
        chapters_url: Address of a Podcasting 2.0 chapters file, or None.
        persons: Hosts and guests as the feed names them.
        author: ``itunes:author`` or the podcast's, or None.
        summary: Plain text of the description.
        description_html: The show notes as the feed has them: **untrusted**, sanitise before showing.
        language: BCP 47 tag of the podcast, or None.
        season: Season number, or None.
        number: Episode number, or None.
        image: Address of a picture, or None.
        feed_url: Where the feed was read from, without credentials, or None.
        private: Whether its feed is for one subscriber only (it needs a password, or its own address has a token in
            it): no address of it may be published then.
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
        """Twelve hexadecimal digits that its drafts are known by: of the SHA-256 of its guid, which may be secret."""
        return hashlib.sha256(self.guid.encode("utf-8", "replace")).hexdigest()[:12]


def publishable(episode: Episode) -> Episode:
    """Return an episode without the addresses that must not stand in anything published.

    Args:
        episode: Any episode; one of a public feed comes back as it is.
    """
    if not episode.private:
        return episode
    return replace(episode, link=None, audio=None, image=None, transcripts=(), chapters_url=None, feed_url=None)


@dataclass(frozen=True, slots=True, repr=False)
class Podcast(MaskedRepr):
    """A podcast with its episodes, newest first as far as the feed dates them.

    Attributes:
        title: Title; never empty.
        episodes: Episodes, newest first; undated ones stay where the feed has them.
        url: Address of the feed as it should be remembered (after permanent redirects), or None for local files.
        link: Web page, or None.
        description: Plain text.
        author: Who makes it, or None.
        language: BCP 47 tag, or None.
        image: Address of the cover, or None.
        guid: ``podcast:guid``, or None.
        etag: ETag of the response, for the next conditional request.
        modified: Last-Modified of the answer, likewise.
        next_page: RFC 5005 address of the next page of the feed, or None.
        moved_to: Address that the feed itself says it has moved to (``itunes:new-feed-url``), or None.
        notices: Sentences for the user: parts of the feed that were not read.
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
        """Whether its feed is for one subscriber only, as its address or its episodes say."""
        return is_private(self.url) or any(episode.private for episode in self.episodes)
