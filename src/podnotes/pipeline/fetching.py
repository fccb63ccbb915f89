"""What an episode's words come from, and how it is fetched."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import PodnotesError
from podnotes.urls.addresses import is_web
from podnotes.urls.credentials import remember_credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from podnotes.audio import DownloadProgress
    from podnotes.models import Chapter, Episode, Transcript


@dataclass(frozen=True, slots=True)
class Job:
    """An episode that is to be drafted."""

    id: int
    episode: Episode
    source: str
    known: Transcript | None = None  #: what the library has, where that is to be used
    audio: Path | None = None  #: its audio, where that was fetched before
    feed: str | None = field(default=None, repr=False)  #: its feed's address with name and password, for requests


@dataclass(frozen=True, slots=True)
class Material:
    """What an episode's words come from: a transcript that is there, or audio to recognise."""

    transcript: Transcript | None = None
    audio: Path | None = None
    chapters: tuple[Chapter, ...] = ()
    notices: tuple[str, ...] = ()


class StoppedError(PodnotesError):
    """The run ended while audio was on its way."""


def fetch_material(
    job: Job,
    folder: Path,
    *,
    publisher_transcripts: bool,
    on_progress: Callable[[DownloadProgress], None] | None = None,
) -> Material:
    """Fetch what an episode needs: its publisher's transcript, else its audio; nothing where its words are known.

    Args:
        job: The episode.
        folder: Where audio is put.
        publisher_transcripts: Whether the publisher's transcript will do.
        on_progress: Told how far the audio is.

    Raises:
        PodnotesError: The audio can't be fetched.
    """
    from podnotes.audio import chapters_in_file, fetch_audio
    from podnotes.feeds import fetch_chapters
    from podnotes.transcripts import fetch_transcript

    if job.feed is not None:  # on another machine nobody has read the feed
        remember_credentials(job.feed)
    chapters = job.episode.chapters
    with suppress(PodnotesError):  # chapters are an extra
        chapters = fetch_chapters(job.episode)
    held = job.audio or _own_file(job.episode)
    if job.known is not None:
        return Material(job.known, chapters=chapters or (chapters_in_file(held) if held else ()))
    problems: list[str] = []
    if publisher_transcripts and job.episode.transcripts:
        transcript = fetch_transcript(job.episode, on_problem=problems.append)
        if transcript is not None:
            return Material(transcript, chapters=chapters or (chapters_in_file(held) if held else ()))
    audio = fetch_audio(job.episode, folder, on_progress=on_progress)
    return Material(audio=audio, chapters=chapters or chapters_in_file(audio), notices=tuple(problems))


def audio_of(job: Job, folder: Path) -> Path | None:
    """The download that a job works with, there already or still to come; None where it is the user's own file.

    Args:
        job: The episode.
        folder: Where audio is put.
    """
    from podnotes.audio.names import place_in

    audio = job.episode.audio
    if audio is None or not is_web(audio.url):
        return None
    return job.audio or place_in(folder, job.episode)


def _own_file(episode: Episode) -> Path | None:
    """The audio of an episode where it is a file of the user's, which need not be fetched."""
    if episode.audio is None or is_web(episode.audio.url):
        return None
    path = Path(episode.audio.url)
    return path if path.is_file() else None
