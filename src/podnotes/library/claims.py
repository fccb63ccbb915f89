"""Who works on which episode: one process at a time, and a dead one holds nothing.

A claim is a row with the process that made it. On the same machine the claim is good as long as that process lives,
told by its number and its start (numbers are given again). From another machine that can't be seen: there the claim
is good as long as its heartbeat, which a thread renews, is younger than ``EXPIRY_S``.
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import BusyError, LibraryError
from podnotes.library import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podnotes.library.database import Database

#: Seconds between two heartbeats.
HEARTBEAT_S = 20.0
#: Seconds after the last heartbeat when a claim from another machine is over.
EXPIRY_S = 150.0
#: Seconds between two looks at a claim that is waited for.
LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that works on an episode.

    Attributes:
        pid: Number of the process.
        host: Name of its machine.
        since: When it claimed the episode, in UTC, "2026-11-22T15:55:16Z".
        here: Whether it runs on this machine.
    """

    pid: int
    host: str
    since: str
    here: bool

    def __str__(self) -> str:
        where = "" if self.here else f" on {self.host}"
        return f"process {self.pid}{where}, since {self.since}"


@dataclass(frozen=True, slots=True)
class _Process:
    host: str
    machine: str
    pid: int
    started: str


def this_process() -> _Process:
    """The process that asks, as it stands in a claim."""
    return _Process(platform.node() or "this machine", _machine(), os.getpid(), _start_of(os.getpid()) or "")


@functools.cache
def _machine() -> str:
    """What tells this machine apart from all whose process numbers mean other processes, containers included."""
    parts = [platform.node()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
    with contextlib.suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def _start_of(pid: int) -> str | None:
    """When a process of this machine started, in the system's own words; None when there is no such process.

    Where the system doesn't say (Windows), the answer is "" for every process: heartbeats decide alone.
    """
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        # The name in parentheses may hold spaces; after it: state (field 3) … start in clock ticks (field 22).
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in {"Z", "X"} else fields[19]
    if sys.platform == "win32":
        return ""
    answer = subprocess.run(  # noqa: S603 - a fixed program and a number
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def is_alive(machine: str, pid: int, started: str) -> bool | None:
    """Whether a process still runs; None when that can't be seen from here."""
    if machine != _machine():
        return None
    found = _start_of(pid)
    if found == "":
        return None
    return found is not None and found == started


class Claims:
    """The claims that one open library holds.

    Args:
        database: The library's database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: set[str] = set()
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def claim(
        self, episode_id: int, *, wait: float = 0.0, on_wait: Callable[[Holder], None] | None = None
    ) -> Iterator[None]:
        """See ``Library.claim``."""
        token = uuid.uuid4().hex
        deadline = time.monotonic() + wait
        told: Holder | None = None
        while (holder := self._take(episode_id, token)) is not None:
            if time.monotonic() >= deadline:
                raise BusyError(
                    f"The episode is being worked on by another podnotes ({holder}); wait for it, or stop it.",
                    holder=str(holder),
                )
            if on_wait is not None and holder != told:
                told = holder
                on_wait(holder)
            time.sleep(min(LOOK_S, max(0.0, deadline - time.monotonic())))
        try:
            self._beat_from_now_on(token)
            yield
        finally:
            self._give_back(token)

    def holder(self, episode_id: int) -> Holder | None:
        """Who works on the episode right now, or None."""
        row = self._database.row(
            "SELECT host, machine, pid, started, since, heartbeat FROM claim WHERE episode_id = ?", (episode_id,)
        )
        return None if row is None else _holder_if_alive(*row)

    def close(self) -> None:
        """Stop the heartbeat."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _take(self, episode_id: int, token: str) -> Holder | None:
        me = this_process()
        with self._database.write() as connection:
            if connection.execute("SELECT 1 FROM episode WHERE id = ?", (episode_id,)).fetchone() is None:
                raise LibraryError(f"There is no episode {episode_id} in the library.")
            row = connection.execute(
                "SELECT host, machine, pid, started, since, heartbeat FROM claim WHERE episode_id = ?", (episode_id,)
            ).fetchone()
            if row is not None and (holder := _holder_if_alive(*row)) is not None:
                return holder
            connection.execute(
                "INSERT OR REPLACE INTO claim (episode_id, token, host, machine, pid, started, since, heartbeat) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (episode_id, token, me.host, me.machine, me.pid, me.started, schema.now(), time.time()),
            )
        return None

    def _give_back(self, token: str) -> None:
        with self._guard:
            self._held.discard(token)
        # A disk that is full right now must not hide why the work ended; the claim dies with this process.
        with contextlib.suppress(LibraryError), self._database.write() as connection:
            connection.execute("DELETE FROM claim WHERE token = ?", (token,))

    def _beat_from_now_on(self, token: str) -> None:
        with self._guard:
            self._held.add(token)
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="podnotes-heartbeat", daemon=True)
                self._thread.start()

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_S):
            with self._guard:
                held = sorted(self._held)
            if not held:
                continue
            # A heartbeat that can't be written is tried again at the next; the claim outlives several.
            with contextlib.suppress(LibraryError), self._database.write() as connection:
                connection.executemany(
                    "UPDATE claim SET heartbeat = ? WHERE token = ?", [(time.time(), token) for token in held]
                )


def _holder_if_alive(host: str, machine: str, pid: int, started: str, since: str, heartbeat: float) -> Holder | None:
    alive = is_alive(machine, pid, started)
    if alive is None:
        alive = abs(time.time() - heartbeat) < EXPIRY_S
    return Holder(pid, host, since, here=machine == _machine()) if alive else None
