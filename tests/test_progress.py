"""Progress as she sees it: in terminals of several widths, in a log, before a run and over all its episodes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from podnotes import DraftOptions, Episode, Event, RunProgress, Step
from podnotes.asr.throughput import remember_speed
from podnotes.cli.progress import ProgressDisplay, describe, describe_plan, describe_run
from podnotes.pipeline.progress_tracker import ProgressTracker

if TYPE_CHECKING:
    from collections.abc import Callable

EPISODES = [
    Episode(guid=str(number), title=f"A long title of an episode on touch, {number}", podcast="Touch", duration=3600.0)
    for number in range(3)
]


@pytest.fixture
def measured() -> None:
    """An earlier run on this machine: an hour of audio in ten minutes."""
    remember_speed("small.en", 3600, 600)


def run_over(*lengths: float | None, **options: str) -> tuple[ProgressTracker, list[Event]]:
    """A run over episodes of these lengths, planned."""
    seen: list[Event] = []
    pace = ProgressTracker(seen.append, DraftOptions(**{"model": "small.en", **options}))  # type: ignore[arg-type] # names of models, all of them
    pace.plan(3, [replace(one, duration=length) for one, length in zip(EPISODES, lengths, strict=False)])
    return pace, seen


def heard(pace: ProgressTracker, number: int, done: float, total: float | None = 3600.0) -> None:
    pace(Event(EPISODES[number], Step.RECOGNISE, done, total))


# ------------------------------------------------------------------------------------------------- before a run


@pytest.mark.usefixtures("measured")
def test_what_a_run_will_take_is_said_before_it_begins() -> None:
    _, (event,) = run_over(3600, 7200, 7800)
    assert event.step is Step.PLAN
    assert event.run is not None
    assert describe_plan(event.run) == "3 episodes, 5 h 10 min of audio: about 52 min with small.en on this machine"
    _, (event,) = run_over(7200)
    assert event.run is not None
    assert (
        describe_plan(event.run)
        == "1 of 3 episodes to recognise, 2 h of audio: about 20 min with small.en on this machine"
    )


def test_of_a_model_that_was_never_run_nothing_is_claimed() -> None:
    _, (event,) = run_over(3600, 3600, model="my/own")
    assert event.run is not None
    assert event.run.left_s is None
    assert describe_plan(event.run) == ""


@pytest.mark.usefixtures("measured")
def test_without_a_length_nothing_is_claimed() -> None:
    pace, (event,) = run_over(3600, None)
    assert event.run is not None
    assert event.run.left_s is None
    assert describe_plan(event.run) == ""
    heard(pace, 1, 0.0, 600.0)
    assert pace.now().left_s == pytest.approx(4200 / 6)


@pytest.mark.usefixtures("measured")
def test_what_has_a_transcript_takes_no_time() -> None:
    _, (event,) = run_over()
    assert event.run is not None
    assert event.run.episodes == 3
    assert describe_plan(event.run) == ""


# ------------------------------------------------------------------------------------------------- over all of it


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets the seconds of a run pass."""
    now = 1000.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr("podnotes.pipeline.progress_tracker.time.monotonic", lambda: now)
    return sleep


@pytest.mark.usefixtures("measured")
def test_the_time_left_falls_steadily_between_batches(clock: Callable[[float], None]) -> None:
    pace, seen = run_over(3600)
    for batch in range(4):
        for _ in range(10):
            heard(pace, 0, batch * 120.0)
            clock(1.0)
    left = [event.run.left_s for event in seen if event.run is not None and event.run.left_s is not None]
    steps = [before - after for before, after in pairwise(left)][12:]
    assert steps == pytest.approx([1.0] * len(steps)), "all batches take the same time"


@pytest.mark.usefixtures("measured")
def test_the_whole_run_is_counted_over_its_episodes(clock: Callable[[float], None]) -> None:
    pace, seen = run_over(3600, 3600, 3600)
    heard(pace, 0, 0.0)
    clock(300.0)
    first = seen[-1].run
    assert first is not None
    assert (first.transcribed_s, first.audio_s, first.left_s) == (0.0, 10800.0, 1800.0)
    heard(pace, 0, 1800.0)
    heard(pace, 0, 3600.0)
    pace.finish(EPISODES[0])
    now = seen[-1].run
    assert now is not None
    assert now.transcribed_s == 3600.0
    assert now.speed is not None
    assert now.left_s == pytest.approx(7200.0 / now.speed)
    assert pace.now().finished == 1


def test_the_file_knows_its_length_better_than_the_feed() -> None:
    pace, _ = run_over(3600, None)
    heard(pace, 0, 0.0, 3000.0)
    heard(pace, 1, 0.0, 600.0)
    assert pace.now().audio_s == 3600.0


def test_what_an_earlier_run_heard_doesnt_make_this_one_look_fast() -> None:
    pace, _ = run_over(3600)
    heard(pace, 0, 1800.0)
    assert (pace.now().audio_s, pace.now().transcribed_s) == (1800.0, 0.0)
    heard(pace, 0, 2700.0)
    assert pace.now().transcribed_s == 900.0


@pytest.mark.usefixtures("measured")
def test_an_episode_that_failed_is_not_waited_for() -> None:
    pace, _ = run_over(3600, 3600)
    heard(pace, 0, 600.0)
    pace.finish(EPISODES[0])
    pace.finish(EPISODES[1])
    assert (pace.now().finished, pace.now().left_s) == (2, 0.0)


def test_a_publishers_transcript_that_turns_out_broken_adds_to_what_there_is_to_hear() -> None:
    pace, _ = run_over(3600)
    heard(pace, 1, 0.0, 1200.0)
    assert (pace.now().to_transcribe, pace.now().audio_s) == (2, 4800.0)


# ------------------------------------------------------------------------------------------------- how it looks


def test_a_step_in_words() -> None:
    event = Event(EPISODES[0], Step.RECOGNISE, 1200, 3600, speed=5.04, left_s=476)
    assert describe(event, Step.RECOGNISE) == ["20:00 of 1:00:00", "5.0× real time", "8 min left"]
    begin = Event(EPISODES[0], Step.RECOGNISE, 0, 3600, left_s=600)
    assert describe(begin, Step.RECOGNISE) == ["0:00 of 1:00:00", "10 min left"]
    unknown = Event(EPISODES[0], Step.DOWNLOAD, 2_000_000, speed=1_000_000)
    assert describe(unknown, Step.DOWNLOAD) == ["2.0 MB", "1.0 MB/s"]
    slow = Event(EPISODES[0], Step.RECOGNISE, 60, 3600, speed=0.6, left_s=5900)
    assert "0.6× real time" in describe(slow, Step.RECOGNISE)
    run = RunProgress(3, to_transcribe=3, audio_s=7200, transcribed_s=3600, speed=12.3, left_s=293)
    assert describe_run(run) == ["1:00:00 of 2:00:00", "12× real time", "5 min left"]


def test_a_log_gets_plain_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("podnotes.cli.progress.time.monotonic", lambda: now)
    with ProgressDisplay() as display:
        pace = ProgressTracker(display, DraftOptions(model="my/own"))
        pace.plan(2, EPISODES[:2])
        for done in range(0, 3601, 60):
            now += 4.0
            pace(Event(EPISODES[0], Step.RECOGNISE, done, 3600, speed=15.0, left_s=(3600 - done) / 15))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith(": listening, 0:00 of 1:00:00, 15× real time, 4 min left")
    assert lines[-1].startswith(
        "  A long title of an episode on touch, 0: listening, 1:00:00 of 1:00:00, 15× real time"
    )
    assert "(together: 1:00:00 of 2:00:00, " in lines[-1]
    assert 7 <= len(lines) <= 11, "one about every 30 seconds"
    assert all("\x1b" not in line for line in lines)


def test_quiet_shows_messages_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressDisplay(quiet=True) as display:
        display(Event(None, Step.PLAN, run=RunProgress(1, to_transcribe=1, audio_s=3600)))
        display(Event(EPISODES[0], Step.RECOGNISE, 3600, 3600))
        display(Event(None, message="Something she should know."))
    assert capsys.readouterr().err == "  Something she should know.\n"


SHOWN = """
from podnotes import DraftOptions, Event, Step
from podnotes.cli.progress import ProgressDisplay
from podnotes.pipeline.progress_tracker import ProgressTracker
from tests.test_progress import EPISODES
with ProgressDisplay() as display:
    pace = ProgressTracker(display, DraftOptions(model="my/own"))
    pace.plan(2, EPISODES[:2])
    pace(Event(EPISODES[0], Step.RECOGNISE, 0, 3600))
    pace(Event(EPISODES[1], Step.DOWNLOAD, 2_000_000, 60_000_000, speed=1_500_000, left_s=38))
    pace(Event(EPISODES[0], Step.RECOGNISE, 1200, 3600, speed=5.04, left_s=476))
    display._bars.refresh()
    display.say("A result")
"""


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_gets_bars_that_fit(columns: int) -> None:
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR"}}
    process = subprocess.Popen(
        [sys.executable, "-c", SHOWN], stderr=terminal, stdout=terminal, env=environment | {"TERM": "xterm-256color"}
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(screen, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(screen)
    assert process.wait(60) == 0, shown.decode()
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    lines = [line.rstrip() for line in re.split(r"[\r\n]+", plain)]
    assert max(map(len, lines)) <= columns
    state = "20:00 of 1:00:00, 5.0× real time, 8 min left" if columns > 60 else "20:00 of 1:00:00, 5.0×"
    assert any(state in line for line in lines)
    assert any("20:00 of 2:00:00" in line for line in lines)
    assert "A result" in lines
