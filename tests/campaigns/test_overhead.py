"""Many tiny samples: what one costs beyond its physics, and the memory of the command."""

from __future__ import annotations

import time
from typing import Any

import psutil
import pytest
from pssglass.db import State

WORKERS = 2
GROWTH = 8 * 2**20
"""Bytes by which a command may grow while it makes the second half of its samples."""
DONE = "SELECT count(*) FROM sample WHERE state = 'done'"


@pytest.mark.parametrize("samples", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_many_tiny_samples_are_complete_and_need_no_more_memory(local_site: Any, samples: int) -> None:
    site = local_site
    site.checkpoint_every = site.lease = 60.0
    site.write_campaign(samples // 2, time=0.1)
    command = site.start("simulate", WORKERS)
    process = psutil.Process(command.pid)
    site.wait_for(lambda: site.exists() and site.rows(DONE)[0][0] > 0)
    started, first = time.monotonic(), site.rows(DONE)[0][0]
    memory: dict[int, int] = {}
    while (done := site.rows(DONE)[0][0]) < samples - WORKERS and command.poll() is None:
        memory[done] = process.memory_info().rss
        time.sleep(0.2 if samples < 100 else 2.0)
    seconds = (time.monotonic() - started) / (done - first)
    assert command.wait(timeout=60) == 0, site.log
    site.check()
    site.check_files()
    assert site.states() == [State.DONE] * samples
    early = max(rss for done, rss in memory.items() if done <= samples / 2)
    assert max(memory.values()) - early < GROWTH
    records = site.records()
    physics = sum(one["dynamics_seconds"] + one["quench_seconds"] for one in records) / len(records)
    beyond = seconds - physics / WORKERS
    print(
        f"{1e3 * seconds:.1f} ms a sample, {1e3 * beyond:.1f} ms beyond the physics; {early / 2**20:.0f} MiB"
    )
