"""Quotes from bookmarks in an episode of the library, and drafts of these quotes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError
from podnotes.pipeline.finding import Finder
from podnotes.pipeline.run import draft_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from podnotes.errors import UsageError
    from podnotes.library import DraftResult, Library
    from podnotes.models import Topic
    from podnotes.notes import Bookmark, BookmarkedQuote, NoteOptions


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
        topics: Topics to place the quotes under.
        options: Options; only ``mark_corrections`` is used.
        on_error: Called with the error of a bookmark that is then skipped; None raises it.

    Returns:
        See :func:`podnotes.quote_bookmarks`.

    Raises:
        UsageError: A bookmark is after the end of the episode, or there is no speech at it.
        LibraryError: The episode has no transcript, or the library can't be read.
    """
    from podnotes.notes import quote_bookmarks

    episode = library.episode(episode_id)
    transcript = library.transcript(episode_id)
    if transcript is None:
        raise LibraryError(f"“{episode.title}” has not been transcribed yet; make its draft first (podnotes draft).")
    findings = Finder(topics).recall(episode_id, episode, transcript, library)
    return quote_bookmarks(episode, transcript, bookmarks, topics, findings, options=options, on_error=on_error)


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
    """Write a draft of bookmarked quotes; files that the user edited are left alone.

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
    from podnotes.notes import NoteOptions, compose_note, find_template, insert_notes, render

    episode, transcript = library.episode(episode_id), library.transcript(episode_id)
    findings = Finder(topics).recall(episode_id, episode, transcript, library) if transcript else None
    assert findings is not None
    quotes = [each.quote for each in quoted]
    note = compose_note(episode, findings, transcript, topics, options=options or NoteOptions(), quotes=quotes)
    suffix = next(iter(find_template(template).suffixes.values()))
    return library.write_draft(
        episode_id,
        path=Path(out) / f"{draft_name(episode)} bookmarks{suffix}",
        text=insert_notes(render(note, template), quoted),
        template=f"{template} bookmarks",
    )
