"""Conversion of feedparser's dictionaries to podcasts and episodes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from podnotes.audio_types import TYPES, extension_of, guess_type, is_playable, rank_type
from podnotes.feeds import values
from podnotes.feeds.chapters import chapters_in_notes, in_order
from podnotes.feeds.dates import moment
from podnotes.models import Chapter, Enclosure, Episode, Person, Podcast, TranscriptLink
from podnotes.transcript_types import transcript_order, transcript_type
from podnotes.urls.addresses import cleaned, joined, without_credentials
from podnotes.urls.privacy import is_private

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from podnotes.feeds.rss import Raw


#: Maximum length of an address's fragment.
_LONGEST_FRAGMENT = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Location of a feed, which determines which addresses are allowed in it.

    Attributes:
        url: Address of the feed, or None for a file.
        folder: Folder of the feed if the user named a file; addresses may then refer to files in it. Else None.
        private: Whether the feed is for one subscriber only.
    """

    url: str | None = None
    folder: Path | None = None
    private: bool = False

    def address(self, value: object) -> str:
        """Return an address in the feed, absolute and normalised for a request; "" if it isn't one."""
        text = str(value or "").strip()
        if not text:
            return ""
        return joined(self.url, text) if self.url else cleaned(text)

    def page(self, value: object) -> str:
        """Return the address of a page for display: like :meth:`address`, but with the fragment."""
        found = self.address(value)
        fragment = quote(unquote(str(value).partition("#")[2].strip()), safe="/:@!$&*+,;=~-._")
        return f"{found}#{fragment}" if found and 0 < len(fragment) <= _LONGEST_FRAGMENT else found

    def file_or_address(self, value: object) -> str:
        """Return an address, or the path of a file in the feed's own folder."""
        found = self.address(value)
        if found or self.folder is None:
            return found
        text = str(value or "").strip()
        if not text or len(text) > 1000 or "\x00" in text:
            return ""
        try:
            parts = urlsplit(text)
            if parts.scheme.lower() not in {"", "file"} or parts.netloc not in {"", "localhost"}:
                return ""
            folder = self.folder.resolve()
            path = (folder / unquote(parts.path)).resolve()
            # If there is no such file, it is an address without a scheme.
            if path.is_relative_to(folder) and path.is_file():
                return str(path)
        except (OSError, ValueError):
            return ""
        return ""


def to_podcast(raw: Raw, place: Place, *, fallback_title: str) -> Podcast:
    """Build a podcast from a parsed feed.

    Args:
        raw: The parsed feed.
        place: Location of the feed.
        fallback_title: Title to use if the feed has none.

    Returns:
        The podcast, with its episodes newest first.
    """
    feed = raw.feed
    title = values.one_line(_text(feed, "title")) or values.one_line(_text(feed, "itunes_title")) or fallback_title
    language = values.language_tag(_text(feed, "language"))
    author = _author(feed)
    # For a file, the address that the feed states as its own decides.
    own = (str(item.get("href") or "") for item in _dicts(feed, "links") if item.get("rel") == "self")
    shared = Episode(
        guid="",
        title="",
        podcast=title,
        author=author,
        language=language,
        feed_url=without_credentials(place.url) if place.url else None,
        image=_image(feed, place),
        private=place.private or (place.url is None and any(map(is_private, own))),
    )
    people = _persons(feed)
    episodes: list[Episode] = []
    for entry in raw.entries:
        episode = _episode(entry, place, shared, people)
        if episode is not None:
            episodes.append(episode)
    return Podcast(
        title=title,
        episodes=ordered(with_unique_guids(episodes)),
        url=place.url,
        link=_link(feed, place),
        description=values.plain_text(_longest(feed), limit=20_000),
        author=author,
        language=language,
        image=shared.image,
        guid=values.one_line(next(iter(_texts(feed, "podnotes_guids")), "")) or None,
        next_page=_next_page(feed, place),
        moved_to=place.address(_text(feed, "newlocation") or _text(feed, "itunes_new-feed-url")) or None,
        notices=_notices(raw),
    )


def ordered(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """Sort episodes newest first; an undated one stays behind the dated one it follows in the feed."""
    keys: list[tuple[datetime, Episode]] = []
    previous = datetime.max.replace(tzinfo=UTC)
    for episode in episodes:
        previous = episode.published or previous
        keys.append((previous, episode))
    return tuple(episode for _, episode in sorted(keys, key=lambda pair: pair[0], reverse=True))


def with_unique_guids(episodes: Iterable[Episode]) -> list[Episode]:
    """Drop duplicate episodes, and give different episodes that share a guid distinct ones.

    The oldest of them keeps the guid, so that its identity doesn't change when another one is added.
    """
    groups: dict[str, list[Episode]] = {}
    seen: set[tuple[str, str, str]] = set()
    different: list[Episode] = []
    for episode in episodes:
        looks = (episode.guid, episode.title, episode.audio.url if episode.audio else "")
        if looks not in seen:
            seen.add(looks)
            groups.setdefault(episode.guid, []).append(episode)
            different.append(episode)
    oldest = {guid: ordered(group)[-1] for guid, group in groups.items()}
    kept: dict[str, Episode] = {}
    for episode in different:
        own = episode.guid
        if episode is not oldest[episode.guid]:
            mark = f"{episode.audio.url if episode.audio else ''}|{episode.title}|{episode.published}"
            own = f"{episode.guid}#{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
        kept.setdefault(own, replace(episode, guid=own))
    return list(kept.values())


def _notices(raw: Raw) -> tuple[str, ...]:
    count = len(raw.entries)
    if raw.truncated == "episodes":
        return (f"The feed has more than {count:,} episodes; only that many were read.",)
    if raw.truncated:
        return (f"The feed is damaged or too large to read in full; {count:,} episodes were read.",)
    return ()


def _episode(entry: dict[str, Any], place: Place, shared: Episode, people: tuple[Person, ...]) -> Episode | None:
    link = _link(entry, place)
    audio = _audio(entry, link, place)
    title = values.one_line(_text(entry, "title")) or values.one_line(_text(entry, "itunes_title"))
    notes = _longest(entry)
    summary = values.plain_text(notes)
    given = values.one_line(_text(entry, "id"), limit=2000)
    # Elements added by podnotes are useless without an address.
    if not (title or audio or any(value for name, value in entry.items() if not name.startswith("podnotes_"))):
        return None
    if not title and audio:
        title = values.one_line(unquote(urlsplit(audio.url).path.rpartition("/")[2].rpartition(".")[0] or ""))
    title = title or (summary.split("\n")[0][:80].strip() if summary else "") or "Untitled episode"
    published = _published(entry)
    guid = given or (audio.url if audio else "") or link or ""
    if not guid:
        guid = hashlib.sha256(f"{title}|{published}|{summary}".encode()).hexdigest()
    seconds = _duration(entry)
    chapters = _chapters(entry, seconds) or chapters_in_notes(summary, seconds)
    language = shared.language
    return replace(
        shared,
        guid=guid,
        title=title,
        published=published,
        duration=seconds,
        link=link,
        audio=audio,
        transcripts=_transcripts(entry, place, language),
        chapters=chapters,
        chapters_url=_chapters_url(entry, place),
        persons=_persons(entry) or people,
        author=_author(entry) or shared.author,
        summary=summary,
        description_html=notes[: values.LONGEST_HTML],
        season=values.whole_number(_text(entry, "itunes_season")),
        number=values.whole_number(_text(entry, "itunes_episode")),
        image=_image(entry, place) or shared.image,
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- audio


def _audio(entry: dict[str, Any], link: str | None, place: Place) -> Enclosure | None:
    """Choose the file to play: audio before video, enclosures before alternatives."""
    candidates = [enclosure for item in _enclosure_items(entry) if (enclosure := _enclosure(item, place)) is not None]
    best: Enclosure | None = None
    for candidate in candidates:
        if best is None or rank_type(candidate.type) < rank_type(best.type):
            best = candidate
    if best is None and link is not None and extension_of(link) in TYPES:
        # Before enclosures existed, an item's link led to its audio.
        return _enclosure({"url": link}, place)
    return replace(best, type="") if best is not None and best.type.endswith("*") else best


def _enclosure_items(entry: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield from _dicts(entry, "podnotes_enclosures")
    yield from (item for item in _dicts(entry, "links") if item.get("rel") == "enclosure")
    for item in _dicts(entry, "podnotes_media"):
        medium = str(item.get("medium", "")).lower()
        if medium not in {"image", "document", "executable"}:
            yield {**item, "type": item.get("type") or (f"{medium}/*" if medium in {"audio", "video"} else "")}


def _enclosure(item: dict[str, Any], place: Place) -> Enclosure | None:
    url = place.file_or_address(item.get("url") or item.get("href"))
    if not url:
        return None
    stated = str(item.get("type") or "").partition(";")[0].strip().lower()
    kind = guess_type(url, stated)
    if not is_playable(kind):
        return None
    return Enclosure(url, kind, values.size_in_bytes(item.get("length") or item.get("filesize")))


# ----------------------------------------------------------------------------------------------------------- parts


def _transcripts(entry: dict[str, Any], place: Place, language: str | None) -> tuple[TranscriptLink, ...]:
    links: dict[str, TranscriptLink] = {}
    for item in _dicts(entry, "podnotes_transcripts"):
        url = place.file_or_address(item.get("url") or item.get("href") or item.get("src"))
        if not url or url in links:
            continue
        kind = transcript_type(str(item.get("type") or ""), url)
        rel = "captions" if "caption" in str(item.get("rel") or "").lower() else None
        links[url] = TranscriptLink(url, kind, values.language_tag(item.get("language") or item.get("xml:lang")), rel)
    return tuple(sorted(links.values(), key=lambda link: transcript_order(link, language)))


def _chapters(entry: dict[str, Any], seconds: float | None) -> tuple[Chapter, ...]:
    found: list[Chapter] = []
    for item in _dicts(entry, "podnotes_psc"):
        start = values.time_in_episode(str(item.get("start", "")))
        if start is not None:
            found.append(Chapter(start, values.one_line(str(item.get("title", "")))))
    return in_order(found, seconds)


def _chapters_url(entry: dict[str, Any], place: Place) -> str | None:
    found = (place.file_or_address(item.get("url")) for item in _dicts(entry, "podnotes_chapters"))
    return next((url for url in found if url), None)


def _duration(entry: dict[str, Any]) -> float | None:
    stated = [*_texts(entry, "podnotes_durations")]
    stated += [str(item.get("duration") or "") for item in _dicts(entry, "podnotes_media")]
    return next((seconds for text in stated if (seconds := values.time_in_episode(text))), None)


def _persons(context: dict[str, Any]) -> tuple[Person, ...]:
    found: dict[tuple[str, str], Person] = {}
    for item in _dicts(context, "podnotes_persons"):
        name = values.one_line(str(item.get("text", "")), limit=200)
        role = values.one_line(str(item.get("role", "")), limit=60).lower() or "host"
        if name:
            found.setdefault((name, role), Person(name, role))
    return tuple(found.values())


def _author(context: dict[str, Any]) -> str | None:
    """Return the author's name without an e-mail address, which doesn't belong in posts."""
    name = values.one_line(re.sub(r"\S+@\S+\.\w+\s*\((.*)\)", r"\1", _text(context, "author")[:1000]), limit=200)
    return re.sub(r"\s*[(<]?\S+@\S+\.\w+[)>]?\s*$", "", name) or None


def _published(entry: dict[str, Any]) -> datetime | None:
    for name in ("published", "updated", "created"):
        if found := moment(_text(entry, name)):
            return found
    return None


def _link(context: dict[str, Any], place: Place) -> str | None:
    found = place.page(_text(context, "link"))
    if found:
        return found
    for item in _dicts(context, "links"):
        if item.get("rel", "alternate") == "alternate" and (found := place.page(item.get("href"))):
            return found
    return None


def _next_page(feed: dict[str, Any], place: Place) -> str | None:
    for item in _dicts(feed, "links"):
        if item.get("rel") == "next" and (found := place.address(item.get("href"))):
            return found
    return None


def _image(context: dict[str, Any], place: Place) -> str | None:
    image = dict.get(context, "image")
    if isinstance(image, dict):
        for name in ("href", "url"):
            if found := place.address(dict.get(image, name)):
                return found
    for item in _dicts(context, "media_thumbnail"):
        if found := place.address(item.get("url")):
            return found
    return place.address(_text(context, "logo")) or None


def _longest(context: dict[str, Any]) -> str:
    texts = [_text(context, "summary"), _text(context, "subtitle")]
    texts += [str(item.get("value") or "") for item in _dicts(context, "content")]
    return max(texts, key=len)


# ------------------------------------------------------------------------------------------------- feedparser's dicts


def _text(context: dict[str, Any], name: str) -> str:
    # dict.get bypasses feedparser's aliases, which warn and fall back to other fields.
    value = dict.get(context, name)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _dicts(context: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = dict.get(context, name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(context: dict[str, Any], name: str) -> list[str]:
    return [str(item.get("text") or "") for item in _dicts(context, name)]
