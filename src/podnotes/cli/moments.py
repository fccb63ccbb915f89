"""The command on times that the user marked while listening: quote."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podnotes.cli.arguments import library_option, out_option, topics_option
from podnotes.cli.episode import Time, episodes_of_draft, find_episode, read_draft
from podnotes.cli.output import put, put_json, say
from podnotes.errors import UsageError

if TYPE_CHECKING:
    from podnotes.notes import Bookmark


@click.command()
@click.argument("episode", metavar="EPISODE")
@click.argument("times", nargs=-1, type=Time(), metavar="[TIME...]")
@click.option("--from", "source", metavar="FILE|-",
              help="A list with a time, and optionally a note, on each line; - is standard input.")  # fmt: skip
@click.option("--into", type=click.Path(dir_okay=False, path_type=Path), metavar="DRAFT",
              help="Insert the quotes into this draft, which may be edited.")  # fmt: skip
@click.option("--draft", is_flag=True, help="Make a new draft of only these quotes.")
@click.option("--template", default="blog", show_default=True, envvar="PODNOTES_TEMPLATE", metavar="NAME|FILE",
              help="Template of the new draft.")  # fmt: skip
@topics_option
@out_option
@click.option("--mark-corrections/--no-mark-corrections", default=False, envvar="PODNOTES_MARK_CORRECTIONS",
              help="Put corrected words in brackets: [nociception].")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per quote and line.")
@library_option
def quote(
    episode: str,
    times: tuple[float, ...],
    source: str | None,
    into: Path | None,
    draft: bool,
    template: str,
    topics: str,
    out: Path,
    mark_corrections: bool,
    as_json: bool,
    library_path: Path | None,
) -> int:
    """Quote an episode at times that you marked while listening (12:30 45:10 …).

    Each quote is the complete thought at or just before the time, with its link. EPISODE is part of the title of an
    episode in the library. Lists can come from podcast apps and note apps.
    """
    from podnotes.library import Library
    from podnotes.notes import Bookmark, NoteOptions, insert_quotes, quotes_of, read_bookmarks, render_quote
    from podnotes.pipeline import check_folder, quotes_at, write_bookmarks
    from podnotes.topics import load_topics

    if into is not None and draft:
        raise click.UsageError("--into changes a draft that is there, and --draft makes one: give one of the two.")
    bookmarks: list[Bookmark] = [Bookmark(time) for time in times]
    if source is not None:
        bookmarks += read_bookmarks(_read_list(source))
    if not bookmarks:
        raise click.UsageError("Name the moments, like 12:30 45:10, or a list of them with --from.")
    pack = load_topics(topics)
    options = NoteOptions(mark_corrections=mark_corrections)
    failed: list[UsageError] = []
    with Library(library_path) as library:
        number = find_episode(library, episode)
        text = None if into is None else read_draft(into)
        if into is not None and text is not None:
            with suppress(UsageError):  # drafts not made by podnotes are fine too
                if number not in episodes_of_draft(library, into, text):
                    say(f"{into} is about another episode; the quotes go into it all the same.")
        quoted = quotes_at(library, number, bookmarks, pack, options=options, on_error=failed.append)
        known = library.episode(number)
        for error in failed:
            say(f"podnotes: {error}")
        for each in quoted:
            if each.doubtful:
                say(f"{each.quote.time}: listen before you use it; the words may be misheard, or no whole thought.")
        if into is not None and text is not None:
            there = {block.claimed for block in quotes_of(text)}
            for each in quoted:
                if each.quote.time in there:
                    say(f"{into} has a quote from {each.quote.time} already.")
            quoted = tuple(each for each in quoted if each.quote.time not in there)
        if quoted and into is not None and text is not None:
            new = insert_quotes(text, known, [(each.quote, each.notes) for each in quoted], pack)
            library.edit_draft(into, text, new)
            put(f"{into}: {len(quoted)} quote{'s' if len(quoted) > 1 else ''} put in")
        elif quoted and draft:
            check_folder(out)
            result = write_bookmarks(library, number, quoted, pack, template=template, out=out, options=options)
            put(f"{result.path} ({result.outcome})")
        for each in quoted:
            if as_json:
                put_json(each)
            elif into is None and not draft:
                put(render_quote(known, each.quote, each.notes))
    return 1 if failed else 0


def _read_list(source: str) -> str:
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"{source} can't be read ({error.strerror}).") from error
    from podnotes.charsets import decode

    return decode(data)
