"""Many tiny samples: what one costs beyond its physics, and the memory of the command."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from pssglass.db import State

WORKERS = 2
MANY = 2000
BEYOND = 0.020
"""Seconds that a sample may take beyond its physics, on an idle machine with two cores."""
GROWTH = 8 * 2**20
"""Bytes by which a command may grow while it makes the second half of its samples."""
DONE = "SELECT count(*) FROM sample WHERE state = 'done'"


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


@pytest.mark.parametrize("samples", [60, pytest.param(MANY, marks=pytest.mark.slow)])
def test_many_tiny_samples_are_complete_and_need_no_more_memory(local_site: Any, samples: int) -> None:
    site = local_site
    site.checkpoint_every = site.lease = 60.0
    site.write_campaign(samples // 2, time=0.1)
    command = site.start("simulate", WORKERS)
    site.wait_for(lambda: site.exists() and site.rows(DONE)[0][0] > 0)
    readings = [read(site, command)]
    while readings[-1].done < samples - 5 * WORKERS:
        time.sleep(0.1 if samples < MANY else 2.0)
        if command.poll() is not None or site.rows(DONE)[0][0] > samples - WORKERS:
            break
        readings.append(read(site, command))
    assert command.wait(timeout=60) == 0, site.log
    site.check()
    site.check_files()
    assert site.states() == [State.DONE] * samples
    early = max(one.memory for one in readings if one.done <= samples / 2)
    assert max(one.memory for one in readings) - early < GROWTH
    first, last = readings[0], readings[-1]
    made = last.done - first.done
    records = site.records()
    physics = sum(one["dynamics_seconds"] + one["quench_seconds"] for one in records) / len(records)
    beyond = (last.seconds - first.seconds) / made - physics / WORKERS
    cpu = ", ".join(f"{key} {1e3 * (last.cpu[key] - first.cpu[key]) / made:.1f}" for key in last.cpu)
    print(f"a sample: {1e3 * physics:.1f} ms of physics, {1e3 * beyond:.1f} ms beyond it; CPU ms: {cpu}")
    if samples == MANY:
        assert beyond < BEYOND
