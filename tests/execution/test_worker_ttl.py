"""Dask gives up a worker that is silent for its ttl; one that is deep inside the engine is not silent."""

from __future__ import annotations

import ctypes
import sys
import time

import cloudpickle
import dask
import distributed  # noqa: F401 (its own settings must be there before they are set)
import pytest

from pssglass import PSS, engine
from pssglass.execution import TaskOutcome, WorkerDied, run_tasks
from pssglass.simulation.liquid import Liquid

# Workers cannot import this file by name.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


def one_call_of_the_engine(seconds: float) -> float:
    """Run molecular dynamics by a single call; how long it took."""
    model = PSS(rc=1.5)
    start = Liquid.create(model, N=100, temperature=1.0, seed=1, melt_time=0.0).configuration
    simulation = engine.Simulation(
        engine.potential_of(model), start.box, start.positions, start.velocities, start.species, model.mass, 1
    )
    trial = simulation.run(20_000, 0.002, "langevin", temperature=1.0)
    steps = round(20_000 * seconds / trial["wall_time"])
    return float(simulation.run(steps, 0.002, "langevin", temperature=1.0)["wall_time"])


def hold_the_interpreter(seconds: float) -> None:
    """Sleep as a library that does not let go of Python's lock."""
    ctypes.PyDLL(None).usleep(int(1e6 * seconds))


def outcomes_of(function, *seconds: float) -> list[TaskOutcome]:
    outcomes: list[TaskOutcome] = []
    with dask.config.set({"distributed.scheduler.worker-ttl": "5s"}):
        run_tasks(function, seconds, 1, outcomes.append)
    return outcomes


@pytest.mark.parametrize("seconds", [16.0, pytest.param(30.0, marks=pytest.mark.slow)])
def test_a_long_call_of_the_engine_keeps_its_worker(seconds: float) -> None:
    """Dask looks every 5 s for workers that have been silent for 5 s, so that 10 s are too long."""
    started = time.monotonic()
    [outcome] = outcomes_of(one_call_of_the_engine, seconds)
    assert outcome.error is None
    assert outcome.value
    assert outcome.value > 10.0
    assert time.monotonic() - started < 5.0 * seconds, "it was not begun again"


@pytest.mark.slow
def test_a_call_that_holds_the_interpreter_loses_it_and_the_next_task_gets_another() -> None:
    started = time.monotonic()
    held, other = outcomes_of(hold_the_interpreter, 120.0, 0.0)
    assert isinstance(held.error, WorkerDied)
    assert other.error is None
    assert time.monotonic() - started < 60.0
