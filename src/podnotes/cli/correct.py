"""The command ``correct``: corrections of misheard words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from podnotes.cli.arguments import library_option, topics_option
from podnotes.cli.episode import Time, find_episode
from podnotes.cli.output import put, put_json, say
from podnotes.errors import UsageError
from podnotes.pipeline.finding import transcript_of
from podnotes.timestamps import clock
from podnotes.urls.privacy import shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podnotes.corrections import SuggestedCorrection
    from podnotes.library import CorrectionResult, Library
    from podnotes.models import Correction


@click.command()
@click.argument("words", nargs=-1, metavar="[FEED|EPISODE [HEARD RIGHT]]")
@click.option("--show", is_flag=True, help="In all episodes of the podcast, including future ones.")
@click.option("--at", type=Time(), metavar="TIME", help="Only at this time.")
@click.option("--list", "listing", is_flag=True, help="List corrections: all, or those of a feed or an episode.")
@click.option("--undo", type=click.IntRange(min=1), metavar="N", help="Undo correction N of the list.")
@click.option(
    "--suggest", is_flag=True, help="Suggest corrections for words that sound like a term or name; you decide on each."
)
@topics_option
@click.option(
    "--json", "as_json", is_flag=True, help="With --list or --suggest: print one JSON object per line, without asking."
)
@library_option
def correct(
    words: tuple[str, ...],
    show: bool,
    at: float | None,
    listing: bool,
    undo: int | None,
    suggest: bool,
    topics: str,
    as_json: bool,
    library_path: Path | None,
) -> None:
    """Correct misheard words: correct "How pain is made" "no susception" nociception.

    The first argument is the path of a draft, part of an episode's title, or the address of a feed. Drafts, search and
    passages use the corrected words from then on; the original words stay in the library.
    """
    from podnotes.library import Library

    if sum([listing, undo is not None, suggest]) > 1:
        raise click.UsageError("--list, --undo and --suggest do different things: give one of them.")
    with Library(library_path) as library:
        if undo is not None:
            _only(words, 0, "--undo N takes back one correction and needs nothing else.")
            taken = library.undo_correction(undo)
            put(f"Correction {undo} undone: “{taken.heard}” is restored.")
        elif listing:
            _only(words, 1, "--list takes one feed or episode at most.")
            _list(library, words[0] if words else None, as_json=as_json)
        elif suggest:
            _only(words, 1, "Name the episode: podnotes correct EPISODE --suggest")
            if not words:
                raise click.UsageError("Name the episode: podnotes correct EPISODE --suggest")
            _suggest(library, words[0], topics, show=show, as_json=as_json)
        else:
            if len(words) != 3:
                raise click.UsageError('Give three things: podnotes correct EPISODE "words as heard" "what was said"')
            episode_id, feed = _target(library, words[0])
            if show and episode_id is not None:
                feed, episode_id = _show_of(library, episode_id), None
            result = library.correct(words[1], words[2], episode_id=episode_id, feed=feed, at=at)
            put(_changed(result))
            say("podnotes draft … --again renews drafts that you haven't changed.")


def _only(words: Sequence[str], most: int, message: str) -> None:
    if len(words) > most:
        raise click.UsageError(message)


def _changed(result: CorrectionResult) -> str:
    correction = result.correction
    places = f"{result.places} place{'' if result.places == 1 else 's'}"
    if correction.feed is not None:
        places += f" in {result.episodes} episode{'' if result.episodes == 1 else 's'} so far"
    return f"{correction.number}: “{correction.heard}” is now “{correction.right}”, at {places}"


def _target(library: Library, text: str) -> tuple[int | None, str | None]:
    """Return the number of the episode, or the address of the podcast's feed."""
    return (None, text) if "://" in text else (find_episode(library, text), None)


def _show_of(library: Library, episode_id: int) -> str:
    feed = library.episode(episode_id).feed_url
    if feed is None:
        raise UsageError("The episode is a file of yours and belongs to no show; correct it without --show.")
    return feed


def _list(library: Library, target: str | None, *, as_json: bool) -> None:
    episode_id, feed = (None, None) if target is None else _target(library, target)
    found = [
        one for one in library.corrections(episode_id) if one.heard != one.right and (feed is None or one.feed == feed)
    ]
    for one in found:
        if as_json:
            put_json(one)
            continue
        place = f", at {clock(one.at)}" if one.at is not None else ""
        put(f"{one.number:>3}  “{one.heard}” is “{one.right}”{place}{_where(library, one)}")
    if not found and not as_json:
        say("Nothing was corrected yet.")


def _where(library: Library, correction: Correction) -> str:
    if correction.episode_id is not None:
        return f", in “{library.episode(correction.episode_id).title}”"
    return f", in all episodes of {shown(correction.feed or '')}"


def _suggest(library: Library, target: str, topics: str, *, show: bool, as_json: bool) -> None:
    from podnotes.corrections import suggest_corrections
    from podnotes.topics import load_topics

    number = find_episode(library, target)
    feed = _show_of(library, number) if show else None
    found = suggest_corrections(transcript_of(library, number), load_topics(topics), library.episode(number))
    for one in found:
        if as_json:
            put_json(one)
        elif not sys.stdin.isatty():
            put(_suggestion(one))
        elif click.confirm(_suggestion(one), default=False):
            result = library.correct(one.heard, one.right, episode_id=None if feed else number, feed=feed)
            put(_changed(result))
    if not found and not as_json:
        say("Nothing sounds like a term or name that is spelled otherwise.")


def _suggestion(one: SuggestedCorrection) -> str:
    times = ", ".join(clock(time) for time in one.times[:3])
    more = f" and {len(one.times) - 3} more" if len(one.times) > 3 else ""
    return f"“{one.heard}” ({times}{more}): was it “{one.right}”, {one.why}?"
