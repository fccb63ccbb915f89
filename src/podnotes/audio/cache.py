"""The audio cache: its size, and eviction of old downloads."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.audio.download_locks import deleting, forget_uses
from podnotes.audio.names import OWN_NAME
from podnotes.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class CacheSize:
    """Size of a download folder.

    Attributes:
        files: Number of downloaded files, including unfinished ones.
        size_bytes: Their size on disk.
    """

    files: int
    size_bytes: int


def audio_cache(directory: str | Path) -> CacheSize:
    """Measure the downloaded audio in a folder; files not created by podnotes don't count.

    Args:
        directory: Download folder; it need not exist.
    """
    files = [path for held in _held(Path(directory)).values() for path in held if not path.name.startswith(".")]
    sounds = [path for path in files if path.suffix != ".json"]
    return CacheSize(len(sounds), sum(_status(path).st_size for path in sounds))


def evict_audio(directory: str | Path, *, max_bytes: int = 0, keep: Iterable[str | Path] = ()) -> tuple[Path, ...]:
    """Delete the least recently used downloads until the rest fits; other files are never touched.

    Files that another run is downloading or using are kept, whether in this process or another one.

    Args:
        directory: Download folder; it need not exist.
        max_bytes: Maximum size of the remaining downloads.
        keep: Files to keep in any case.

    Returns:
        The deleted audio files; their metadata files are deleted with them.

    Raises:
        OutputError: A file can't be deleted.
    """
    folder = Path(directory)
    forget_uses(folder)
    kept = {Path(path).absolute() for path in keep}
    found = sorted(_held(folder).items(), key=lambda item: max(map(_used, item[1])))
    total = audio_cache(folder).size_bytes
    deleted: list[Path] = []
    for name, paths in found:
        sounds = [path for path in paths if not path.name.startswith(".") and path.suffix != ".json"]
        # Files that belong to no audio are useless, however much space there is.
        if (total <= max_bytes and sounds) or any(path.absolute() in kept for path in sounds):
            continue
        with deleting(folder / name) as free:
            if not free:
                continue
            total -= sum(_status(path).st_size for path in sounds)
            _delete(path for path in paths if path.suffix not in {".lock", ".use"})
        deleted += sounds
    return tuple(deleted)


def _delete(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{path} can't be deleted ({error.strerror}): close the program using it.") from error


def _held(directory: Path) -> dict[str, list[Path]]:
    """Return the files of a download folder, grouped by the audio they belong to."""
    found: dict[str, list[Path]] = {}
    try:
        for entry in sorted(os.scandir(directory), key=lambda entry: entry.name):
            if OWN_NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                found.setdefault(_belongs_to(entry.name), []).append(Path(entry.path))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise OutputError(f"{directory} can't be read ({error.strerror}).") from error
    return found


def _status(path: Path) -> os.stat_result:
    try:
        return path.lstat()
    except FileNotFoundError:  # deleted in the meantime
        return os.stat_result([0] * 10)


def _used(path: Path) -> float:
    """Return when a file was last used, in seconds since the epoch."""
    return max(_status(path).st_atime, _status(path).st_mtime)


def _belongs_to(name: str) -> str:
    """Return the name of the audio that a metadata or lock file belongs to."""
    return re.sub(r"(?:\.part)?(?:\.json)?$|\.lock$|\.[0-9a-f]{16}\.use$", "", name.removeprefix("."))
