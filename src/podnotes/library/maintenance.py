"""Library methods for maintenance: check, backup, restore, export, forget."""

from __future__ import annotations

import contextlib
import glob
import sqlite3
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError, OutputError
from podnotes.files import whole_file
from podnotes.library import schema, search_index
from podnotes.library.database import Database
from podnotes.library.export import export_lines
from podnotes.library.serialization import decode_segments, from_json
from podnotes.models import Episode, Findings, Podcast, Transcript
from podnotes.urls.privacy import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podnotes.library.locks import Locks


@dataclass(frozen=True, slots=True)
class Check:
    """Result of a check.

    Attributes:
        damage: One sentence per problem; empty if the library is intact.
        repaired: Whether the search index was rebuilt.
    """

    damage: tuple[str, ...] = ()
    repaired: bool = False

    @property
    def ok(self) -> bool:
        """Whether the library is intact."""
        return not self.damage


class Maintenance:
    """Library methods for maintenance."""

    path: Path
    _database: Database
    _locks: Locks

    @property
    def folder(self) -> Path:
        """Folder for downloaded audio, beside the library; it may not exist yet."""
        return self.path.parent / "audio"

    def check(self, *, repair: bool = False) -> Check:
        """Check for damage.

        Args:
            repair: Whether to rebuild the search index, unless there is other damage.
        """
        try:
            damage = [*self._damage_of_file(), *self._damage_of_records()]
            repaired = repair and not damage
            if repaired:
                with self._database.write() as connection:
                    search_index.rebuild(connection)
            return Check((*damage, *self._damage_of_index()), repaired)
        except LibraryError as error:
            return Check((str(error),))

    def backup(self, target: str | Path, *, replace: bool = False) -> Path:
        """Copy the library to a file; the copy is consistent even if other processes write meanwhile.

        Args:
            target: The file, or its folder.
            replace: Whether to replace an existing file, such as an earlier backup.

        Returns:
            The file.

        Raises:
            OutputError: The file exists or can't be written.
        """
        target = Path(target).expanduser()
        if target.is_dir():
            target = target / self.path.name
        if target.exists() and target.samefile(self.path):
            raise OutputError(f"{target} is the library itself; name another file for the backup.")
        with whole_file(target, replace=replace, private=True) as part:  # contains passwords of private feeds
            try:
                # One read transaction neither sees nor blocks concurrent writes.
                source = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
                with contextlib.closing(source):
                    source.execute("VACUUM INTO ?", (str(part),))
                with contextlib.closing(sqlite3.connect(part)) as copy:
                    if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                        raise OutputError(f"The backup is damaged; run podnotes library check on {self.path}.")
            except sqlite3.Error as error:
                raise OutputError(f"The backup {target} can't be written ({error}).") from error
        return target

    def export(self, target: str | Path, *, replace: bool = False) -> Path:
        """Write the library to a UTF-8 file as one JSON object per line, readable without podnotes.

        Other processes may write meanwhile. Audio files and drafts are named, not included.

        Args:
            target: The file.
            replace: Whether to replace an existing file.

        Returns:
            The file.

        Raises:
            OutputError: The file exists or can't be written.
        """
        target = Path(target).expanduser()
        with contextlib.ExitStack() as stack:
            # The export contains tokens of private feeds.
            part = stack.enter_context(whole_file(target, replace=replace, private=True))
            file = stack.enter_context(part.open("w", encoding="utf-8"))
            # A separate connection keeps the long read transaction from blocking other threads.
            database = stack.enter_context(contextlib.closing(Database(self.path)))
            connection = stack.enter_context(database.read())
            file.writelines(line + "\n" for line in export_lines(connection))
        return target

    def restore(self, backup: str | Path, *, replace: bool = False) -> int:
        """Replace the content of this library with a backup, atomically.

        Args:
            backup: The backup.
            replace: Whether to replace a library that already has episodes or feeds.

        Returns:
            Number of episodes in the library.

        Raises:
            LibraryError: The backup is not a library, is damaged or was written by a newer podnotes, or this library
                can't be written.
            OutputError: This library isn't empty, and ``replace`` is false.
        """
        backup = Path(backup).expanduser()
        if not backup.is_file():
            raise LibraryError(f"There is no backup at {backup}.")
        in_it = self._database.row("SELECT (SELECT count(*) FROM episode) + (SELECT count(*) FROM podcast)")
        if in_it is not None and in_it[0] and not replace:
            raise OutputError(f"{self.path} is a library that already contains episodes; replace it with --force.")
        try:
            source = sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)
            with contextlib.closing(source), contextlib.closing(sqlite3.connect(self.path)) as target:
                schema.verify(source, str(backup))
                if source.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                    raise LibraryError(f"The backup {backup} is damaged; nothing was changed.")
                source.backup(target)  # one transaction
                schema.migrate(target, str(self.path))
                return int(target.execute("SELECT count(*) FROM episode").fetchone()[0])
        except sqlite3.Error as error:
            raise LibraryError(f"The backup {backup} can't be restored ({error}); nothing was changed.") from error

    def forget(self, episode_id: int) -> None:
        """Delete an episode with all derived data and its downloaded audio.

        Drafts stay, but are no longer recognised as written by podnotes. If the episode is still in the feed, it counts
        as new.

        Raises:
            BusyError: Another process is working on the episode.
            LibraryError: There is no such episode.
        """
        self._forget([episode_id])

    def forget_feed(self, url: str) -> int:
        """Delete a feed with all its episodes, and stop following it; see ``forget``.

        Returns:
            Number of deleted episodes.

        Raises:
            BusyError: Another process is working on one of its episodes.
            LibraryError: There is no such feed.
        """
        episodes = [number for (number,) in self._database.rows("SELECT id FROM episode WHERE feed = bare(?)", (url,))]
        if not episodes and self._database.row("SELECT 1 FROM podcast WHERE url = ?", (url,)) is None:
            raise LibraryError(f"The library has no feed {shown(url)}; podnotes feeds lists its feeds.")
        with self._database.write() as connection:
            self._forget(episodes)
            connection.execute("DELETE FROM podcast WHERE url = ?", (url,))
            connection.execute("DELETE FROM correction WHERE feed = bare(?)", (url,))
            connection.execute("DELETE FROM voice WHERE feed = bare(?)", (url,))
        return len(episodes)

    def _forget(self, episodes: list[int]) -> None:
        files: list[tuple[str]] = []
        with contextlib.ExitStack() as held, self._database.write() as connection:
            for number in episodes:
                held.enter_context(self._locks.lock(number))
                files += connection.execute("SELECT path FROM audio WHERE episode_id = ?", (number,))
                search_index.unindex_transcript(connection, number)
                # Also deletes all rows that refer to it (ON DELETE CASCADE).
                connection.execute("DELETE FROM episode WHERE id = ?", (number,))
        for path in (Path(path) for (path,) in files):
            # The user's own files are never deleted.
            if path.is_relative_to(self.folder.absolute()):
                for own in (path, *path.parent.glob(f".{glob.escape(path.name)}.*")):
                    with contextlib.suppress(OSError):
                        own.unlink(missing_ok=True)

    # ------------------------------------------------------------------------------------------------- checks

    def _damage_of_file(self) -> Iterator[str]:
        for (line,) in self._database.rows("PRAGMA integrity_check"):
            if line != "ok":
                yield f"The file is damaged: {line}."
        for table, *_ in self._database.rows("PRAGMA foreign_key_check"):
            yield f"The table {table} has an orphaned row."

    def _damage_of_records(self) -> Iterator[str]:
        title = "(SELECT title FROM episode WHERE id = episode_id)"
        checks: tuple[tuple[str, str, Callable[..., object]], ...] = (
            ("podcast", "url, record FROM podcast", partial(from_json, Podcast)),
            ("episode", "title, record FROM episode", partial(from_json, Episode)),
            ("findings", f"{title}, record FROM findings", partial(from_json, Findings)),
            ("transcript", f"{title}, record FROM transcript", partial(from_json, Transcript)),
            ("transcript", f"{title}, segments, words FROM transcript", decode_segments),
            ("unfinished transcript", f"{title}, segments, words FROM stretch", decode_segments),
        )
        with self._database.read() as connection:
            for kind, rows, decode in checks:
                # One row at a time, since all transcripts together need too much memory.
                for name, *values in connection.execute(f"SELECT {rows}"):
                    try:
                        decode(*values)
                    except LibraryError:
                        yield f"The {kind} of “{name}” can't be read; restore the last backup."

    def _damage_of_index(self) -> Iterator[str]:
        try:
            with self._database.write() as connection:
                connection.execute("INSERT INTO sentence (sentence) VALUES ('integrity-check')")
        except LibraryError as error:
            if not isinstance(error.__cause__, sqlite3.DatabaseError):
                raise
            yield "The search index is damaged; podnotes library check --repair rebuilds it."
