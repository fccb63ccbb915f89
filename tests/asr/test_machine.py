"""How many cores and how much memory a process may use: laptops, containers, large servers, Apple's processors."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from podnotes.asr import hardware
from podnotes.asr.engine import FasterWhisper
from podnotes.asr.speech_options import SpeechOptions
from podnotes.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Number of gigabytes that the tests' machine has, where a test says nothing else.
MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


@pytest.fixture
def linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make the machine another one: its processors by their siblings, and files in /sys and /proc."""

    def make(siblings: list[str], **files: str) -> None:
        monkeypatch.setattr(hardware, "_ROOT", tmp_path)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(len(siblings))), raising=False)
        for number, listed in enumerate(siblings):
            folder = tmp_path / f"sys/devices/system/cpu/cpu{number}/topology"
            folder.mkdir(parents=True)
            (folder / "thread_siblings_list").write_text(f"{listed}\n")
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    return make


HYPERTHREADS = ["0,4", "1,5", "2,6", "3,7"] * 2
SERVER = [str(number) for number in range(64)]


@pytest.mark.parametrize(
    ("siblings", "files", "cores"),
    [
        (["0"], {}, 1),
        (["0", "1"], {}, 2),
        (HYPERTHREADS, {}, 4),
        (SERVER, {}, 64),
        # Containers: docker run --cpus 2, half a processor; no bound.
        (SERVER, {"sys/fs/cgroup/cpu.max": "200000 100000\n"}, 2),
        (SERVER, {"sys/fs/cgroup/cpu.max": "50000 100000\n"}, 1),
        (SERVER, {"sys/fs/cgroup/cpu.max": "max 100000\n"}, 64),
        (HYPERTHREADS, {"sys/fs/cgroup/cpu.max": "600000 100000\n"}, 4),
        # What nobody understands is no bound.
        (SERVER, {"sys/fs/cgroup/cpu.max": "many\n"}, 64),
    ],
)
def test_threads_follow_the_cores_that_may_be_used(
    linux: Callable[..., None], siblings: list[str], files: dict[str, str], cores: int
) -> None:
    linux(siblings, **files)
    assert hardware.physical_cores() == cores


def test_memory_is_that_of_the_container(linux: Callable[..., None]) -> None:
    linux(["0"], **{"sys/fs/cgroup/memory.max": "max\n"})
    assert hardware.memory_gb() == pytest.approx(MACHINE)
    linux([], **{"sys/fs/cgroup/memory.max": "1000000000\n"})
    assert hardware.memory_gb() == 1.0


def test_of_apples_processors_the_fast_cores_count(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"hw.perflevel0.physicalcpu": "6\n"}

    def sysctl(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        if command[-1] not in known:
            raise subprocess.CalledProcessError(1, command)
        return subprocess.CompletedProcess(command, 0, known[command[-1]])

    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr("subprocess.run", sysctl)
    assert hardware.physical_cores() == 6
    known.clear()
    assert hardware.physical_cores() >= 1


@pytest.mark.speech
@pytest.mark.parametrize(
    ("gigabytes", "file_gb", "threads", "batch"),
    [
        (16, 0.5, 4, 8), (4, 0.5, 4, 8), (2, 0.5, 4, 1), (8, 3.1, 4, 4), (1.5, 0.08, 4, 2),
        (16, 0.5, 2, 4), (16, 0.5, 1, 2), (16, 0.5, 3, 4), (16, 0.5, 32, 8), (16, 0.003, 2, 8),
    ],
)  # fmt: skip
def test_the_batch_follows_memory_model_and_threads(
    gigabytes: float, file_gb: float, threads: int, batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert batch_on(gigabytes, file_gb, SpeechOptions(), tmp_path, monkeypatch, threads) == batch
    assert batch_on(gigabytes, file_gb, SpeechOptions(batch_size=3), tmp_path, monkeypatch, threads) == 3


def test_a_model_that_is_too_large_is_told_before_it_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match=r"large-v3 needs about 4\.3 GB of memory, but this computer has 4\.0 GB"):
        batch_on(4, 3.1, SpeechOptions(), tmp_path, monkeypatch)


def batch_on(
    gigabytes: float,
    file_gb: float,
    options: SpeechOptions,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    threads: int = 4,
) -> int:
    """The batch size that is chosen on a machine of this size for a model file of this size (with a hole in it)."""
    with (folder / "model.bin").open("wb") as file:
        file.truncate(round(file_gb * 1e9))
    monkeypatch.setattr("podnotes.asr.engine.memory_gb", lambda: gigabytes)
    engine = FasterWhisper.__new__(FasterWhisper)
    engine.name, engine._folder, engine._options = "large-v3", folder, options
    return engine._batch("cpu", threads)
