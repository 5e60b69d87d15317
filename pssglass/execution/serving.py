"""One worker in a process of its own, which serves a scheduler until that is gone or a signal comes."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING

from pssglass.base.entry_points import survive_broken_distributions
from pssglass.base.errors import one_line

from .clusters import QUIET, quieten, security_of
from .outcome import is_of_connection
from .settings import Certificates
from .stopping import STOP_SIGNALS, request_stop

if TYPE_CHECKING:
    from distributed import Worker


_OF_TERMINALS = {signal.SIGINT, signal.SIGHUP}
"""They reach the whole process group; what starts the workers hears them and tells."""


@dataclass(frozen=True)
class Service:
    """What worker processes are told.

    Attributes:
        scheduler: its address.
        death_timeout: seconds to wait for it in the beginning.
        local_directory: where Dask puts its files; None for the usual place.
        certificates: for an encrypted connection.
        heeds_signals: whether SIGTERM makes the worker hand back its task and leave. Those on the machine of
            the command are told by it, and not by Ctrl-C, which reaches the whole process group.
        host: address at which the worker listens; None for all of the machine.
    """

    scheduler: str
    death_timeout: float = 60.0
    local_directory: str | None = None
    certificates: Certificates | None = None
    heeds_signals: bool = True
    host: str | None = None


def employed(service: Service, name: str) -> SpawnProcess:
    """A new worker process; it dies with this one."""
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(service, name), daemon=True)
    resource_tracker.ensure_running()  # else starting it lifts the block
    former = signal.pthread_sigmask(signal.SIG_BLOCK, _OF_TERMINALS)  # until the new process ignores them
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
    return process


def _serve(service: Service, name: str) -> None:
    for number in STOP_SIGNALS:
        if number in _OF_TERMINALS or not service.heeds_signals:
            signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _OF_TERMINALS)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    _prepare_process()
    try:
        asyncio.run(_work(service, name))
    except OSError as error:
        nobody = f"no scheduler answers at {service.scheduler}; check that it runs"
        sys.exit(f"pssglass: error: {nobody if is_of_connection(error) else one_line(error)}")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _prepare_process() -> None:
    # For libraries that a task loads; what the user has set is for one process.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    survive_broken_distributions(silently=True)  # what starts the workers has told of them
    quieten()
    sys.stdout = sys.stderr  # stdout is for the results of the command


async def _work(service: Service, name: str) -> None:
    import dask
    from distributed import Worker

    security = security_of(service.certificates) if service.certificates else None
    quieten()  # importing it has set its levels
    dask.config.set({"distributed.worker.http.routes": [], **QUIET})
    told = asyncio.Event()
    if service.heeds_signals:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with Worker(
        service.scheduler,
        host=service.host,
        name=name,
        nthreads=1,
        memory_limit=0,
        security=security,
        death_timeout=service.death_timeout,
        local_directory=service.local_directory,
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
