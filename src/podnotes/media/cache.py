"""How much the downloaded audio takes, and making room."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import OutputError
from podnotes.media.locks import deleting, forget_uses
from podnotes.media.names import OWN_AUDIO, OWN_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class CacheSize:
    """What a folder of downloads holds.

    Attributes:
        files: Downloaded files, unfinished ones included.
        size_bytes: What they take on disk; audio that has several names counts once.
    """

    files: int
    size_bytes: int


@dataclass(slots=True)
class _Holding:
    """A file with all its names, and the notes that go with it.

    Attributes:
        names: Its names in the folder.
        companions: Notes and locks beside them.
        size: Bytes on disk, without the companions, which are small.
        used: When it was used last, in seconds since the epoch.
    """

    names: list[Path] = field(default_factory=list)
    companions: list[Path] = field(default_factory=list)
    size: int = 0
    used: float = 0.0


def audio_cache(directory: str | Path) -> CacheSize:
    """Tell how much downloaded audio a folder holds; files that podnotes didn't put there are not counted.

    Args:
        directory: Folder of downloads; it need not exist.
    """
    found = _holdings(Path(directory))
    return CacheSize(sum(len(holding.names) for holding in found), sum(holding.size for holding in found))


def evict_audio(directory: str | Path, *, max_bytes: int = 0, keep: Iterable[str | Path] = ()) -> tuple[Path, ...]:
    """Delete the downloads that were used longest ago until the rest fits; other files are never touched.

    What another run is fetching or uses stays, in this process or another one. Audio that has several names goes with
    all of them or not at all, since the last name frees the space.

    Args:
        directory: Folder of downloads; it need not exist.
        max_bytes: Bytes that may stay.
        keep: Files that stay in any case.

    Returns:
        The deleted audio files; the notes beside them go with them.

    Raises:
        OutputError: When a file can't be deleted.
    """
    forget_uses(Path(directory))
    kept = {Path(path).absolute() for path in keep}
    found = sorted(_holdings(Path(directory)), key=lambda holding: holding.used)
    total = sum(holding.size for holding in found)
    deleted: list[Path] = []
    for holding in found:
        if total <= max_bytes and holding.names:
            continue  # but what belongs to no audio is of no use
        if any(name.absolute() in kept for name in holding.names):
            continue
        with contextlib.ExitStack() as locks:
            audio = {path.with_name(_belongs_to(path.name)) for path in (*holding.names, *holding.companions)}
            free = [locks.enter_context(deleting(path)) for path in sorted(audio)]
            if not all(free):
                continue
            _delete([path for path in (*holding.names, *holding.companions) if path.suffix not in {".lock", ".use"}])
        total -= holding.size
        deleted += holding.names
    return tuple(deleted)


def _delete(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{path} can't be deleted ({error.strerror}): close what has it open.") from error


def _holdings(directory: Path) -> list[_Holding]:
    try:
        entries = [entry for entry in os.scandir(directory) if OWN_NAME.fullmatch(entry.name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OutputError(f"{directory} can't be read ({error.strerror}).") from error
    by_file: dict[tuple[int, int], _Holding] = {}
    by_name: dict[str, _Holding] = {}
    companions: list[tuple[Path, float]] = []
    for entry in sorted(entries, key=lambda entry: entry.name):
        path = Path(entry.path)
        try:
            status = path.lstat()  # unlike the entry's own, it tells on Windows, too, which names are one file
        except FileNotFoundError:
            continue  # deleted meanwhile
        if not stat.S_ISREG(status.st_mode):
            continue
        if entry.name.startswith(".") or not OWN_AUDIO.fullmatch(entry.name.removesuffix(".part")):
            companions.append((path, status.st_mtime))
            continue
        holding = by_file.setdefault((status.st_dev, status.st_ino), _Holding(size=status.st_size))
        holding.names.append(path)
        holding.used = max(holding.used, status.st_atime, status.st_mtime)
        by_name[entry.name] = holding
    loose: list[_Holding] = []
    for path, changed in companions:
        owner = by_name.get(_belongs_to(path.name)) or by_name.get(f"{_belongs_to(path.name)}.part")
        if owner is None:
            loose.append(owner := _Holding(used=changed))
        owner.companions.append(path)
    return [*by_file.values(), *loose]


def _belongs_to(name: str) -> str:
    """Return the name of the audio that a note or a lock goes with."""
    return re.sub(r"(?:\.part)?(?:\.json)?(?:\.new)?$|\.lock$|\.[0-9a-f]{16}\.use$", "", name.removeprefix("."))
