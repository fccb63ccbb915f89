"""Progress display: bars in a terminal, occasional plain lines in a log."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Self

from podnotes.cli.output import duration, in_terminal, say, size
from podnotes.pipeline import Event, RunProgress, Step
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rich.progress import Progress, TaskID

#: Label of each step while it runs.
_LABELS = {
    Step.DOWNLOAD: "fetching",
    Step.MODEL: "speech model",
    Step.RECOGNISE: "listening",
    Step.SPEAKERS: "identifying speakers",
    Step.FIND: "finding passages",
    Step.WRITE: "writing",
}
_IN_BYTES = frozenset({Step.DOWNLOAD, Step.MODEL})
#: Seconds between two plain lines about the same step.
_LINE_EVERY = 30.0
# Terminal widths below which there is no bar, and below which the bar is short.
_NARROW, _MIDDLING = 60, 110
_WIDEST = 130

_Key = tuple[str, str, Step]


class ProgressDisplay:
    """Shows the events of a run; both a context manager and the callback.

    Args:
        quiet: Show only warnings.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bars: Progress | None = None
        self._width = 80
        self._tasks: dict[_Key, TaskID] = {}
        self._overall: TaskID | None = None
        self._spoke: dict[_Key, float] = {}
        self._lock = threading.Lock()  # downloads report from their own threads

    def __enter__(self) -> Self:
        if in_terminal() and not self._quiet:
            self._bars, self._width = _bars()
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
            if self._quiet or event.step is None:
                return
            if event.step is Step.PLAN:
                if event.run is not None and (plan := describe_plan(event.run)):
                    self.say(plan)
            elif self._bars is not None:
                self._draw(self._bars, event, event.step)
            else:
                self._tell(event, event.step)

    def _draw(self, bars: Progress, event: Event, step: Step) -> None:
        key = _key(event, step)
        if step in (Step.FIND, Step.WRITE) or (_is_over(event) and key not in self._tasks):
            return  # over at once
        state = ", ".join(describe(event, step, brief=self._width < _NARROW))
        # A total of None shows an indeterminate bar.
        if key not in self._tasks:
            title = event.episode.title if event.episode else ""
            self._tasks[key] = bars.add_task(f"{_LABELS[step]} {title}".rstrip(), total=event.total, state=state)
        bars.update(self._tasks[key], completed=event.done, total=event.total, state=state)
        if _is_over(event):
            bars.remove_task(self._tasks.pop(key))
        run = event.run
        if run is not None and run.to_hear > 1:
            state = ", ".join(describe_run(run, brief=self._width < _NARROW))
            if self._overall is None:
                self._overall = bars.add_task("together", total=run.audio_s or None, state=state)
            bars.update(self._overall, completed=run.heard_s, total=run.audio_s or None, state=state)

    def _tell(self, event: Event, step: Step) -> None:
        key, now = _key(event, step), time.monotonic()
        parts = describe(event, step)
        if not parts:
            return
        first = key not in self._spoke
        last = _is_over(event)
        if last and self._spoke.get(key) == math.inf:
            return  # it was said
        # Don't announce a download that may end at once.
        if first and step is not Step.RECOGNISE:
            self._spoke[key] = now
            if not last:
                return
        elif not first and not last and now - self._spoke[key] < _LINE_EVERY:
            return
        self._spoke[key] = math.inf if last else now
        title = f"{event.episode.title}: " if event.episode else ""
        line = f"  {title}{_LABELS[step]}, {', '.join(parts)}"
        run = event.run
        if run is not None and run.to_hear > 1 and step is Step.RECOGNISE and not first:
            line += f" (together: {', '.join(describe_run(run))})"
        say(line)


def _key(event: Event, step: Step) -> _Key:
    episode = event.episode
    return (episode.podcast, episode.guid, step) if episode else ("", "", step)


def _is_over(event: Event) -> bool:
    return event.total is not None and event.done >= event.total


def _bars() -> tuple[Progress, int]:
    """Bars that fit the terminal, and its width in columns."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn
    from rich.table import Column

    console = Console(stderr=True)
    # Very long lines are hard to read.
    width = console.width = min(console.width, _WIDEST)
    columns: list[ProgressColumn | str] = [
        TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
    ]
    if width >= _NARROW:
        columns.append(BarColumn(bar_width=24 if width >= _MIDDLING else 8))
    columns.append(TextColumn("{task.fields[state]}", markup=False, table_column=Column(no_wrap=True)))
    return Progress(*columns, console=console, transient=True, expand=True), width


def describe(event: Event, step: Step, *, brief: bool = False) -> list[str]:
    """Progress, speed and remaining time of a step of an episode.

    Args:
        event: The event.
        step: The step.
        brief: For a narrow terminal: only the remaining time and the share done.

    Returns:
        Short phrases; none for steps that end at once.
    """
    if step not in _IN_BYTES and step not in (Step.RECOGNISE, Step.SPEAKERS):
        return []
    words: Callable[[float], str] = size if step in _IN_BYTES else clock
    speed = _times_real(event.speed) if step not in _IN_BYTES else f"{size(event.speed)}/s" if event.speed else ""
    done = words(event.done)
    if event.total:
        done = f"{event.done / event.total:.0%}" if brief else f"{done} of {words(event.total)}"
    over = event.total is not None and event.done >= event.total
    left = f"{duration(event.left_s)} left" if event.left_s and not over else ""
    if left and not event.speed:
        left = f"about {left}"  # as earlier runs lead to expect
    return [part for part in (done, "" if brief else speed, left) if part]


def describe_run(run: RunProgress, *, brief: bool = False) -> list[str]:
    """Progress of a run over all of its episodes.

    Args:
        run: The progress.
        brief: For a narrow terminal.

    Returns:
        Short phrases.
    """
    left = ""
    if run.left_s and run.heard_s < run.audio_s:
        left = f"{'at least ' if run.unknown else ''}{duration(run.left_s)} left"
        if not run.heard_s:
            left = f"about {left}"
    if brief:
        done = f"{run.heard_s / run.audio_s:.0%}" if run.audio_s else f"{run.finished} done"
        return [part for part in (done, left) if part]
    whole = f"{clock(run.heard_s)} of {clock(run.audio_s)}" if run.audio_s else f"{run.finished} done"
    return [part for part in (whole, _times_real(run.speed) if run.heard_s else "", left) if part]


def describe_plan(run: RunProgress) -> str:
    """Estimate of a run before it begins.

    Args:
        run: The progress at the start.

    Returns:
        A line such as "3 of 4 episodes to recognise, 5 h 10 min of audio: about 36 min with small.en on this machine";
        "" if nothing has to be recognised, or there is a single episode and no estimate.
    """
    if not run.to_hear or (run.to_hear == 1 and run.left_s is None):
        return ""
    episodes = "" if run.episodes == 1 else f"{run.to_hear} episodes, "
    if run.to_hear < run.episodes:
        episodes = f"{run.to_hear} of {run.episodes} episodes to recognise, "
    if run.audio_s:
        line = f"{episodes}{duration(run.audio_s)} of audio"
        line += f" and {run.unknown} of unknown length" if run.unknown else ""
    elif run.to_hear > run.unknown:
        return ""  # completely transcribed by an earlier run
    else:
        return f"{episodes}of unknown length" if run.to_hear > 1 else ""
    if run.left_s is None:
        return line
    return f"{line}: about {duration(run.left_s)} with {run.model} on this machine"


def _times_real(speed: float | None) -> str:
    if not speed:
        return ""
    return f"{speed:.0f}× real time" if speed >= 9.95 else f"{speed:.1f}× real time"
