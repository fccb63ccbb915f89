"""What is remembered of a downloaded file: its content's hash, and what tells the server's copy from another.

It stands in a note beside the file. With it, damage on the disk is noticed, the same audio under two addresses is held
once, and the server can be asked whether its copy is still the same one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from podnotes.media.names import OWN_AUDIO, note_beside

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kept:
    """A downloaded file as it was when it was whole.

    Attributes:
        size: Bytes.
        sha256: Hash of its content, in hexadecimal.
        etag: Entity tag of the server's copy (RFC 9110, section 8.8.3), or "".
        modified: Last-Modified of the server's copy, or "".
        source: Hash of its address without query and credentials, or "" where it isn't known.
        stated: Its length as the feed stated it, or None.
        asked: When the server was last asked about it, in seconds since the epoch.
        made_anew: True when the server makes another file for each request (with advertisements put in), so that
            asking whether it has changed is pointless.
    """

    size: int
    sha256: str
    etag: str = ""
    modified: str = ""
    source: str = ""
    stated: int | None = None
    asked: float = 0.0
    made_anew: bool = False

    def is_whole(self, path: Path) -> bool:
        """Tell whether a file still has this content; reads it whole when its size is right."""
        try:
            return path.stat().st_size == self.size and content_hash(path) == self.sha256
        except OSError:
            return False


#: What JSON makes of the fields of a note.
_KINDS: dict[str, Any] = {
    "size": int, "sha256": str, "etag": str, "modified": str, "source": str, "stated": int | None, "asked": int | float,
    "made_anew": bool,
}  # fmt: skip


def content_hash(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file's content in hexadecimal.

    Args:
        path: The file; a gigabyte takes a second or two.

    Raises:
        OSError: It can't be read.
    """
    with open(path, "rb") as file:  # noqa: PTH123 - takes any path-like
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe(path: Path, *, etag: str = "", modified: str = "", source: str = "", stated: int | None = None) -> Kept:
    """Describe a file that is whole now.

    Args:
        path: The file.
        etag: As in :class:`Kept`.
        modified: As in :class:`Kept`.
        source: As in :class:`Kept`.
        stated: As in :class:`Kept`.

    Raises:
        OSError: It can't be read.
    """
    return Kept(path.stat().st_size, content_hash(path), etag, modified, source, stated, time.time())


def place_of(url: str) -> str:
    """Return what an address is recognised by: a hash, so that no note holds anybody's token.

    The query is left out: tracking services put other words into it each time.
    """
    parts = urlsplit(url)
    place = f"{parts.hostname or ''}{parts.path}"
    return hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def read_note(path: Path) -> Kept | None:
    """Return what is remembered of a downloaded file, or None when there is no note, or none that can be read.

    Args:
        path: The file; it need not be there.
    """
    try:
        known = json.loads(note_beside(path).read_text("utf-8"))
        return Kept(**{name: known[name] for name, kind in _KINDS.items() if isinstance(known[name], kind)})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_note(path: Path, kept: Kept) -> None:
    """Remember what a downloaded file is; where there is no room for that, it is as if nothing had been known of it.

    Args:
        path: The file.
        kept: What it is.
    """
    note = note_beside(path)
    new = note.with_name(f"{note.name}.new")  # always the same name: whoever writes holds the file's lock
    try:
        new.write_text(json.dumps(asdict(kept)), "utf-8")
        new.replace(note)
    except OSError:
        for name in (new, note):  # a note on an earlier copy would make this one a damaged one
            with contextlib.suppress(OSError):
                name.unlink(missing_ok=True)


def share(path: Path, kept: Kept, *, beside: Path) -> bool:
    """Make a file a second name of another download with the same content, where there is one.

    Args:
        path: The file, whole.
        kept: What it is.
        beside: The name that it will have; the other download is looked for in its folder.

    Returns:
        True when it is one now; False when there is no such download, or the file system has no hard links.
    """
    for twin in _of_size(kept.size, beside):
        known = read_note(twin)
        # The hash is taken anew: what was damaged on the disk must not spread.
        if (known is not None and known.sha256 != kept.sha256) or not kept.is_whole(twin):
            continue
        second = path.with_name(f"{path.name}.new")
        try:
            if twin.samefile(path):
                return True
            second.unlink(missing_ok=True)
            os.link(twin, second)
            second.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                second.unlink(missing_ok=True)
            return False
        return True
    return False


def _of_size(size: int, target: Path) -> list[Path]:
    """Downloads of this size in a file's folder, but for the file itself."""
    found: list[Path] = []
    with os.scandir(target.parent) as entries:
        for entry in entries:
            if entry.name == target.name or entry.name.startswith(".") or not OWN_AUDIO.fullmatch(entry.name):
                continue
            with contextlib.suppress(OSError):  # deleted meanwhile
                if entry.is_file(follow_symlinks=False) and entry.stat().st_size == size:
                    found.append(target.with_name(entry.name))
    return found
