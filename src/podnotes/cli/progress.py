"""Progress display: bars in a terminal, occasional plain lines otherwise."""

from __future__ import annotations

import math
import sys
import threading
import time
from typing import TYPE_CHECKING, Self

from podnotes.cli.output import duration, say
from podnotes.files import size_text
from podnotes.pipeline.results import Event, RunProgress, Step
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress, TaskID

#: Labels of the steps that are shown; the others end at once.
_LABELS = {
    Step.DOWNLOAD: "fetching",
    Step.MODEL: "speech model",
    Step.RECOGNISE: "listening",
    Step.SPEAKERS: "identifying speakers",
}
_IN_BYTES = frozenset({Step.DOWNLOAD, Step.MODEL})
#: Seconds between plain lines on the same step.
_LINE_EVERY = 30.0
# Maximum width, since very long lines are hard to read.
_WIDEST = 130  # columns

_Key = tuple[str, str, Step]


class ProgressDisplay:
    """Context manager and callback that shows the events of a run, or only its messages if ``quiet``."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bars: Progress | None = None
        self._tasks: dict[_Key, TaskID] = {}
        self._overall: TaskID | None = None
        self._last_line: dict[_Key, float] = {}
        self._lock = threading.Lock()  # downloads report from separate threads

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._quiet:
            self._bars = _bars()
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def say(self, message: str) -> None:
        """Print a line above the bars."""
        if self._bars is not None:
            self._bars.console.print(message, markup=False, highlight=False, soft_wrap=True)
        else:
            say(message)

    def __call__(self, event: Event) -> None:
        """Show one event."""
        with self._lock:
            if event.message:
                self.say(f"  {event.message}")
            if self._quiet:
                return
            if event.step is Step.PLAN:
                if event.run is not None and (plan := describe_plan(event.run)):
                    self.say(plan)
            elif event.step not in _LABELS:
                return
            elif self._bars is not None:
                self._draw(self._bars, event, event.step)
            else:
                self._tell(event, event.step)

    def _draw(self, bars: Progress, event: Event, step: Step) -> None:
        key = _key(event, step)
        if _is_over(event) and key not in self._tasks:
            return
        state = ", ".join(describe(event, step))
        # If total is None, the bar is indeterminate.
        if key not in self._tasks:
            title = event.episode.title if event.episode else ""
            self._tasks[key] = bars.add_task(f"{_LABELS[step]} {title}".rstrip(), total=event.total, state=state)
        bars.update(self._tasks[key], completed=event.done, total=event.total, state=state)
        if _is_over(event):
            bars.remove_task(self._tasks.pop(key))
        run = event.run
        if run is not None and run.to_transcribe > 1:
            state = ", ".join(describe_run(run))
            if self._overall is None:
                self._overall = bars.add_task("together", total=run.audio_s or None, state=state)
            bars.update(self._overall, completed=run.transcribed_s, total=run.audio_s or None, state=state)

    def _tell(self, event: Event, step: Step) -> None:
        key, now = _key(event, step), time.monotonic()
        # Downloads aren't announced, since they may end at once.
        last = self._last_line.setdefault(key, -math.inf if step is Step.RECOGNISE else now)
        if last == math.inf or (now - last < _LINE_EVERY and not _is_over(event)):
            return
        self._last_line[key] = math.inf if _is_over(event) else now
        title = f"{event.episode.title}: " if event.episode else ""
        line = f"  {title}{_LABELS[step]}, {', '.join(describe(event, step))}"
        run = event.run
        if run is not None and run.to_transcribe > 1 and step is Step.RECOGNISE and event.done:
            line += f" (together: {', '.join(describe_run(run))})"
        say(line)


def _key(event: Event, step: Step) -> _Key:
    episode = event.episode
    return (episode.podcast, episode.guid, step) if episode else ("", "", step)


def _is_over(event: Event) -> bool:
    return event.total is not None and event.done >= event.total


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    console = Console(stderr=True)
    console.width = min(console.width, _WIDEST)
    return Progress(
        TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
        BarColumn(bar_width=8),
        TextColumn("{task.fields[state]}", markup=False, table_column=Column(no_wrap=True)),
        console=console,
        transient=True,
        expand=True,
    )


def describe(event: Event, step: Step) -> list[str]:
    """Describe progress, speed and remaining time of a step in short phrases."""
    in_bytes = step in _IN_BYTES
    words: Callable[[float], str] = size_text if in_bytes else clock
    done = words(event.done) + (f" of {words(event.total)}" if event.total else "")
    speed = f"{size_text(event.speed)}/s" if in_bytes and event.speed else _times_real(event.speed)
    left = f"{duration(event.left_s)} left" if event.left_s and not _is_over(event) else ""
    return [part for part in (done, speed, left) if part]


def describe_run(run: RunProgress) -> list[str]:
    """Describe progress, speed and remaining time of a whole run in short phrases."""
    done = f"{clock(run.transcribed_s)} of {clock(run.audio_s)}" if run.audio_s else f"{run.finished} done"
    left = f"{duration(run.left_s)} left" if run.left_s else ""
    return [part for part in (done, _times_real(run.speed) if run.transcribed_s else "", left) if part]


def describe_plan(run: RunProgress) -> str:
    """Describe the estimate for a run before it begins; "" if there is none.

    For example "3 of 4 episodes to recognise, 5 h 10 min of audio: about 36 min with small.en on this machine".
    """
    if not run.left_s:
        return ""
    episodes = f"{run.episodes} episodes, " if run.episodes > 1 else ""
    if run.to_transcribe < run.episodes:
        episodes = f"{run.to_transcribe} of {run.episodes} episodes to recognise, "
    return f"{episodes}{duration(run.audio_s)} of audio: about {duration(run.left_s)} with {run.model} on this machine"


def _times_real(speed: float | None) -> str:
    if not speed:
        return ""
    return f"{speed:.0f}× real time" if speed >= 9.95 else f"{speed:.1f}× real time"
