"""How many files a command and its worker processes keep open at once, and whether the system allows it."""

from __future__ import annotations

import resource

from pssglass.base.errors import InputError

OF_COMMAND, OF_WORKER = 28, 5
"""More than the peaks of the command's own process: 29 with 1 worker, 34 with 2, 45 with 4, 65 with 8."""


def require_open_files(workers: int) -> None:
    """Allow this process the files that so many workers take, as far as the system lets it.

    Raises:
        InputError: it does not.
    """
    needed = OF_COMMAND + OF_WORKER * workers
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard == resource.RLIM_INFINITY or hard >= needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        return
    enough_for = max(0, (hard - OF_COMMAND) // OF_WORKER)
    raise InputError(
        f"{workers} worker processes need {needed} open files, and the system allows {hard}; raise that,"
        f" as by `ulimit -n {max(256, needed)}` in a new shell, or use --workers {enough_for}"
    )
