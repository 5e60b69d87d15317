"""Quenches beside LAMMPS: the same liquids, until no force is larger than 1e-9."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import samples
from comparison import Check, Comparison, Plan, relative
from lammps_program import Lammps, Minimised, Settings

import pssglass as pg
from pssglass import engine
from pssglass.configurations import Configuration

TOLERANCE = 1e-9
METHODS = ("cg", "fire")
TABLES = tuple(
    Settings(style, points, 0.5, suffix)
    for style, points in (("spline", 4000), ("spline", 1000), ("linear", 2000))
    for suffix in ("omp", "off")
)
SKINS = (0.3, 0.5, 0.7)
TRIED = 2
"""Liquids on which LAMMPS's settings are compared."""


@dataclass(frozen=True)
class Quenched:
    """One liquid quenched by both."""

    seconds: float
    ours: dict[str, object]
    theirs: Minimised


def compare(plan: Plan) -> Iterator[Comparison]:
    """The fast quench, which has a bound to keep, and the faithful one, which does more for its time."""
    model = pg.PSS(rc=1.5)
    seeds = range(1, plan.liquids + 1)
    liquids = [samples.liquid(model, plan.particles, plan.folder, seed) for seed in seeds]
    programs = [Lammps(model, liquid, plan.folder / f"lammps_quench_{k}") for k, liquid in enumerate(liquids)]
    peer = soonest(programs[:1] if plan.smoke else programs[:TRIED], plan.smoke)
    for method, least, aim in (("fast", 8, 20), ("faithful", None, None)):
        rounds = [
            quenched(model, liquid, method, program, peer)
            for liquid, program in zip(liquids, programs, strict=True)
        ]
        same = [checks(model, liquid, both) for liquid, both in zip(liquids, rounds, strict=True)]
        yield Comparison(
            f"quench-{method}",
            f"quench ({method}) of T = 1 liquids to largest force 1e-9, r_c 1.5, N = {plan.particles}",
            f"LAMMPS {peer[0]}, {peer[1]}",
            tuple(both.seconds for both in rounds),
            tuple(both.theirs.seconds for both in rounds),
            tuple(check for found in same for check in found),
            least,
            aim,
            note=remarks(rounds),
        )


def soonest(programs: list[Lammps], smoke: bool) -> tuple[str, Settings]:
    """The method, then the table and then the skin with which LAMMPS gets there first."""

    def seconds(method: str, table: Settings) -> float:
        ends = [lammps.minimise(method, table, TOLERANCE) for lammps in programs]
        return sum(end.seconds for end in ends) + 1e6 * sum(not end.converged for end in ends)

    if smoke:
        return METHODS[0], TABLES[0]
    method = min(METHODS, key=lambda method: seconds(method, TABLES[0]))
    table = min(TABLES, key=lambda table: seconds(method, table))
    skin = min(SKINS, key=lambda skin: seconds(method, replace(table, skin=skin)))
    return method, replace(table, skin=skin)


def quenched(
    model: pg.Model, liquid: Configuration, method: str, lammps: Lammps, peer: tuple[str, Settings]
) -> Quenched:
    start = time.perf_counter()
    ours = engine.minimize(
        engine.potential_of(model),
        liquid.box,
        liquid.positions,
        liquid.species,
        method=method,
        tolerance=TOLERANCE,
    )
    return Quenched(time.perf_counter() - start, dict(ours), lammps.minimise(*peer, TOLERANCE))


def checks(model: pg.Model, liquid: Configuration, both: Quenched) -> Iterator[Check]:
    """That ours converged, and that LAMMPS's end has the energy and the vanishing forces that LAMMPS says."""
    end = both.theirs.positions
    field = engine.energy_forces(engine.potential_of(model), liquid.box, end, liquid.species)
    yield Check("our max|F|", both.ours["max_force"], TOLERANCE)
    yield Check("energy of LAMMPS's end", relative(field["energy"], both.theirs.energy), 1e-5)
    # The forces that vanish are those of the table; the true ones differ by its error.
    yield Check("true max|F| of LAMMPS's end", float(np.linalg.norm(field["forces"], axis=1).max()), 1e-3)


def remarks(rounds: list[Quenched]) -> str:
    early = sum(not both.theirs.converged for both in rounds)
    evaluations = [np.mean([both.ours["force_evaluations"] for both in rounds])]
    evaluations.append(np.mean([both.theirs.force_evaluations for both in rounds]))
    N = len(rounds[0].theirs.positions)
    energies = [np.mean([both.ours["energy"] for both in rounds]) / N]
    energies.append(np.mean([both.theirs.energy for both in rounds]) / N)
    return (
        f"{len(rounds)} liquids, LAMMPS stopped early in {early}; force evaluations {evaluations[0]:.0f}"
        f" against {evaluations[1]:.0f}; mean u_IS {energies[0]:.4f} against {energies[1]:.4f}"
    )
