"""From the library to a page on which to hear and pick the passages of an episode."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError, OutputError
from podnotes.pipeline.drafting import draft_name
from podnotes.pipeline.finding import Finder

if TYPE_CHECKING:
    from podnotes.library import Library
    from podnotes.models import Topic


def write_review(library: Library, episode_id: int, topics: tuple[Topic, ...], *, out: str | Path = "drafts") -> Path:
    """Write the review page of an episode that was transcribed before.

    Args:
        library: Where the episode and its transcript are.
        episode_id: Its number in the library.
        topics: What to look for.
        out: Folder for the page; made where it is missing. The page is podnotes' own: what she picks stays in her
            browser, so an earlier page is replaced.

    Returns:
        The page.

    Raises:
        LibraryError: The episode was never transcribed, or the library can't be read.
        OutputError: The page can't be written.
    """
    from podnotes.notes import ReviewOptions, compose_note, review_page

    episode = library.episode(episode_id)
    transcript = library.transcript(episode_id)
    if transcript is None:
        raise LibraryError(f"“{episode.title}” was not transcribed yet; make its draft first (podnotes draft).")
    findings = Finder(topics).recall(episode_id, episode, transcript, library)
    note = compose_note(episode, findings, transcript, topics)
    page = review_page(
        episode, transcript, findings, note, topics=topics, options=ReviewOptions(audio=library.audio(episode_id))
    )
    path = Path(out) / f"{draft_name(episode)} review.html"
    temporary = path.with_name(f".{path.name}.{os.getpid()}.podnotes-part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(page, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"{path} can't be written ({error.strerror}). Choose another folder with --out.") from error
    return path
