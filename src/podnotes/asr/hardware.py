"""Hardware available to this process: cores, memory and GPUs."""

from __future__ import annotations

import contextlib
import math
import os
import platform
import subprocess
from pathlib import Path

# Where Linux tells about itself; elsewhere there is nothing there.
_ROOT = Path("/")


def physical_cores() -> int:
    """Count the cores that this process may use, two hardware threads of one core as one.

    A container's share of processor time counts (cgroups, both versions): more threads than that would be held up in
    turns. Of Apple's processors the fast cores count, since all threads wait for the slowest.
    """
    quota = _processor_quota()
    return max(1, min(_cores(), math.floor(quota) if quota is not None else _cores()))


def memory_gb() -> float:
    """Tell how much memory this process may use, in GB: the machine's or its container's; 8 where nobody can tell."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, OSError, ValueError):  # not POSIX
        return 8.0
    limits = [_number(folder / "memory.max") for folder in _cgroups("")]
    limits += [_number(folder / "memory.limit_in_bytes") for folder in _cgroups("memory")]
    return min([machine, *(limit / 1e9 for limit in limits if limit)])


def cuda_devices() -> int:
    """Count the GPUs that CTranslate2 can use."""
    import ctranslate2

    with contextlib.suppress(RuntimeError):
        return int(ctranslate2.get_cuda_device_count())
    return 0


def swap_gb() -> float:
    """Tell how much swap space the machine has, in GB; 0 where nobody can tell."""
    try:
        lines = (_ROOT / "proc/meminfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    found = [line.split() for line in lines if line.startswith("SwapTotal:")]
    return float(found[0][1]) / 1e6 if found and len(found[0]) > 1 and found[0][1].isdigit() else 0.0


def _cores() -> int:
    try:
        usable = os.sched_getaffinity(0)
    except AttributeError:  # not Linux
        return _apple_cores() or max(1, (os.cpu_count() or 2) // 2)
    cores = set()
    for cpu in usable:
        try:
            siblings = _ROOT / f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
            cores.add(siblings.read_text(encoding="ascii").strip())
        except OSError:
            return len(usable)
    return len(cores)


def _apple_cores() -> int | None:
    """Fast cores of an Apple processor, all cores of an older Mac; None elsewhere."""
    if platform.system() != "Darwin":
        return None
    for name in ("hw.perflevel0.physicalcpu", "hw.physicalcpu"):
        try:
            told = subprocess.run(  # noqa: S603 - nothing in it comes from outside
                ["/usr/sbin/sysctl", "-n", name], capture_output=True, text=True, timeout=5, check=True
            )
            return int(told.stdout)
        except (OSError, ValueError, subprocess.SubprocessError):
            continue
    return None


def _processor_quota() -> float | None:
    """How many processors' time this process may use (Linux, cgroups), or None where there is no bound."""
    quotas = []
    for folder in _cgroups(""):
        try:
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
        except (OSError, ValueError):
            continue
        if quota.isdigit() and period.isdigit() and int(period):
            quotas.append(int(quota) / int(period))
    for folder in _cgroups("cpu"):
        spent, period_us = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
        if spent and period_us:
            quotas.append(spent / period_us)
    return min(quotas, default=None)


def _cgroups(controller: str) -> list[Path]:
    """Folders that bound this process, its own and those above it.

    Args:
        controller: "cpu" or "memory" of the first version; "" for the second, which has them all in one.
    """
    base = _ROOT / "sys/fs/cgroup" / controller
    found = [base]  # what a container sees as its own
    try:
        lines = (_ROOT / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return found
    for line in lines:
        _, names, place = ([*line.split(":", 2), "", ""])[:3]
        if controller in names.split(",") and ".." not in place:
            own = base / place.lstrip("/")
            found += [folder for folder in (own, *own.parents) if base in folder.parents]
    return found


def _number(file: Path) -> int | None:
    """The number in a file; None for a word such as "max", for -1, and where there is no file."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return int(text) if text.isdigit() else None
