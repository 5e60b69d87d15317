"""How much memory workers may use: of this machine, a control group, a job, a limit, or of a cluster."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_CGROUP_FILES = ("memory.max", "memory.limit_in_bytes")
"""Of control groups of version 2, and of version 1."""


LEAST_ADDRESS_SPACE = 2**30
"""Bytes. The libraries map most of them when they are loaded; OpenBLAS never stops asking for more."""


@dataclass(frozen=True)
class MemoryLimit:
    """Bytes that there are, and what allows no more."""

    bytes: float
    origin: str


@dataclass(frozen=True)
class SharedMemory:
    """What some workers may use together.

    Attributes:
        limit: of all of them.
        workers: how many at once.
        remedy: what helps where that is too little for all of them.
        of_one: what one of them may use, where that is told apart.
    """

    limit: MemoryLimit
    workers: int
    remedy: str
    of_one: MemoryLimit | None = None


def of_this_machine(workers: int) -> SharedMemory:
    """What so many worker processes of this machine may use."""
    return SharedMemory(shared_limit(), workers, "use fewer --workers", limit_of_process())


def shared_limit(root: Path = Path("/"), environment: Mapping[str, str] = os.environ) -> MemoryLimit:
    """What all processes of a command on this machine may use together.

    ``root`` is where the system shows its state.
    """
    machine = MemoryLimit(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), "this machine")
    limits = [machine, *_of_groups(root), *_of_job(environment)]
    return min(limits, key=lambda limit: limit.bytes)


def lack_of_addresses() -> str:
    """Why no command can start under this process's limit of addresses; empty if it can."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft >= LEAST_ADDRESS_SPACE:
        return ""
    least = LEAST_ADDRESS_SPACE // 1024
    return f"`ulimit -v {soft // 1024}` leaves too few addresses for libraries; set at least {least}"


def limit_of_process() -> MemoryLimit:
    """What one process may use."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    limits = [] if soft == resource.RLIM_INFINITY else [MemoryLimit(soft, "`ulimit -v`")]
    return min([shared_limit(), *limits], key=lambda limit: limit.bytes)


def _of_groups(root: Path) -> Iterator[MemoryLimit]:
    """Of the control groups of this process and of those that hold them."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        top = root / "sys/fs/cgroup" / controllers
        group = top / path.lstrip("/")
        for folder in (group, *group.parents):
            for name in _CGROUP_FILES:
                for text in _lines(folder / name):
                    if text.isdecimal():
                        yield MemoryLimit(int(text), "its control group")
            if folder == top:
                break


def _of_job(environment: Mapping[str, str]) -> Iterator[MemoryLimit]:
    """Of a job of SLURM, which tells MiB."""
    node, core, cores = (
        environment.get(f"SLURM_{name}", "") for name in ("MEM_PER_NODE", "MEM_PER_CPU", "CPUS_ON_NODE")
    )
    if node.isdecimal() and int(node) > 0:
        yield MemoryLimit(int(node) * 2**20, "the job of SLURM")
    elif core.isdecimal() and int(core) > 0 and cores.isdecimal():
        yield MemoryLimit(int(core) * int(cores) * 2**20, "the job of SLURM")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
