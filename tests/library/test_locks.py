"""Two at once: one works on an episode, the other is told who; a dead one holds nothing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from podnotes.errors import BusyError
from tests.library.conftest import make_episode, make_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podnotes.library import Library

HOLD = """
import sys
from podnotes.library import Library
with Library(sys.argv[1]) as library, library.lock(int(sys.argv[2])):
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def number(library: Library) -> int:
    return library.remember_episode(make_episode())


@pytest.fixture
def other(library: Library, number: int) -> Iterator[subprocess.Popen[str]]:
    """Another process that works on the episode."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(library.path), str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        yield process
        process.kill()


def test_another_process_has_it(library: Library, number: int, other: subprocess.Popen[str]) -> None:
    with pytest.raises(BusyError, match=f"process {other.pid}, since") as caught, library.lock(number):
        pytest.fail("two work on one episode")
    assert str(other.pid) in caught.value.holder
    # Reading and writing about others goes on.
    second = library.remember_episode(make_episode(2))
    with library.lock(second):
        library.save_transcript(second, make_transcript("Hello."))
    with pytest.raises(BusyError):
        library.forget(number)


def test_a_killed_process_holds_nothing(library: Library, number: int, other: subprocess.Popen[str]) -> None:
    other.kill()
    other.wait()
    with library.lock(number):
        assert len(list(library.path.parent.glob(".*.lock"))) == 1, "nothing of the dead one is left over"


def test_threads_of_one_process_as_well(library: Library, number: int) -> None:
    with library.lock(number), ThreadPoolExecutor() as pool:

        def work() -> None:
            with library.lock(number):
                pytest.fail("two work on one episode")

        assert isinstance(pool.submit(work).exception(), BusyError)


def test_it_ends_with_an_error_too(library: Library, number: int) -> None:
    with pytest.raises(ZeroDivisionError), library.lock(number):
        raise ZeroDivisionError
    with library.lock(number):
        pass
    library.close()
    assert not list(library.path.parent.glob(".*.lock")), "nothing is left over"


WORK = """
import sys
from podnotes.errors import BusyError
from podnotes.library import Library
from podnotes.models import Segment, Transcript
with Library(sys.argv[1]) as library:
    print("ready", flush=True)
    sys.stdin.read()
    for known in library.find_episodes():
        try:
            with library.lock(known.id):
                if library.transcript(known.id) is None:
                    print(known.id, flush=True)
                    library.save_transcript(known.id, Transcript((Segment(0.0, 1.0, "Hello there."),), 1.0))
        except BusyError:
            pass
"""


def test_no_episode_is_done_twice(library: Library) -> None:
    numbers = sorted(library.remember_episode(make_episode(count)) for count in range(1, 26))
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORK, str(library.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.close()
        worker.stdin = None
    done = sorted(int(line) for worker in workers for line in worker.communicate(timeout=60)[0].split())
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert done == numbers
    assert library.check().ok
