"""Whole analysis of one glass from its file: energetics, moduli, modes past the first phonon, dipoles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import samples
from comparison import Check, Comparison, Plan, interleaved, relative, timed
from matscipy_program import birch_coefficients, elastic_moduli, matscipy_atoms
from mechanics import DIPOLES
from pssglass.observables.modes import modes_up_to
from scipy_program import Eigensolver, dipole_frequencies, jacobi_gradients, ordered_modes, plain_modes

import pssglass as pg
from pssglass.configurations import read_configuration, write_configuration

PHONONS = 1.2
SCALARS = ("energy", "pressure", "G", "K")


def compare(plan: Plan) -> Iterator[Comparison]:
    model = pg.PSS(rc=1.5)
    path = plan.folder / "glass.extxyz"
    write_configuration(path, samples.glass(model, plan.particles, plan.folder))
    yield beside(plan, path, model, "analysis", plain_modes, "matscipy + SciPy eigsh, CG", 10)
    yield beside(plan, path, model, "analysis-ordered", ordered_modes, "the same, eigsh given an ordering")


def beside(
    plan: Plan,
    path: Path,
    model: pg.Model,
    key: str,
    eigensolver: Eigensolver,
    peer: str,
    least: float | None = None,
) -> Comparison:
    dipoles = plan.scaled(DIPOLES)
    ours = analyse(path, model, dipoles)
    count, pairs = len(ours["frequencies"]), ours["pairs"]
    theirs = analyse_with_peers(path, model, eigensolver, count, pairs)
    times = interleaved(
        lambda: timed(lambda: analyse(path, model, dipoles)),
        lambda: timed(lambda: analyse_with_peers(path, model, eigensolver, count, pairs)),
        max(2, plan.repeats // 3),
    )
    checks = [Check(name, relative(ours[name], theirs[name]), 1e-8) for name in SCALARS]
    checks += [
        Check(name, float(np.abs(ours[name] / theirs[name] - 1).max()), bound)
        for name, bound in (("frequencies", 1e-8), ("ω_g", 1e-6))
    ]
    work = f"whole analysis of one glass, N = {plan.particles}, {count} modes, {len(pairs)} dipoles"
    return Comparison(key, work, peer, *times, tuple(checks), least)


def analyse(path: Path, model: pg.Model, dipoles: int) -> dict[str, Any]:
    glass = pg.Glass.read(path, model)
    energetics, moduli = glass.energetics(), glass.moduli()
    response = glass.dipole_response(n=dipoles)
    return {
        "energy": energetics.energy_per_particle,
        "pressure": energetics.pressure,
        "G": moduli.shear_modulus,
        "K": moduli.bulk_modulus,
        "frequencies": modes_up_to(glass, PHONONS).frequencies,
        "ω_g": response.frequencies,
        "pairs": response.pairs,
    }


def analyse_with_peers(
    path: Path, model: pg.Model, eigensolver: Eigensolver, count: int, pairs: np.ndarray
) -> dict[str, Any]:
    """The chain of public tools; it is told how many modes there are up to the limit."""
    glass = read_configuration(path, model.species)
    atoms = matscipy_atoms(model, glass)
    G, K = elastic_moduli(atoms, birch_coefficients(atoms, 1e-10))
    matrix = atoms.calc.get_hessian(atoms, format="sparse").tocsr()
    values, _ = eigensolver(matrix, count + 3)
    return {
        "energy": atoms.get_potential_energy() / glass.N,
        "pressure": -np.trace(atoms.get_stress(voigt=False)) / 3,
        "G": G,
        "K": K,
        "frequencies": np.sqrt(values[3:]),
        "ω_g": dipole_frequencies(glass, pairs, jacobi_gradients(matrix)),
    }
