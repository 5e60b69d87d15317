"""Models of one's own with a diameter for each particle, in double and in mixed precision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass.models import Model, define_model

SIZES = {"sizes": {"smallest": 1.0, "largest": 2.22}, "nonadditivity": 0.1}
X = np.linspace(0.7, 1.4, 900)
MINE: Mapping[str, Mapping[str, Any]] = {
    "table": {"form": "table", "x": X.tolist(), "phi": (X**-10).tolist(), "smoothing": 3, "density": 0.58},
    "sticky powers": {
        "form": "inverse-powers",
        "exponents": [12, 6],
        "coefficients": [4.0, -4.0],
        "sticky": 1.2,
        "density": 0.42,
    },
    "contacts": {"form": "hertzian", "density": 0.55},
}
"""Forms of one piece, of two that are joined, and of contacts."""


@pytest.fixture(scope="module", params=MINE)
def model(request: pytest.FixtureRequest) -> Model:
    settings = {**MINE[request.param], **SIZES}
    if request.param == "table":
        settings["melt_temperature"] = 2.0
    return define_model("mine", **settings)


@pytest.fixture(scope="module")
def pair(model: Model) -> tuple[pg.Liquid, pg.Liquid]:
    """The same melted liquid in both precisions."""
    T = 0.5 * model.melt_temperature
    double = pg.Liquid.create(model, 300, T, seed=3, melt_time=500 * model.default_time_step(T))
    mixed = pg.Liquid(model, double.configuration, temperature=T, seed=3, precision="mixed")
    return double, mixed


def test_both_precisions_go_the_same_way(pair: tuple[pg.Liquid, pg.Liquid]) -> None:
    dt = pair[0].model.default_time_step(pair[0].target_temperature)
    double, mixed = (one.run(50 * dt, sample_every=10).series for one in pair)
    assert pair[1].positions == pytest.approx(pair[0].positions, abs=2e-5)
    for key in ("potential_energy", "born_shear"):
        assert mixed[key] == pytest.approx(double[key], rel=1e-4)
    scale = np.abs(double["pressure"]).max()
    assert mixed["stress"] == pytest.approx(double["stress"], abs=1e-5 * scale)


def test_the_energy_is_conserved_in_mixed_precision(pair: tuple[pg.Liquid, pg.Liquid]) -> None:
    _, liquid = pair
    dt = liquid.model.default_time_step(liquid.target_temperature)
    series = liquid.run(2000 * dt, thermostat="nve", sample_every=50).series
    energy = (series["potential_energy"] + series["kinetic_energy"]) / liquid.N
    assert abs(energy[-10:].mean() - energy[:10].mean()) < 5e-3 * liquid.target_temperature


def test_sizes_are_exchanged_and_a_glass_follows(pair: tuple[pg.Liquid, pg.Liquid]) -> None:
    _, liquid = pair
    dt = liquid.model.default_time_step(liquid.target_temperature)
    run = liquid.run(300 * dt, swap={"every": 10})
    assert run.swap_moves is not None
    assert run.swap_moves.acceptance > 0.05
    glass = liquid.quench("fast")
    assert glass.certify().is_minimum
    assert glass.moduli().bulk_modulus > 0.0
