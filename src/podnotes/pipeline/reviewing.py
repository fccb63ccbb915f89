"""From the library to what shows an episode: the page to choose from, the picture of its topics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError
from podnotes.files import write_file
from podnotes.pipeline.drafting import draft_name
from podnotes.pipeline.finding import Finder

if TYPE_CHECKING:
    from podnotes.library import Library
    from podnotes.models import Episode, Findings, Topic, Transcript

#: Stands in every review page.
_MARK = b'<meta name="generator" content="podnotes review">'


def write_review(
    library: Library,
    episode_id: int,
    topics: tuple[Topic, ...],
    *,
    out: str | Path = "drafts",
    replace: bool = False,
) -> Path:
    """Write the review page of an episode that was transcribed before.

    Args:
        library: Where the episode and its transcript are.
        episode_id: Its number in the library.
        topics: What to look for.
        out: Folder for the page; made where it is missing. An earlier review page is replaced: what is picked stays in
            the browser.
        replace: Whether any other file of its name may be replaced.

    Returns:
        The page.

    Raises:
        LibraryError: The episode was never transcribed, or the library can't be read.
        OutputError: The page can't be written, or another file is there.
    """
    from podnotes.notes import ReviewOptions, compose_note, review_page

    episode, transcript, findings = _found(library, episode_id, topics)
    note = compose_note(episode, findings, transcript, topics)
    options = ReviewOptions(audio=library.audio(episode_id), clip=episode.title)
    page = review_page(episode, transcript, findings, note, topics=topics, options=options)
    path = Path(out) / f"{draft_name(episode)} review.html"
    return write_file(path, page, replace=replace or _is_own(path))


def write_picture(
    library: Library,
    episode_id: int,
    topics: tuple[Topic, ...],
    *,
    out: str | Path = "drafts",
    replace: bool = False,
) -> Path:
    """Write a picture of where in an episode the topics are: an SVG with its alternative text inside.

    Args:
        library: Where the episode and its transcript are.
        episode_id: Its number in the library.
        topics: What to look for.
        out: Folder for the picture; made where it is missing.
        replace: Whether a file of its name may be replaced.

    Returns:
        The picture.

    Raises:
        LibraryError: The episode was never transcribed, or the library can't be read.
        OutputError: The picture can't be written, or another one is there.
    """
    from podnotes.notes import topic_picture

    episode, _, findings = _found(library, episode_id, topics)
    path, picture = Path(out) / f"{draft_name(episode)} topics.svg", topic_picture(episode, findings, topics)
    same = path.is_file() and path.read_bytes() == picture.encode()
    return path if same else write_file(path, picture, replace=replace)


def _found(library: Library, number: int, topics: tuple[Topic, ...]) -> tuple[Episode, Transcript, Findings]:
    episode = library.episode(number)
    transcript = library.transcript(number)
    if transcript is None:
        raise LibraryError(f"“{episode.title}” was not transcribed yet; make its draft first (podnotes draft).")
    return episode, transcript, Finder(topics).recall(number, episode, transcript, library)


def _is_own(path: Path) -> bool:
    """Whether a file is a review page that podnotes wrote: what was picked on it is in the browser."""
    try:
        with path.open("rb") as file:
            return _MARK in file.read(4000)
    except OSError:
        return False
