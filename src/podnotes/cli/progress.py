"""Progress that one can believe: bars in a terminal, now and then a plain line in a log."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

from podnotes.cli.output import clock, duration, in_terminal, say, size
from podnotes.pipeline import Event, Step

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

#: What each step is called while it runs.
_LABELS = {
    Step.DOWNLOAD: "fetching",
    Step.MODEL: "speech model",
    Step.RECOGNISE: "listening",
    Step.FIND: "finding passages",
    Step.WRITE: "writing",
}
#: Seconds between two plain lines on the same step.
_LINE_EVERY = 30.0


class ProgressDisplay:
    """Shows the events of a run; a context manager that is itself the callback.

    Args:
        quiet: Show nothing but warnings.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bars: Progress | None = None
        self._tasks: dict[tuple[str, Step], TaskID] = {}
        self._began: dict[tuple[str, Step], tuple[float, float]] = {}
        self._spoke: dict[tuple[str, Step], float] = {}
        self._lock = threading.Lock()  # downloads report from their own thread

    def __enter__(self) -> Self:
        if in_terminal() and not self._quiet:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._bars = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[state]}", markup=False),
                console=Console(stderr=True),
                transient=True,
            )
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def say(self, message: str) -> None:
        """Print a line without tearing the bars."""
        if self._bars is not None:
            self._bars.console.print(message, markup=False, highlight=False, soft_wrap=True)
        else:
            say(message)

    def __call__(self, event: Event) -> None:
        """Show one event."""
        with self._lock:
            if event.message:
                self.say(f"  {event.message}")
            if not self._quiet and event.step is not None:
                self._show(event, event.step)

    def _show(self, event: Event, step: Step) -> None:
        key = (event.episode.guid if event.episode else "", step)
        now = time.monotonic()
        first, done_before = self._began.setdefault(key, (now, event.done))
        state = describe(step, event.done - done_before, event.done, event.total, now - first)
        finished = event.total is not None and event.done >= event.total
        title = event.episode.title if event.episode else ""
        if self._bars is not None:
            if key not in self._tasks:
                name = title if len(title) <= 40 else title[:39] + "…"
                self._tasks[key] = self._bars.add_task(f"{name}  {_LABELS[step]}", total=event.total, state="")
            self._bars.update(self._tasks[key], completed=event.done, total=event.total, state=state)
            if finished:
                self._bars.remove_task(self._tasks.pop(key))
        elif state and (finished or now - self._spoke.get(key, first) >= _LINE_EVERY):
            self._spoke[key] = now
            say(f"  {title}: {_LABELS[step]} {state}")
        if finished:
            self._began.pop(key, None)


def describe(step: Step, gained: float, done: float, total: float | None, elapsed: float) -> str:
    """How far a step is, how fast it goes, and how long it will still take.

    Args:
        step: Which step.
        gained: What was done since it began to be watched (bytes or seconds of audio).
        done: What is done in all.
        total: What there is to do, or None.
        elapsed: Seconds since it began to be watched.

    Returns:
        A few words; "" for steps that are over at once.
    """
    rate = gained / elapsed if elapsed > 0.2 else 0.0
    left = f", {duration((total - done) / rate)} left" if total and rate and done < total else ""
    if step in (Step.DOWNLOAD, Step.MODEL):
        whole = f" of {size(total)}" if total else ""
        return f"{size(done)}{whole}" + (f", {size(rate)}/s{left}" if rate else "")
    if step is Step.RECOGNISE:
        whole = f" of {clock(total)}" if total else ""
        return f"{clock(done)}{whole}" + (f", {rate:.0f}× real time{left}" if rate else "")
    return ""
