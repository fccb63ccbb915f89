"""The class ``Library``, which combines all library methods."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from podnotes.library import drafts, schema, search
from podnotes.library.corrections import Corrections
from podnotes.library.database import Database
from podnotes.library.episodes import Episodes, episode_conditions, writing_about
from podnotes.library.export import Export
from podnotes.library.locks import Locks
from podnotes.library.maintenance import Maintenance
from podnotes.library.reviews import Reviews
from podnotes.library.voices import Voices

if TYPE_CHECKING:
    import contextlib
    from datetime import datetime

    from podnotes.library.drafts import DraftResult
    from podnotes.library.search import SearchResult

#: Environment variable with the path of the library.
LIBRARY_VARIABLE = "PODNOTES_LIBRARY"
#: File name of the library within its folder.
LIBRARY_NAME = "library.sqlite3"


@dataclass(frozen=True, slots=True)
class Choices:
    """Topics, template and folder of a draft.

    Attributes:
        topics: Name of the topic pack or path of the topics file; None for topics created in Python.
        template: Name or path of the template.
        folder: Folder of the draft.
    """

    topics: str | None
    template: str
    folder: Path


class Library(Episodes, Voices, Corrections, Reviews, Maintenance, Export):
    """The library: feeds, episodes, transcripts, findings and drafts in one SQLite file.

    All writing methods are atomic and commit before they return. Every method raises a ``LibraryError`` if the library
    can't be read or written. An open library can be shared by threads, but not by processes: each opens its own.

    Args:
        path: The file, created if missing, or a folder for ``library.sqlite3``. If None, the path in
            ``PODNOTES_LIBRARY``, else the user's data folder.

    Raises:
        LibraryError: The file can't be opened or created, belongs to another program, or was written by a newer
            podnotes.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = _locate(path)
        self._database = Database(self.path)
        self._locks = Locks(self._database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        self._locks.close()
        self._database.close()

    # ---------------------------------------------------------------------------------------------------- search

    def search(
        self,
        query: str,
        *,
        podcast: str | None = None,
        person: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        topic: str | None = None,
        limit: int = 10,
        per_episode: int = 3,
    ) -> tuple[SearchResult, ...]:
        """Search all transcripts.

        Args:
            query: Words (all, otherwise most of them, within about a minute of speech), ``"a phrase"``, ``prefix*``,
                ``-unwanted``. English words are found in all inflections.
            podcast: Part of the podcast's title, or the address of its feed.
            person: Part of a person's name. If the transcript names speakers, only this person's words are searched.
            since: Earliest time of publication.
            until: Latest time of publication, exclusive.
            topic: Id of a topic; only passages on it are searched.
            limit: Maximum number of episodes.
            per_episode: Maximum number of sentences per episode.

        Returns:
            Episodes with their best sentences, best first; those with all words precede those with most of them.

        Raises:
            UsageError: The query is invalid.
        """
        episodes = episode_conditions(podcast=podcast, since=since, until=until)
        where, values = search.restrict(*episodes, person=person, topic=topic)
        return search.search(self._database, query, where, values, limit=limit, per_episode=per_episode)

    # ---------------------------------------------------------------------------------------------------- locks

    def lock(self, episode_id: int) -> contextlib.AbstractContextManager[None]:
        """Lock an episode: ``with library.lock(number): …``.

        The lock is released at the end of the block, or when the process ends. It also excludes other threads.

        Raises:
            BusyError: On entering: another process or thread holds the lock.
            LibraryError: On entering: there is no such episode.
        """
        return self._locks.lock(episode_id)

    # --------------------------------------------------------------------------------------------------- drafts

    def write_draft(self, episode_id: int | None, *, path: Path, text: str, template: str) -> DraftResult:
        """Write a draft without overwriting the user's files.

        An untouched file written by podnotes is updated in place. A file that was edited, renamed or moved within the
        folder is left alone, and a newer version is written beside it as "NAME (new).md". A deleted draft is not
        written again (``forget`` the episode to start over).

        Args:
            episode_id: The episode; None for a draft on several episodes, which is identified by its file name.
            path: Path of the draft; its folder is created if missing. A draft that the episode already has with this
                template and suffix in this folder keeps its name.
            text: Content of the file, written as UTF-8. A renamed file is recognised by the ``episode_id`` in its front
                matter (in HTML, a ``<meta name="episode">``); without one, it counts as deleted.
            template: Name of the template.

        Returns:
            Path and outcome.

        Raises:
            OutputError: The file can't be written.
            LibraryError: There is no such episode.
        """
        if episode_id is not None:
            self.episode(episode_id)
        return drafts.write_draft(self._database, episode_id, path=Path(path), text=text, template=template)

    def edit_draft(self, path: Path, old: str, new: str) -> None:
        """Edit a draft at the user's request; from then on, it counts as edited by the user.

        Args:
            path: The draft; links are followed.
            old: The expected current content.
            new: The new content.

        Raises:
            OutputError: The file's content isn't ``old``, or it can't be written; it is left unchanged.
        """
        drafts.edit_draft(Path(path), old, new)

    def episode_of_draft(self, path: Path) -> int | None:
        """Return the episode of a draft.

        Args:
            path: Path under which podnotes wrote the draft, edited or not.

        Returns:
            Number of the episode, or None if podnotes never wrote a draft of a single episode to this path.
        """
        name = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
        row = self._database.row(
            "SELECT episode_id FROM draft WHERE episode_id IS NOT NULL AND "
            "(path = ? OR id IN (SELECT draft_id FROM draft_version WHERE path = ?)) ORDER BY id DESC LIMIT 1",
            (name, name),
        )
        return None if row is None else int(row[0])

    def topic_ids(self) -> tuple[str, ...]:
        """Return the ids of all topics with passages in the library."""
        return tuple(topic for (topic,) in self._database.rows("SELECT DISTINCT topic FROM passage ORDER BY topic"))

    def remember_choices(self, episode_id: int, choices: Choices) -> None:
        """Save the topics, template and folder of an episode's last draft.

        Raises:
            LibraryError: There is no such episode.
        """
        values = (episode_id, choices.topics, choices.template, _folder_text(choices.folder), schema.now())
        with writing_about(self._database, episode_id) as connection:
            connection.execute("INSERT OR REPLACE INTO drafted_with VALUES (?, ?, ?, ?, ?)", values)

    def choices(self, episode_id: int | None = None) -> Choices | None:
        """Return the choices of the newest draft, of one episode or of all; None if there is no draft."""
        row = self._database.row(
            "SELECT topics, template, folder FROM drafted_with WHERE episode_id = coalesce(?, episode_id) "
            "ORDER BY finished DESC, rowid DESC LIMIT 1",
            (episode_id,),
        )
        return None if row is None else Choices(row[0], row[1], Path(row[2]))

    def mark_done(self, episode_id: int, recipe: str, *, folder: Path | None = None) -> None:
        """Record that all drafts of an episode have been written.

        Args:
            episode_id: The episode.
            recipe: Hash of everything that the drafts depend on: topics, template, speech model and options.
            folder: Folder of the drafts; None if irrelevant.

        Raises:
            LibraryError: There is no such episode.
        """
        with writing_about(self._database, episode_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO done (episode_id, recipe, folder, finished) VALUES (?, ?, ?, ?)",
                (episode_id, recipe, _folder_text(folder), schema.now()),
            )

    def is_done(self, episode_id: int, recipe: str | None, *, folder: Path | None = None) -> bool:
        """Tell whether ``mark_done`` was called for this episode, recipe and folder.

        The files aren't checked: an episode stays done even if its drafts were deleted.

        Args:
            episode_id: The episode.
            recipe: Hash of everything that the drafts depend on; None for any.
            folder: Folder of the drafts.
        """
        row = self._database.row(
            "SELECT 1 FROM done WHERE episode_id = ? AND recipe = coalesce(?, recipe) AND folder = ? LIMIT 1",
            (episode_id, recipe, _folder_text(folder)),
        )
        return row is not None


def _locate(path: str | Path | None) -> Path:
    if path is None:
        named = os.environ.get(LIBRARY_VARIABLE)
        if named:
            path = named
        else:
            import platformdirs

            return Path(platformdirs.user_data_dir("podnotes", appauthor=False)) / LIBRARY_NAME
    path = Path(path).expanduser()
    return path / LIBRARY_NAME if path.is_dir() else path


def _folder_text(folder: Path | None) -> str:
    return "" if folder is None else os.path.abspath(folder)  # noqa: PTH100 - resolve() would follow links
