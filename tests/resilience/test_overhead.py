"""Many tiny samples: what one costs beyond its physics, and the memory of the command."""

from __future__ import annotations

import gc
import json
import subprocess
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from pssglass.db import State, Store
from sqlalchemy import Engine, event

from pssglass import pipeline
from pssglass.campaigns.reader import load_campaign

COMMITS, STATEMENTS = 2, 20
"""Of each sample at most: one transaction claims it, one stores it."""
WORK = 0.25
"""Of the seconds that ``fixed_work`` takes beside it; a command spends 0.10 to 0.14 of them on a sample."""
WORKERS = 2
MANY = 2000
BEYOND = 0.020
"""Seconds that a sample may take beyond its physics, on an idle machine with two cores."""
GROWTH = 8 * 2**20
"""Bytes by which a command may grow while it makes the second half of its samples."""
DONE = "SELECT count(*) FROM sample WHERE state = 'done'"


@contextmanager
def counted(*events: str) -> Iterator[Counter[str]]:
    """How often these events of databases happen within the block."""
    counts: Counter[str] = Counter()
    listeners = [(Engine, name, lambda *_, name=name: counts.update([name])) for name in events]
    for listener in listeners:
        event.listen(*listener)
    try:
        yield counts
    finally:
        for listener in listeners:
            event.remove(*listener)


@contextmanager
def traced_memory() -> Iterator[None]:
    """Python knows within the block how much memory its objects take."""
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def fixed_work() -> float:
    """Seconds of the processor that a piece of Python takes: more where others are busy beside it."""
    begin = time.process_time()
    for n in range(300):
        json.loads(json.dumps({f"key {k}": [k, n, "text"] for k in range(100)}))
    return time.process_time() - begin


@pytest.mark.parametrize(("workers", "few", "more"), [(0, 10, 40), (2, 120, 200)])
def test_a_sample_costs_two_commits_few_statements_and_no_memory(
    local_site: Any, workers: int, few: int, more: int
) -> None:
    """After ``few`` of them the logs of a scheduler are full."""
    local_site.write_campaign(more // 2, time=0.1)
    campaign = load_campaign(local_site.folder / "campaign.toml")
    ends: list[pipeline.SampleEnd] = []
    costs: list[Counter[str]] = []

    def look(end: pipeline.SampleEnd) -> None:
        ends.append(end)
        if len(ends) in (few, more):
            gc.collect()
            costs.append(counts + Counter(memory=tracemalloc.get_traced_memory()[0], cpu=time.process_time()))

    with (
        Store.open(local_site.folder / local_site.db, create=True) as store,
        counted("commit", "before_cursor_execute") as counts,
        traced_memory(),
    ):
        samples = pipeline.prepare(store, campaign)
        slowness = [fixed_work()]
        pipeline.simulate(store, samples, workers=workers, on_end=look, lease=3600.0)  # no claim is renewed
        slowness.append(fixed_work())
    before, after = costs
    each = {name: (after[name] - before[name]) / (more - few) for name in after}
    print(f"a sample: {each}; fixed work: {slowness}")
    assert each["commit"] <= COMMITS
    assert each["before_cursor_execute"] <= STATEMENTS
    assert each["memory"] < 4_000
    assert workers == 0 or each["cpu"] < WORK * max(slowness), "beside its physics, which workers do"


@dataclass(frozen=True)
class Reading:
    """How far a command is, and what it has used by then: seconds, CPU seconds, bytes of the driver."""

    done: int
    seconds: float
    cpu: dict[str, float]
    memory: int


def read(site: Any, command: subprocess.Popen[bytes]) -> Reading:
    """A reading of a running command. The scheduler is all threads of its process but the main one."""
    process = psutil.Process(command.pid)
    threads = {one.id: one.user_time + one.system_time for one in process.threads()}
    driver = threads.pop(command.pid)
    workers = sum(sum(psutil.Process(one).cpu_times()[:2]) for one in site.workers_of(command))
    cpu = {"driver": driver, "scheduler": sum(threads.values()), "workers": workers}
    return Reading(site.rows(DONE)[0][0], time.monotonic(), cpu, process.memory_info().rss)


@pytest.mark.slow
def test_many_tiny_samples_take_little_beyond_their_physics_and_no_more_memory(local_site: Any) -> None:
    site = local_site
    site.checkpoint_every = site.lease = 60.0
    site.write_campaign(MANY // 2, time=0.1)
    command = site.start("simulate", WORKERS)
    site.wait_for(lambda: site.exists() and site.rows(DONE)[0][0] > 0)
    readings = [read(site, command)]
    while readings[-1].done < MANY - 5 * WORKERS:
        time.sleep(2.0)
        if command.poll() is not None or site.rows(DONE)[0][0] > MANY - WORKERS:
            break
        readings.append(read(site, command))
    assert command.wait(timeout=600) == 0, site.log
    site.check()
    site.check_files()
    assert site.states() == [State.DONE] * MANY
    early = max(one.memory for one in readings if one.done <= MANY / 2)
    assert max(one.memory for one in readings) - early < GROWTH
    first, last = readings[0], readings[-1]
    made = last.done - first.done
    records = site.records()
    physics = sum(one["dynamics_seconds"] + one["quench_seconds"] for one in records) / len(records)
    beyond = (last.seconds - first.seconds) / made - physics / WORKERS
    cpu = ", ".join(f"{key} {1e3 * (last.cpu[key] - first.cpu[key]) / made:.1f}" for key in last.cpu)
    print(f"a sample: {1e3 * physics:.1f} ms of physics, {1e3 * beyond:.1f} ms beyond it; CPU ms: {cpu}")
    assert beyond < BEYOND
