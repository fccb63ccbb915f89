"""Digests of episodes in the library."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.interruption import interruptible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from podnotes.library import DraftResult, Library
    from podnotes.models import Topic
    from podnotes.notes.digest import Source


def collect_sources(
    library: Library,
    topics: tuple[Topic, ...],
    *,
    podcast: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Source, ...]:
    """Collect all transcribed episodes with their findings.

    Args:
        library: The library; missing findings are computed and saved.
        topics: Topics of the findings.
        podcast: Part of a podcast's title, or the address of its feed; None for all.
        since: Earliest time of publication.
        until: Latest time of publication, exclusive.

    Returns:
        The episodes with their findings, oldest first. An episode known under two addresses of its feed is included
        once.

    Raises:
        LibraryError: The library can't be read or written.
    """
    from podnotes.notes.digest import Source
    from podnotes.pipeline.finding import Finder

    finder = Finder(topics)
    sources = []
    seen: set[tuple[str, str]] = set()
    for known in reversed(library.find_episodes(podcast=podcast, since=since, until=until)):
        transcript = library.transcript(known.id)
        key = (known.episode.podcast, known.episode.guid)
        if transcript is not None and key not in seen:
            seen.add(key)
            findings = finder.findings(known.id, known.episode, transcript, library)
            sources.append(Source(known.episode, findings, transcript))
    return tuple(sources)


def write_digest(
    topic: Topic,
    sources: Sequence[Source],
    library: Library,
    *,
    out: str | Path = "drafts",
) -> tuple[DraftResult, ...]:
    """Write a digest in Markdown and HTML; files that the user edited are left alone.

    Args:
        topic: The topic.
        sources: The episodes.
        library: The library, which tells whether the user has edited a file.
        out: Folder for the digest; created if missing.

    Returns:
        Path and outcome of each file; empty if no episode has passages on the topic.

    Raises:
        OutputError: A file can't be written.
        LibraryError: The library can't be written.
    """
    from podnotes.audio.names import safe_name
    from podnotes.notes.digest import compose_digest
    from podnotes.notes.rendering import find_template, render_digest

    digest = interruptible(partial(compose_digest, topic, sources))
    if not digest.groups:
        return ()
    return tuple(
        library.write_draft(
            None,
            path=Path(out) / f"{safe_name(f'Digest {topic.title}')}{suffix}",
            text=render_digest(digest, output=output),
            template="digest",
        )
        for output, suffix in find_template("digest").suffixes.items()
    )
