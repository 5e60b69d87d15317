"""What workers on other clusters are given to do: a module that they can import."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from pssglass.base.errors import Interrupted
from pssglass.execution import RunningCluster, UnsuitableWorker, check_interrupted, run_tasks


def square(number: int) -> int:
    return number * number


def doze(_number: int) -> int:
    time.sleep(0.5)
    return os.getpid()


def crash_if_negative(number: int) -> int:
    if number < 0:
        os.kill(os.getpid(), signal.SIGSEGV)
    return os.getpid()


def leave_once(marker: str) -> int:
    """The first workers are told to leave, as by a queue, while one is at work."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getppid(), signal.SIGTERM)
        for _ in range(6000):
            check_interrupted()
            time.sleep(0.05)
    return os.getpid()


NOTHING = ""
"""No file, and no work."""


def refuse_where_first_begun(marker: str) -> int:
    """The worker that begins the first such task is unsuitable for all."""
    path = Path(marker)
    with suppress(FileExistsError), path.open("x") as file:
        file.write(f"{os.getpid()}")
    if path.read_text() == f"{os.getpid()}":
        raise UnsuitableWorker("a worker does not see the folder /data")
    return os.getpid()


def hold(marker: str) -> None:
    """Be at work until somebody asks for an end; the file tells which it is."""
    if marker == NOTHING:
        return
    Path(marker).write_text("at work")
    try:
        for _ in range(6000):
            check_interrupted()
            time.sleep(0.05)
    except Interrupted:
        Path(marker).write_text("let go")


if __name__ == "__main__":
    address, marker = sys.argv[1:]
    with RunningCluster(address) as cluster:
        run_tasks(hold, [marker], cluster, print)
