"""What an episode's words come from, and how it is fetched."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.errors import PodnotesError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podnotes.media import DownloadProgress
    from podnotes.models import Chapter, Episode, Transcript


@dataclass(frozen=True, slots=True)
class Job:
    """An episode that is to be drafted."""

    id: int
    episode: Episode
    source: str
    known: Transcript | None = None  #: what the library has, where that is to be used
    audio: Path | None = None  #: its audio, where that was fetched before


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
    from podnotes.media import chapters_in_file, fetch_audio, fetch_chapters
    from podnotes.speech import fetch_transcript

    chapters = job.episode.chapters
    with suppress(PodnotesError):  # chapters are an extra
        chapters = fetch_chapters(job.episode)
    if job.known is not None:
        return Material(job.known, chapters=chapters or (chapters_in_file(job.audio) if job.audio else ()))
    problems: list[str] = []
    if publisher_transcripts and job.episode.transcripts:
        transcript = fetch_transcript(job.episode, on_problem=problems.append)
        if transcript is not None:
            return Material(transcript, chapters=chapters)
    audio = fetch_audio(job.episode, folder, on_progress=on_progress)
    return Material(audio=audio, chapters=chapters or chapters_in_file(audio), notices=tuple(problems))
