"""What a run is asked for, what it reports while it goes on, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.checks import check_number, check_type
from podnotes.errors import UsageError
from podnotes.models import Topic

if TYPE_CHECKING:
    from podnotes.asr import Engine, SpeechOptions
    from podnotes.errors import PodnotesError
    from podnotes.library import DraftResult
    from podnotes.models import Episode, Findings, Note, Transcript
    from podnotes.notes import NoteOptions

PER = ("episode", "topic")


class Step(StrEnum):
    """What a run does with an episode."""

    PLAN = "plan"  #: what there is to do is known; the event's ``run`` says how long it may take
    DOWNLOAD = "download"  #: audio or transcript is fetched; counted in bytes
    MODEL = "model"  #: the speech model is fetched; counted in bytes
    RECOGNISE = "recognise"  #: counted in seconds of audio
    SPEAKERS = "speakers"  #: who speaks is told; counted in seconds of audio
    FIND = "find"  #: passages are looked for
    WRITE = "write"  #: drafts are written


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is over all of its episodes.

    Attributes:
        episodes: How many there are to do.
        finished: How many are through.
        to_hear: How many of them have to be recognised: no transcript of theirs is known.
        unknown: How many of those have a length that nobody has stated yet; nothing else here counts them.
        audio_s: Seconds of audio to recognise; what an earlier run recognised is not among them.
        heard_s: Seconds of them that are recognised.
        speed: Seconds of audio a second: of this run once it is under way, before that what earlier runs on this
            machine lead to expect; None where nothing is known.
        left_s: Seconds until all is recognised at this speed, or None.
        model: Name of the speech model.
    """

    episodes: int
    finished: int = 0
    to_hear: int = 0
    unknown: int = 0
    audio_s: float = 0.0
    heard_s: float = 0.0
    speed: float | None = None
    left_s: float | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something to show while a run goes on. Downloads report from threads of their own.

    Attributes:
        episode: Which episode, or None where it concerns the run.
        step: Which step, or None for a message alone and, without a message, while something is waited for.
        done: Bytes or seconds done.
        total: Bytes or seconds to do, or None where unknown.
        message: A sentence for the user, or "".
        speed: Bytes or seconds of audio a second in this step of this episode, or None.
        left_s: Seconds until this step of this episode is over at this speed (before the first piece is recognised: as
            earlier runs on this machine lead to expect), or None.
        run: How far the run is over all episodes, or None where an episode is on its own.
    """

    episode: Episode | None
    step: Step | None = None
    done: float = 0.0
    total: float | None = None
    message: str = ""
    speed: float | None = None
    left_s: float | None = None
    run: RunProgress | None = None


class Outcome(StrEnum):
    """What became of an episode in a run."""

    DRAFTED = "drafted"  #: drafts were written
    NOTHING = "nothing"  #: it has none of the user's topics, so there is no draft
    KNOWN = "known"  #: it was done before
    BUSY = "busy"  #: another podnotes is working on it
    FAILED = "failed"  #: see the error


@dataclass(frozen=True, slots=True)
class EpisodeResult:
    """What a run made of one episode.

    Attributes:
        episode: The episode, or None for a feed that failed and for a draft on a topic.
        outcome: What became of it.
        drafts: Files that were written or kept, one for each output.
        findings: Passages, or None when it didn't come that far.
        transcript: The transcript, or None when it didn't come that far.
        note: What the drafts say, before it is rendered; None when it didn't come that far.
        notices: Sentences for the user.
        error: Why it failed, or None.
        source: What the user named; the title of the topic for a draft on one.
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
    """What a run should do.

    Attributes:
        topics: Name of a pack, path of a topics file, or topics.
        model: Name or folder of the speech model, name of an installed engine, or an engine; None for the model that
            suits the machine and an episode's language.
        template: Name of a template or path of the user's own.
        episodes: How many of the newest episodes; None: one of a feed that is new, all new ones of a known feed.
        since: Only episodes published on this day or later.
        match: Only episodes with this text in title, people or show notes (case ignored).
        per: "episode" for a draft an episode, "topic" for a draft a topic over all episodes of the run.
        publisher_transcripts: Use the publisher's transcript where the feed links one.
        again: Redo passages and drafts of known episodes where topics or template changed.
        retranscribe: Recognise known episodes again.
        html: Write each draft as an HTML page as well.
        cache_bytes: How much downloaded audio may stay; after the run what was used longest ago is deleted.
        speech: Options of the recognition, or None for what suits the machine.
        note: Options of the composing, or None.
        hotwords_from_notes: Tell the speech model who takes part in an episode and what its show notes name of the
            topics; docs/speech.md says when it helps.
        speakers: Tell who speaks in what is recognised in this process; the workers of an executor don't.
        speaker_model: Speaker embedding model, by name or path, or None for the one that comes with podnotes.
    """

    topics: str | Path | Topic | Sequence[Topic] = "bodywork"
    model: str | Path | Engine | None = None
    template: str | Path = "blog"
    episodes: int | None = None
    since: date | None = None
    match: str | None = None
    per: str = "episode"
    publisher_transcripts: bool = True
    again: bool = False
    retranscribe: bool = False
    html: bool = True
    cache_bytes: int = 20_000_000_000
    speech: SpeechOptions | None = None
    note: NoteOptions | None = None
    hotwords_from_notes: bool = False
    speakers: bool = True
    speaker_model: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no run can do.

        Raises:
            UsageError: An option has a value that it can't have.
        """
        check_type("topics", self.topics, "a pack's name, a path or topics", str, Path, Topic, Sequence)
        if self.model is not None and not isinstance(self.model, Path):
            from podnotes.asr import Engine

            check_type("model", self.model, "a name, a folder or an engine", str, Engine)
        check_type("template", self.template, "a name or a path", str, Path)
        if self.episodes is not None:
            check_number("episodes", self.episodes, least=1)
        if self.since is not None:
            check_type("since", self.since, "a datetime.date", date)
        if isinstance(self.since, datetime):  # a date, too, which can't be compared with one
            object.__setattr__(self, "since", self.since.date())
        if self.match is not None:
            check_type("match", self.match, "text", str)
        if self.per not in PER:
            raise UsageError(f"per is {self.per!r}; give “episode” or “topic”.")
        check_number("cache_bytes", self.cache_bytes, least=0)
        if self.speech is not None:
            from podnotes.asr import SpeechOptions

            check_type("speech", self.speech, "SpeechOptions", SpeechOptions)
        if self.note is not None:
            from podnotes.notes import NoteOptions

            check_type("note", self.note, "NoteOptions", NoteOptions)
