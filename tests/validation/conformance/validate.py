"""Compares one glass for each r_c with what other programs say of the same file; see README.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import pssglass as pg

CUTOFFS = (1.1, 1.2, 1.3, 1.5)
DENSE_LIMIT = 400


@dataclass(frozen=True)
class Row:
    """One comparison: relative difference and the bound that it must keep."""

    rc: float
    peer: str
    quantity: str
    difference: float
    bound: float

    @property
    def passed(self) -> bool:
        return self.difference <= self.bound


def relative(ours: Any, theirs: Any) -> float:
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    return float(np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs)))


def make_glass(rc: float, N: int, folder: Path) -> tuple[pg.Glass, Path]:
    """A glass read back from extended XYZ, so that every program works on the same numbers."""
    model = pg.PSS(rc=rc)
    liquid = pg.Liquid.create(model, N=N, temperature=1.0, seed=round(100 * rc))
    liquid.run(time=5.0)
    path = folder / f"rc{rc}.extxyz"
    liquid.quench().write(path)
    return pg.Glass.read(path, model), path


def matscipy_atoms(path: Path, model: pg.Model) -> Any:
    """The file as ASE atoms with matscipy's pair potential calculator carrying the model's φ."""
    import ase.io
    from matscipy.calculators.pair_potential import PairPotential
    from matscipy.calculators.pair_potential.calculator import CutoffInteraction

    class Pair(CutoffInteraction):  # type: ignore[misc]
        """φ, φ′, φ″ of one pair of species from the model's coefficients."""

        def __init__(self, epsilon: float, length: float) -> None:
            super().__init__(model.x_cut * length)
            self.epsilon, self.length = epsilon, length

        def derivative_of_order(self, r: npt.NDArray[np.float64], order: int) -> npt.NDArray[np.float64]:
            x = r / self.length
            a, b, c0, c2, c4, c6 = np.where(
                x < model.x_join, np.array(model.inner)[:, None], np.array(model.outer)[:, None]
            )
            terms = {-12: a, -6: -b, 0: c0, 2: c2, 4: c4, 6: c6}
            total = np.zeros_like(x)
            for power, coefficient in terms.items():
                factor = np.prod([power - k for k in range(order)]) if order else 1
                total += coefficient * factor * x ** (power - order)
            return np.where(x < model.x_cut, total, 0.0) * self.epsilon / self.length**order

        def __call__(self, r: Any, *args: Any) -> Any:
            return self.derivative_of_order(r, 0)

        def first_derivative(self, r: Any, *args: Any) -> Any:
            return self.derivative_of_order(r, 1)

        def second_derivative(self, r: Any, *args: Any) -> Any:
            return self.derivative_of_order(r, 2)

    atoms = ase.io.read(path)
    letters = atoms.arrays["species"] if "species" in atoms.arrays else np.array(atoms.get_chemical_symbols())
    species = np.array([model.species.index(str(letter)) for letter in letters])
    atoms = ase.Atoms(numbers=species + 1, positions=atoms.positions, cell=atoms.cell, pbc=True)
    atoms.calc = PairPotential(
        {
            (i + 1, j + 1): Pair(model.energies[i][j], model.lengths[i][j])
            for i in range(len(model.species))
            for j in range(i, len(model.species))
        }
    )
    return atoms


def compare_matscipy(glass: pg.Glass, path: Path, rc: float) -> Iterator[Row]:
    atoms = matscipy_atoms(path, glass.model)
    energetics, moduli = glass.energetics(), glass.moduli()
    stress = atoms.get_stress(voigt=False)
    birch = atoms.calc.get_elastic_constants(
        atoms, cg_parameters={"x0": None, "rtol": 1e-13, "maxiter": None, "M": None, "callback": None, "atol": 1e-11}
    )
    bulk = np.einsum("iijj", birch) / 9
    shear = birch[0, 1, 0, 1] + (stress[1, 1] - stress[0, 0]) / 2
    hessian = atoms.calc.get_hessian(atoms, format="sparse").tocsr()
    scale = abs(hessian).max()
    N = len(atoms)
    yield Row(rc, "matscipy", "energy", relative(energetics.energy_per_particle, atoms.get_potential_energy() / N), 1e-10)
    yield Row(rc, "matscipy", "pressure", relative(energetics.pressure, -np.trace(stress) / 3), 1e-8)
    yield Row(rc, "matscipy", "force / (ε/λ)", float(np.abs(atoms.get_forces()).max()), 2e-9)
    yield Row(rc, "matscipy", "Hessian", float(abs(glass.hessian() - hessian).max() / scale), 1e-10)
    yield Row(rc, "matscipy", "bulk modulus K", relative(moduli.bulk_modulus, bulk), 1e-8)
    yield Row(rc, "matscipy", "shear modulus G", relative(moduli.shear_modulus, shear), 1e-8)
    if N <= DENSE_LIMIT:
        yield from compare_dense(glass, hessian.toarray(), rc)


def compare_dense(glass: pg.Glass, hessian: npt.NDArray[np.float64], rc: float) -> Iterator[Row]:
    """Against a dense eigendecomposition of the peer's Hessian, translations left out."""
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    values, vectors = values[3:], vectors[:, 3:]
    force = np.random.default_rng(1).normal(size=hessian.shape[0])
    yield Row(rc, "NumPy, dense", "M⁺ b", relative(glass.solve(force), vectors @ (vectors.T @ force / values)), 1e-9)
    frequencies = glass.modes(20).frequencies
    yield Row(rc, "NumPy, dense", "20 lowest frequencies", relative(frequencies, np.sqrt(values[:20])), 1e-9)


def validate(N: int) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for rc in CUTOFFS:
            glass, path = make_glass(rc, N, Path(folder))
            rows += compare_matscipy(glass, path, rc)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--particles", type=int, default=256)
    rows = validate(parser.parse_args().particles)
    print(f"{'rc':>4}  {'peer':<14}{'quantity':<24}{'relative difference':>20}{'bound':>10}")
    for row in rows:
        verdict = "" if row.passed else "   ABOVE"
        print(f"{row.rc:>4}  {row.peer:<14}{row.quantity:<24}{row.difference:>20.1e}{row.bound:>10.0e}{verdict}")
    return int(not all(row.passed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
