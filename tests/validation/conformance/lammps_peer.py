"""LAMMPS's part of the comparison: energy, forces and pressure of a liquid, the Hessian of a glass."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import pssglass as pg
from pssglass import engine
from pssglass.configurations import Configuration
from pssglass.models import Model

# The programs that stand beside ours are driven from where they are timed.
sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))

from lammps_program import EXACT, Lammps, Settings

# `dynamical_matrix` takes central differences of forces: h²φ⁗/6 of truncation, 1e-16 φ′/h of rounding.
DISPLACEMENT = 1e-5
TABLE = Settings("spline", 4000)
MODES = 20

Difference = tuple[str, str, float, float]


def compare_liquid(liquid: pg.Liquid) -> Iterator[Difference]:
    """(peer, quantity, relative difference, bound) of a hot configuration, whose forces do not vanish."""
    # The formula differs by rounding, which cancellation among the taper's terms raises at r_c = 1.1; the
    # table by its interpolation error, largest where φ‴ jumps.
    for peer, settings, bound in (("LAMMPS, formula", EXACT, 1e-11), ("LAMMPS, table", TABLE, 1e-6)):
        for quantity, difference in compare_field(liquid.model, liquid.configuration, settings):
            yield peer, quantity, difference, bound


def compare_field(
    model: Model, configuration: Configuration, settings: Settings, theirs: Model | None = None
) -> Iterator[tuple[str, float]]:
    """(quantity, relative difference) of one configuration; ``theirs`` is whose potential LAMMPS takes."""
    field = engine.energy_forces(
        engine.potential_of(model),
        configuration.box,
        configuration.positions,
        configuration.species,
        configuration.diameters,
    )
    with tempfile.TemporaryDirectory() as folder:
        lammps = Lammps(theirs or model, configuration, Path(folder))
        energy, forces, pressure = lammps.energy_and_forces(settings)
    yield "energy", abs(field["energy"] / energy - 1)
    yield "forces", largest(field["forces"] - forces) / largest(forces)
    yield "pressure", abs(np.trace(field["stress"]) / 3 / pressure - 1)


def compare_hessian(glass: pg.Glass) -> Iterator[Difference]:
    """Our Hessian and lowest modes beside those of LAMMPS's `dynamical_matrix`, differences of forces."""
    with tempfile.TemporaryDirectory() as folder:
        theirs = Lammps(glass.model, glass.configuration, Path(folder)).dynamical_matrix(EXACT, DISPLACEMENT)
    peer, ours = "LAMMPS, formula", glass.modes(MODES)
    yield peer, "Hessian", largest(glass.hessian().toarray() - theirs) / largest(theirs), 1e-6
    values, vectors = np.linalg.eigh((theirs + theirs.T) / 2.0)
    frequencies, lowest = np.sqrt(values[3 : 3 + MODES]), ours.vectors.reshape(MODES, -1)
    yield peer, f"{MODES} lowest frequencies", largest(ours.frequencies / frequencies - 1.0), 1e-6
    # Of the space of the lowest modes, as neighbours in frequency mix where matrices differ.
    yield peer, f"{MODES} lowest modes", outside(lowest, vectors[:, 3 : 3 + MODES]), 1e-5


def outside(modes: Any, others: Any) -> float:
    """Largest part of a mode (k, 3N) that is no combination of others (3N, k), both orthonormal."""
    return float(np.max(np.linalg.norm(modes - modes @ others @ others.T, axis=1)))


def largest(values: Any) -> float:
    return float(np.abs(values).max())
