"""Tasks bound to workers: those that leave or die, alone, with others, or without a word."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import cloudpickle
import pytest

from pssglass.execution import TaskOutcome, WorkerDied, task_placement
from pssglass.execution.local import LocalWorkers
from pssglass.execution.task_placement import TaskPlacement

# Workers cannot import this file by name.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

GONE = frozenset({"tcp://127.0.0.1:1"})
"""No worker is there."""


def process_number(_task: int) -> int:
    return os.getpid()


def crash(_task: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def take_a_while(_task: int) -> str:
    time.sleep(1.0)
    return "saved"


@pytest.fixture(scope="module")
def local_workers() -> Iterator[LocalWorkers]:
    with LocalWorkers(1) as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_placement, "_STRANDED_SECONDS", 0.3)


def there(cluster: LocalWorkers) -> frozenset[str]:
    """Its worker, once there is one."""
    while not (present := cluster.slots(1)):
        time.sleep(0.02)
    return frozenset(present)


def outcomes_of(
    placed: TaskPlacement[int, Any], slots: int, bound: frozenset[str] | None, present: frozenset[str]
) -> list[TaskOutcome[int, Any]]:
    """What comes of the tasks in flight, if anything does."""
    assert placed.fill(slots, bound)
    end = time.monotonic() + 600.0
    outcomes: list[TaskOutcome[int, Any]] = []
    while not outcomes and placed.fill(0, bound):
        assert time.monotonic() < end
        outcomes += placed.ended(present)
    return outcomes


@pytest.mark.parametrize("is_bound", [True, False])
def test_a_task_goes_to_a_worker_and_its_address_comes_back(
    local_workers: LocalWorkers, is_bound: bool
) -> None:
    placed = TaskPlacement(process_number, iter([7]), local_workers.client())
    worker = there(local_workers)
    [outcome] = outcomes_of(placed, 1, worker if is_bound else None, worker)
    assert (outcome.task, outcome.error, placed.unfinished) == (7, None, 0)
    assert [outcome.worker] == [*worker]


def test_a_task_whose_workers_have_left_goes_to_another(local_workers: LocalWorkers) -> None:
    placed = TaskPlacement(process_number, iter([7]), local_workers.client())
    worker = there(local_workers)
    assert outcomes_of(placed, 1, GONE, worker) == []
    assert (placed.unfinished, placed.are_held) == (1, False)
    [outcome] = outcomes_of(placed, 1, worker, worker)
    assert (outcome.task, outcome.error, placed.unfinished) == (7, None, 0)


def test_one_that_vanishes_twice_has_died(local_workers: LocalWorkers) -> None:
    placed = TaskPlacement(process_number, iter([7]), local_workers.client())
    worker = there(local_workers)
    assert outcomes_of(placed, 1, GONE, worker) == []
    [outcome] = outcomes_of(placed, 1, GONE, worker)
    assert isinstance(outcome.error, WorkerDied)
    assert placed.unfinished == 0


def test_of_those_that_vanish_together_again_one_is_placed_at_a_time(local_workers: LocalWorkers) -> None:
    placed = TaskPlacement(process_number, iter([7, 8]), local_workers.client())
    worker = there(local_workers)
    assert outcomes_of(placed, 2, GONE, worker) == []
    assert outcomes_of(placed, 2, GONE, worker) == []
    [outcome] = outcomes_of(placed, 2, worker, worker)
    assert (outcome.error, placed.unfinished) == (None, 1)
    [outcome] = outcomes_of(placed, 2, GONE, worker)
    assert isinstance(outcome.error, WorkerDied)


def test_a_task_of_a_worker_that_is_leaving_stays_with_it(local_workers: LocalWorkers) -> None:
    placed = TaskPlacement(take_a_while, iter([7]), local_workers.client())
    worker = there(local_workers)
    placed.fill(1, worker)
    while not placed.are_held:
        time.sleep(0.02)
    [outcome] = outcomes_of(placed, 1, worker, present=frozenset())
    assert outcome.value == "saved"


def test_a_task_that_dies_with_its_worker_has_died(local_workers: LocalWorkers) -> None:
    placed = TaskPlacement(crash, iter([7]), local_workers.client())
    worker = there(local_workers)
    [outcome] = outcomes_of(placed, 1, worker, present=frozenset())
    assert isinstance(outcome.error, WorkerDied)
    assert [outcome.worker] == [*worker]
    assert placed.unfinished == 0


def test_of_tasks_that_die_together_those_to_blame_die_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker with three threads, on which each negative number takes the others with it."""

    def what_came(_future: object, task: int) -> TaskOutcome[int, int]:
        if min(one.task for one in placed._in_flight.values()) >= 0:
            return TaskOutcome(task, task)
        return TaskOutcome(task, error=WorkerDied("killed"), worker="tcp://127.0.0.1:1")

    client: Any = SimpleNamespace(submit=lambda *_task, **_options: Mock())
    monkeypatch.setattr(task_placement, "_outcome", what_came)
    monkeypatch.setattr(TaskPlacement, "_finished", lambda placed: list(placed._in_flight))
    placed: TaskPlacement[int, int] = TaskPlacement(abs, iter([-1, -2, *range(1, 7)]), client)
    outcomes: list[TaskOutcome[int, int]] = []
    for _look in range(20):
        placed.fill(3, None)
        outcomes += placed.ended(GONE)
    assert placed.unfinished == 0
    assert sorted(one.task for one in outcomes) == [-2, -1, *range(1, 7)]
    assert {one.task for one in outcomes if one.error} == {-1, -2}


def test_tasks_are_not_placed_for_workers_that_died_in_the_same_look(monkeypatch: pytest.MonkeyPatch) -> None:
    def died(_future: object, task: int) -> TaskOutcome[int, int]:
        return TaskOutcome(task, error=WorkerDied("killed"), worker=f"tcp://127.0.0.1:{task + 1}")

    client: Any = SimpleNamespace(submit=lambda *_task, **_options: Mock())
    monkeypatch.setattr(task_placement, "_outcome", died)
    monkeypatch.setattr(TaskPlacement, "_finished", lambda placed: list(placed._in_flight))
    placed: TaskPlacement[int, int] = TaskPlacement(abs, iter(range(9)), client)
    placed.fill(3, None)
    for slots, _outcome in zip((2, 1, 0), placed.ended(GONE), strict=True):
        placed.fill(slots, None)
    assert placed.unfinished == 0


def test_a_suspect_that_vanishes_is_placed_once_more(
    local_workers: LocalWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = TaskPlacement(process_number, iter([7, 8]), local_workers.client())
    worker = there(local_workers)
    placed.fill(2, GONE)
    together = TaskOutcome(7, error=WorkerDied("killed"), worker="tcp://127.0.0.1:1")
    with monkeypatch.context() as patch:
        patch.setattr(TaskPlacement, "_finished", lambda placed: list(placed._in_flight))
        patch.setattr(task_placement, "_outcome", lambda _future, task: replace(together, task=task))
        assert list(placed.ended(worker)) == []
    assert outcomes_of(placed, 1, GONE, worker) == []
    outcomes = [one for _ in range(2) for one in outcomes_of(placed, 1, worker, worker)]
    assert sorted((one.task, one.error) for one in outcomes) == [(7, None), (8, None)]
    assert placed.unfinished == 0
