"""In what order samples of lineages are taken up, step by step: what waits for what, and how long."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from pssglass.db import LEASE_SECONDS, SampleRecord, State, Store

from pssglass import pipeline
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign
from pssglass.execution import TaskOutcome
from pssglass.pipeline import provenance
from pssglass.pipeline.sample import SampleTask, make_sample
from pssglass.pipeline.simulation import _Simulation

HOT, COLD = "tiny-rc1.5-T2.6", "tiny-rc1.5-T1.0"


@pytest.fixture
def campaign() -> Campaign:
    """Two lineages of one glass at each of two temperatures."""
    return made_of(glasses=1)


def made_of(glasses: int) -> Campaign:
    """Two lineages at two temperatures."""
    block = {
        "model": "pss",
        "parameters": {"rc": 1.5},
        "N": 100,
        "parent_temperatures": [2.6, 1.0],
        "lineages": 2,
        "glasses": glasses,
        "protocol": {"melt_time": 0.1, "equilibration_time": 0.2},
    }
    return parse_campaign({"name": "tiny", "seed": 11, "ensembles": [block]})


class Simulation(_Simulation):
    """One whose tasks end when the test says so."""

    def __init__(self, store: Store, samples: list[SampleRecord], lease: float = LEASE_SECONDS) -> None:
        self.ends: list[pipeline.SampleEnd] = []
        super().__init__(store, samples, self.ends.append, math.inf, lease)

    def end(self, task: SampleTask) -> None:
        """Its sample is made and stored."""
        self.settle(TaskOutcome(task, make_sample(task)))


def drawn(tasks: Iterator[SampleTask | None]) -> SampleTask:
    """The next task, which is there at once."""
    task = next(tasks)
    assert task is not None
    return task


def place(task: SampleTask) -> tuple[str, int]:
    """Ensemble and number of a task's sample."""
    return task.claim.ensemble, task.claim.replica


def test_a_lineage_goes_on_while_the_last_task_of_another_runs(store: Store, campaign: Campaign) -> None:
    """Though its liquid came after it had been passed over, and nothing follows on that task."""
    run = Simulation(store, pipeline.prepare(store, campaign))
    tasks = run.claimed_tasks()
    first, second = drawn(tasks), drawn(tasks)
    assert [place(first), place(second)] == [(HOT, 0), (HOT, 1)]
    assert next(tasks) is None
    run.end(second)
    assert place(drawn(tasks)) == (COLD, 1)
    run.end(first)
    assert place(drawn(tasks)) == (COLD, 0)
    assert list(tasks) == []


def test_colder_first_glasses_come_before_further_ones(store: Store) -> None:
    """So that the longest chain is never the last to begin."""
    run = Simulation(store, pipeline.prepare(store, made_of(glasses=3)))
    tasks, order = run.claimed_tasks(), []
    for task in tasks:
        assert task is not None
        order.append(place(task))
        run.end(task)
    assert order[:4] == [(HOT, 0), (COLD, 0), (HOT, 1), (COLD, 1)]
    assert [replica for _, replica in order[4:]] == [1000, 1000, 1001, 1001, 2000, 2000, 2001, 2001]


def test_failed_samples_are_tried_again_however_long_the_one_before_takes(
    store: Store, campaign: Campaign
) -> None:
    [broken, *_] = pipeline.prepare(store, campaign)
    claim = store.claim_sample(broken.id, provenance.current())
    assert claim is not None
    store.fail_sample(claim, "the liquid blew up")
    pipeline.simulate(store, pipeline.prepare(store, campaign), workers=0)
    samples = pipeline.prepare(store, campaign, retry_failed=True)
    assert [(one.ensemble, one.replica, one.state) for one in samples] == [
        (HOT, 0, State.FAILED),
        (COLD, 0, State.FAILED),
    ]
    run = Simulation(store, samples, lease=0.0)  # so that others are asked about at every step
    tasks = run.claimed_tasks()
    first = drawn(tasks)
    assert [next(tasks) for _ in range(3)] == [None] * 3
    run.end(first)
    second = drawn(tasks)
    assert place(second) == (COLD, 0)
    run.end(second)
    assert list(tasks) == []
    assert [(end.ensemble, end.reason) for end in run.ends] == [(HOT, None), (COLD, None)]
