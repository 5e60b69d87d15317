"""The first elastic branch of a glass of 1000 particles, as an independent program found it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass.mechanics.elastic_branch import ElasticBranch
from pssglass.mechanics.shear_path import ShearSettings
from pssglass.mechanics.shear_result import Shear

REFERENCE = Path(__file__).parents[1] / "reference"
KNOWN: dict[str, Any] = json.loads((REFERENCE / "aqs_polyipl_N1000_T1.0.json").read_text())


@pytest.fixture(scope="module")
def glass() -> pg.Glass:
    return pg.Glass.read(REFERENCE / "polyipl_N1000_T1.0.extxyz.gz", pg.PolyIPL())


@pytest.fixture(scope="module")
def sheared(glass: pg.Glass) -> Shear:
    return glass.shear(step=1e-3, max_strain=0.025)


def test_stress_and_energy_are_those_of_the_other_program(sheared: Shear) -> None:
    known = {round(row["gamma"], 9): row for row in KNOWN["branch"]}
    rows = [known[round(float(strain), 9)] for strain in sheared.strain[:25]]
    np.testing.assert_allclose(sheared.stress[:25], [row["stress"] for row in rows], atol=1e-9)
    np.testing.assert_allclose(sheared.energy[:25], [1000 * row["u"] for row in rows], atol=1e-7)
    assert sheared.stress[10] == pytest.approx(0.0401926, abs=1e-7)
    assert sheared.stress[20] == pytest.approx(0.1306037, abs=1e-7)


def test_the_branch_ends_where_it_ended_there(sheared: Shear) -> None:
    [event] = sheared.events
    low, high = KNOWN["event"]["gamma_between"]
    assert low < event.strain_before < event.strain < high
    assert event.strain - event.strain_before <= 1e-6
    assert event.stress_before == pytest.approx(KNOWN["event"]["stress_before"], abs=1e-4)
    # Where it falls depends on the minimiser.
    assert event.stress_drop > 0.05
    assert event.energy_drop > 10.0


def test_the_slope_begins_as_the_shear_modulus(glass: pg.Glass, sheared: Shear) -> None:
    assert sheared.modulus[0] == pytest.approx(glass.moduli().shear_modulus, rel=1e-8)
    small = glass.shear(step=1e-5, max_strain=1e-5)
    assert np.diff(small.stress) / 1e-5 == pytest.approx(np.mean(small.modulus), rel=1e-6)
    assert np.diff(small.stress) / 1e-5 == pytest.approx(glass.moduli().shear_modulus, rel=1e-3)


def test_the_lowest_eigenvalue_falls_as_the_root_of_the_distance(glass: pg.Glass, sheared: Shear) -> None:
    settings = ShearSettings.of(
        **{"kind": "simple", "plane": "xy", "step": 1e-3, "max_strain": 0.025, "path": None},
        **{"resolution": 1e-9, "tolerance": 1e-10, "method": "fast", "threads": 1},
    )
    branch = ElasticBranch(glass.model, glass.configuration, settings)
    state = branch.start()
    for strain in sheared.strain[1:25]:
        state = branch.continued(state, float(strain))
    last, end = branch.end(state, 0.025)
    assert end - last.strain <= 1e-9
    distances = np.geomspace(3e-6, 1e-7, 5)
    eigenvalues = []
    for distance in distances:
        state = branch.continued(state, end - float(distance))
        eigenvalues.append(branch.certificate(state).lowest_frequency ** 2)
    exponent, _ = np.polyfit(np.log(distances), np.log(eigenvalues), 1)
    assert exponent == pytest.approx(0.5, abs=0.02)
