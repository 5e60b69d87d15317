"""The tasks of a run: which are still to come, which worker has which, and what came of them."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic
from uuid import uuid4

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from .outcome import Outcome, Task, Value, WorkerDied
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
class _Flight(Generic[Task]):
    """A task on its way, the one worker that may run it, and whether it has vanished with another before."""

    task: Task
    worker: str
    has_vanished: bool


class Placed(Generic[Task, Value]):
    """The tasks of one run: those in flight, and those still to be drawn.

    Each is bound to one worker that has nothing else to do in one of its threads: so none waits behind
    another, and Dask neither gives it to a worker that is not to have it, nor runs it twice on its own.

    Attributes:
        is_drawn: whether the queue has no more.
    """

    def __init__(self, function: Callable[[Task], Value], queue: Iterator[Task], client: Client) -> None:
        self.is_drawn = False
        self._function = function
        self._queue = queue
        self._client = client
        self._in_flight: dict[Future[Value], _Flight[Task]] = {}
        self._load: Counter[str] = Counter()
        self._waiting: deque[tuple[Task, bool]] = deque()
        self._suspects: deque[Task] = deque()
        self._suspect: Future[Value] | None = None
        self._stranded: dict[Future[Value], float] = {}
        self._told: set[str] = set()
        self._run = uuid4().hex

    @property
    def unfinished(self) -> int:
        """Number of tasks that are drawn and have no outcome."""
        return len(self._in_flight) + len(self._waiting) + len(self._suspects)

    def take_back(self, task: Task) -> None:
        """Place it once more, before others."""
        self._waiting.append((task, False))

    def fill(self, slots: Mapping[str, int], wanted: int) -> bool:
        """Place tasks, unless a stop is requested, until all slots are taken; whether any is in flight.

        Args:
            slots: how many tasks each worker takes.
            wanted: place no more than this.
        """
        while len(self._in_flight) < wanted and not is_stopping():
            worker = max(slots, key=lambda one: slots[one] - self._load[one], default=None)
            if worker is None or self._load[worker] >= slots[worker]:
                break
            if self._suspects and self._suspect is None:
                self._suspect = self._place(_Flight(self._suspects.popleft(), worker, has_vanished=True))
                continue
            try:
                task, has_vanished = self._waiting.popleft() if self._waiting else (next(self._queue), False)
            except StopIteration:
                self.is_drawn = True
                break
            self._place(_Flight(task, worker, has_vanished))
        return bool(self._in_flight)

    def _place(self, flight: _Flight[Task]) -> Future[Value]:
        future = self._client.submit(
            _carry_out, self._function, flight.task, self._run, pure=False, workers=[flight.worker]
        )
        self._in_flight[future] = flight
        self._load[flight.worker] += 1
        return future

    def ended(self, present: Collection[str]) -> Iterator[Outcome[Task, Value]]:
        """What came of tasks by now, after a moment; once a stop is requested, those in flight hear of it.

        Of tasks that die together with a worker the one to blame dies once more: they are suspects, of which
        no two are in flight together.
        """
        if is_stopping():
            self._tell_to_stop(present)
        ended = list(self._vanished(present))
        found = {future: _outcome(future, self._in_flight[future]) for future in self._finished()}
        ended += [(outcome, self._forget(future)) for future, outcome in found.items() if outcome]
        losses = Counter(one.worker for one, _ in ended if isinstance(one.error, WorkerDied))
        for outcome, was_suspect in ended:
            is_death = isinstance(outcome.error, WorkerDied)
            if is_death and losses[outcome.worker] > 1 and not was_suspect:
                self._suspects.append(outcome.task)
            else:
                yield outcome

    def _finished(self) -> list[Future[Value]]:
        """Futures that are done, after waiting for one at most a moment (signals are served in between)."""
        from distributed import wait

        if not self._in_flight:
            return []
        try:
            ended = wait(list(self._in_flight), timeout=_POLL_SECONDS, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
            return list(ended.done)
        except TimeoutError:
            return []

    def _vanished(self, present: Collection[str]) -> Iterator[tuple[Outcome[Task, Value], bool]]:
        """Tasks that died with their worker, though Dask does not say so, and whether they were the suspect.

        One that vanishes for the first time is placed once more: maybe its worker was leaving and did not
        begin it, or died with its value.
        """
        for future in self._stranded_among(present):
            flight, was_suspect = self._in_flight[future], self._forget(future)
            if flight.has_vanished:
                yield Outcome(flight.task, error=WorkerDied(_DEATH), worker=flight.worker), was_suspect
            else:
                self._waiting.append((flight.task, True))

    def _stranded_among(self, present: Collection[str]) -> list[Future[Value]]:
        """Tasks that nobody runs, as their worker has gone without a word.

        Of a death a scheduler of ours tells, but a little later than of the worker.
        """
        gone = [
            one
            for one, flight in self._in_flight.items()
            if flight.worker not in present and one.status in _OPEN
        ]
        held = {key for keys in self._client.processing().values() for key in keys} if gone else set()  # type: ignore[no-untyped-call]
        now = time.monotonic()
        self._stranded = {one: self._stranded.get(one, now) for one in gone if one.key not in held}
        return [one for one, since in self._stranded.items() if now - since >= _STRANDED_SECONDS]

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

    def _forget(self, future: Future[Value]) -> bool:
        """Whether it was the suspect."""
        self._load[self._in_flight.pop(future).worker] -= 1
        future.release()  # type: ignore[no-untyped-call]
        was_suspect = future is self._suspect
        if was_suspect:
            self._suspect = None
        return was_suspect


def _carry_out(function: Callable[[Task], Value], task: Task, run: str) -> Value:
    """What a worker does, in the thread that runs it: OpenMP counts by thread."""
    from distributed import get_worker
    from distributed.core import Status

    worker = get_worker()
    placed = worker.state.tasks[worker.get_current_task()]

    def is_unwanted() -> bool:
        """Dask lets a task go on whose command or scheduler has died: nothing stops a thread from outside."""
        return placed.state == "cancelled" or worker.status in (Status.closing, Status.closed)

    with _libraries().limit(limits=1), part_of(run, is_unwanted):
        return function(task)


@cache
def _libraries() -> ThreadpoolController:
    """Libraries of this process with threads of their own; finding them takes a millisecond."""
    return ThreadpoolController()


def _outcome(future: Future[Any], flight: _Flight[Task]) -> Outcome[Task, Any] | None:
    """What came of a task that has ended; None if more is to come, as its value died with its worker."""
    from distributed import KilledWorker

    status = future.status
    if status in _OPEN:
        return None
    try:
        if status == "finished":
            return Outcome(flight.task, future.result(timeout=_GATHER_SECONDS), worker=flight.worker)
        error = future.exception(timeout=_GATHER_SECONDS)  # type: ignore[no-untyped-call]
    except Exception as failure:
        if isinstance(failure, TimeoutError) or future.status == "error":
            return None  # the next look tells more
        raise
    if error is None:
        error = WorkerDied(f"the task was {status}")
    elif isinstance(error, KilledWorker):
        error = WorkerDied(_DEATH)
    return Outcome(flight.task, error=error, worker=flight.worker)
