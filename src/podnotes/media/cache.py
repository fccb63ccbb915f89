"""How much the downloaded audio takes, and making room."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import OutputError
from podnotes.media.names import OWN_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class CacheSize:
    """What a folder of downloads holds.

    Attributes:
        files: Downloaded files, unfinished ones included.
        size_bytes: What they take on disk.
    """

    files: int
    size_bytes: int


def audio_cache(directory: str | Path) -> CacheSize:
    """Tell how much downloaded audio a folder holds; files that podnotes didn't put there are not counted.

    Args:
        directory: Folder of downloads; it need not exist.
    """
    found = _own_files(Path(directory))
    return CacheSize(
        sum(1 for path, _, _ in found if not path.name.endswith((".json", ".lock"))), sum(size for _, size, _ in found)
    )


def evict_audio(directory: str | Path, *, max_bytes: int = 0, keep: Iterable[str | Path] = ()) -> tuple[Path, ...]:
    """Delete the downloads that were used longest ago until the rest fits; other files are never touched.

    Args:
        directory: Folder of downloads; it need not exist.
        max_bytes: Bytes that may stay.
        keep: Files that stay in any case.

    Returns:
        The deleted files.

    Raises:
        OutputError: When a file can't be deleted.
    """
    kept = {Path(path).absolute() for path in keep}
    found = sorted(_own_files(Path(directory)), key=lambda item: item[2])
    total = sum(size for _, size, _ in found)
    deleted: list[Path] = []
    for path, size, _ in found:
        if total <= max_bytes:
            break
        if path.absolute() in kept:
            continue
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{path} can't be deleted ({error.strerror}): close what has it open.") from error
        total -= size
        deleted.append(path)
    return tuple(deleted)


def _own_files(directory: Path) -> list[tuple[Path, int, float]]:
    try:
        entries = list(os.scandir(directory))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OutputError(f"{directory} can't be read ({error.strerror}).") from error
    found: list[tuple[Path, int, float]] = []
    for entry in entries:
        if entry.is_file(follow_symlinks=False) and OWN_NAME.fullmatch(entry.name):
            status = entry.stat(follow_symlinks=False)
            found.append((Path(entry.path), status.st_size, max(status.st_atime, status.st_mtime)))
    return found
