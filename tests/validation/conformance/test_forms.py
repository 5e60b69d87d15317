"""Every form beside LAMMPS: forces; of a sum of inverse powers a glass's Hessian and lowest modes as well."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import pssglass as pg

sys.path.append(str(Path(__file__).parent))

from lammps_peer import compare_field, compare_hessian, compare_liquid
from lammps_program import EXACT, SPHERES

sys.path.append(str(Path(__file__).resolve().parents[2] / "models"))

from every_form import MIXTURE, MODELS, SIZES, TABLE_OF_SIZES, hot

MODEL = pg.define_model(
    "own",
    form="inverse-powers",
    exponents=[14, 8, 4],
    coefficients=[3.0, -3.0, -1.0],
    cutoff=2.0,
    smoothing=3,
    composition=[0.5, 0.5],
    energies=[[1.0, 1.3], [1.3, 0.7]],
    diameters=[1.0, 1.3],
    nonadditivity=0.1,
    density=0.8,
)
FORMULA = {
    "form": "inverse-powers",
    "exponents": [10],
    "coefficients": [1.0],
    "cutoff": 1.4,
    "smoothing": 3,
}


def test_lammps_agrees_about_the_same_configurations() -> None:
    liquid = pg.Liquid.create(MODEL, 256, 2.0, seed=5, melt_time=2.0)
    compared = [*compare_liquid(liquid), *compare_hessian(liquid.quench())]
    assert {peer for peer, *_ in compared} == {"LAMMPS, formula", "LAMMPS, table"}
    for peer, quantity, difference, bound in compared:
        assert difference < bound, (peer, quantity)


@pytest.mark.parametrize("name", [name for name in MODELS if "table" not in name])
def test_lammps_agrees_about_forces_of_every_form(name: str) -> None:
    model = MODELS[name]
    settings = SPHERES if model.sizes else EXACT
    for quantity, difference in compare_field(model, hot(model), settings):
        assert difference < 1e-10, quantity


@pytest.mark.parametrize("lengths", [MIXTURE, SIZES], ids=["species", "sizes"])
def test_lammps_agrees_about_a_table_of_what_it_has_as_a_formula(lengths: dict[str, Any]) -> None:
    """x⁻¹⁰ between the points of the table, and smoothed by the program."""
    ours = pg.define_model("own", **TABLE_OF_SIZES, **lengths, density=0.5)
    theirs = pg.define_model("own", **FORMULA, **lengths, density=0.5)
    settings = SPHERES if ours.sizes else EXACT
    for quantity, difference in compare_field(ours, hot(ours), settings, theirs):
        assert difference < 1e-6, quantity
