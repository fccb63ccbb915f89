"""What coming episodes need is fetched before their turn: in order, a few ahead, and no more than that."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from podnotes import Episode, FetchError
from podnotes.pipeline.fetching import Job, Material
from podnotes.pipeline.prefetch import FetchAhead

#: Seconds that a wait may last on a very busy machine before the test gives up.
LONG = 60.0

JOBS = [Job(number, Episode(guid=str(number), title=str(number)), "Podcast") for number in range(9)]


class Line:
    """Stands for the network: each fetch waits until it is let through."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self._open: set[int] = set()
        self._change = threading.Condition()

    def __call__(self, job: Job, stop: threading.Event) -> Material:
        with self._change:
            self.asked.append(job.id)
            self._change.notify_all()
            self._change.wait_for(lambda: job.id in self._open or stop.is_set(), LONG)
        if job.id == 3:
            raise FetchError("The server of 3 is out of order.")
        return Material(notices=(str(job.id),))

    def let(self, *numbers: int) -> None:
        with self._change:
            self._open.update(numbers)
            self._change.notify_all()

    def wait_for(self, *numbers: int) -> None:
        """Wait until these were asked for, in any order of threads."""
        with self._change:
            assert self._change.wait_for(lambda: set(numbers) <= set(self.asked), LONG), self.asked


def test_the_first_has_the_line_to_itself_and_then_a_few_come_ahead() -> None:
    line = Line()
    with FetchAhead(JOBS, line, ahead=3) as ahead:
        line.wait_for(0)
        assert line.asked == [0]
        line.let(*range(9))
        line.wait_for(0, 1, 2)
        assert 3 not in line.asked
        assert ahead.take(JOBS[0]).notices == ("0",)
        line.wait_for(3)
        assert 4 not in line.asked
        assert ahead.take(JOBS[1]).notices == ("1",)
        line.wait_for(4)


def test_what_fails_is_told_where_it_is_taken_and_stops_no_other() -> None:
    line = Line()
    line.let(*range(9))
    with FetchAhead(JOBS, line) as ahead:
        for job in JOBS:
            if job.id == 3:
                with pytest.raises(FetchError, match="out of order"):
                    ahead.take(job)
            else:
                assert ahead.take(job).notices == (str(job.id),)
    assert sorted(line.asked) == list(range(9))


def test_episodes_that_another_run_has_are_left_out() -> None:
    line = Line()
    line.let(*range(9))
    with FetchAhead(JOBS, line, ahead=1) as ahead:
        assert ahead.take(JOBS[0]).notices == ("0",)
        assert ahead.take(JOBS[7]).notices == ("7",)
        assert ahead.take(JOBS[8]).notices == ("8",)
    assert not {2, 3, 4, 5, 6} & set(line.asked)


def test_a_run_that_ends_early_leaves_what_is_on_its_way() -> None:
    line = Line()
    with suppress(KeyboardInterrupt), FetchAhead(JOBS, line):
        line.wait_for(0)
        raise KeyboardInterrupt
    line.let(*range(9))  # what hung comes too late: nothing more is asked for
    assert line.asked == [0]


def test_a_run_without_episodes_fetches_nothing() -> None:
    line = Line()
    with FetchAhead([], line):
        pass
    assert line.asked == []
    with FetchAhead([replace(JOBS[0])], line) as ahead:
        line.let(0)
        assert ahead.take(JOBS[0]).notices == ("0",)
