"""Continuous sizes beside LAMMPS, which has no fast pair style for them: types by ranges of diameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import md
import numpy as np
import samples
from comparison import Check, Comparison, Plan, relative
from lammps_program import SPHERES, Lammps

import pssglass as pg
from pssglass import engine
from pssglass.configurations import Configuration

TYPES = 8
"""More would be closer to the liquid that ours runs, but LAMMPS's tables would leave the cache."""


def compare(plan: Plan) -> Iterator[Comparison]:
    """MD of poly-IPL at T = 1: each particle's own diameter (ours), eight different ones (LAMMPS)."""
    model = pg.PolyIPL()
    start = samples.liquid(model, plan.particles, plan.folder)
    typed = Typed(model, start, types(plan))
    lammps = typed.lammps(plan.folder / "lammps_md-poly")
    peer = md.fastest(lammps, md.run_length(plan, start.N), 1, plan.smoke)
    own = own_sizes(model, start, plan.folder / "lammps_spheres")
    for precision, suffix in (("double", ""), ("mixed", "-mixed")):
        checks = md.same_dynamics(model, typed.rounded, lammps, precision)
        yield md.race(
            f"md-poly{suffix}",
            plan,
            f"NVE MD, poly-IPL, N = {start.N}, {precision}",
            (model, start),
            lammps,
            (*checks, own),
            peer,
            precision=precision,
            least=4,
            note=f"LAMMPS has {types(plan)} types of equal numbers, each of its mean size",
        )


def types(plan: Plan) -> int:
    """Formulas of all pairs of types take long to compile."""
    return 2 if plan.smoke else TYPES


class Typed:
    """A liquid whose particles are sorted into types of equal numbers, each with the mean of its diameters.

    Attributes:
        model: one species for each type, with LAMMPS's pair potential.
        configuration: the liquid with species instead of diameters.
        rounded: the liquid with the diameter of its type for every particle.
    """

    def __init__(self, model: pg.Model, start: Configuration, types: int) -> None:
        assert model.sizes is not None
        assert start.diameters is not None
        groups = np.array_split(np.argsort(start.diameters, kind="stable"), types)
        sizes = np.array([start.diameters[group].mean() for group in groups])
        kinds = np.empty(start.N, dtype=np.int32)
        for kind, group in enumerate(groups):
            kinds[group] = kind
        names = tuple(f"S{kind}" for kind in range(types))
        self.model = replace(
            model,
            species=names,
            composition=tuple(len(group) / start.N for group in groups),
            energies=((1.0,) * types,) * types,
            lengths=tuple(map(tuple, model.sizes.length(sizes[:, None], sizes[None, :]).tolist())),
            sizes=None,
        )
        self.rounded = replace(start, diameters=sizes[kinds])
        self.configuration = replace(start, species=kinds, species_names=names, diameters=None)

    def lammps(self, folder: Path) -> Lammps:
        return Lammps(self.model, self.configuration, folder)


def own_sizes(model: pg.Model, start: Configuration, folder: Path) -> Check:
    """Energy of the very liquid that ours runs, by LAMMPS's formula of each particle's own radius."""
    energy, _, _ = Lammps(model, start, folder).energy_and_forces(SPHERES)
    ours = engine.energy_forces(
        engine.potential_of(model), start.box, start.positions, start.species, start.diameters
    )
    return Check("energy of continuous sizes", relative(ours["energy"], energy), 1e-11)
