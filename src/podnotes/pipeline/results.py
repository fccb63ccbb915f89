"""Options, events and results of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING

from podnotes.asr.speech_options import SpeechOptions
from podnotes.checks import check_number, check_type
from podnotes.models import Topic
from podnotes.notes.options import NoteOptions

if TYPE_CHECKING:
    from podnotes.asr.engine import Engine
    from podnotes.asr.speech_options import SpeechProgress
    from podnotes.audio.transfer import DownloadProgress
    from podnotes.errors import PodnotesError
    from podnotes.library import DraftResult
    from podnotes.models import Episode, Findings, Note, Transcript


class Step(StrEnum):
    """Step of a run."""

    PLAN = "plan"  #: start of the run; the event's ``run`` has an estimate of the time
    DOWNLOAD = "download"  #: download of audio or transcript, in bytes
    MODEL = "model"  #: download of the speech model, in bytes
    RECOGNISE = "recognise"  #: speech recognition, in seconds of audio
    SPEAKERS = "speakers"  #: diarization, in seconds of audio
    FIND = "find"  #: search for passages
    WRITE = "write"  #: writing of drafts


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Progress of a run over all of its episodes.

    Attributes:
        episodes: Number of episodes.
        finished: Number of finished episodes.
        to_transcribe: Number of episodes to transcribe.
        audio_s: Seconds of audio to transcribe, as far as known, without chunks transcribed by earlier runs.
        transcribed_s: Seconds of this audio transcribed so far.
        speed: Seconds of audio transcribed per second in this run or, at its start, in earlier runs on this machine;
            None if unknown.
        left_s: Estimated seconds remaining; None if the speed or a length is unknown.
        model: Name of the speech model.
    """

    episodes: int
    finished: int = 0
    to_transcribe: int = 0
    audio_s: float = 0.0
    transcribed_s: float = 0.0
    speed: float | None = None
    left_s: float | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Progress event of a run. Events of downloads come from separate threads.

    Attributes:
        episode: The episode; None if the event concerns the whole run.
        step: The step; None for a message, or as a sign of life while the run waits.
        done: Bytes or seconds done.
        total: Total bytes or seconds, or None if unknown.
        message: Message for the user; may be empty.
        speed: Bytes or seconds of audio per second in this step, or None.
        left_s: Estimated seconds remaining in this step, or None.
        run: Progress of the whole run, or None outside a run.
    """

    episode: Episode | None
    step: Step | None = None
    done: float = 0.0
    total: float | None = None
    message: str = ""
    speed: float | None = None
    left_s: float | None = None
    run: RunProgress | None = None


def progress_event(episode: Episode | None, progress: SpeechProgress | DownloadProgress) -> Event:
    """Return the event for the progress of a download or of speech recognition."""
    # Loading a model has no measurable progress; an event without a step is a sign of life.
    steps = {"audio": Step.DOWNLOAD, "download": Step.MODEL, "recognise": Step.RECOGNISE}
    step = steps.get(getattr(progress, "step", "audio"))
    return Event(episode, step, progress.done, progress.total, speed=progress.speed, left_s=progress.left_s)


class Outcome(StrEnum):
    """Outcome of an episode in a run."""

    DRAFTED = "drafted"  #: drafts were written
    NOTHING = "nothing"  #: no draft, since there are no passages on the topics
    KNOWN = "known"  #: done in an earlier run
    BUSY = "busy"  #: locked by another process
    FAILED = "failed"  #: failed with an error


@dataclass(frozen=True, slots=True)
class EpisodeResult:
    """Result of a run for one episode.

    Attributes:
        episode: The episode; None for a failed feed.
        outcome: The outcome.
        drafts: Path and outcome of each file, one per output of the template.
        findings: The findings; None if this step wasn't reached.
        transcript: The transcript; None if this step wasn't reached.
        note: The draft before rendering; None if this step wasn't reached.
        notices: Messages for the user.
        error: The error if the episode failed, else None.
        source: Title of the podcast, or address of the failed feed.
    """

    episode: Episode | None
    outcome: Outcome
    drafts: tuple[DraftResult, ...] = ()
    findings: Findings | None = None
    transcript: Transcript | None = None
    note: Note | None = None
    notices: tuple[str, ...] = ()
    error: PodnotesError | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class DraftOptions:
    """Options of a run.

    Attributes:
        topics: Name of a topic pack, path of a topics file, or one or more topics.
        model: Name or folder of a speech model, name of an installed engine, or an engine; None chooses a model by
            machine and language.
        template: Name of a template, or path of a custom one.
        episodes: Number of newest episodes per podcast; None for the newest one of a new feed and all new ones of a
            known feed.
        since: Only episodes published on this day or later.
        match: Only episodes with this text in title, people or show notes; case-insensitive.
        publisher_transcripts: Whether to use the publisher's transcript if the feed links one.
        again: Whether to redo passages and drafts of known episodes if topics, template or other options have changed.
        retranscribe: Whether to transcribe known episodes again.
        cache_bytes: Maximum size of the audio cache in bytes; beyond it, the least recently used files are deleted
            after the run.
        speech: Options of the speech recognition; None for defaults that depend on the machine.
        note: Options for composing; None for the defaults.
        speakers: Whether to label speakers in transcripts recognised in this process; not supported with an executor.
        speaker_model: Path of a speaker embedding model (ONNX); None for the included one.
    """

    topics: str | Path | Topic | Sequence[Topic] = "bodywork"
    model: str | Path | Engine | None = None
    template: str | Path = "blog"
    episodes: int | None = None
    since: date | None = None
    match: str | None = None
    publisher_transcripts: bool = True
    again: bool = False
    retranscribe: bool = False
    cache_bytes: int = 20_000_000_000
    speech: SpeechOptions | None = None
    note: NoteOptions | None = None
    speakers: bool = True
    speaker_model: str | None = None

    def __post_init__(self) -> None:
        """Check the options."""
        check_type("topics", self.topics, "a pack's name, a path or topics", str, Path, Topic, Sequence)
        if self.model is not None and not isinstance(self.model, Path):
            from podnotes.asr.engine import Engine

            check_type("model", self.model, "a name, a folder or an engine", str, Engine)
        check_type("template", self.template, "a name or a path", str, Path)
        if self.episodes is not None:
            check_number("episodes", self.episodes, least=1)
        check_type("since", self.since, "a datetime.date", date, NoneType)
        if isinstance(self.since, datetime):  # a subclass of date that isn't comparable with date
            object.__setattr__(self, "since", self.since.date())
        check_type("match", self.match, "text", str, NoneType)
        check_number("cache_bytes", self.cache_bytes, least=0)
        check_type("speech", self.speech, "SpeechOptions", SpeechOptions, NoneType)
        check_type("note", self.note, "NoteOptions", NoteOptions, NoneType)
