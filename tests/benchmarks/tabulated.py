"""MD of one potential as a table beside its built-in formula."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import samples
from comparison import Check, Comparison, Plan, interleaved, relative, timed
from lammps_potential import pair_function
from md import COMMON_STEPS, DT, SPEED, UNIT, simulation

import pssglass as pg
from pssglass.configurations import Configuration

POINTS = 2000
FIRST = 0.6
"""Nearest distance of the table, as of LAMMPS's."""


def compare(plan: Plan) -> Iterator[Comparison]:
    """PSS, r_c = 1.5, in double and in mixed precision."""
    model = pg.PSS(rc=1.5)
    start = samples.liquid(model, plan.particles, plan.folder)
    for precision in ("double", "mixed"):
        yield race(f"table-{precision}", plan, model, start, precision)


def as_table(model: pg.Model) -> pg.Model:
    """The same potential, given by its values."""
    x = np.sqrt(np.linspace(FIRST**2, model.form.x_cut**2, POINTS))
    return pg.define_model(
        "tabulated",
        form="table",
        x=x.tolist(),
        phi=pair_function(model, x).tolist(),
        composition=list(model.composition),
        lengths=[list(row) for row in model.lengths],
        density=model.number_density,
    )


def race(key: str, plan: Plan, model: pg.Model, start: Configuration, precision: str) -> Comparison:
    tabulated, builtin = (simulation(m, start, precision=precision) for m in (as_table(model), model))
    first = [
        one.run(1, 1e-12, sample_every=1)["series"]["potential_energy"][0] for one in (tabulated, builtin)
    ]
    for one in (tabulated, builtin):
        one.run(COMMON_STEPS, DT)
    apart = tabulated.positions - builtin.positions
    apart -= start.box[:3] * np.round(apart / start.box[:3])
    steps = plan.steps(8000)
    ours, theirs = interleaved(
        lambda: timed(lambda: tabulated.run(steps, DT)) * UNIT / (start.N * steps),
        lambda: timed(lambda: builtin.run(steps, DT)) * UNIT / (start.N * steps),
        plan.repeats,
    )
    return Comparison(
        key,
        f"NVE MD, r_c 1.5 as a table of {POINTS} points, N = {start.N}, {precision}",
        "pssglass, built-in form",
        ours,
        theirs,
        (
            Check("energy", relative(*map(float, first)), 1e-6),
            Check(f"positions after {COMMON_STEPS} steps", float(np.abs(apart).max()), 1e-4),
        ),
        1 / 2,
        None,
        SPEED,
    )
