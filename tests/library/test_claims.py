"""Two at once: one works on an episode, the other is told who; a dead one holds nothing."""

from __future__ import annotations

import math
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from podnotes.errors import BusyError
from podnotes.library import Holder, Library, claims
from tests.library.conftest import make_episode, make_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import sys
from podnotes.library import Library
with Library(sys.argv[1]) as library, library.claim(int(sys.argv[2])):
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
    with pytest.raises(BusyError, match=f"process {other.pid}, since") as caught, library.claim(number):
        pytest.fail("two work on one episode")
    assert str(other.pid) in caught.value.holder
    holder = library.holder(number)
    assert holder is not None
    assert (holder.pid, holder.here) == (other.pid, True)
    # Reading and writing about others goes on.
    second = library.remember_episode(make_episode(2))
    with library.claim(second):
        library.save_transcript(second, make_transcript("Hello."))
    with pytest.raises(BusyError):
        library.forget(number)


def test_a_killed_process_holds_nothing(library: Library, number: int, other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    # Not waited for: to the system it is a zombie, to us it is dead.
    deadline = time.monotonic() + 10
    while library.holder(number) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with library.claim(number):
        holder = library.holder(number)
        assert holder is not None
        assert holder.pid != other.pid


def test_waiting_until_the_other_is_done(library: Library, number: int, other: subprocess.Popen[str]) -> None:
    told: list[Holder] = []

    def tell(holder: Holder) -> None:
        told.append(holder)
        assert other.stdin is not None
        other.stdin.close()
        other.stdin = None

    with library.claim(number, wait=math.inf, on_wait=tell):
        assert other.wait(timeout=10) == 0
    assert [holder.pid for holder in told] == [other.pid]


def test_waiting_has_an_end(library: Library, number: int, other: subprocess.Popen[str]) -> None:
    started = time.monotonic()
    with pytest.raises(BusyError), library.claim(number, wait=0.3):
        pytest.fail("two work on one episode")
    assert 0.3 <= time.monotonic() - started < 5


def test_threads_of_one_process_as_well(library: Library, number: int) -> None:
    inside = 0
    most = 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with library.claim(number, wait=math.inf):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert library.holder(number) is None


def test_it_ends_with_an_error_too(library: Library, number: int) -> None:
    with pytest.raises(ZeroDivisionError), library.claim(number):
        raise ZeroDivisionError
    with library.claim(number):
        pass


def alter(path: Path, **columns: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for column, value in columns.items():
            connection.execute(f"UPDATE claim SET {column} = ?", (value,))


def test_a_number_that_was_given_again(library: Library, number: int, other: subprocess.Popen[str]) -> None:
    # The process with this number is alive, but began at another time than the one that claimed.
    alter(library.path, started="1")
    with library.claim(number):
        pass


def test_another_machine_is_believed_as_long_as_its_heart_beats(
    library: Library, number: int, other: subprocess.Popen[str]
) -> None:
    other.kill()
    other.wait()
    alter(library.path, machine="far away", host="attic", heartbeat=time.time() - claims.EXPIRY_S / 2)
    with pytest.raises(BusyError, match=r"process \d+ on attic, since"), library.claim(number):
        pytest.fail("two work on one episode")
    alter(library.path, heartbeat=time.time() - claims.EXPIRY_S - 1)
    with library.claim(number):
        pass


def test_the_heart_beats(library: Library, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "HEARTBEAT_S", 0.05)

    def beat() -> float:
        with closing(sqlite3.connect(library.path)) as connection:
            return float(connection.execute("SELECT heartbeat FROM claim").fetchone()[0])

    with library.claim(number):
        first = beat()
        deadline = time.monotonic() + 10
        while beat() == first:
            assert time.monotonic() < deadline
            time.sleep(0.02)


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
            with library.claim(known.id):
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
