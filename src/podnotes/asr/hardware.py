"""Hardware available to this process: cores, memory and GPUs."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
from pathlib import Path

# Root of Linux's /sys; other systems don't have it.
_ROOT = Path("/")


def physical_cores() -> int:
    """Count the cores that this process may use; hardware threads of one core count once.

    A container's CPU quota is respected, because more threads would be throttled. On Apple processors only the fast
    cores count, because all threads wait for the slowest.
    """
    quota, _, period = _container_limit("cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit() and int(period):
        return max(1, min(_cores(), int(quota) // int(period)))
    return _cores()


def memory_gb() -> float:
    """Return the memory available to this process in GB: of the computer or the container; 8 if unknown."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, OSError, ValueError):  # not POSIX
        return 8.0
    limit = _container_limit("memory.max")
    return min(machine, int(limit) / 1e9) if limit.isdigit() else machine


def cuda_devices() -> int:
    """Count the GPUs that CTranslate2 can use."""
    import ctranslate2

    with contextlib.suppress(RuntimeError):
        return int(ctranslate2.get_cuda_device_count())
    return 0


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
    """Count the fast cores of an Apple processor; None on other systems and processors."""
    if platform.system() != "Darwin":
        return None
    command = ["/usr/sbin/sysctl", "-n", "hw.perflevel0.physicalcpu"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)  # noqa: S603 - constant
        return int(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _container_limit(name: str) -> str:
    """Read a limit of the container that this process runs in (Linux, cgroups v2); "" if there is none."""
    try:
        return (_ROOT / "sys/fs/cgroup" / name).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
