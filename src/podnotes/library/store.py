"""The library as the other packages see it."""

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
from podnotes.library.search import Filter, clean
from podnotes.library.voices import Voices

if TYPE_CHECKING:
    import contextlib
    from datetime import datetime

    from podnotes.library.drafts import DraftResult
    from podnotes.library.search import SearchResult

#: Name of the environment variable that names the library.
LIBRARY_VARIABLE = "PODNOTES_LIBRARY"
#: Name of the library's file within its folder.
LIBRARY_NAME = "library.sqlite3"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a draft was made with.

    Attributes:
        topics: Name of the pack or path of the file, or None for topics that were made in Python.
        template: Name or path.
        folder: Where it went.
    """

    topics: str | None
    template: str
    folder: Path


class Library(Episodes, Voices, Corrections, Reviews, Maintenance, Export):
    """What podnotes remembers: feeds, episodes, transcripts, findings, drafts and what became of them.

    One SQLite file. All writing methods commit before they return, whole or not at all. An open library may be used
    by several threads; each process opens its own.

    Args:
        path: The file, or a folder for one called ``library.sqlite3``. None takes what ``PODNOTES_LIBRARY`` says, else
            the user's data folder. Made when it isn't there.
        read_only: Never writes; the library must be there already.

    Raises:
        LibraryError: It can't be opened or made, is another program's file, or was written by a newer podnotes.
    """

    def __init__(self, path: str | Path | None = None, *, read_only: bool = False) -> None:
        self.path = _locate(path)
        self._database = Database(self.path, read_only=read_only)
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
        """Search everything that was transcribed.

        Args:
            query: Words (all of them, within about a minute of talk, else most of them), ``"a phrase"``, ``prefix*``,
                ``-unwanted``; or an expression that one sentence has to match, with ``AND``, ``OR``, ``NOT`` and
                parentheses. English words are found in all their forms.
            podcast: Part of the podcast's title, or the address of its feed.
            person: Part of the name of somebody who takes part; where the transcript says who speaks, only what that
                person says.
            since: Published then or later.
            until: Published before.
            topic: Id of a topic: only passages on it.
            limit: How many episodes at most.
            per_episode: How many sentences of each at most.

        Returns:
            Episodes, best first, each with its best sentences.

        Raises:
            UsageError: The query can't be understood; says where and what was expected.
            LibraryError: Reading failed.
        """
        conditions, values = episode_conditions(podcast=podcast, since=since, until=until)
        where = Filter(tuple(conditions), tuple(values), None if person is None else clean(person), topic)
        return search.search(self._database, query, where, limit=limit, per_episode=per_episode)

    # ---------------------------------------------------------------------------------------------------- locks

    def lock(self, episode_id: int) -> contextlib.AbstractContextManager[None]:
        """Work on an episode alone: ``with library.lock(number): …``.

        The lock ends with the block, or with the process. It holds for threads of one process as well.

        Args:
            episode_id: The episode.

        Returns:
            A context manager.

        Raises:
            BusyError: On entering: somebody else has it; says who.
            LibraryError: On entering: there is no such episode, or writing failed.
        """
        return self._locks.lock(episode_id)

    # --------------------------------------------------------------------------------------------------- drafts

    def write_draft(self, episode_id: int | None, *, path: Path, text: str, template: str) -> DraftResult:
        """Write a draft where nothing of the user's is in the way.

        A file that podnotes wrote and nobody touched is brought up to date in place. A file that was edited stays as it
        is, and so does one that was renamed or moved within the folder; a newer version goes beside it as
        "NAME (new).md". A draft that was deleted is not written again (``forget`` the episode to begin anew).

        Args:
            episode_id: The episode, or None for a draft on several episodes, which is told apart by its name.
            path: Where it belongs; the folder is made. When the episode was drafted before with this template and
                suffix in this folder, the name it got then is kept.
            text: The whole file, written as UTF-8. A renamed one is known again by the ``episode_id`` in its front
                matter (in HTML a ``<meta name="episode">``); without it, it counts as deleted.
            template: Name of the template.

        Returns:
            What became of it.

        Raises:
            OutputError: The file can't be written.
            LibraryError: There is no such episode, or the library can't be written.
        """
        if episode_id is not None:
            self.episode(episode_id)
        return drafts.write_draft(self._database, episode_id, path=Path(path), text=text, template=template)

    def edit_draft(self, path: Path, old: str, new: str) -> None:
        """Change a draft as the user asked for; it is the user's from then on, whoever wrote it.

        Args:
            path: The draft; what a link points to is changed.
            old: The whole file as it was read.
            new: The whole file as it is to be.

        Raises:
            OutputError: It was changed meanwhile, or can't be written; it is as it was.
            LibraryError: The library can't be written.
        """
        drafts.edit_draft(Path(path), old, new)

    def episode_of_draft(self, path: Path) -> int | None:
        """The episode that a file on the disk was drafted from.

        Args:
            path: A draft as podnotes named it, edited or not.

        Returns:
            The episode's number, or None when podnotes never wrote a draft of one episode there.

        Raises:
            LibraryError: Reading failed.
        """
        name = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
        row = self._database.row(
            "SELECT episode_id FROM draft WHERE episode_id IS NOT NULL AND "
            "(path = ? OR id IN (SELECT draft_id FROM draft_version WHERE path = ?)) ORDER BY id DESC LIMIT 1",
            (name, name),
        )
        return None if row is None else int(row[0])

    def topic_ids(self) -> tuple[str, ...]:
        """The topics that there are passages on.

        Raises:
            LibraryError: Reading failed.
        """
        return tuple(topic for (topic,) in self._database.rows("SELECT DISTINCT topic FROM passage ORDER BY topic"))

    def remember_choices(self, episode_id: int, choices: Choices) -> None:
        """Remember with what an episode was drafted last.

        Raises:
            LibraryError: There is no such episode, or writing failed.
        """
        values = (episode_id, choices.topics, choices.template, _folder_text(choices.folder), schema.now())
        with writing_about(self._database, episode_id) as connection:
            connection.execute("INSERT OR REPLACE INTO drafted_with VALUES (?, ?, ?, ?, ?)", values)

    def choices(self, episode_id: int | None = None) -> Choices | None:
        """With what an episode was drafted last, or the newest draft of all; None where nothing was drafted.

        Raises:
            LibraryError: Reading failed.
        """
        row = self._database.row(
            "SELECT topics, template, folder FROM drafted_with WHERE episode_id = coalesce(?, episode_id) "
            "ORDER BY finished DESC, rowid DESC LIMIT 1",
            (episode_id,),
        )
        return None if row is None else Choices(row[0], row[1], Path(row[2]))

    def mark_done(self, episode_id: int, recipe: str, *, folder: Path | None = None) -> None:
        """Remember that all drafts of an episode are written.

        Args:
            episode_id: The episode.
            recipe: What the drafts depend on, hashed: topics, template, transcript's model and options.
            folder: Where the drafts went; None when that doesn't matter.

        Raises:
            LibraryError: There is no such episode, or writing failed.
        """
        with writing_about(self._database, episode_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO done (episode_id, recipe, folder, finished) VALUES (?, ?, ?, ?)",
                (episode_id, recipe, _folder_text(folder), schema.now()),
            )

    def is_done(self, episode_id: int, recipe: str | None, *, folder: Path | None = None) -> bool:
        """Whether ``mark_done`` was called for this episode, recipe and folder.

        What became of the drafts since doesn't matter: an episode whose drafts were deleted is done.

        Args:
            episode_id: The episode.
            recipe: What the drafts depend on, hashed; None for whatever recipe.
            folder: Where the drafts went.

        Raises:
            LibraryError: Reading failed.
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
