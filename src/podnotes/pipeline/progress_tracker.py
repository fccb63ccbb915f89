"""Progress and remaining time of a whole run."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podnotes.pipeline.results import Event, RunProgress, Step
from podnotes.pipeline.transcription import model_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from podnotes.models import Episode
    from podnotes.pipeline.results import DraftOptions


@dataclass
class _Account:
    """Progress of one episode to be transcribed, in seconds of audio.

    Attributes:
        length: Length of the episode; None while unknown.
        first: Position at which this run began, after the chunks of earlier runs; None before that.
        heard: Current position.
    """

    length: float | None
    first: float | None = None
    heard: float = 0.0


class ProgressTracker:
    """Forwards the events of a run, adding the progress of the whole run.

    ``elsewhere`` is true if workers of unknown speed do the recognition.
    """

    def __init__(self, tell: Callable[[Event], None], options: DraftOptions, *, elsewhere: bool = False) -> None:
        self._tell, self._options, self._elsewhere = tell, options, elsewhere
        self._episodes = self._finished = 0
        self._accounts: dict[tuple[str, str], _Account] = {}
        self._language: str | None = None  # language of the first episode, for the estimate
        self._began = self._advanced = 0.0  # when recognition began, and when its position last changed
        self._expected: float | None = None
        self._guard = threading.Lock()  # downloads report from separate threads
        #: Exception raised by the callback, which ends the run; raised again at the next event.
        self.stopped: BaseException | None = None

    def plan(self, episodes: int, to_transcribe: Iterable[Episode]) -> None:
        """Report the plan of the run as an event with :attr:`Step.PLAN`."""
        self._episodes = episodes
        for episode in to_transcribe:
            self._language = self._language or episode.language
            self._accounts[_key(episode)] = _Account(episode.duration or None)
        if self._accounts and not self._elsewhere:
            from podnotes.asr.throughput import expected_speed

            self._expected = expected_speed(self._model)
        self._pass_on(Event(None, Step.PLAN, run=self.now()))

    def __call__(self, event: Event) -> None:
        """Forward an event, and record the progress of recognition."""
        if event.step is Step.RECOGNISE and event.episode is not None:
            with self._guard:
                self._count(event.episode, event)
        self._pass_on(replace(event, run=self.now()) if self._episodes else event)

    def _pass_on(self, event: Event) -> None:
        if self.stopped is not None:
            raise self.stopped
        try:
            self._tell(event)
        except BaseException as error:
            self.stopped = error
            raise

    def finish(self, episode: Episode) -> None:
        """Mark an episode as finished, successfully or not; the rest of its audio no longer counts."""
        with self._guard:
            self._finished += 1
            account = self._accounts.get(_key(episode))
            if account is not None:
                account.length = account.heard

    def now(self) -> RunProgress:
        """Return the progress of the run."""
        with self._guard:
            lengths = [account.length for account in self._accounts.values()]
            before = sum(account.first or 0.0 for account in self._accounts.values())
            audio = sum(length or 0.0 for length in lengths) - before
            heard = sum(account.heard for account in self._accounts.values()) - before
            speed, left = self._expected, None
            if heard > 0.0:
                speed = heard / max(self._advanced - self._began, 1e-6)
            if speed and None not in lengths:
                # Recognition advances by batches; meanwhile, the time that passes is subtracted.
                waited = time.monotonic() - self._advanced if self._began else 0.0
                left = max(0.0, (audio - heard) / speed - waited)
            return RunProgress(
                episodes=self._episodes,
                finished=self._finished,
                to_transcribe=len(self._accounts),
                audio_s=audio,
                transcribed_s=heard,
                speed=speed,
                left_s=left,
                model=self._model,
            )

    @property
    def _model(self) -> str:
        return model_name(self._options.model, self._language)

    def _count(self, episode: Episode, event: Event) -> None:
        if not self._began:
            self._began = self._advanced = time.monotonic()
        # Missing in the plan if the publisher's transcript turned out to be broken.
        account = self._accounts.setdefault(_key(episode), _Account(None))
        if event.total is not None:
            account.length = event.total  # measured from the file; the feed is less reliable
        if account.first is None:
            account.first = event.done
        if event.done > account.heard:
            account.heard, self._advanced = event.done, time.monotonic()


def _key(episode: Episode) -> tuple[str, str]:
    return episode.podcast, episode.guid
