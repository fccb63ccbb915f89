"""Commands on feeds: ``feed``, ``follow``, ``unfollow``, ``feeds``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from podnotes.cli.arguments import force_option, library_option
from podnotes.cli.output import put, put_json, say
from podnotes.errors import FeedError, PodnotesError
from podnotes.timestamps import clock
from podnotes.urls.addresses import without_credentials
from podnotes.urls.privacy import masked_in, shown


@click.command()
@click.argument("source", metavar="URL|FILE")
@click.option("--episodes", type=click.IntRange(min=1), metavar="N", help="Only the newest N episodes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for the podcast with its episodes.")
def feed(source: str, episodes: int | None, as_json: bool) -> None:
    """List the episodes of a feed, newest first."""
    from podnotes.feeds.sources import read_sources

    for reading in read_sources(source):
        if reading.error is not None:
            raise reading.error
        podcast = reading.podcast
        assert podcast is not None
        podcast = replace(podcast, episodes=podcast.episodes[:episodes])
        if as_json:
            put_json(podcast)
            continue
        put(f"{podcast.title}" + (f", by {podcast.author}" if podcast.author else ""))
        for episode in podcast.episodes:
            day = f"{episode.published:%Y-%m-%d}" if episode.published else "no date   "
            length = f"  {clock(episode.duration)}" if episode.duration else ""
            marks = ("" if episode.audio else "  (no audio)") + ("  (has a transcript)" if episode.transcripts else "")
            put(f"  {day}  {episode.title}{length}{marks}")
        if not podcast.episodes:
            say("The feed has no episodes.")


@click.command()
@click.argument("source", metavar="URL|OPML")
@library_option
def follow(source: str, library_path: Path | None) -> int:
    """Follow a feed, or all feeds of an OPML file. `podnotes update` then drafts their new episodes."""
    from podnotes.feeds.sources import read_sources
    from podnotes.library import Library

    failed = 0
    with Library(library_path) as library:
        for reading in read_sources(source):
            if reading.error is not None or reading.podcast is None:
                failed += 1
                say(f"podnotes: {reading.error}")
                if reading.gone:
                    library.mark_gone(reading.address)
                continue
            podcast = reading.podcast
            if podcast.url is None:
                raise FeedError(f"{shown(reading.address)} is a file: only feeds on the web can be followed.")
            library.remember_podcast(podcast, asked=reading.address)
            new = library.follow(podcast.url)
            put(f"{'Following' if new else 'Already following'} {podcast.title} ({shown(podcast.url)})")
    return 1 if failed else 0


@click.command()
@click.argument("name", metavar="URL|TITLE")
@library_option
def unfollow(name: str, library_path: Path | None) -> None:
    """Stop following a feed, given its address or part of its title; drafts and transcripts stay."""
    from podnotes.library import Library

    with Library(library_path) as library:
        followed = library.feeds()
        found = [one for one in followed if name in (one.url, without_credentials(one.url))] or [
            one for one in followed if name.casefold() in one.title.casefold()
        ]
        if len(found) != 1:
            reason = "You follow no feed" if not found else f"You follow {len(found)} feeds"
            raise PodnotesError(f"{reason} named {masked_in(name)}; `podnotes feeds` lists them.")
        library.unfollow(found[0].url)
        put(f"No longer following {found[0].title}")


@click.command()
@click.option("--opml", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the feeds to an OPML file, which podcast apps can import.")  # fmt: skip
@force_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@library_option
def feeds(opml: Path | None, force: bool, as_json: bool, library_path: Path | None) -> None:
    """List the feeds you follow."""
    from podnotes.library import Library

    if opml is not None and as_json:
        raise click.UsageError("--opml and --json can't be combined: give one of them.")
    with Library(library_path) as library:
        followed = library.feeds()
    if opml is not None:
        from podnotes.feeds.opml import Subscription, write_opml

        write_opml([Subscription(url=one.url, title=one.title) for one in followed], opml, replace=force)
        say(f"Wrote {len(followed)} feeds to {opml}; it contains the addresses of private feeds, so don't share it.")
        return
    if as_json:
        put_json([{"title": one.title, "url": one.url, "episodes": one.episodes, "gone": one.gone} for one in followed])
        return
    for one in followed:
        checked = f", read {one.checked:%Y-%m-%d}" if one.checked else ""
        gone = f", gone since {one.gone:%Y-%m-%d} (the publisher took it down)" if one.gone else ""
        put(f"{one.title}: {one.episodes} episodes{checked}{gone}  {shown(one.url)}")
    if not followed:
        say("You follow no feed yet: podnotes follow URL")
