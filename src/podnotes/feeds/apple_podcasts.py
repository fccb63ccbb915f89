"""Links to Apple Podcasts, resolved to a show's feed and an episode through Apple's public directory.

Source: https://developer.apple.com/library/archive/documentation/AudioVideo/Conceptual/iTuneSearchAPI/.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from podnotes import http
from podnotes.errors import SourceError

if TYPE_CHECKING:
    from podnotes.models import Podcast

_SHOW = re.compile(r"^https?://(?:podcasts|itunes)\.apple\.com/(?:[^?#]*/)?id(\d{3,20})", re.IGNORECASE)
_EPISODE = re.compile(r"[?&]i=(\d{3,20})(?:[&#]|$)")
#: Maximum number of episodes that the directory lists.
_LISTED = 200


@dataclass(frozen=True, slots=True)
class Listing:
    """Apple's directory entry for a link.

    Attributes:
        feed: Address of the show's feed.
        episode: Whether the link refers to a single episode.
        guid: Guid of the episode, or "" if the directory doesn't list it.
        title: Title of the episode, or "" if the directory doesn't list it.
    """

    feed: str
    episode: bool = False
    guid: str = ""
    title: str = ""

    def only_episode(self, podcast: Podcast) -> Podcast:
        """Reduce the podcast to the episode that the link refers to.

        Args:
            podcast: The podcast as read from its feed.

        Returns:
            The podcast without ``etag`` and ``modified``, since the next request must also return the other episodes;
            or with all episodes and a notice if the linked one isn't found.
        """
        if not self.episode:
            return podcast
        by_guid = [one for one in podcast.episodes if one.guid == self.guid]
        found = by_guid or [one for one in podcast.episodes if one.title == self.title]
        if found:
            return replace(podcast, episodes=tuple(found[:1]), etag=None, modified=None)
        notice = (
            "The link's episode couldn't be identified, so the whole podcast was read: choose the episode with --match."
        )
        return replace(podcast, notices=(*podcast.notices, notice))


def is_apple_link(url: str) -> bool:
    """Tell whether an address leads to a show or an episode in Apple Podcasts."""
    return _SHOW.match(url) is not None


def look_up(url: str, directory: str) -> Listing:
    """Look up a link in Apple's public directory.

    Args:
        url: A link from Apple Podcasts.
        directory: Address of the lookup service.

    Raises:
        SourceError: The show is unknown, or the directory states no feed for it.
        FetchError: The directory can't be reached.
    """
    show, episode = _SHOW.match(url), _EPISODE.search(url)
    if show is None:
        raise SourceError(f"{http.shown(url)} isn't a link to a show in Apple Podcasts.")
    wanted = {"entity": "podcastEpisode", "limit": str(_LISTED)} if episode else {"entity": "podcast"}
    results = _results(f"{directory}?{urlencode({'id': show[1], **wanted})}")
    feed = next((address for item in results if (address := http.cleaned(str(item.get("feedUrl") or "")))), "")
    if not feed:
        raise SourceError(
            f"Apple's directory has no feed for the show {show[1]}: it may be for Apple subscribers only; "
            "use the feed's address instead."
        )
    if episode is None:
        return Listing(feed)
    meant = next((item for item in results if str(item.get("trackId")) == episode[1]), {})
    return Listing(feed, True, str(meant.get("episodeGuid") or ""), str(meant.get("trackName") or ""))


def _results(address: str) -> list[dict[str, Any]]:
    answer = http.fetch(address, trusted=True, max_bytes=4 * 1024 * 1024, deadline_s=60.0, accept="application/json")
    try:
        found = json.loads(answer.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise SourceError(
            "Apple's directory returned an unreadable response: use the feed's address instead."
        ) from error
    results = found.get("results") if isinstance(found, dict) else None
    return [item for item in results if isinstance(item, dict)] if isinstance(results, list) else []
