"""Fetching the audio or the publisher's transcript of an episode."""

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

    from podnotes.audio.transfer import DownloadProgress
    from podnotes.library import Library
    from podnotes.models import Chapter, Episode, Transcript


@dataclass(frozen=True, slots=True)
class Job:
    """An episode to draft."""

    id: int
    episode: Episode
    source: str
    known: Transcript | None = None  #: transcript from the library, if usable
    audio: Path | None = None  #: downloaded audio, if any
    feed: str | None = field(default=None, repr=False)  #: address of the feed with user name and password, for requests
    again: bool = False  #: whether the episode was done before and is redone


@dataclass(frozen=True, slots=True)
class Material:
    """Fetched material of an episode, and its transcript once available.

    Attributes:
        transcript: The transcript; None if the audio has yet to be transcribed.
        audio: The downloaded audio; None if it isn't needed.
        chapters: Chapters of the episode.
        notices: Messages for the user.
    """

    transcript: Transcript | None = None
    audio: Path | None = None
    chapters: tuple[Chapter, ...] = ()
    notices: tuple[str, ...] = ()


class StoppedError(PodnotesError):
    """The run ended during a download."""


def fetch_material(
    job: Job,
    folder: Path,
    *,
    publisher_transcripts: bool,
    on_progress: Callable[[DownloadProgress], None] | None = None,
) -> Material:
    """Fetch the publisher's transcript of an episode, else its audio; neither if the transcript is known."""
    from podnotes.audio.download import fetch_audio
    from podnotes.feeds.chapters import fetch_chapters
    from podnotes.feeds.tags import read_tags
    from podnotes.transcripts.publisher import fetch_transcript

    if job.feed is not None:  # a worker hasn't read the feed
        remember_credentials(job.feed)
    chapters = job.episode.chapters
    with suppress(PodnotesError):  # chapters are optional
        chapters = fetch_chapters(job.episode)
    problems: list[str] = []
    transcript, audio = job.known, None
    if transcript is None and publisher_transcripts and job.episode.transcripts:
        transcript = fetch_transcript(job.episode, on_problem=problems.append)
    if transcript is None:
        audio = fetch_audio(job.episode, folder, on_progress=on_progress)
    file = audio or job.audio or own_file(job.episode)
    if not chapters and file is not None:
        chapters = read_tags(file).chapters
    return Material(transcript, audio, chapters, notices=tuple(problems) if audio else ())


def audio_of(job: Job, folder: Path) -> Path | None:
    """Return the path of a job's downloaded audio, which may not exist yet; None for the user's own file."""
    from podnotes.audio.names import place_in

    audio = job.episode.audio
    if audio is None or not is_web(audio.url):
        return None
    return job.audio or place_in(folder, job.episode)


def own_file(episode: Episode) -> Path | None:
    """Return the path of an episode's audio if it is a local file of the user, which needs no download."""
    if episode.audio is None or is_web(episode.audio.url):
        return None
    path = Path(episode.audio.url)
    return path if path.is_file() else None


def audio_again(library: Library, episode_id: int) -> Path:
    """Return the audio of an episode in the library; it is downloaded again if it was deleted."""
    from podnotes.audio.download import fetch_audio

    if (audio := library.audio(episode_id)) is not None:
        return audio
    remember_credentials(library.feed_address(episode_id) or "")
    return fetch_audio(library.episode(episode_id), library.folder)
