"""Makes a glass and what needs its factor; prints results, threads, and the libraries in memory, as JSON.

Run by a Python that has pssglass and nothing of the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from threadpoolctl import threadpool_info, threadpool_limits

import pssglass as pg

MAPPED = "print(*{line.split()[-1] for line in open('/proc/self/maps') if '.so' in line}, sep='\\n')"

TICKS = 100
"""Processor time, a second on most machines, over which threads are compared."""


def mapped() -> set[str]:
    """The shared libraries in this process."""
    return {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if ".so" in line}


def mapped_by_python(here: set[str]) -> set[str]:
    """Those of a Python that imports the same compiled modules of its own library, and nothing else."""
    modules = sorted(
        Path(one).name.partition(".")[0] for one in here if Path(one).parent.name == "lib-dynload"
    )
    command = [sys.executable, "-I", "-S", "-c", f"import {', '.join(modules)}; {MAPPED}"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def ticks() -> dict[str, int]:
    """Processor time of each thread of this process, in ticks of the kernel's clock."""
    found = {}
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            fields = (task / "stat").read_text().rpartition(") ")[2].split()
            found[task.name] = int(fields[11]) + int(fields[12])
    return found


def share_of_others(threads: int) -> float:
    """Of the processor time of factors and modes, the part that other threads than this one have had.

    So many of them that a tick more or less does not count.
    """
    own = total = 0
    while total < TICKS:
        again = pg.Glass.quenched(pg.PSS(rc=1.5), glass.configuration, method="fast", threads=threads)
        before = ticks()
        again.modes(40)
        taken = {thread: value - before.get(thread, 0) for thread, value in ticks().items()}
        own += taken[str(os.getpid())]
        total += sum(taken.values())
    return 1 - own / total


glass = pg.Liquid.create(pg.PSS(rc=1.5), N=1000, temperature=1.0, seed=7).quench(method="fast")
modes = glass.modes(10)
threads = {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}
with threadpool_limits(1):
    limited = {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}
libraries = mapped()
answer = {
    "shear_modulus": glass.moduli().shear_modulus,
    "frequencies": list(modes.frequencies),
    "threads": threads,
    "limited": limited,
    "others": {count: share_of_others(count) for count in (1, 2)},
    "mapped": sorted(libraries),
    "of_python": sorted(mapped_by_python(libraries)),
}
json.dump(answer, sys.stdout)
