"""Hardware available to this process: cores, memory and GPUs."""

from __future__ import annotations

import contextlib
import math
import os
import platform
import subprocess
from pathlib import Path

# Root of Linux's /proc and /sys; other systems don't have these files.
_ROOT = Path("/")


def physical_cores() -> int:
    """Count the cores that this process may use; hardware threads of one core count once.

    A container's CPU quota is respected (cgroups v1 and v2), because more threads would be throttled. On Apple
    processors only the fast cores count, because all threads wait for the slowest.
    """
    quota = _processor_quota()
    return max(1, min(_cores(), math.floor(quota) if quota is not None else _cores()))


def memory_gb() -> float:
    """Return the memory available to this process in GB: of the computer or the container; 8 if unknown."""
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
    """Return the size of the swap space in GB; 0 if unknown."""
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
    """Count the fast cores of an Apple processor, or all cores of an older Mac; None on other systems."""
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
    """Return the CPU quota of this process in processors (Linux, cgroups), or None without a limit."""
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
    """Return the cgroup folders of this process and their parents.

    Args:
        controller: "cpu" or "memory" for cgroups v1; "" for v2, which has a single hierarchy.
    """
    base = _ROOT / "sys/fs/cgroup" / controller
    found = [base]  # a container sees its own group here
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
    """Read a number from a file; None for a word such as "max", for -1, and without a file."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return int(text) if text.isdigit() else None
