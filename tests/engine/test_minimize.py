"""The engine's minimum of U + P V beside that of an independent code: see validation/reference."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from pssglass import engine
from pssglass.models.smoothing import inverse_powers

FILE = Path(__file__).parents[1] / "validation" / "reference" / "polyipl_N1000_T1.0.extxyz.gz"
PRESSURE = 13.204
VOLUME, ENTHALPY = 1724.489905896103, 28.119150478035802


@pytest.mark.parametrize("method", ["fast", "faithful"])
def test_the_volume_of_polydisperse_inverse_powers_at_a_pressure(method: str) -> None:
    with gzip.open(FILE, "rt") as file:
        comment = file.read().splitlines()
    edge = float(comment[1].split('"')[1].split()[0])
    rows = np.array([[float(word) for word in line.split()[1:5]] for line in comment[2:]])
    form = inverse_powers([10], [1.0], cutoff=1.4, smoothing=3)
    result = engine.minimize(
        engine.Potential.by_diameter(1.0, 0.1, **form.arguments()),
        [edge, edge, edge, 0.0, 0.0, 0.0],
        rows[:, :3],
        np.zeros(len(rows), dtype=np.int32),
        method=method,
        tolerance=1e-10,
        diameters=rows[:, 3],
        pressure=PRESSURE,
    )
    assert result["converged"]
    volume = float(np.prod(result["box"][:3]))
    assert volume == pytest.approx(VOLUME, rel=1e-12)
    assert result["pressure"] == pytest.approx(PRESSURE, abs=1e-10)
    assert (result["energy"] + PRESSURE * volume) / len(rows) == pytest.approx(ENTHALPY, rel=1e-13)
