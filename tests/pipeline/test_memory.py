"""A run that needs more memory than there is ends before it starts."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from pssglass.base.errors import InputError
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.execution.memory import MemoryLimit, SharedMemory
from pssglass.models import KABLJ, PSS, Model
from pssglass.pipeline import memory


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
