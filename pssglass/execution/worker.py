"""Worker processes for a scheduler: ``python -m pssglass.execution.worker tcp://HOST:PORT --processes 8``.

On SIGTERM, which a queue sends before it ends a job, they save what they are making, hand it back and leave.
A process that crashes is replaced; when the scheduler is gone they end by themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING

from pssglass.errors import InputError, one_line

from .clusters import QUIET, check_address, prepare_process, security_of, silence
from .settings import Certificates
from .stopping import STOP_SIGNALS, request_stop

if TYPE_CHECKING:
    from distributed import Security, Worker

_POLL_SECONDS = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the processes until the scheduler ends, or a signal comes."""
    options = _parser().parse_args(arguments)
    try:
        check_address("scheduler", options.scheduler)
        _security_of(options)
    except InputError as error:
        sys.exit(f"pssglass: error: {one_line(error)}")
    told: list[int] = []  # a handler must not take the lock of an Event that the main thread waits for
    for signal_number in STOP_SIGNALS:
        signal.signal(signal_number, lambda number, _frame: told.append(number))
    team = [_employed(options, number) for number in range(options.processes)]
    while any(process.is_alive() for process in team):
        time.sleep(_POLL_SECONDS)
        if told:
            break
        for number, process in enumerate(team):
            if process.exitcode is not None and process.exitcode < 0:
                team[number] = _employed(options, number)
    for process in team:
        process.terminate()
    for process in team:
        process.join()
    return int(any(process.exitcode for process in team) and not told)


def _employed(options: argparse.Namespace, number: int) -> SpawnProcess:
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(options, f"{options.name}-{number}"), daemon=True
    )
    process.start()
    return process


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pssglass.execution.worker", description=__doc__)
    parser.add_argument("scheduler")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--name", default=f"{os.uname().nodename}-{os.getpid()}")
    parser.add_argument("--death-timeout", type=float, default=60.0, help="seconds to wait for the scheduler")
    parser.add_argument("--local-directory", default=None)
    parser.add_argument("--tls-ca-file", type=Path)
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    # dask-jobqueue gives these to any kind of worker; ours has one thread, and leaves memory to the queue.
    parser.add_argument("--nthreads", help=argparse.SUPPRESS)
    parser.add_argument("--memory-limit", help=argparse.SUPPRESS)
    return parser


def _serve(options: argparse.Namespace, name: str) -> None:
    """One worker, in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare_process()
    try:
        asyncio.run(_work(options, name))
    except (OSError, TimeoutError):
        sys.exit(f"pssglass: error: no scheduler answers at {options.scheduler}; check that it runs")


def _security_of(options: argparse.Namespace) -> Security | None:
    files = [options.tls_ca_file, options.tls_cert, options.tls_key]
    if not any(files):
        return None
    if not all(files):
        raise InputError("--tls-ca-file, --tls-cert and --tls-key go together; give all of them")
    return security_of(Certificates(*files))


async def _work(options: argparse.Namespace, name: str) -> None:
    import dask
    from distributed import Worker

    security = _security_of(options)
    silence()  # importing it has set its levels
    dask.config.set({"distributed.worker.http.routes": [], **QUIET})
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    async with Worker(
        options.scheduler,
        name=name,
        nthreads=1,
        memory_limit=0,
        security=security,
        death_timeout=options.death_timeout,
        local_directory=options.local_directory,
        dashboard=False,
    ) as worker:
        ended = asyncio.ensure_future(worker.finished())
        leaving = asyncio.ensure_future(told.wait())
        await asyncio.wait([ended, leaving], return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            await _leave(worker)


async def _leave(worker: Worker) -> None:
    """Take no new task, stop the present one, and go."""
    from distributed.core import Status

    worker.status = Status.closing_gracefully
    request_stop()
    while worker.state.executing:
        await asyncio.sleep(0.05)
    with suppress(OSError, RuntimeError):  # the scheduler may be leaving, too
        told = worker.scheduler.retire_workers(
            workers=[worker.address], close_workers=False, remove=True, stimulus_id=f"leaving-{time.time()}"
        )
        await asyncio.wait_for(told, timeout=10.0)
    await worker.close(reason="told to leave")


if __name__ == "__main__":
    sys.exit(main())
