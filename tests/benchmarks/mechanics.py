"""Mechanics of one glass beside matscipy and SciPy: Hessian, moduli, modes, dipoles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import samples
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from comparison import Check, Comparison, Plan, interleaved, relative, timed
from lammps_potential import Floats
from matscipy_program import birch_coefficients, elastic_moduli, matscipy_atoms
from scipy_program import (
    Eigensolver,
    dipole_frequencies,
    jacobi_gradients,
    ordered_modes,
    plain_gradients,
    plain_modes,
)

import pssglass as pg
from pssglass import engine
from pssglass.configurations import Configuration
from pssglass.mechanics.inherent_states import mechanics_of

MODES = 40
DIPOLES = 110
# The peer's time per dipole hardly varies: these stand for all.
DIPOLES_TIMED = 22
RESIDUAL = 1e-9


class Workbench:
    """One glass, and what several comparisons need of it."""

    def __init__(self, plan: Plan, N: int) -> None:
        self.model = pg.PSS(rc=1.5)
        self.glass: Configuration = samples.glass(self.model, N, plan.folder)
        self.atoms = matscipy_atoms(self.model, self.glass)

    def mechanics(self) -> engine.Mechanics:
        """Ours, with nothing computed yet."""
        return mechanics_of(self.model, self.glass)

    def with_hessian(self) -> engine.Mechanics:
        """Ours, with the Hessian that the peers are given too."""
        fresh = self.mechanics()
        fresh.hessian()
        return fresh

    def assembled(self) -> sp.csr_matrix:
        """M of ours, from positions."""
        n = 3 * self.glass.N
        return sp.csr_matrix(self.mechanics().hessian(), shape=(n, n))

    @cached_property
    def matrix(self) -> sp.csr_matrix:
        return self.assembled()

    @cached_property
    def norm(self) -> float:
        """‖M‖, its largest eigenvalue."""
        return float(sla.eigsh(self.matrix, k=1, tol=1e-3, return_eigenvectors=False)[0])

    def residual(self, values: Floats, vectors: Floats) -> float:
        """Largest ‖Mψ - λψ‖/‖M‖ over the columns ψ."""
        return float(np.linalg.norm(self.matrix @ vectors - values * vectors, axis=0).max()) / self.norm

    def random_pairs(self, count: int) -> np.ndarray:
        """Interacting pairs (count, 2)."""
        pairs = self.mechanics().pairs()
        return pairs[np.random.default_rng(1).permutation(len(pairs))[:count]]


def compare(plan: Plan) -> Iterator[Comparison]:
    bench = Workbench(plan, plan.particles)
    few = max(2, plan.repeats // 2)
    yield hessian(bench, 3 * plan.repeats)
    yield moduli(bench, plan.repeats)
    yield modes(bench, few, "modes", "SciPy eigsh, shift-invert", plain_modes, 6, 14)
    yield modes(bench, few, "modes-ordered", "the same, given a minimum degree ordering", ordered_modes)
    yield dipoles(bench, few, min(DIPOLES_TIMED, plan.scaled(DIPOLES)))


def hessian(bench: Workbench, repeats: int) -> Comparison:
    """From positions to a sparse matrix, pairs included."""
    theirs = bench.atoms.calc.get_hessian(bench.atoms, format="sparse").tocsr()
    check = Check("Hessian", float(abs(bench.matrix - theirs).max() / abs(theirs).max()), 1e-10)
    times = interleaved(
        lambda: timed(bench.assembled),
        lambda: timed(lambda: bench.atoms.calc.get_hessian(bench.atoms, format="sparse")),
        repeats,
    )
    work = f"Hessian assembly, N = {bench.glass.N}"
    return Comparison("hessian", work, "matscipy", *times, (check,), 15, 30)


def moduli(bench: Workbench, repeats: int) -> Comparison:
    """G and K from positions."""

    def peer() -> tuple[float, float]:
        return elastic_moduli(bench.atoms, birch_coefficients(bench.atoms, 1e-10))

    (G, K), ours = peer(), bench.mechanics().moduli()
    checks = (
        Check("G", relative(ours["shear_modulus"], G), 1e-8),
        Check("K", relative(ours["bulk_modulus"], K), 1e-8),
    )
    times = interleaved(
        lambda: timed(lambda: bench.mechanics().moduli()),
        lambda: timed(peer),
        repeats,
    )
    work = f"G and K at 1e-10, N = {bench.glass.N}"
    return Comparison("moduli", work, "matscipy, elastic constants", *times, checks, 12, 30)


def modes(
    bench: Workbench,
    repeats: int,
    key: str,
    peer: str,
    solver: Eigensolver,
    least: float | None = None,
    aim: float | None = None,
) -> Comparison:
    """The lowest modes of a given Hessian, factorisation included."""
    ours = bench.mechanics().modes(MODES)
    values, vectors = solver(bench.matrix, MODES + 3)
    own_vectors = ours["vectors"].reshape(MODES, -1).T
    checks = (
        Check("our residual / ‖M‖", bench.residual(ours["eigenvalues"], own_vectors), RESIDUAL),
        Check("their residual / ‖M‖", bench.residual(values, vectors), RESIDUAL),
        Check("eigenvalues", float(np.abs(ours["eigenvalues"] / values[3:] - 1).max()), 1e-8),
    )
    times = interleaved(
        lambda: prepared(bench.with_hessian, lambda mechanics: mechanics.modes(MODES)),
        lambda: timed(lambda: solver(bench.matrix, MODES + 3)),
        repeats,
    )
    return Comparison(key, f"{MODES} lowest modes, N = {bench.glass.N}", peer, *times, checks, least, aim)


def dipoles(bench: Workbench, repeats: int, timed_pairs: int) -> Comparison:
    """ω_g of random pairs from a given Hessian; the peer's time is that of a part of them, in proportion."""
    pairs = bench.random_pairs(DIPOLES)
    part = pairs[:timed_pairs]
    solvers = {"plain": plain_gradients(bench.matrix), "Jacobi": jacobi_gradients(bench.matrix)}
    name, solve = min(
        solvers.items(), key=lambda item: timed(lambda: dipole_frequencies(bench.glass, part[:2], item[1]))
    )
    ours, theirs = bench.mechanics().dipole_response(part), dipole_frequencies(bench.glass, part, solve)
    times = interleaved(
        lambda: prepared(bench.with_hessian, lambda mechanics: mechanics.dipole_response(pairs)),
        lambda: timed(lambda: dipole_frequencies(bench.glass, part, solve)) * len(pairs) / len(part),
        repeats,
    )
    return Comparison(
        "dipoles",
        f"{DIPOLES} dipole responses, N = {bench.glass.N}",
        f"SciPy CG 1e-8, {name}",
        *times,
        (Check("ω_g", float(np.abs(ours / theirs - 1).max()), 1e-6),),
        30,
        60,
        note=f"the peer timed on {len(part)} of the {len(pairs)}",
    )


def huge_dipole(plan: Plan) -> Comparison:
    """One dipole of a glass too large to factor, its Hessian given."""
    bench = Workbench(plan, plan.huge)
    pair = bench.random_pairs(1)
    solve = jacobi_gradients(bench.matrix)
    found: dict[str, Floats] = {}

    def ours() -> float:
        def respond(mechanics: engine.Mechanics) -> None:
            found["ours"] = mechanics.dipole_response(pair)

        return prepared(bench.with_hessian, respond)

    def theirs() -> float:
        def respond() -> None:
            found["theirs"] = dipole_frequencies(bench.glass, pair, solve)

        return timed(respond)

    times = interleaved(ours, theirs, 2)
    check = Check("ω_g", relative(float(found["ours"][0]), float(found["theirs"][0])), 1e-6)
    work = f"one dipole response, N = {bench.glass.N}"
    return Comparison("dipole-huge", work, "SciPy CG 1e-8, Jacobi", *times, (check,), 5, 10)


def prepared(prepare: Callable[[], Any], work: Callable[[Any], object]) -> float:
    """Seconds of ``work`` on what ``prepare`` makes, its making left out."""
    subject = prepare()
    return timed(lambda: work(subject))
