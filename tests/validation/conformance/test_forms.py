"""A sum of inverse powers beside LAMMPS: a liquid's forces, a glass's Hessian and lowest modes."""

from __future__ import annotations

import sys
from pathlib import Path

import pssglass as pg

sys.path.append(str(Path(__file__).parent))

from lammps_peer import compare_hessian, compare_liquid

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


def test_lammps_agrees_about_the_same_configurations() -> None:
    liquid = pg.Liquid.create(MODEL, 256, 2.0, seed=5, melt_time=2.0)
    compared = [*compare_liquid(liquid), *compare_hessian(liquid.quench())]
    assert {peer for peer, *_ in compared} == {"LAMMPS, formula", "LAMMPS, table"}
    for peer, quantity, difference, bound in compared:
        assert difference < bound, (peer, quantity)
