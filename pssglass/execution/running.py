"""Tasks placed one after another as workers become free, each with one outcome."""

from __future__ import annotations

import os
import sys
from collections import Counter, deque
from collections.abc import Callable, Container, Generator, Iterable, Iterator
from contextlib import closing, nullcontext
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic
from uuid import uuid4

from threadpoolctl import ThreadpoolController, threadpool_limits  # type: ignore[import-untyped]

from pssglass.errors import Interrupted

from .clusters import Cluster, noticing_its_loss
from .fitness import Fitness
from .local import LocalWorkers
from .outcome import Outcome, Task, UnfitWorker, Value, WorkerDied
from .stopping import check_interrupted, is_stopping, part_of, pause, stop_run, stopped_by_signals

if TYPE_CHECKING:
    from distributed import Client, Future

Workers = int | Cluster | None
"""Worker processes on this machine: 0 runs inline, None takes all cores. Or a cluster."""

_POLL_SECONDS = 0.25
_IDLE_SECONDS = 0.05
_DEATH = "the worker process died while running this task (crash, memory or kill)"


def number_of_workers(workers: Workers) -> int:
    """How many tasks run at once, at most."""
    if workers is None:
        return len(os.sched_getaffinity(0))  # the cores that this process may use
    return max(1, workers) if isinstance(workers, int) else workers.size


def run_tasks(
    function: Callable[[Task], Value],
    tasks: Iterable[Task],
    workers: Workers,
    on_result: Callable[[Outcome[Task, Value]], None],
    at_most: int | None = None,
) -> None:
    """Run function(task) for every task and hand each outcome to on_result, in the order of finishing.

    Tasks are drawn as workers become free, so memory stays flat however many there are. A task that raises,
    or kills its worker, is one failed outcome, and the others go on.

    Args:
        function: importable by its name in another process.
        tasks: small picklable values.
        workers: number of single-threaded worker processes, or a cluster.
        on_result: called in this process; what it raises ends the run.
        at_most: more workers than this would find nothing to do.

    Raises:
        Interrupted: on SIGINT or SIGTERM, once the running tasks have stopped; a second signal kills at once.
    """
    place = number_of_workers(None) if workers is None else workers
    if isinstance(place, int) and at_most is not None:
        place = min(place, at_most)
    with stopped_by_signals():
        with closing(_run(function, iter(tasks), place, at_most)) as outcomes:
            for outcome in outcomes:
                on_result(outcome)
        check_interrupted()


def _run(
    function: Callable[[Task], Value], tasks: Iterator[Task], workers: int | Cluster, at_most: int | None
) -> Generator[Outcome[Task, Value], None, None]:
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


def _run_inline(function: Callable[[Task], Value], tasks: Iterable[Task]) -> Iterator[Outcome[Task, Value]]:
    with threadpool_limits(1):
        for task in tasks:
            if is_stopping():
                return
            try:
                yield Outcome(task, function(task))
            except Exception as error:
                yield Outcome(task, error=error)


def _run_on_cluster(
    function: Callable[[Task], Value], tasks: Iterator[Task], cluster: Cluster, at_most: int | None
) -> Iterator[Outcome[Task, Value]]:
    """Workers come and go; a task that one hands back goes on with another."""
    with noticing_its_loss(cluster.client()) as client:
        placed, fitness = _Placed(function, tasks, client), Fitness()
        while True:
            wanted = placed.unfinished if placed.is_drawn else sys.maxsize
            wanted = min(wanted, at_most or wanted)
            present = cluster.slots(wanted)
            usable = fitness.usable(present)
            if present and not usable and sum(present.values()) >= min(wanted, cluster.size):
                raise next(iter(fitness.complaints.values()))
            bound = frozenset(usable) if len(usable) < len(present) else None
            slots = min(sum(usable.values()), wanted)
            if not placed.fill(slots, bound):
                if is_stopping() or (placed.is_drawn and not placed.unfinished):
                    break
                pause(_IDLE_SECONDS)
            if is_stopping() and not slots:
                break  # nobody is left who could stop in order
            for outcome in placed.ended(present):
                fitness.note(outcome)
                if _is_handed_back(outcome.error):
                    placed.again.append(outcome.task)
                    continue
                slots -= isinstance(outcome.error, WorkerDied)
                placed.fill(slots, bound)  # no worker waits until this one is recorded
                yield outcome


def _is_handed_back(error: BaseException | None) -> bool:
    return isinstance(error, UnfitWorker) or (isinstance(error, Interrupted) and not is_stopping())


class _Placed(Generic[Task, Value]):
    """The tasks of one run: those in flight, and those still to be drawn.

    Attributes:
        again: tasks that were handed back, to be placed before others.
        is_drawn: whether the queue has no more.
    """

    def __init__(self, function: Callable[[Task], Value], queue: Iterator[Task], client: Client) -> None:
        self.again: deque[Task] = deque()
        self.is_drawn = False
        self._function = function
        self._queue = queue
        self._client = client
        self._in_flight: dict[Future[tuple[Value, str]], Task] = {}
        self._bound: dict[Future[tuple[Value, str]], frozenset[str]] = {}
        self._run = uuid4().hex

    @property
    def unfinished(self) -> int:
        """Number of tasks that are drawn and have no outcome."""
        return len(self._in_flight) + len(self.again)

    def fill(self, slots: int, bound: frozenset[str] | None) -> bool:
        """Place tasks, unless a stop is requested, until so many are in flight; whether any is.

        They go to any worker, or to one of ``bound``.
        """
        while len(self._in_flight) < slots and not is_stopping():
            try:
                task = self.again.popleft() if self.again else next(self._queue)
            except StopIteration:
                self.is_drawn = True
                break
            future = self._client.submit(
                _carry_out, self._function, task, self._run, pure=False, workers=bound and [*bound]
            )
            self._in_flight[future] = task
            if bound:
                self._bound[future] = bound
        return bool(self._in_flight)

    def ended(self, present: Container[str]) -> Iterator[Outcome[Task, Value]]:
        """What came of tasks by now, after a moment; once a stop is requested, those in flight hear of it.

        A task that is bound to workers of which none is ``present`` any more has died with them.
        """
        if is_stopping():
            self._client.run(stop_run, self._run, on_error="ignore")
        stranded = [
            future for future, bound in self._bound.items() if not any(one in present for one in bound)
        ]
        futures = {*_finished(self._in_flight), *stranded}
        ended = [(future, _outcome(future, self._in_flight[future])) for future in futures]
        losses = Counter(one.worker for _, one in ended if isinstance(one.error, WorkerDied))
        for future, outcome in ended:
            del self._in_flight[future]
            self._bound.pop(future, None)
            if isinstance(outcome.error, WorkerDied) and outcome.worker and losses[outcome.worker] > 1:
                self.again.append(outcome.task)  # whichever of them is to blame will die alone another time
            else:
                yield outcome


def _carry_out(function: Callable[[Task], Value], task: Task, run: str) -> tuple[Value, str]:
    """What a worker does, in the thread that runs it: OpenMP counts by thread; and its address."""
    from distributed import get_worker
    from distributed.core import Status

    worker = get_worker()
    placed = worker.state.tasks[worker.get_current_task()]

    def is_unwanted() -> bool:
        """Dask lets a task go on whose command or scheduler has died: nothing stops a thread from outside."""
        return placed.state == "cancelled" or worker.status in (Status.closing, Status.closed)

    with _libraries().limit(limits=1), part_of(run, is_unwanted):
        try:
            return function(task), worker.address
        except UnfitWorker as error:
            error.worker = worker.address
            raise


@cache
def _libraries() -> ThreadpoolController:
    """Libraries of this process with threads of their own; finding them takes a millisecond."""
    return ThreadpoolController()


def _finished(in_flight: dict[Future[Any], Any]) -> list[Future[Any]]:
    """Futures that are done, after waiting for one at most a moment (signals are served in between)."""
    from distributed import wait

    if not in_flight:
        return []
    try:
        ended = wait(list(in_flight), timeout=_POLL_SECONDS, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
        return list(ended.done)
    except TimeoutError:
        return []


def _outcome(future: Future[Any], task: Task) -> Outcome[Task, Any]:
    from distributed import KilledWorker

    error = future.exception() if future.status != "finished" else None  # type: ignore[no-untyped-call]
    if isinstance(error, KilledWorker):
        return Outcome(task, error=WorkerDied(_DEATH), worker=error.last_worker.address)
    if error is not None or future.status != "finished":
        return Outcome(
            task,
            error=error or WorkerDied(f"the task was {future.status}"),
        )
    value, worker = future.result()
    return Outcome(task, value, worker=worker)
