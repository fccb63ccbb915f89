"""The command ``quote``: quotes at times that the user marked while listening."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podnotes.cli.arguments import (
    combined,
    library_option,
    mark_corrections_option,
    out_option,
    template_option,
    topics_option,
)
from podnotes.cli.episode import Time, find_episode
from podnotes.cli.output import put, put_json, say
from podnotes.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.library import Library
    from podnotes.notes.bookmarks import Bookmark


# For commands that insert quotes into drafts.
quote_options = combined(
    click.option("--into", type=click.Path(dir_okay=False, path_type=Path), metavar="DRAFT",
                 help="Insert the quotes into this draft, which may be edited."),
    template_option,
    topics_option,
    out_option,
    mark_corrections_option,
)  # fmt: skip


@click.command()
@click.argument("episode", metavar="EPISODE")
@click.argument("times", nargs=-1, type=Time(), metavar="[TIME...]")
@click.option("--from", "source", metavar="FILE|-",
              help="A list with a time, and optionally a note, on each line; - is standard input.")  # fmt: skip
@click.option("--draft", is_flag=True, help="Make a draft of only these quotes, or add them to the one made before.")
@quote_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per quote and line.")
@library_option
def quote(
    episode: str,
    times: tuple[float, ...],
    source: str | None,
    draft: bool,
    as_json: bool,
    library_path: Path | None,
    **given: Any,
) -> int:
    """Quote an episode at times that you marked while listening (12:30 45:10 …).

    Each quote is the complete thought at or just before the time, with its link. EPISODE is part of the title of an
    episode in the library. Lists can come from podcast apps and note apps.
    """
    from podnotes.library import Library
    from podnotes.notes.bookmarks import Bookmark, read_bookmarks

    if given["into"] is not None and draft:
        raise click.UsageError("--into changes a draft that is there, and --draft makes one: give one of the two.")
    bookmarks: list[Bookmark] = [Bookmark(time) for time in times]
    if source is not None:
        bookmarks += read_bookmarks(_read_list(source))
    if not bookmarks:
        raise click.UsageError("Name the moments, like 12:30 45:10, or a list of them with --from.")
    with Library(library_path) as library:
        number = find_episode(library, episode)
        return put_quotes(library, number, bookmarks, draft=draft, as_json=as_json, **given)


def put_quotes(
    library: Library,
    number: int,
    bookmarks: Sequence[Bookmark],
    *,
    into: Path | None,
    draft: bool,
    template: str,
    topics: str,
    out: Path,
    mark_corrections: bool,
    as_json: bool = False,
) -> int:
    """Insert the quotes for bookmarks into a draft or a new one, else print them; return the exit status."""
    from podnotes.notes.editing import render_quote
    from podnotes.notes.options import NoteOptions
    from podnotes.pipeline.bookmarking import insert_bookmarks, quotes_at, write_bookmarks
    from podnotes.pipeline.run import check_folder
    from podnotes.topics import load_topics

    pack = load_topics(topics)
    options = NoteOptions(mark_corrections=mark_corrections)
    failed: list[UsageError] = []
    quoted = quotes_at(library, number, bookmarks, pack, options=options, on_error=failed.append)
    for error in failed:
        say(f"podnotes: {error}")
    for each in quoted:
        if each.doubtful:
            say(f"{each.quote.time}: listen before you use it; the words may be misheard, or no whole thought.")
    if into is not None:
        new = insert_bookmarks(library, number, quoted, pack, into)
        for each in quoted:
            if each not in new:
                say(f"{into} has a quote from {each.quote.time} already.")
        if new:
            put(f"{into}: {len(new)} quote{'s' if len(new) > 1 else ''} inserted")
        quoted = new
    elif quoted and draft:
        check_folder(out)
        result = write_bookmarks(library, number, quoted, pack, template=template, out=out, options=options)
        put(f"{result.path} ({result.outcome})")
    for each in quoted:
        if as_json:
            put_json(each)
        elif into is None and not draft:
            put(render_quote(library.episode(number), each.quote, each.notes))
    return 1 if failed else 0


def _read_list(source: str) -> str:
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"{source} can't be read ({error.strerror}).") from error
    from podnotes.charsets import decode

    return decode(data)
