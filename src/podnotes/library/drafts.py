"""Draft files: podnotes only replaces files that it wrote and that haven't been changed since.

Unchanged files are updated in place. A file that was edited, renamed or moved belongs to the user, and newer versions
are written beside it. A deleted file isn't written again. A renamed file is recognised by the episode id in its front
matter.

The database transaction is committed after the file is in place. If the process is killed in between, the next run
recognises the file, since it would write the same content.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import OutputError
from podnotes.files import move_to_free_name
from podnotes.library.schema import now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from podnotes.library.database import Database

#: Maximum number of files that are searched for a renamed or moved draft.
SEARCHED_FILES = 20_000
#: Number of leading characters of a file that are searched for the episode id.
HEAD_CHARS = 4096

_MARK = re.compile(
    r'^\s*(?:episode_id: *(?P<yaml>\S.*?)|<meta name="episode" content="(?P<html>[^"]+)">)\s*$', re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class DraftResult:
    """Result of writing a draft.

    Attributes:
        path: Path of this version; if the outcome is "kept away", the path that it would have had.
        outcome: "new": written. "unchanged": the user already has this version; nothing was written. "updated":
            replaced an older, untouched version. "beside": written beside a file that belongs to the user. "kept away":
            not written because the user deleted the draft.
        left_alone: The edited, renamed or moved file that was left alone, if any.
    """

    path: Path
    outcome: str
    left_alone: Path | None = None


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


class Drafts:
    """Library methods on drafts."""

    _database: Database

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
        path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link that the user made
        try:
            with self._database.write(episode_id) as connection:
                path.parent.mkdir(parents=True, exist_ok=True)
                return _Draft(connection, episode_id, path, template, text).write()
        except OSError as error:
            raise OutputError(
                f"The draft {path} can't be written ({error.strerror or error}); "
                "choose another folder with --out, or make it writable."
            ) from error

    def edit_draft(self, path: Path, old: str, new: str) -> None:
        """Edit a draft at the user's request; from then on, it counts as edited by the user.

        Args:
            path: The draft; links are followed.
            old: The expected current content.
            new: The new content.

        Raises:
            OutputError: The file's content isn't ``old``, or it can't be written; it is left unchanged.
        """
        path = Path(os.path.realpath(path))
        try:
            _write(path, new.encode(), over=hashlib.sha256(old.encode()).hexdigest())
        except OSError as error:
            raise OutputError(f"The draft {path} can't be written ({error.strerror or error}).") from error

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

    def remember_choices(self, episode_id: int, choices: Choices) -> None:
        """Save the topics, template and folder of an episode's last draft.

        Raises:
            LibraryError: There is no such episode.
        """
        values = (episode_id, choices.topics, choices.template, _folder_text(choices.folder), now())
        with self._database.write(episode_id) as connection:
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
        with self._database.write(episode_id) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO done (episode_id, recipe, folder, finished) VALUES (?, ?, ?, ?)",
                (episode_id, recipe, _folder_text(folder), now()),
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


class _Draft:
    """A draft with one template in one folder: its last known path and all earlier versions."""

    def __init__(
        self, connection: sqlite3.Connection, episode_id: int | None, path: Path, template: str, text: str
    ) -> None:
        self._connection = connection
        self._folder = path.parent
        self._content = text.encode("utf-8", "replace")
        self._hash = hashlib.sha256(self._content).hexdigest()
        self._mark = _mark_of(text)
        # The title of an episode, and thus its draft's name, may change: drafts are identified by episode and suffix,
        # or by name if they are on several episodes.
        rows = connection.execute(
            "SELECT id, path, mark, name FROM draft WHERE episode_id IS ? AND template = ? AND folder = ?",
            (episode_id, template, str(path.parent)),
        ).fetchall()
        same = (row for row in rows if (row[3] == path.name if episode_id is None else row[3].endswith(path.suffix)))
        known = next(same, None)
        if known is None:
            taken = {name for (name,) in connection.execute("SELECT path FROM draft")}
            path = next(free for free in _numbered(path) if str(free) not in taken)
            cursor = connection.execute(
                "INSERT INTO draft (episode_id, template, folder, name, path) VALUES (?, ?, ?, ?, ?)",
                (episode_id, template, str(path.parent), path.name, str(path)),
            )
            known = (cursor.lastrowid, str(path), None, path.name)
        self._id, self._path, self._old_mark = known[0], Path(known[1]), known[2]
        #: Path of each version that podnotes wrote, by hash of its content.
        self._put_at = dict(
            connection.execute("SELECT hash, path FROM draft_version WHERE draft_id = ?", (self._id,)).fetchall()
        )

    def write(self) -> DraftResult:
        """Write this version, depending on the user's changes to earlier ones."""
        if os.path.lexists(self._path):
            if self._is_ours(self._path):
                return self._put(self._path, "updated")
            return self._next_to(self._path)
        if not self._put_at:
            return self._put(self._path, "new")
        for path in map(Path, self._put_at.values()):
            # A version beside the user's file may be unchanged.
            if self._is_ours(path):
                return self._put(path, "updated")
        renamed = self._renamed()
        return DraftResult(self._path, "kept away") if renamed is None else self._next_to(renamed)

    def _is_ours(self, path: Path) -> bool:
        found = None if path.is_symlink() else _hash_of(path)
        # The file may already have this content if a process was killed before its commit.
        return found is not None and self._put_at.get(found, str(path) if found == self._hash else "") == str(path)

    def _next_to(self, users: Path) -> DraftResult:
        if self._hash in self._put_at:
            # The user already got this version: it was edited, deleted, or is beside the edited file.
            self._note(users, None)
            return DraftResult(users, "unchanged", left_alone=users)
        names = _numbered(users, " (new{})")
        beside = next(path for path in names if not os.path.lexists(path) or self._is_ours(path))
        # A first version is the draft itself, although another file has its name.
        return self._put(beside, "beside", left_alone=users, seen_at=users if self._put_at else beside)

    def _renamed(self) -> Path | None:
        """Return a file in the folder or a subfolder that has this draft's episode id and is no other draft."""
        marks = {self._mark, self._old_mark} - {None}
        if not marks:
            return None
        others = {path for (path,) in self._connection.execute("SELECT path FROM draft_version")}
        for path in itertools.islice(self._folder.rglob(f"*{self._path.suffix}"), SEARCHED_FILES):
            if str(path) not in others:
                with contextlib.suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
                    if _mark_of(file.read(HEAD_CHARS)) in marks:
                        return path
        return None

    # ------------------------------------------------------------------------------------------- writing

    def _put(
        self, path: Path, outcome: str, *, left_alone: Path | None = None, seen_at: Path | None = None
    ) -> DraftResult:
        found = _hash_of(path)
        if found == self._hash:
            outcome = "unchanged"
        else:
            _write(path, self._content, over=found)
        self._note(seen_at or path, path)
        return DraftResult(path, outcome, left_alone)

    def _note(self, seen_at: Path, put_at: Path | None) -> None:
        self._connection.execute(
            "UPDATE draft SET path = ?, mark = ? WHERE id = ?", (str(seen_at), self._mark, self._id)
        )
        if put_at is not None:
            self._connection.execute(
                "INSERT OR REPLACE INTO draft_version (draft_id, hash, path) VALUES (?, ?, ?)",
                (self._id, self._hash, str(put_at)),
            )


def _numbered(path: Path, form: str = "{}") -> Iterator[Path]:
    """Yield "Trailer.md", "Trailer 2.md" …; with the form " (new{})", "Trailer (new).md", "Trailer (new 2).md" …."""
    for number in itertools.chain([""], map(" {}".format, itertools.count(2))):
        yield path.with_name(f"{path.stem}{form.format(number)}{path.suffix}")


def _mark_of(head: str) -> str | None:
    """Return the episode id at the beginning of a file, as written there."""
    found = _MARK.search(head[:HEAD_CHARS])
    return None if found is None else found["yaml"] or found["html"]


def _hash_of(path: Path) -> str | None:
    """Return the SHA-256 of a file's content, or None if there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        return ""  # exists, and belongs to the user


def _write(path: Path, content: bytes, *, over: str | None) -> None:
    """Write a file atomically, replacing only a file with the hash ``over``, or nothing if it is None."""
    # A fixed name lets the next process overwrite the remains of a killed one.
    temporary = path.with_name(f".{path.name[:80]}.podnotes-part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if over is None:
            move_to_free_name(temporary, path)
        else:
            with contextlib.suppress(OSError):
                temporary.chmod(stat.S_IMODE(path.stat().st_mode))
            # The user may have just saved the file.
            if _hash_of(path) != over:
                raise OutputError(f"{path} was changed by another program just now and was left alone; run again.")
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _folder_text(folder: Path | None) -> str:
    return "" if folder is None else os.path.abspath(folder)  # noqa: PTH100 - resolve() would follow links
