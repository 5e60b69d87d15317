"""A run that needs more memory than there is ends before it starts."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pssglass.base.errors import InputError
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.execution.memory import MemoryLimit, SharedMemory
from pssglass.models import KABLJ, PSS, Model
from pssglass.pipeline import memory
from pssglass.simulation.displacements import Schedule
from pssglass.simulation.dynamics import CHUNK
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.trajectories import Trajectory


def wanted(N: int, samples: int) -> list[tuple[EnsembleSpec, int]]:
    block: dict[str, Any] = {
        "model": "pss",
        "N": N,
        "parameters": {"rc": 1.5},
        "parent_temperatures": [1.0],
        "samples": 9,
    }
    block["protocol"] = {"equilibration_time": 1.0}
    [(spec, _)] = parse_campaign({"name": "big", "seed": 1, "ensembles": [block]}).ensembles
    return [(spec, samples)]


SIX = MemoryLimit(6e9, "this machine")


def places(workers: int) -> list[SharedMemory]:
    return [SharedMemory(SIX, workers, "use fewer --workers")]


@pytest.mark.parametrize(
    ("model", "N", "MiB"),
    [
        (PSS(rc=1.5), 3000, 236),
        (PSS(rc=1.5), 10_000, 604),
        (PSS(rc=1.5), 20_000, 1331),
        (PSS(rc=1.5), 28_000, 1996),
        (PSS(rc=1.5), 40_000, 635),
        (PSS(rc=1.1), 10_000, 502),
        (PSS(rc=1.1), 40_000, 540),
        (KABLJ(), 10_000, 1602),
        (KABLJ(), 40_000, 810),
    ],
)
def test_memory_of_a_sample_is_what_was_measured(model: Model, N: int, MiB: float) -> None:
    assert memory.bytes_of_sample(model, N) / 2**20 == pytest.approx(MiB, rel=0.1)


def test_the_record_of_a_liquid_counts() -> None:
    """Its time origins and the frames of a run; more where these are scaled, or kept as well."""
    assert memory.bytes_of_record(40_000, origins=1) / 2**20 == pytest.approx(244, rel=0.1)
    origins = 17 * 152.0
    assert memory.bytes_of_record(1000) == 1000 * (origins + 2 * 24.0 * memory.LOOKS)
    breathing = Protocol(equilibration_time=1.0, pressure=1.0)
    assert memory.bytes_of_record(1000, breathing) == 1000 * (origins + 3 * 24.0 * memory.LOOKS)
    filmed = replace(breathing, trajectory=Trajectory(300))
    assert memory.bytes_of_record(1000, filmed) == 1000 * (origins + 3 * 24.0 * (memory.LOOKS + 300))
    large = memory.bytes_of_sample(PSS(rc=1.1), 100_000, filmed)
    assert large == pytest.approx(140e6 + 110.0 * 8 * 1e5 + 1e5 * origins + 6 * 128e6, rel=0.02)


@pytest.mark.parametrize("steps", [5000, 16_384, 70_000, 10**6, 10**7])
def test_a_run_takes_no_more_frames_than_the_estimate_counts(steps: int) -> None:
    schedule = Schedule(steps)
    looks = np.array(schedule.looks)
    in_run = np.searchsorted(looks, looks + CHUNK, side="right") - np.arange(len(looks))
    assert np.max(in_run) <= memory.LOOKS
    ages = [
        sum(0 <= look - origin < schedule.lags[-1] for origin in range(0, steps, schedule.spacing))
        for look in looks[:: max(1, len(looks) // 50)]
    ]
    assert max(ages) <= memory.ORIGINS_HELD


def test_workers_hold_the_largest_samples_at_once() -> None:
    assert memory.bytes_in_all([(1e8, 50), (1e9, 1)], 3) == pytest.approx(1.2e9)
    assert memory.bytes_in_all([(1e8, 2)], 64) == pytest.approx(2e8)


def test_a_sample_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match=r"N = 20000000 needs about .* GB .* this machine allows 6\.0 GB"):
        memory.require_memory(wanted(20_000_000, 1), places(1))
    memory.require_memory(wanted(20_000_000, 0), places(1))


def test_workers_that_do_not_fit_together_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        memory.require_memory(wanted(20_000, 9), places(2))
    assert caplog.messages == []
    memory.require_memory(wanted(20_000, 9), places(8))
    [warning] = caplog.messages
    assert "8 workers need about 11.5 GB of memory together, and this machine allows 6.0 GB" in warning


def test_one_process_may_have_less_than_all() -> None:
    [place] = places(8)
    limited = replace(place, of_one=MemoryLimit(1e9, "`ulimit -v`"))
    with pytest.raises(InputError, match=r"and `ulimit -v` allows 1\.0 GB"):
        memory.require_memory(wanted(20_000, 1), [limited])
