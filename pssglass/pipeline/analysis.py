"""From inherent states to values: every observable of every configuration, each computed once.

A worker reads a configuration once and computes all its missing observables; what goes wrong in one of them
is recorded with its reason and leaves the others alone. What a worker was computing when it died is computed
again, one observable at a time and by one worker: kills and lack of memory pass, and only an observable
whose worker dies with it every time fails.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby

from pssglass.base.errors import DatabaseError, Interrupted, ObservableFailed, ObservableStuck, one_line
from pssglass.base.results import Provenance
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.db import AnalysisTask, Store
from pssglass.db.claims import MAX_DEATHS
from pssglass.execution import (
    TaskOutcome,
    UnsuitableWorker,
    WorkerDied,
    Workers,
    check_interrupted,
    run_tasks,
    stopped_by_signals,
)
from pssglass.mechanics.glass import Glass
from pssglass.pipeline.files import check_file
from pssglass.pipeline.outages import through_outages
from pssglass.pipeline.provenance import current as provenance_of_process
from pssglass.pipeline.requests import Request, registry
from pssglass.pipeline.results_location import at_location, results_location
from pssglass.pipeline.simulation import explain
from pssglass.pipeline.stored_glasses import stored_glass
from pssglass.plugins.evaluation import evaluate
from pssglass.plugins.protocol import Values

TIME_LIMIT = 3600.0
"""Seconds after which one observable of one glass, ensemble or model is given up, unless set otherwise."""

_DEADLY = (
    f"the worker process died {MAX_DEATHS} times in a row while it ran nothing else (crash, memory or kill);"
    " --retry-failed tries again"
)


@dataclass(frozen=True)
class GlassTask:
    """One configuration and what is to be measured in it, in order of dependency, each in limited time."""

    configuration: AnalysisTask
    requests: tuple[Request, ...]
    time_limit: float = TIME_LIMIT


@dataclass(frozen=True)
class Measurement:
    """Values of one observable, or the reason why there are none, and who computed them."""

    request: Request
    values: Values | None = None
    reason: str | None = None
    is_out_of_time: bool = False
    provenance: Provenance = field(default_factory=provenance_of_process)


@dataclass(frozen=True)
class AnalysisEnd:
    """One observable of one configuration is settled, here or elsewhere; ``reason`` says why it failed."""

    observable: str
    ensemble: str
    replica: int
    reason: str | None = None


def pending(
    store: Store,
    requests: Sequence[Request],
    retry_failed: bool = False,
    time_limit: float = TIME_LIMIT,
    chosen: Collection[str] | None = None,
) -> list[GlassTask]:
    """What is still to be measured of samples, of all or of chosen ensembles, one task a configuration."""
    requests = [request for request in requests if request.level == "sample"]
    rows = store.pending_analyses([request.observable_id for request in requests], retry_failed)
    rows = [row for row in rows if chosen is None or row.ensemble in chosen]
    tasks = []
    for _, group in groupby(rows, key=lambda row: row.configuration_id):
        members = list(group)
        missing = {row.observable_id for row in members}
        wanted = tuple(request for request in requests if request.observable_id in missing)
        tasks.append(GlassTask(members[0], wanted, time_limit))
    return tasks


def analyze(
    store: Store,
    tasks: Sequence[GlassTask],
    *,
    workers: Workers = None,
    on_end: Callable[[AnalysisEnd], None] = lambda _end: None,
    retry_failed: bool = False,
) -> None:
    """Carry out these tasks and store the values; see ``run_tasks`` for ``workers``.

    Nobody claims a task: what another process has settled by the time that a worker is free is left out, and
    of what two compute at the same time the first result counts. Tasks are taken in random order, so that
    this is rare.

    Raises:
        Interrupted: on SIGINT or SIGTERM; what is done is stored.
        DatabaseError: results cannot be stored.
        UnsuitableWorker: no worker sees the folder of configurations.
    """
    run = _Analysis(store, on_end, retry_failed)
    measured = partial(at_location, results_location(store), measure)
    with stopped_by_signals():
        shuffled = random.sample(tasks, len(tasks))
        run_tasks(measured, run.remaining(shuffled), workers, run.settle, at_most=len(tasks))
        for _ in range(MAX_DEATHS):
            run_tasks(measured, run.remaining(run.suspects_alone()), workers, run.settle, at_most=1)
        run.fail_suspects()


def measure(task: GlassTask) -> list[Measurement]:
    """Read the configuration and compute its observables.

    Raises:
        Interrupted: a stop was requested; what is being computed is given up.
        ConfigurationError: the file is not what it was.
    """
    check_file(task.configuration.path, task.configuration.sha256)
    glass = None
    measurements = []
    for request in task.requests:
        check_interrupted()
        glass = glass or stored_glass(
            EnsembleSpec.from_canonical(task.configuration.spec).model,
            task.configuration.path,
            task.configuration.liquid,
        )
        try:
            measurements.append(_measured(glass, request, task.time_limit))
        except ObservableStuck as error:
            measurements.append(Measurement(request, reason=_reason(request, error), is_out_of_time=True))
            glass = None  # the observable may still be at work on it
    return measurements


def _measured(glass: Glass, request: Request, time_limit: float) -> Measurement:
    observable = registry().observables[request.name]
    try:
        values = evaluate(observable, glass, request.parameters, time_limit, check_interrupted)
        return Measurement(request, values)
    except ObservableStuck:
        raise
    except ObservableFailed as error:
        return Measurement(request, reason=_reason(request, error))


def _reason(request: Request, error: ObservableFailed) -> str:
    """What the error says; the name of the observable stands beside it wherever it is shown."""
    return one_line(error).removeprefix(f"{request.name}: ")


class _Analysis:
    """Stores measurements; keeps as suspects those tasks whose worker died."""

    def __init__(self, store: Store, on_end: Callable[[AnalysisEnd], None], retry_failed: bool) -> None:
        self._store = store
        self._on_end = on_end
        self._retry_failed = retry_failed
        self._suspects: list[GlassTask] = []

    def remaining(self, tasks: Iterable[GlassTask]) -> Iterator[GlassTask]:
        """The tasks, one by one, without what other processes have settled by then."""
        for task in tasks:
            settled = through_outages(self._store.settled_analyses, task.configuration.configuration_id)
            if self._retry_failed:
                settled = {number: reason for number, reason in settled.items() if reason is None}
            left = tuple(request for request in task.requests if request.observable_id not in settled)
            for request in task.requests:
                if request.observable_id in settled:
                    self._tell(task.configuration, request, settled[request.observable_id])
            if left:
                yield replace(task, requests=left)

    def settle(self, outcome: TaskOutcome[GlassTask, list[Measurement]]) -> None:
        """Store what became of a task."""
        task, error = outcome.task, outcome.error
        if isinstance(error, Interrupted):
            return
        if isinstance(error, (DatabaseError, OSError, UnsuitableWorker)):
            raise error
        if isinstance(error, WorkerDied):
            self._suspects.append(task)
            return
        measurements = outcome.value
        if measurements is None:
            measurements = [Measurement(request, reason=explain(error)) for request in task.requests]
        for measurement in measurements:
            self._write(task.configuration, measurement)

    def suspects_alone(self) -> Iterator[GlassTask]:
        """The suspects so far, one observable at a time; those that die once more are the next suspects."""
        suspects, self._suspects = self._suspects, []
        return (replace(task, requests=(request,)) for task in suspects for request in task.requests)

    def fail_suspects(self) -> None:
        """Record that the remaining suspects killed whoever computed them alone."""
        for task in self._suspects:
            for request in task.requests:
                self._write(task.configuration, Measurement(request, reason=_DEADLY))

    def _write(self, configuration: AnalysisTask, measurement: Measurement) -> None:
        where = configuration.configuration_id, measurement.request.observable_id
        reason = measurement.reason
        if measurement.values is not None:
            try:
                through_outages(
                    self._store.write_analysis, *where, measurement.values, measurement.provenance
                )
            except ObservableFailed as error:
                reason = one_line(error)
        if reason is not None:
            through_outages(self._store.fail_analysis, *where, reason, measurement.provenance)
        self._tell(configuration, measurement.request, reason)

    def _tell(self, configuration: AnalysisTask, request: Request, reason: str | None) -> None:
        self._on_end(AnalysisEnd(request.name, configuration.ensemble, configuration.replica, reason))
