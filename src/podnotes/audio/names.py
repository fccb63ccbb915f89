"""File names for downloads: valid on every system, readable, and unique to the episode."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from podnotes.audio_types import extension_for

if TYPE_CHECKING:
    from pathlib import Path

    from podnotes.models import Episode

#: Names that Windows reserves for devices, with any extension.
_DEVICES = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?=\.|$)", re.IGNORECASE)
#: Variation selectors, which only affect how the previous character looks.
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: Separators, and combining accents without a letter, at the beginning of a name.
_ALONE = re.compile(r"^[-. \u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
#: Maximum size of the readable part; with date, hash and extension, names stay well below the usual 255 bytes.
_LONGEST_BYTES = 120
#: A file downloaded by podnotes, whose name ends in ten hexadecimal digits, or one of its companions: partial file,
#: metadata, locks.
OWN_NAME = re.compile(r".*-[0-9a-f]{10}\.[a-z0-9]{1,5}(?:(?:\.part)?(?:\.json)?|\.lock|\.[0-9a-f]{16}\.use)")


def safe_name(text: str) -> str:
    """Return a text as part of a file name that is valid on every system; letters of all scripts are kept.

    Args:
        text: Any text.

    Returns:
        The name, without path separators, and without dots or spaces at either end; "" if nothing is left.
    """
    # Some systems treat composed and decomposed letters as the same name, others don't.
    text = _VARIANTS.sub("", unicodedata.normalize("NFC", text))
    kept = "".join(
        character if unicodedata.category(character)[0] in "LNM" or character in "._'’ -" else " " for character in text
    )
    name = re.sub(r"[\s-]+", "-", kept).replace("'", "’")
    name = _ALONE.sub("", name).encode("utf-8", "ignore")[:_LONGEST_BYTES].decode("utf-8", "ignore").strip("-. ")
    name = re.sub(r"\.{2,}", ".", name)
    return _DEVICES.sub(r"\1-", name)


def _mark(episode: Episode) -> str:
    # The feed's address isn't included, so that a podcast that moves keeps its files.
    identity = f"{episode.podcast}\x00{episode.guid}"
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def place_in(folder: Path, episode: Episode) -> Path:
    """Return the path of an episode's audio in a folder, whether it exists or not.

    Publishers correct titles, dates and types after publication; an existing file keeps its name.

    Args:
        folder: Download folder; it need not exist.
        episode: An episode with audio.

    Returns:
        The existing or partial file of the episode, else a file with the name from :func:`audio_name`.
    """
    target = folder / audio_name(episode)
    if target.exists():
        return target
    own = re.compile(rf"(?!\.)(.*-{_mark(episode)}\.[a-z0-9]{{1,5}})(\.part)?")
    try:
        matches = [match for path in folder.iterdir() if (match := own.fullmatch(path.name))]
    except OSError:
        return target  # writing will report the error
    matches.sort(key=lambda match: bool(match[2]))  # complete files first
    return folder / matches[0][1] if matches else target


def audio_name(episode: Episode) -> str:
    """Return the file name for an episode's audio, such as ``2026-03-01-Why-touch-calms-3f9a2b7c1d.mp3``.

    Args:
        episode: An episode with audio.
    """
    assert episode.audio is not None
    mark = _mark(episode)
    date = episode.published.strftime("%Y-%m-%d") if episode.published else ""
    parts = [part for part in (date, safe_name(episode.title)) if part] or ["episode"]
    return f"{'-'.join([*parts, mark])}.{extension_for(episode.audio.type, episode.audio.url)}"
