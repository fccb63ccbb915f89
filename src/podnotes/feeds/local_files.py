"""Local audio files as podcasts, with transcripts in the same folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from podnotes.audio_types import TYPES, extension_of, guess_type, sound_in
from podnotes.errors import SourceError
from podnotes.feeds.dates import moment
from podnotes.feeds.values import one_line
from podnotes.models import Enclosure, Episode, Podcast, TranscriptLink

#: Extensions of transcripts next to an audio file, best first.
_BESIDE = {
    "json": "application/json", "vtt": "text/vtt", "srt": "application/srt", "html": "text/html", "htm": "text/html",
    "txt": "text/plain",
}  # fmt: skip
#: Extensions used for captions only; such a file on its own is an episode without audio.
CAPTIONS = frozenset({"vtt", "webvtt", "srt", "ttml", "dfxp", "sbv"})
_MOST_FILES = 10_000


def is_audio_file(path: Path) -> bool:
    """Tell whether a file is audio or video, by its extension or else its first bytes.

    Raises:
        SourceError: The file can't be read.
    """
    if extension_of(path.name) in TYPES:
        return True
    try:
        with path.open("rb") as file:
            return bool(sound_in(file.read(64)))
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): check the name and its permissions.") from error


def podcast_from_files(path: Path) -> Podcast:
    """Make a podcast from an audio file, or from all audio files in a folder and its subfolders.

    Args:
        path: A folder, an audio file, or a transcript without its audio.

    Raises:
        SourceError: The folder contains no audio.
    """
    path = path.absolute()
    if not path.is_dir():
        episode = _episode(path, path.parent.name or "Audio")
        return Podcast(title=episode.podcast, episodes=(episode,))
    found = sorted(_audio_files(path), key=lambda file: _natural(str(file.relative_to(path))))
    if not found:
        raise SourceError(f"There are no audio files in the folder {path}.")
    title = one_line(path.name) or "Audio"
    return Podcast(title=title, episodes=tuple(_episode(file, title) for file in found))


def _audio_files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in names if extension_of(name) in TYPES and not name.startswith(".")]
        if len(found) >= _MOST_FILES:
            break
    return found[:_MOST_FILES]


def _natural(name: str) -> list[tuple[int, str]]:
    # Sorts "Talk 10" after "Talk 9".
    return [(int(piece), "") if piece.isdigit() else (-1, piece.lower()) for piece in re.split(r"([0-9]+)", name)]


def _episode(path: Path, podcast: str) -> Episode:
    from podnotes.feeds.tags import read_tags

    name = " ".join(path.stem.replace("_", " ").split()) or path.name
    if extension_of(path.name) in CAPTIONS:
        return Episode(guid=path.as_uri(), title=name, podcast=podcast, transcripts=(TranscriptLink(str(path), ""),))
    tags = read_tags(path)
    return Episode(
        guid=path.as_uri(),
        title=one_line(tags.title) or name,
        podcast=one_line(tags.album) or podcast,
        published=moment(tags.date),
        duration=tags.duration,
        audio=Enclosure(str(path), guess_type(path.name), path.stat().st_size),
        transcripts=_beside(path),
        chapters=tags.chapters,
        author=one_line(tags.artist) or None,
    )


def _beside(path: Path) -> tuple[TranscriptLink, ...]:
    """Find transcripts named after the audio file: ``talk.vtt``, ``talk.mp3.vtt``, or ``talk.en.vtt`` with language."""
    found: list[tuple[int, str, TranscriptLink]] = []
    stems = {path.stem.lower(), path.name.lower()}
    try:
        names = sorted(entry.name for entry in os.scandir(path.parent) if entry.is_file())
    except OSError:
        return ()
    for name in names:
        stem, _, extension = name.rpartition(".")
        kind = _BESIDE.get(extension.lower())
        if kind is None:
            continue
        bare, _, language = stem.rpartition(".")
        tag = language if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?", language) else ""
        if stem.lower() in stems or (tag and bare.lower() in stems):
            exact = stem.lower() in stems
            rank = list(_BESIDE).index(extension.lower()) + (0 if exact else 10)
            found.append((rank, name, TranscriptLink(str(path.parent / name), kind, None if exact else tag.lower())))
    return tuple(link for _, _, link in sorted(found, key=lambda item: item[:2]))
