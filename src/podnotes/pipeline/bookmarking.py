"""From bookmarks in an episode of the library to quotes, and to a draft made of them alone."""

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
    """The thoughts that bookmarks in an episode of the library are about.

    Args:
        library: Where the episode and its transcript are.
        episode_id: Its number in the library.
        bookmarks: The moments.
        topics: Under which the quotes may stand.
        options: Whether corrections are marked.
        on_error: Called for a moment of which nothing can come; None raises.

    Returns:
        See :func:`podnotes.quote_bookmarks`.

    Raises:
        UsageError: A moment is after the end, or nothing is said there.
        LibraryError: The episode was never transcribed, or the library can't be read.
    """
    from podnotes.notes import quote_bookmarks

    episode = library.episode(episode_id)
    transcript = library.transcript(episode_id)
    if transcript is None:
        raise LibraryError(f"“{episode.title}” was not transcribed yet; make its draft first (podnotes draft).")
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
    """Write a draft of bookmarked quotes alone; what the user edited is left alone.

    Args:
        library: Where the episode is.
        episode_id: Its number in the library.
        quoted: The quotes.
        topics: Under which they stand.
        template: Name or path of the template.
        out: Folder for the draft.
        options: Options of the composing.

    Returns:
        What became of the draft.

    Raises:
        OutputError: It can't be written.
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
