"""Tasks placed one after another as workers become free, each with one outcome."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from itertools import chain

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pssglass.base.errors import Interrupted

from .clusters import Cluster, noticing_its_loss
from .local import LocalWorkers
from .memory import SharedMemory, of_this_machine
from .open_files import require_open_files
from .outcome import Task, TaskOutcome, UnsuitableWorker, Value, WorkerDied
from .stopping import check_interrupted, is_stopping, pause, stopped_by_signals, when_stopped
from .task_placement import TaskPlacement
from .worker_health import WorkerHealth

Workers = int | Cluster | None
"""Worker processes on this machine: 0 runs inline, None takes all cores. Or a cluster."""

_IDLE_SECONDS = 0.05


def number_of_workers(workers: Workers) -> int:
    """How many tasks run at once, at most."""
    if workers is None:
        return len(os.sched_getaffinity(0))  # the cores that this process may use
    return max(1, workers) if isinstance(workers, int) else workers.size


def memory_of_workers(workers: Workers) -> Sequence[SharedMemory]:
    """Where the workers share memory, as far as that is known."""
    if workers is None or isinstance(workers, int):
        return [of_this_machine(number_of_workers(workers))]
    told: Callable[[], Sequence[SharedMemory]] = getattr(workers, "memory", list)
    return told()


def run_tasks(
    function: Callable[[Task], Value],
    tasks: Iterable[Task | None],
    workers: Workers,
    on_result: Callable[[TaskOutcome[Task, Value]], None],
    at_most: int | None = None,
) -> None:
    """Run function(task) for every task and hand each outcome to on_result, in the order of finishing.

    Tasks are drawn as workers become free, so memory stays flat however many there are. A task that raises,
    or kills its worker, is one failed outcome, and the others go on.

    Args:
        function: importable by its name in another process.
        tasks: small picklable values; None says that the next one has to wait for an outcome.
        workers: number of single-threaded worker processes, or a cluster.
        on_result: called in this process; what it raises ends the run.
        at_most: more workers than this would find nothing to do.

    Raises:
        InputError: the system does not allow the open files that so many worker processes take.
        Interrupted: on SIGINT or SIGTERM, once the running tasks have stopped; a second signal kills at once.
    """
    place = number_of_workers(None) if workers is None else workers
    if isinstance(place, int) and at_most is not None:
        place = min(place, at_most)
    if isinstance(place, int) and place:
        require_open_files(place)
    with stopped_by_signals():
        with closing(_run(function, iter(tasks), place, at_most)) as outcomes:
            for outcome in outcomes:
                on_result(outcome)
        check_interrupted()


def _run(
    function: Callable[[Task], Value],
    tasks: Iterator[Task | None],
    workers: int | Cluster,
    at_most: int | None,
) -> Generator[TaskOutcome[Task, Value], None, None]:
    try:
        first = next(tasks)
    except StopIteration:
        return  # nobody has to start a cluster for nothing
    all_tasks = chain([first], tasks)
    if workers == 0:
        yield from _run_inline(function, all_tasks)
        return
    with LocalWorkers(workers) if isinstance(workers, int) else nullcontext(workers) as cluster:
        yield from _run_on_cluster(function, all_tasks, cluster, at_most)


def _run_inline(
    function: Callable[[Task], Value], tasks: Iterable[Task | None]
) -> Iterator[TaskOutcome[Task, Value]]:
    with threadpool_limits(1):
        for task in tasks:
            if is_stopping() or task is None:  # no outcome is to come
                return
            try:
                yield TaskOutcome(task, function(task))
            except Exception as error:
                yield TaskOutcome(task, error=error)


def _run_on_cluster(
    function: Callable[[Task], Value], tasks: Iterator[Task | None], cluster: Cluster, at_most: int | None
) -> Iterator[TaskOutcome[Task, Value]]:
    """Workers come and go; a task that one hands back goes on with another."""
    client = cluster.client()
    placed, health = TaskPlacement(function, tasks, client), WorkerHealth()
    with closing(placed), noticing_its_loss(client), when_stopped(placed.tell_all_to_stop):
        while True:
            wanted = placed.unfinished if placed.is_drawn else sys.maxsize
            wanted = min(wanted, at_most or wanted)
            present = cluster.slots(wanted)
            usable = health.usable(present)
            bound = frozenset(usable) if len(usable) < len(present) else None
            slots = min(sum(usable.values()), wanted)
            if not placed.fill(slots, bound):
                if is_stopping() or (placed.is_drawn and not placed.unfinished):
                    break
                if not usable and _are_all(present, min(wanted, cluster.size)):
                    raise next(iter(health.complaints.values()))
                pause(_IDLE_SECONDS)
            if is_stopping() and not slots and not placed.are_held:
                break  # nobody is left who could stop in order, nor held for alive by the scheduler
            for outcome in placed.ended(present):
                health.note(outcome)
                if _is_handed_back(outcome.error):
                    placed.take_back(outcome.task)
                    continue
                slots -= isinstance(outcome.error, WorkerDied)
                placed.fill(slots, bound)  # no worker waits until this one is recorded
                yield outcome


def _are_all(present: Mapping[str, int | None], wanted: int) -> bool:
    """Whether all workers are there that are to be expected, and nothing is open of any."""
    return bool(present) and None not in present.values() and sum(filter(None, present.values())) >= wanted


def _is_handed_back(error: BaseException | None) -> bool:
    return isinstance(error, UnsuitableWorker) or (isinstance(error, Interrupted) and not is_stopping())
