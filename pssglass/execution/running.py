"""Tasks placed one after another as workers become free, each with one outcome."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import closing, nullcontext, suppress
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
from .stopping import (
    check_interrupted,
    is_stopping,
    part_of,
    pause,
    stop_run,
    stopped_by_signals,
    when_stopped,
)

if TYPE_CHECKING:
    from distributed import Client, Future

Workers = int | Cluster | None
"""Worker processes on this machine: 0 runs inline, None takes all cores. Or a cluster."""

_POLL_SECONDS = 0.25
_IDLE_SECONDS = 0.05
_TELL_SECONDS = 1.0
_GATHER_SECONDS = 5.0
_STRANDED_SECONDS = 1.0
_OPEN = ("pending", "lost")
"""What Dask says of a task to which something is still to come; "lost" if it has been finished before."""
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
    client = cluster.client()
    placed, fitness = _Placed(function, tasks, client), Fitness()
    with closing(placed), noticing_its_loss(client), when_stopped(placed.tell_all_to_stop):
        while True:
            wanted = placed.unfinished if placed.is_drawn else sys.maxsize
            wanted = min(wanted, at_most or wanted)
            present = cluster.slots(wanted)
            usable = fitness.usable(present)
            are_all_known = present and all(present.values())
            if are_all_known and not usable and sum(present.values()) >= min(wanted, cluster.size):
                raise next(iter(fitness.complaints.values()))
            bound = frozenset(usable) if cluster.is_open or len(usable) < len(present) else None
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
        self._stranded: dict[Future[tuple[Value, str]], float] = {}
        self._suspects: deque[Task] = deque()
        self._suspect: Future[tuple[Value, str]] | None = None
        self._told: set[str] = set()
        self._run = uuid4().hex

    @property
    def unfinished(self) -> int:
        """Number of tasks that are drawn and have no outcome."""
        return len(self._in_flight) + len(self.again) + len(self._suspects)

    def fill(self, slots: int, bound: frozenset[str] | None) -> bool:
        """Place tasks, unless a stop is requested, until so many are in flight; whether any is.

        They go to any worker, or to one of ``bound`` as long as one of those is there; of the suspects no
        two are in flight together.
        """
        while len(self._in_flight) < slots and not is_stopping():
            if self._suspects and self._suspect is None:
                self._suspect = self._place(self._suspects.popleft(), bound)
                continue
            try:
                task = self.again.popleft() if self.again else next(self._queue)
            except StopIteration:
                self.is_drawn = True
                break
            self._place(task, bound)
        return bool(self._in_flight)

    def _place(self, task: Task, bound: frozenset[str] | None) -> Future[tuple[Value, str]]:
        future = self._client.submit(
            _carry_out,
            self._function,
            task,
            self._run,
            pure=False,
            workers=bound and [*bound],
            allow_other_workers=bound is not None,
        )
        self._in_flight[future] = task
        if bound:
            self._bound[future] = bound
        return future

    def ended(self, present: Collection[str]) -> Iterator[Outcome[Task, Value]]:
        """What came of tasks by now, after a moment; once a stop is requested, those in flight hear of it.

        Tasks that die together, or vanish with all workers that could have them, are suspects: whichever of
        them is to blame dies once more.
        """
        if is_stopping():
            self._tell_to_stop(present)
        stranded = self._stranded_among(present)
        outcomes = {future: _outcome(future, self._in_flight[future]) for future in self._finished()}
        ended = [(future, outcome) for future, outcome in outcomes.items() if outcome]
        ended += [(future, self._given_up(future)) for future in stranded - outcomes.keys()]
        losses = Counter(one.worker for _, one in ended if isinstance(one.error, WorkerDied))
        for future, outcome in ended:
            died_with_others = outcome.worker is not None and losses[outcome.worker] > 1
            is_new_suspect = (
                isinstance(outcome.error, WorkerDied)
                and (died_with_others or future in stranded)
                and future is not self._suspect
            )
            self._forget(future)
            if is_new_suspect:
                self._suspects.append(outcome.task)
            else:
                yield outcome

    def _finished(self) -> list[Future[tuple[Value, str]]]:
        """Futures that are done, after waiting for one at most a moment (signals are served in between)."""
        from distributed import wait

        if not self._in_flight:
            return []
        try:
            ended = wait(list(self._in_flight), timeout=_POLL_SECONDS, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
            return list(ended.done)
        except TimeoutError:
            return []

    def tell_all_to_stop(self) -> None:
        """At once, by the thread that hears of it: that of the run may be waiting for a database."""
        with suppress(Exception):  # the run tells them, too, and knows what to make of errors
            self._tell(None)

    def _tell_to_stop(self, present: Collection[str]) -> None:
        """Each worker once."""
        if new := set(present) - self._told:
            self._told |= new
            with suppress(TimeoutError):
                self._tell([*new])

    def _tell(self, workers: list[str] | None) -> None:
        """These workers, or all, without waiting for one that does not answer."""
        self._client.run(
            stop_run, self._run, workers=workers, on_error="ignore", callback_timeout=_TELL_SECONDS
        )

    def _given_up(self, future: Future[tuple[Value, str]]) -> Outcome[Task, Value]:
        future.cancel()  # type: ignore[no-untyped-call]
        return Outcome(self._in_flight[future], error=WorkerDied(_DEATH))

    def _stranded_among(self, present: Collection[str]) -> set[Future[tuple[Value, str]]]:
        """Tasks that nobody runs, as the workers to which they are bound have all gone without a word.

        Dask would let them wait for ever, whoever comes. Of most that died with their worker it tells, but a
        little later than of the worker.
        """
        gone = [
            one for one, bound in self._bound.items() if one.status in _OPEN and bound.isdisjoint(present)
        ]
        held = {key for keys in self._client.processing().values() for key in keys} if gone else set()  # type: ignore[no-untyped-call]
        now = time.monotonic()
        self._stranded = {one: self._stranded.get(one, now) for one in gone if one.key not in held}
        return {one for one, since in self._stranded.items() if now - since >= _STRANDED_SECONDS}

    def close(self) -> None:
        """Nobody wants any more what is in flight: workers let it go."""
        for future in self._in_flight:
            future.release()  # type: ignore[no-untyped-call]

    def _forget(self, future: Future[tuple[Value, str]]) -> Task:
        self._bound.pop(future, None)
        if future is self._suspect:
            self._suspect = None
        return self._in_flight.pop(future)


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


def _outcome(future: Future[Any], task: Task) -> Outcome[Task, Any] | None:
    """What came of a task that has ended; None if its value died with its worker: Dask runs it again."""
    from distributed import KilledWorker

    status = future.status
    if status in _OPEN:
        return None
    try:
        if status == "finished":
            value, worker = future.result(timeout=_GATHER_SECONDS)
            return Outcome(task, value, worker=worker)
        error = future.exception(timeout=_GATHER_SECONDS)  # type: ignore[no-untyped-call]
    except Exception as failure:
        if isinstance(failure, TimeoutError) or future.status == "error":
            return None  # the next look tells more
        raise
    if isinstance(error, KilledWorker):
        return Outcome(task, error=WorkerDied(_DEATH), worker=error.last_worker.address)
    return Outcome(task, error=error or WorkerDied(f"the task was {status}"))
