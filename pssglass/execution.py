"""Where tasks run: in this process, or in the worker processes of a Dask cluster on this machine.

The engine only places work; the database decides what is done. So a task is a small picklable value, what it
returns is small too, and running a task twice must do no harm.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pssglass.errors import EXIT_INTERRUPTED, Interrupted, PssglassError

if TYPE_CHECKING:
    from distributed import Client, Future, Worker

Task = TypeVar("Task")
Value = TypeVar("Value")

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_POLL_SECONDS = 0.25
_DEATH = "the worker process died while running this task (crash, memory or kill)"
_stop = threading.Event()
_entered = threading.Event()


class WorkerDied(PssglassError, RuntimeError):
    """The worker process vanished while it ran this task: a crash, lack of memory, or a kill."""


@dataclass(frozen=True)
class Outcome(Generic[Task, Value]):
    """What became of one task: a value, or the exception that ended it."""

    task: Task
    value: Value | None = None
    error: BaseException | None = None


def default_workers() -> int:
    """Number of cores this process may use."""
    return len(os.sched_getaffinity(0))


def check_interrupted() -> None:
    """Called by long tasks between two pieces of work: raises Interrupted once the run is asked to stop."""
    if _stop.is_set():
        raise Interrupted("stopped by a signal; the same command resumes")


def pause(seconds: float) -> None:
    """Wait; raises Interrupted as soon as a stop is requested."""
    _stop.wait(seconds)
    check_interrupted()


def request_stop() -> None:
    """Ask the tasks of this process to stop at their next check_interrupted()."""
    _stop.set()


def run_tasks(
    function: Callable[[Task], Value],
    tasks: Iterable[Task],
    workers: int | None,
    on_result: Callable[[Outcome[Task, Value]], None],
) -> None:
    """Run function(task) for every task and hand each outcome to on_result, in the order of finishing.

    Tasks are drawn as workers become free, so memory stays flat however many there are. A task that raises,
    or kills its worker, is one failed outcome, and the others go on.

    Args:
        function: importable by its name in another process.
        tasks: small picklable values.
        workers: number of single-threaded worker processes; 0 runs inline, None takes all cores.
        on_result: called in this process; what it raises ends the run.

    Raises:
        Interrupted: on SIGINT or SIGTERM, once the running tasks have stopped; a second signal kills at once.
    """
    count = default_workers() if workers is None else workers
    with stopped_by_signals():
        for outcome in _run(function, iter(tasks), count):
            on_result(outcome)
        check_interrupted()


def _run(
    function: Callable[[Task], Value], tasks: Iterator[Task], workers: int
) -> Iterator[Outcome[Task, Value]]:
    try:
        first = next(tasks)
    except StopIteration:
        return  # nobody has to start a cluster for nothing
    run = _run_on_cluster if workers else _run_inline
    yield from run(function, chain([first], tasks), workers)


def _run_inline(
    function: Callable[[Task], Value], tasks: Iterable[Task], _workers: int
) -> Iterator[Outcome[Task, Value]]:
    with threadpool_limits(1):
        for task in tasks:
            if _stop.is_set():
                return
            try:
                yield Outcome(task, function(task))
            except Exception as error:
                yield Outcome(task, error=error)


def _run_on_cluster(
    function: Callable[[Task], Value], tasks: Iterable[Task], workers: int
) -> Iterator[Outcome[Task, Value]]:
    # When a worker dies, Dask cannot tell which of the tasks placed on it was to blame: all are suspects, and
    # run again at the end with no other beside them, so that only the guilty fail.
    queue = iter(tasks)
    suspects: deque[Task] = deque()
    while True:
        lost = yield from _run_until_a_worker_dies(function, queue, workers, suspects.extend)
        if not lost or _stop.is_set():
            break
    while suspects and not _stop.is_set():
        guilty: list[Task] = []
        alone = iter(suspects)
        yield from _run_until_a_worker_dies(function, alone, 1, guilty.extend)
        yield from (Outcome(task, error=WorkerDied(_DEATH)) for task in guilty)
        suspects = deque(alone)


def _run_until_a_worker_dies(
    function: Callable[[Task], Value],
    queue: Iterator[Task],
    workers: int,
    on_death: Callable[[list[Task]], None],
) -> Generator[Outcome[Task, Value], None, bool]:
    """Run tasks of the queue on a cluster of its own; whether it was given up because a worker died.

    The cluster ends with its first dead worker, after the tasks on the others: Dask does not replace every
    worker that dies, and would wait for it without end. The tasks that died go to ``on_death``. Once a stop
    is requested, the tasks in flight end.
    """
    in_flight: dict[Future[Value], Task] = {}
    died: list[Task] = []
    workers_told = False
    with _local_cluster(workers) as client:
        while True:
            while len(in_flight) < workers and not died and not _stop.is_set():
                try:
                    task = next(queue)
                except StopIteration:
                    break
                in_flight[client.submit(_on_one_thread, function, task, pure=False)] = task
            if not in_flight:
                break
            if _stop.is_set() and not workers_told:
                client.run(request_stop, on_error="ignore")
                workers_told = True
            for future in _finished(in_flight):
                outcome = _outcome(future, in_flight.pop(future))
                if isinstance(outcome.error, WorkerDied):
                    died.append(outcome.task)
                else:
                    yield outcome
    on_death(died)
    return bool(died)


def _on_one_thread(function: Callable[[Task], Value], task: Task) -> Value:
    """In the thread that runs it: OpenMP counts by thread."""
    with threadpool_limits(1):
        return function(task)


def _finished(in_flight: dict[Future[Any], Any]) -> list[Future[Any]]:
    """Futures that are done, after waiting for one at most a moment (signals are served in between)."""
    from distributed import wait

    try:
        ended = wait(list(in_flight), timeout=_POLL_SECONDS, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
        return list(ended.done)
    except TimeoutError:
        return []


def _outcome(future: Future[Any], task: Task) -> Outcome[Task, Any]:
    from distributed import KilledWorker

    error = future.exception() if future.status != "finished" else None  # type: ignore[no-untyped-call]
    if isinstance(error, KilledWorker):
        return Outcome(task, error=WorkerDied(_DEATH))
    if error is not None or future.status != "finished":
        return Outcome(task, error=error or WorkerDied(f"the task was {future.status}"))
    return Outcome(task, future.result())


@contextmanager
def _local_cluster(workers: int) -> Iterator[Client]:
    import dask
    from distributed import Client, LocalCluster

    settings = {
        "distributed.scheduler.allowed-failures": 0,
        "distributed.comm.timeouts.connect": "60s",
        "distributed.worker.preload": ["pssglass.execution"],
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
    }
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong comes back as an outcome
    with (
        dask.config.set(settings),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        yield client


def dask_setup(worker: Worker) -> None:
    """Dask calls this in each new worker process."""
    # For libraries that a task loads; what the user has set is for one process.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    sys.stdout = sys.stderr  # stdout is for the results of the command
    # Ctrl-C reaches the whole process group, and must not kill a worker.
    for number in _STOP_SIGNALS:
        signal.signal(number, lambda _number, _frame: request_stop())


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within this block a first SIGINT or SIGTERM requests a stop; a second ends the process at once.

    A thread of its own hears them, as the main one may be deep inside the engine. An inner block of this
    kind, and one in another thread, changes nothing.
    """
    if _entered.is_set() or threading.current_thread() is not threading.main_thread():
        yield
        return
    _entered.set()
    _stop.clear()
    heard, told = socket.socketpair()
    told.setblocking(False)
    listener = threading.Thread(target=_listen, args=(heard,), name="signals", daemon=True)
    listener.start()
    former = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    previous = {number: signal.signal(number, lambda _number, _frame: None) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(former)
        told.close()
        listener.join()
        heard.close()
        _entered.clear()


def _listen(heard: socket.socket) -> None:
    """Act on the numbers of signals, one byte each, until the other end is closed."""
    while number := heard.recv(1):
        if number[0] not in _STOP_SIGNALS:
            continue
        if _stop.is_set():
            os._exit(EXIT_INTERRUPTED)
        request_stop()
