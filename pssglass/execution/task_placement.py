"""The tasks of a run: which are still to come, which are with workers, and what came of them."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic
from uuid import uuid4

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from .outcome import Task, TaskOutcome, UnsuitableWorker, Value, WorkerDied
from .stopping import is_stopping, part_of, stop_run

if TYPE_CHECKING:
    from distributed import Client, Future

_POLL_SECONDS = 0.25
_TELL_SECONDS = 1.0
_GATHER_SECONDS = 5.0
_STRANDED_SECONDS = 1.0
_OPEN = ("pending", "lost")
"""What Dask says of a task to which something is still to come; "lost" if it has been finished before."""
_DEATH = "the worker process died while running this task (crash, memory or kill)"


@dataclass(frozen=True)
class _Placement(Generic[Task]):
    """A task on its way, the workers that may run it if not all, and whether it has vanished before."""

    task: Task
    bound: frozenset[str] | None
    has_vanished: bool


class TaskPlacement(Generic[Task, Value]):
    """The tasks of one run: those in flight, and those still to be drawn.

    Attributes:
        is_drawn: whether the queue has no more.
    """

    def __init__(
        self, function: Callable[[Task], Value], queue: Iterator[Task | None], client: Client
    ) -> None:
        self.is_drawn = False
        self._function = function
        self._queue = queue
        self._client = client
        self._in_flight: dict[Future[tuple[Value, str]], _Placement[Task]] = {}
        self._waiting: deque[tuple[Task, bool]] = deque()
        self._suspects: deque[tuple[Task, bool]] = deque()
        self._suspect: Future[tuple[Value, str]] | None = None
        self._stranded: dict[Future[tuple[Value, str]], float] = {}
        self._told: set[str] = set()
        self._run = uuid4().hex

    @property
    def unfinished(self) -> int:
        """Number of tasks that are drawn and have no outcome."""
        return len(self._in_flight) + len(self._waiting) + len(self._suspects)

    def take_back(self, task: Task) -> None:
        """Place it again before those that are still to be drawn, whatever has happened to it."""
        self._waiting.append((task, False))

    def fill(self, slots: int, bound: frozenset[str] | None) -> bool:
        """Place tasks, unless a stop is requested, until so many are in flight; whether any is.

        They go to any worker, or to one of ``bound``; of the suspects no two are in flight together.
        """
        while len(self._in_flight) < slots and not is_stopping():
            if self._suspects and self._suspect is None:
                task, has_vanished = self._suspects.popleft()
                self._suspect = self._place(_Placement(task, bound, has_vanished))
                continue
            if self._waiting:
                task, has_vanished = self._waiting.popleft()
                self._place(_Placement(task, bound, has_vanished))
                continue
            try:
                drawn = next(self._queue)
            except StopIteration:
                self.is_drawn = True
                break
            if drawn is None:  # until an outcome has come
                break
            self._place(_Placement(drawn, bound, has_vanished=False))
        return bool(self._in_flight)

    def _place(self, placement: _Placement[Task]) -> Future[tuple[Value, str]]:
        workers = [*placement.bound] if placement.bound else None
        future = self._client.submit(
            _carry_out, self._function, placement.task, self._run, pure=False, workers=workers
        )
        self._in_flight[future] = placement
        return future

    def ended(self, present: Collection[str]) -> Iterator[TaskOutcome[Task, Value]]:
        """What came of tasks by now, after a moment; once a stop is requested, those in flight hear of it.

        Tasks that die together are suspects: whichever of them is to blame dies once more.
        """
        if is_stopping():
            self._tell_to_stop(present)
        vanished = dict(self._vanished(present))
        found = {future: _outcome(future, self._in_flight[future].task) for future in self._finished()}
        ended = {**vanished, **{future: outcome for future, outcome in found.items() if outcome}}
        losses = Counter(one.worker for one in ended.values() if isinstance(one.error, WorkerDied))
        for future, outcome in ended.items():
            was_suspect = self._forget(future)
            is_death = isinstance(outcome.error, WorkerDied)
            if is_death and losses[outcome.worker] > 1 and not was_suspect:
                self._suspects.append((outcome.task, future in vanished))
            else:
                yield outcome

    def _finished(self) -> list[Future[tuple[Value, str]]]:
        """Futures that are done, after waiting for one at most a moment (signals are served in between)."""
        from distributed import wait

        if not self._in_flight:
            return []
        try:
            with self._client.as_current():
                ended = wait(list(self._in_flight), timeout=_POLL_SECONDS, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
            return list(ended.done)
        except TimeoutError:
            return []

    def _vanished(
        self, present: Collection[str]
    ) -> Iterator[tuple[Future[tuple[Value, str]], TaskOutcome[Task, Value]]]:
        """Tasks that died with workers, though Dask does not say so.

        One that vanishes for the first time is placed once more: maybe its workers left before they began it,
        or died with its value.
        """
        for future in self._stranded_among(present):
            placement = self._in_flight[future]
            if placement.has_vanished:
                yield future, TaskOutcome(placement.task, error=WorkerDied(_DEATH))
            else:
                queue = self._suspects if self._forget(future) else self._waiting
                queue.append((placement.task, True))

    def _stranded_among(self, present: Collection[str]) -> list[Future[tuple[Value, str]]]:
        """Tasks that nobody runs, as the workers to which they are bound have all gone.

        Dask would let them wait for ever. Of one that died with its worker it tells, but a little later than
        of the worker.
        """
        gone = [
            one
            for one, placement in self._in_flight.items()
            if placement.bound and placement.bound.isdisjoint(present) and one.status in _OPEN
        ]
        held = self._held() if gone else set()
        now = time.monotonic()
        self._stranded = {one: self._stranded.get(one, now) for one in gone if one.key not in held}
        return [one for one, since in self._stranded.items() if now - since >= _STRANDED_SECONDS]

    def _held(self) -> set[str]:
        """Keys of all tasks that workers have, be they leaving."""
        return {key for keys in self._client.processing().values() for key in keys}  # type: ignore[no-untyped-call]

    @property
    def are_held(self) -> bool:
        """Whether any worker has a task of this run."""
        return bool(self._in_flight) and not self._held().isdisjoint(one.key for one in self._in_flight)

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

    def close(self) -> None:
        """Nobody wants any more what is in flight: workers let it go."""
        for future in self._in_flight:
            future.release()  # type: ignore[no-untyped-call]

    def _forget(self, future: Future[tuple[Value, str]]) -> bool:
        """Whether it was the suspect."""
        del self._in_flight[future]
        future.release()  # type: ignore[no-untyped-call]
        was_suspect = future is self._suspect
        if was_suspect:
            self._suspect = None
        return was_suspect


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
        except UnsuitableWorker as error:
            error.worker = worker.address
            raise


@cache
def _libraries() -> ThreadpoolController:
    """Libraries of this process with threads of their own; finding them takes a millisecond."""
    return ThreadpoolController()


def _outcome(future: Future[Any], task: Task) -> TaskOutcome[Task, Any] | None:
    """What came of a task that has ended; None if more is to come, as its value died with its worker."""
    from distributed import KilledWorker

    status = future.status
    if status in _OPEN:
        return None
    try:
        if status == "finished":
            value, worker = future.result(timeout=_GATHER_SECONDS)
            return TaskOutcome(task, value, worker=worker)
        error = future.exception(timeout=_GATHER_SECONDS)  # type: ignore[no-untyped-call]
    except Exception as failure:
        if isinstance(failure, TimeoutError) or future.status == "error":
            return None  # the next look tells more
        raise
    if isinstance(error, KilledWorker):
        return TaskOutcome(task, error=WorkerDied(_DEATH), worker=error.last_worker.address)
    worker = error.worker if isinstance(error, UnsuitableWorker) else None
    return TaskOutcome(task, error=error or WorkerDied(f"the task was {status}"), worker=worker)
