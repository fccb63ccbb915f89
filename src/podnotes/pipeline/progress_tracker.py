"""How far a run is over all of its episodes, and how long it will still take."""

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

_Key = tuple[str, str]


@dataclass
class _Account:
    """What is known of one episode that has to be recognised.

    Attributes:
        length: Seconds of audio, or None while unknown.
        before: Seconds of it that an earlier run recognised.
        heard: Seconds of it that are recognised, those included.
        begun: Whether this run is or was at it.
    """

    length: float | None
    before: float = 0.0
    heard: float = 0.0
    begun: bool = False


class ProgressTracker:
    """Passes the events of a run on, with how far the whole run is.

    Args:
        tell: Who is told.
        options: What the run was asked for.
        elsewhere: Whether other machines recognise, whose speed nobody knows here.
    """

    def __init__(self, tell: Callable[[Event], None], options: DraftOptions, *, elsewhere: bool = False) -> None:
        self._tell, self._options, self._elsewhere = tell, options, elsewhere
        self._episodes = self._finished = 0
        self._accounts: dict[_Key, _Account] = {}
        self._language: str | None = None  # of the first episode, by which the speed of all is told ahead
        self._began: float | None = None
        self._expected: float | None = None
        self._guard = threading.Lock()  # downloads report from their own threads
        #: What the callback raised, which ends the run: it is raised again wherever the run reports next.
        self.stopped: BaseException | None = None

    def plan(self, episodes: int, to_hear: Iterable[tuple[Episode, float]]) -> None:
        """Say what there is to do, in an event of :attr:`Step.PLAN`.

        Args:
            episodes: How many episodes the run has to do.
            to_hear: Those that have to be recognised, with the seconds of each that an earlier run recognised.
        """
        self._episodes = episodes
        for episode, before in to_hear:
            self._language = self._language or episode.language
            self._accounts[_key(episode)] = _Account(episode.duration or None, before, before)
        if self._accounts and not self._elsewhere:
            from podnotes.asr.throughput import expected_speed

            self._expected = expected_speed(self._model)
        self._pass_on(Event(None, Step.PLAN, run=self.now()))

    def __call__(self, event: Event) -> None:
        """Pass an event on; one on recognition is counted."""
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
        """An episode is through, whatever came of it: what is left of it won't be recognised in this run."""
        with self._guard:
            self._finished += 1
            account = self._accounts.get(_key(episode))
            if account is not None:
                account.length = max(account.heard, account.before)

    def now(self) -> RunProgress:
        """How far the run is."""
        with self._guard:
            known = [account for account in self._accounts.values() if account.length is not None]
            audio = sum(max(0.0, (account.length or 0.0) - account.before) for account in known)
            heard = sum(account.heard - account.before for account in self._accounts.values())
            speed = self._expected
            if self._began is not None and heard > 0.0:
                speed = heard / max(time.monotonic() - self._began, 1e-6)
            return RunProgress(
                episodes=self._episodes,
                finished=self._finished,
                to_hear=len(self._accounts),
                unknown=len(self._accounts) - len(known),
                audio_s=audio,
                heard_s=heard,
                speed=speed,
                left_s=max(0.0, audio - heard) / speed if speed else None,
                model=self._model,
            )

    @property
    def _model(self) -> str:
        return model_name(self._options.model, self._language)

    def _count(self, episode: Episode, event: Event) -> None:
        if self._began is None:
            self._began = time.monotonic()
        key = _key(episode)
        account = self._accounts.get(key)
        if account is None:  # its publisher's transcript turned out to be broken
            account = self._accounts[key] = _Account(None)
        if event.total is not None:
            account.length = event.total  # the file itself knows better than the feed
        if not account.begun:
            account.begun, account.before, account.heard = True, event.done, event.done
        account.heard = max(account.heard, event.done)


def _key(episode: Episode) -> _Key:
    return episode.podcast, episode.guid
