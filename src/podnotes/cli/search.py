"""The command ``search``: full-text search in the library."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from podnotes.cli.arguments import Day, library_option, start_of
from podnotes.cli.output import put, put_json, say
from podnotes.cli.quote import put_quotes, quote_options
from podnotes.errors import UsageError
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from podnotes.library import FoundSentence, Library, SearchResult


class _SearchCommand(click.Command):
    """Command that treats -word as part of the query, not as an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {word}" if re.match(r"-\w[\w’']", word) else word for word in args])


@click.command(cls=_SearchCommand)
@click.argument("query", nargs=-1, required=True)
@click.option("--podcast", metavar="TEXT", help="Only podcasts with this text in their title.")
@click.option(
    "--person", metavar="NAME", help="Only words of this person, or episodes with them if speakers are unknown."
)
@click.option("--since", type=Day(), help="Only episodes from this day on (2026-03-01, or 30d).")
@click.option("--until", type=Day(), help="Only episodes before this day.")
@click.option("--topic", metavar="ID", help="Only passages on this topic.")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Maximum number of episodes.")
@click.option("--sentences", type=click.IntRange(min=1), default=3, show_default=True,
              help="Maximum number of sentences per episode.")  # fmt: skip
@click.option("--quote", "wanted", type=click.IntRange(min=1), multiple=True, metavar="N",
              help="Put sentence N of the results, with the whole thought around it, into a draft.")  # fmt: skip
@quote_options
@library_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per episode and line.")
def search(
    query: tuple[str, ...],
    podcast: str | None,
    person: str | None,
    since: date | None,
    until: date | None,
    topic: str | None,
    limit: int,
    sentences: int,
    wanted: tuple[int, ...],
    library_path: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Search all transcripts in the library.

    Episodes with all words near each other come first, then those with most of them; "a phrase", -word and prefix*
    work too. --quote N puts a result into a draft: --into DRAFT, or a new one.
    """
    from podnotes.library import Library

    if given["into"] is not None and not wanted:
        raise click.UsageError("Say which result is to go into the draft: --quote N")
    with Library(library_path) as library:
        found = library.search(
            " ".join(query),
            podcast=podcast,
            person=person,
            since=start_of(since),
            until=start_of(until),
            topic=topic,
            limit=limit,
            per_episode=sentences,
        )
        known = library.topic_ids()
        if topic is not None and topic not in known:
            raise UsageError(f"Nothing was found on a topic “{topic}” yet; there is {', '.join(known) or 'none'}.")
        if wanted:
            return _quote(library, found, wanted, **given)
    if as_json:
        for result in found:
            put_json(result)
    else:
        _print_results(found)
    return 0


def _print_results(found: Sequence[SearchResult]) -> None:
    number = 0
    for at, result in enumerate(found):
        if not result.all_words and (at == 0 or found[at - 1].all_words):
            say("No episode has all words near each other; these have some:" if at == 0 else "With most of the words:")
        episode = result.episode
        day = f", {episode.published:%Y-%m-%d}" if episode.published else ""
        put(f"{episode.title} ({episode.podcast}{day})")
        for sentence in result.sentences:
            number += 1
            who = f"{sentence.speaker}: " if sentence.speaker else ""
            put(f"{number:>3}. [{clock(sentence.start)}] {who}{_marked(sentence)}")
            if sentence.url:
                put(f"      {sentence.url}")
        if (more := result.matches - len(result.sentences)) > 0:
            put(f"     … and {more} more (--sentences {result.matches} shows all)")
    if not found:
        say("Nothing found.")


def _marked(sentence: FoundSentence) -> str:
    """Return the sentence with matched words in bold, which click removes outside a terminal."""
    text, end = "", 0
    for first, last in sentence.marks:
        text += sentence.text[end:first] + click.style(sentence.text[first:last], bold=True)
        end = last
    return text + sentence.text[end:]


def _quote(library: Library, found: Sequence[SearchResult], wanted: Sequence[int], **given: Any) -> int:
    """Insert results, numbered from 1, into a draft."""
    from podnotes.notes.bookmarks import Bookmark

    numbered = [(result.episode_id, sentence) for result in found for sentence in result.sentences]
    if max(wanted) > len(numbered):
        raise UsageError(f"There is no result {max(wanted)}; the number of results is {len(numbered)}.")
    bookmarks: dict[int, list[Bookmark]] = {}
    for number in wanted:
        episode_id, sentence = numbered[number - 1]
        bookmarks.setdefault(episode_id, []).append(Bookmark(sentence.start, sentence.end))
    return max(put_quotes(library, episode_id, marked, draft=True, **given) for episode_id, marked in bookmarks.items())
