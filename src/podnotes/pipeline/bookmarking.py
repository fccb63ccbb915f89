"""Quotes for bookmarks in an episode of the library: finding, drafting, and inserting into existing drafts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import UsageError
from podnotes.files import read_draft, write_file
from podnotes.notes.options import NoteOptions
from podnotes.pipeline.finding import episodes_of_draft, findings_of
from podnotes.pipeline.run import draft_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from podnotes.library import DraftResult, Library
    from podnotes.models import Topic
    from podnotes.notes.bookmarks import Bookmark, BookmarkedQuote


def quotes_at(
    library: Library,
    episode_id: int,
    bookmarks: Iterable[Bookmark],
    topics: tuple[Topic, ...],
    *,
    options: NoteOptions | None = None,
    on_error: Callable[[UsageError], None] | None = None,
) -> tuple[BookmarkedQuote, ...]:
    """Find the quotes for bookmarks in an episode of the library.

    Args:
        library: The library.
        episode_id: Number of the episode in it.
        bookmarks: The bookmarks.
        topics: Topics to which the quotes are assigned.
        options: Options for composing, of which only ``mark_corrections`` is used.
        on_error: Called with the error of each bookmark that is skipped; if None, the error is raised.

    Returns:
        See :func:`podnotes.quote_bookmarks`.

    Raises:
        UsageError: A bookmark is beyond the end of the episode, or there is no speech at that time.
        LibraryError: The episode has no transcript, or the library can't be read.
    """
    from podnotes.notes.bookmarks import quote_bookmarks

    episode, transcript, findings = findings_of(library, episode_id, topics)
    return quote_bookmarks(episode, transcript, bookmarks, topics, findings, options=options, on_error=on_error)


def insert_bookmarks(
    library: Library, episode_id: int, quoted: Sequence[BookmarkedQuote], topics: tuple[Topic, ...], draft: str | Path
) -> tuple[BookmarkedQuote, ...]:
    """Insert bookmarked quotes into a draft, edited or not, without changing the rest of it.

    Args:
        library: The library.
        episode_id: Number of their episode in it.
        quoted: The quotes.
        topics: The topics of the quotes.
        draft: The draft.

    Returns:
        The inserted quotes, without those already in the draft.

    Raises:
        OutputError: The draft can't be written, or was changed meanwhile.
        UsageError: The draft can't be read, or is on another episode, whose title and link the quotes would get.
    """
    from podnotes.notes.editing import insert_quotes
    from podnotes.notes.verify import quotes_of

    text, episode = read_draft(draft), library.episode(episode_id)
    about = [library.episode(number) for number in episodes_of_draft(library, Path(draft), text)]
    if about and episode.id not in {one.id for one in about}:
        raise UsageError(f"{draft} is about “{about[0].title}”; make a draft of its own for another episode.")
    there = {block.claimed for block in quotes_of(text)}
    new = tuple(each for each in quoted if each.quote.time not in there)
    if new:
        changed = insert_quotes(text, episode, [(each.quote, each.notes) for each in new], topics)
        library.edit_draft(Path(draft), text, changed)
    return new


def write_bookmarks(
    library: Library,
    episode_id: int,
    quoted: Sequence[BookmarkedQuote],
    topics: tuple[Topic, ...],
    *,
    template: str = "blog",
    out: str | Path = "drafts",
    options: NoteOptions | None = None,
) -> DraftResult:
    """Write a draft of bookmarked quotes, or insert them into the existing one, edited or not.

    Args:
        library: The library.
        episode_id: Number of the episode in it.
        quoted: The quotes.
        topics: The topics of the quotes.
        template: Name or path of the template.
        out: Folder for the draft.
        options: Options for composing.

    Returns:
        Path and outcome of the draft.

    Raises:
        OutputError: The draft can't be written.
        TemplateError: There is no such template.
        LibraryError: The library can't be read or written.
    """
    from podnotes.library import DraftResult
    from podnotes.notes.compose import compose_note
    from podnotes.notes.editing import insert_notes
    from podnotes.notes.rendering import find_template, render

    episode, transcript, findings = findings_of(library, episode_id, topics)
    suffix = next(iter(find_template(template).suffixes.values()))
    path = Path(out) / f"{draft_name(episode)} bookmarks{suffix}"
    if path.is_file():
        new = insert_bookmarks(library, episode_id, quoted, topics, path)
        return DraftResult(path, "updated" if new else "unchanged")
    quotes = [each.quote for each in quoted]
    note = compose_note(episode, findings, transcript, topics, options=options or NoteOptions(), quotes=quotes)
    text = insert_notes(render(note, template), quoted)
    result = library.write_draft(episode_id, path=path, text=text, template=f"{template} bookmarks")
    if result.outcome == "kept away":  # deleted earlier, now requested again
        return DraftResult(write_file(result.path, text), "new")
    return result
