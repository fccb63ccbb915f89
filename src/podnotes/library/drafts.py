"""Drafts on the disk: podnotes knows what it wrote, and everything else is hers.

A file whose bytes podnotes wrote, under the name it gave, is its own and is brought up to date in place. As soon as she
changes, renames or moves it, it is hers: newer versions go beside it. A file she deleted stays deleted.

Each version is noted before its file is put in place and confirmed after, so that a process killed in between leaves
a file that is still known, and a version that was never seen is written again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import LibraryError, OutputError
from podnotes.library import claims, schema

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from podnotes.library.database import Database

#: Files looked at, at most, when searching for one she renamed or moved within the folder.
SEARCHED_FILES = 20_000
#: Seconds after which a file in the making is given up when its process can't be looked up.
ABANDONED_S = 3600.0


@dataclasses.dataclass(frozen=True, slots=True)
class DraftResult:
    """What became of a draft.

    Attributes:
        path: Where this version is; where it would be, when the outcome is "kept away".
        outcome: "new": written. "unchanged": nothing to say that she doesn't have already; nothing was written.
            "updated": replaced podnotes' own older version, which she hadn't touched. "beside": written beside a
            file that is hers. "kept away": she deleted the draft, so it wasn't written.
        hers: The file that was left alone because she changed, renamed or moved it, else None.
    """

    path: Path
    outcome: str
    hers: Path | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Version:
    hash: str
    size: int
    path: str
    landed: bool


def write_draft(
    database: Database, episode_id: int | None, *, path: Path, text: str, template: str, recipe: str
) -> DraftResult:
    """See ``Library.write_draft``."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link that she made
    content = text.encode("utf-8", "replace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(database)
        return _Draft(database, episode_id, path, template, recipe).bring(content)
    except OSError as error:
        raise OutputError(_explain(error, path)) from error


def edit_draft(database: Database, path: Path, old: str, new: str) -> None:
    """See ``Library.edit_draft``."""
    path = Path(os.path.realpath(path))
    temporary = _temporary_beside(path)
    try:
        remove_unfinished(database)
        with database.write() as connection:
            _announce(connection, temporary)
        try:
            with temporary.open("wb") as file:
                file.write(new.encode())
                file.flush()
                os.fsync(file.fileno())
            _into_place(temporary, path, _hash(old.encode()))
        finally:
            temporary.unlink(missing_ok=True)
            with contextlib.suppress(LibraryError), database.write() as connection:
                _forget_announced(connection, temporary)
    except OSError as error:
        raise OutputError(_explain(error, path)) from error


class _Draft:
    """One draft of one template in one folder: where it is now, and what was written for it before."""

    def __init__(self, database: Database, episode_id: int | None, path: Path, template: str, recipe: str) -> None:
        self._database = database
        self._wanted = path
        self._recipe = recipe
        with database.write() as connection:
            row = self._find(connection, episode_id, path, template)
            if row is None:
                cursor = connection.execute(
                    "INSERT INTO draft (episode_id, template, folder, name, path, recipe) VALUES (?, ?, ?, ?, ?, ?)",
                    (episode_id, template, str(path.parent), path.name, str(path), recipe),
                )
                row = (cursor.lastrowid or 0, str(path), False)
            self._id, last, self._taken = row
            self._path = Path(last)
            versions = connection.execute(
                "SELECT hash, size, path, landed FROM draft_version WHERE draft_id = ?", (self._id,)
            ).fetchall()
        self._versions = {
            version[0]: _Version(version[0], version[1], version[2], bool(version[3])) for version in versions
        }

    @staticmethod
    def _find(
        connection: sqlite3.Connection, episode_id: int | None, path: Path, template: str
    ) -> tuple[int, str, bool] | None:
        # The title of an episode, and with it the name of its draft, may change: the episode and the kind of file
        # tell its drafts apart, not the name. A draft on several episodes has only its name.
        rows = connection.execute(
            "SELECT id, path, taken, name FROM draft WHERE episode_id IS ? AND template = ? AND folder = ?",
            (episode_id, template, str(path.parent)),
        ).fetchall()
        for identity, last, taken, name in rows:
            same = name == path.name if episode_id is None else Path(name).suffix == path.suffix
            if same:
                return int(identity), str(last), bool(taken)
        return None

    def bring(self, content: bytes) -> DraftResult:
        """Put a version where it belongs, given what became of the earlier ones."""
        wanted = _hash(content)
        self._confirm_if_killed(wanted)
        if not any(version.landed for version in self._versions.values()):
            return self._first(self._wanted, content, wanted)

        if not self._taken and self._is_ours(self._path):
            return self._in_place(self._path, content, wanted)
        if os.path.lexists(self._path):
            return self._next_to(self._path, content, wanted)
        self._taken = False
        for version in self._versions.values():
            # She kept the newer one that lay beside hers, as it was.
            if version.landed and self._is_ours(Path(version.path)):
                return self._in_place(Path(version.path), content, wanted)
        renamed = self._renamed()
        if renamed is None:
            return DraftResult(self._path, "kept away")
        self._remember(renamed, taken=True)
        return self._next_to(renamed, content, wanted)

    def _is_ours(self, path: Path) -> bool:
        return not path.is_symlink() and _hash_of(path) in self._versions

    def _confirm_if_killed(self, wanted: str) -> None:
        """Make up for a process that was killed between putting a file in place and confirming it."""
        known = self._versions.get(wanted)
        if known is not None and not known.landed and _hash_of(Path(known.path)) == wanted:
            self._confirm(wanted, self._path if os.path.lexists(self._path) else Path(known.path))

    def _in_place(self, path: Path, content: bytes, wanted: str) -> DraftResult:
        found = _hash_of(path)
        if found == wanted:
            self._remember(path)
            return DraftResult(path, "unchanged")
        self._put(path, content, wanted, over=found)
        return DraftResult(path, "updated")

    def _next_to(self, hers: Path, content: bytes, wanted: str) -> DraftResult:
        known = self._versions.get(wanted)
        if known is not None and known.landed:
            # She has had this version: it is what her file grew from, or lies beside it, or she threw it away.
            self._remember(self._path)
            return DraftResult(hers, "unchanged", hers=hers)
        beside = self._beside(hers)
        self._put(beside, content, wanted, over=_hash_of(beside), main=False)
        return DraftResult(beside, "beside", hers=hers)

    def _first(self, path: Path, content: bytes, wanted: str) -> DraftResult:
        """Write a draft that was never written before; a file that is there already is another draft's, or hers."""
        path = self._not_of_another_draft(path)
        found = _hash_of(path)
        if not os.path.lexists(path):
            self._put(path, content, wanted, over=None)
            return DraftResult(path, "new")
        if found == wanted:
            self._note(path, content, wanted)
            self._confirm(wanted, path)
            return DraftResult(path, "unchanged")
        beside = self._beside(path)
        self._put(beside, content, wanted, over=_hash_of(beside))
        return DraftResult(beside, "beside", hers=path)

    def _not_of_another_draft(self, path: Path) -> Path:
        """The name, numbered where another episode's or template's draft has it: "Trailer.md", "Trailer 2.md"."""
        number, free = 1, path
        while self._database.row("SELECT 1 FROM draft WHERE path = ? AND id != ?", (str(free), self._id)) is not None:
            number += 1
            free = path.with_name(f"{path.stem} {number}{path.suffix}")
        return free

    def _renamed(self) -> Path | None:
        """A file in the folder, or below it, that is word for word what podnotes wrote."""
        sizes = {version.size for version in self._versions.values() if version.landed}
        for path in _files_below(self._wanted.parent):
            with contextlib.suppress(OSError):
                if path.stat().st_size in sizes and self._is_ours(path):
                    return path
        return None

    def _beside(self, hers: Path) -> Path:
        """A name beside her file that is free, or holds a version that she hasn't touched."""
        number = 1
        while True:
            mark = " (new)" if number == 1 else f" (new {number})"
            path = hers.with_name(f"{hers.stem}{mark}{hers.suffix}")
            if not os.path.lexists(path) or (not path.is_symlink() and _hash_of(path) in self._versions):
                return path
            number += 1

    # ------------------------------------------------------------------------------------------- writing

    def _put(self, path: Path, content: bytes, wanted: str, *, over: str | None, main: bool = True) -> None:
        temporary = _temporary_beside(path)
        with self._database.write() as connection:
            self._note(path, content, wanted)
            _announce(connection, temporary)
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _into_place(temporary, path, over)
            with self._database.write() as connection:
                self._confirm(wanted, path if main else self._path)
                _forget_announced(connection, temporary)
        except BaseException:
            temporary.unlink(missing_ok=True)
            # Not said over what went wrong: it is tidied up with the next draft.
            with contextlib.suppress(LibraryError), self._database.write() as connection:
                _forget_announced(connection, temporary)
            raise

    def _note(self, path: Path, content: bytes, wanted: str) -> None:
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO draft_version (draft_id, hash, size, path, landed, recipe, written) "
                "VALUES (?, ?, ?, ?, 0, ?, ?) ON CONFLICT (draft_id, hash) "
                "DO UPDATE SET path = excluded.path, recipe = excluded.recipe",
                (self._id, wanted, len(content), str(path), self._recipe, schema.now()),
            )
        landed = wanted in self._versions and self._versions[wanted].landed
        self._versions[wanted] = _Version(wanted, len(content), str(path), landed)

    def _confirm(self, wanted: str, path: Path) -> None:
        with self._database.write() as connection:
            connection.execute(
                "UPDATE draft_version SET landed = 1, written = ? WHERE draft_id = ? AND hash = ?",
                (schema.now(), self._id, wanted),
            )
            self._remember(path)
        self._versions[wanted] = dataclasses.replace(self._versions[wanted], landed=True)

    def _remember(self, path: Path, *, taken: bool | None = None) -> None:
        self._path = path
        self._taken = self._taken if taken is None else taken
        with self._database.write() as connection:
            connection.execute(
                "UPDATE draft SET path = ?, recipe = ?, taken = ? WHERE id = ?",
                (str(path), self._recipe, int(self._taken), self._id),
            )


# ---------------------------------------------------------------------------------------------------- files


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hash_of(path: Path) -> str | None:
    """SHA-256 of a file's bytes, or None when there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        return ""  # there is something, and it is hers


def _files_below(folder: Path) -> Iterator[Path]:
    left = SEARCHED_FILES
    for directory, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            left -= 1
            if left < 0:
                return
            yield Path(directory, name)


def _temporary_beside(path: Path) -> Path:
    """A name for a file in the making, in the same folder, so that it can be moved into place in one step."""
    return path.with_name(f".{path.name[:80]}.{os.getpid()}.podnotes-part")


def _announce(connection: sqlite3.Connection, temporary: Path) -> None:
    """Say that a file is in the making, so that it is removed even when this process is killed."""
    me = claims.this_process()
    connection.execute(
        "INSERT OR REPLACE INTO unfinished_file (path, host, pid, started) VALUES (?, ?, ?, ?)",
        (str(temporary), me.machine, me.pid, me.started),
    )


def _forget_announced(connection: sqlite3.Connection, temporary: Path) -> None:
    connection.execute("DELETE FROM unfinished_file WHERE path = ?", (str(temporary),))


def _into_place(temporary: Path, path: Path, over: str | None) -> None:
    """Move a finished file to its name, in place of a file with the hash ``over``, or of none."""
    changed = f"{path} was changed by another program just now and was left alone; run again."
    if over is None:
        try:
            os.link(temporary, path)  # unlike a move, never over a file that has just come to be
        except FileExistsError as error:
            raise OutputError(changed) from error
        except OSError:
            if os.path.lexists(path):
                raise OutputError(changed) from None
            os.replace(temporary, path)  # noqa: PTH105 - reads as what it does
        else:
            temporary.unlink()
    else:
        with contextlib.suppress(OSError):
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        # She may have saved her own words just now.
        if _hash_of(path) != over:
            raise OutputError(changed)
        os.replace(temporary, path)  # noqa: PTH105 - reads as what it does
    _flush_folder(path.parent)


def remove_unfinished(database: Database) -> None:
    """Remove what killed processes left in the making; what can't be removed now is tried again the next time."""
    for path, machine, pid, started in database.rows("SELECT path, host, pid, started FROM unfinished_file"):
        alive = claims.is_alive(machine, pid, started)
        if alive is None:  # of another machine, or from before this one was started again
            alive = _age_s(Path(path)) < ABANDONED_S
        if not alive:
            with contextlib.suppress(OSError, LibraryError):
                Path(path).unlink(missing_ok=True)
                with database.write() as connection:
                    _forget_announced(connection, Path(path))


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _flush_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _explain(error: OSError, path: Path) -> str:
    return (
        f"The draft {path} can't be written ({error.strerror or error}); "
        "choose another folder with --out, or allow writing there."
    )
