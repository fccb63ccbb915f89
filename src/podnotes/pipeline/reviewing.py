"""From the library to what shows an episode: the page to choose from, the picture of its topics."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError, OutputError
from podnotes.pipeline.finding import Finder
from podnotes.pipeline.run import draft_name

if TYPE_CHECKING:
    from podnotes.library import Library
    from podnotes.models import Episode, Findings, Topic, Transcript


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

    episode, transcript, findings = _found(library, episode_id, topics)
    note = compose_note(episode, findings, transcript, topics)
    options = ReviewOptions(audio=library.audio(episode_id), clip=episode.title)
    page = review_page(episode, transcript, findings, note, topics=topics, options=options)
    return _put(page, Path(out) / f"{draft_name(episode)} review.html")


def write_picture(library: Library, episode_id: int, topics: tuple[Topic, ...], *, out: str | Path = "drafts") -> Path:
    """Write a picture of where in an episode the topics are: an SVG with its alternative text inside.

    Args:
        library: Where the episode and its transcript are.
        episode_id: Its number in the library.
        topics: What to look for.
        out: Folder for the picture; made where it is missing.

    Returns:
        The picture.

    Raises:
        LibraryError: The episode was never transcribed, or the library can't be read.
        OutputError: The picture can't be written.
    """
    from podnotes.notes import topic_picture

    episode, _, findings = _found(library, episode_id, topics)
    return _put(topic_picture(episode, findings, topics), Path(out) / f"{draft_name(episode)} topics.svg")


def _found(library: Library, number: int, topics: tuple[Topic, ...]) -> tuple[Episode, Transcript, Findings]:
    episode = library.episode(number)
    transcript = library.transcript(number)
    if transcript is None:
        raise LibraryError(f"“{episode.title}” was not transcribed yet; make its draft first (podnotes draft).")
    return episode, transcript, Finder(topics).recall(number, episode, transcript, library)


def _put(text: str, path: Path) -> Path:
    """Write a file that is podnotes' own, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.podnotes-part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise OutputError(f"{path} can't be written ({error.strerror}). Choose another folder with --out.") from error
    return path
