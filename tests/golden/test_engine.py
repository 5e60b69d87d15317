"""The engine computes what it did when the records were made: trajectories and quenches bit for bit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import pssglass as pg

SAME_ROUNDING = 1e-10
"""By how much positions and velocities differ between levels after a few steps in double precision."""
SAME_SINGLE_ROUNDING = 5e-4
"""The same in mixed precision."""


LEVELS = ("baseline", "avx2", "avx512")
HERE = LEVELS[: LEVELS.index(pg.build_info()["simd"].lower().replace("-", "")) + 1]
"""SIMD levels of this processor."""
HASHES = json.loads((Path(__file__).parent / "records" / "hashes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("level", HERE)
def test_short_runs_agree_at_every_level(golden: ModuleType, comparison: ModuleType, level: str) -> None:
    found: Mapping[str, Any] = golden.engine_at(level)
    for run, recorded in comparison.recorded("short-runs").items():
        tolerance = SAME_SINGLE_ROUNDING if "mixed" in run else SAME_ROUNDING
        for quantity in recorded:
            error = np.max(np.abs(np.subtract(recorded[quantity], found["short runs"][run][quantity])))
            assert error <= tolerance, f"{quantity} of {run}"


@pytest.mark.parametrize("level", HERE)
@pytest.mark.parametrize("kind", ["creations", "trajectories", "quenches"])
def test_every_bit_is_as_recorded(golden: ModuleType, comparison: ModuleType, level: str, kind: str) -> None:
    assert comparison.differences(HASHES[level][kind], golden.engine_at(level)["hashes"][kind]) == []


@pytest.mark.parametrize("level", HERE)
def test_mechanics_are_as_recorded(golden: ModuleType, comparison: ModuleType, level: str) -> None:
    assert (
        comparison.differences(comparison.recorded("mechanics"), golden.engine_at(level)["mechanics"]) == []
    )


def test_every_level_is_recorded() -> None:
    assert set(LEVELS) == HASHES.keys()


def test_specifications_hash_as_recorded(golden: ModuleType, comparison: ModuleType) -> None:
    assert comparison.differences(comparison.recorded("specifications"), golden.specifications()) == []


def test_threads_change_nothing(golden: ModuleType) -> None:
    one, two = (golden.outcome(golden.start("kablj", threads=threads), "langevin") for threads in (1, 2))
    assert one == two


@pytest.mark.parametrize("name", ["pss-1.1", "pss-1.5", "kablj"])
def test_one_bit_of_a_force_constant_is_noticed(
    golden: ModuleType, comparison: ModuleType, name: str
) -> None:
    model = golden.MODELS[name]
    first, *others = model.form.inner
    changed = replace(model, form=replace(model.form, inner=(np.nextafter(first, np.inf), *others)))
    as_it_is, with_another_bit = (
        golden.outcome(golden.started_with(one, name), "nve") for one in (model, changed)
    )
    assert comparison.differences(as_it_is, golden.outcome(golden.start(name), "nve")) == []
    noticed = comparison.differences(as_it_is, with_another_bit)
    assert any(line.startswith(" / positions") for line in noticed)
    assert any(line.startswith(" / velocities") for line in noticed)
