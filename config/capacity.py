"""Processes, threads and requests of one machine, from the cores there are. No Django: gunicorn reads this."""

from __future__ import annotations

import os
from pathlib import Path

CORES_PER_WORKER = 2  # decoding and drawing run in Python on one core while the models run on another
DEFAULT_MAX_REQUESTS = 12  # pages that one process works on at once; each thread holds a database connection
DEFAULT_MAX_PHOTO_SEARCHES = 6  # photo searches of one process at once: about 0.15 s of a core each
# What waits for one of those to end takes no thread; about two seconds' work on two cores.
DEFAULT_MAX_WAITING, DEFAULT_MAX_WAITING_PHOTO_SEARCHES = 100, 24
SPARE_THREADS = 4  # for health checks and refusals while all others are taken
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def available_cores() -> int:
    """The cores that this process may use: affinity and a container's quota taken into account; at least 1."""
    has_affinity = hasattr(os, "sched_getaffinity")  # not on macOS
    cores = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    return max(1, min(cores, _container_quota(CPU_QUOTA) or cores))


def _container_quota(file: Path) -> int | None:
    """Whole cores of a cgroup's quota ("150000 100000" is 1), None where there is no limit."""
    try:
        quota, period = file.read_text().split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):  # no cgroups, or "max 100000"
        return None


def workers_for(cores: int, *, has_shared_cache: bool) -> int:
    """Processes for `cores`: one for each two. One alone where kept photos lie in a process's own memory."""
    return max(1, cores // CORES_PER_WORKER) if has_shared_cache else 1


def threads_for(max_requests: int, max_photo_searches: int) -> int:
    """Threads of one process, so that every admitted request has one."""
    return max_requests + max_photo_searches + SPARE_THREADS
