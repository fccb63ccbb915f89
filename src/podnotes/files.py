"""Atomic file writing: files are written completely or not at all, and never replace others unless requested."""

from __future__ import annotations

import os
import stat
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_free(path: str | os.PathLike[str], *, replace: bool = False) -> Path:
    """Return the path of a file to write, with "~" expanded, after checking it before hours of work.

    Raises an OutputError if it is a folder, or exists and may not be replaced.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it.")
    if not replace and os.path.lexists(path):
        raise OutputError(f"{path} already exists; name another file, or replace it with --force.")
    return path


@contextmanager
def whole_file(path: str | os.PathLike[str], *, replace: bool = False, private: bool = False) -> Iterator[Path]:
    """Write a file under a temporary name in the same folder; it is renamed when the block ends without an error.

    Missing folders are created. A replaced file keeps its permissions, unless only the user may read it (``private``).
    Raises an OutputError if the file exists, or can't be written.
    """
    path = check_free(path, replace=replace)
    part = path.with_name(f".{path.stem[:50]}.{uuid.uuid4().hex[:8]}.podnotes-part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch(0o600 if private else 0o666)
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        if replace:
            if not private:
                with suppress(OSError):
                    part.chmod(stat.S_IMODE(path.stat().st_mode))
            part.replace(path)
        else:
            move_to_free_name(part, path)
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise OutputError(f"{path} can't be written ({reason}); name a file where there is room.") from error
    finally:
        with suppress(OSError, ValueError):
            part.unlink(missing_ok=True)


def read_draft(draft: str | os.PathLike[str]) -> str:
    """Return the text of a draft; raise a UsageError if the file can't be read."""
    try:
        return Path(draft).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text file"
        raise UsageError(f"{draft} can't be read ({reason}).") from error


def write_file(path: str | os.PathLike[str], content: str | bytes, *, replace: bool = False) -> Path:
    """Write bytes, or text as UTF-8 with its own line ends, completely or not at all; see `whole_file`."""
    with whole_file(path, replace=replace) as part:
        part.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)
    return Path(path).expanduser()


def move_to_free_name(part: Path, path: Path) -> None:
    """Rename a finished file; unlike a plain move, this never replaces a file created in the meantime."""
    try:
        os.link(part, path)
    except FileExistsError as error:
        raise OutputError(
            f"{path} was created by another program in the meantime and was left alone; name another file."
        ) from error
    except OSError:  # a file system without hard links
        check_free(path)
        part.replace(path)


def size_text(size: float) -> str:
    """Return a number of bytes in decimal units, as file managers do: "1.4 GB", "72 MB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            value = size / factor
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{size:.0f} bytes"
