"""Compares one glass for each r_c with what other programs say of the same file; see README.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lammps_peer
import numpy as np
import numpy.typing as npt
from lammps_peer import MODES
from matscipy_program import birch_coefficients, elastic_moduli, matscipy_atoms

import pssglass as pg
from pssglass.mechanics.elasticity import tensor

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


def make_liquid(rc: float, N: int) -> pg.Liquid:
    liquid = pg.Liquid.create(pg.PSS(rc=rc), N=N, temperature=1.0, seed=round(100 * rc))
    liquid.run(time=5.0)
    return liquid


def read_back(glass: pg.Glass, path: Path) -> pg.Glass:
    """The glass from an extended XYZ file, so that every program works on the numbers in it."""
    glass.write(path)
    return pg.Glass.read(path, glass.model)


def compare_matscipy(glass: pg.Glass, rc: float) -> Iterator[Row]:
    atoms = matscipy_atoms(glass.model, glass.configuration)
    energetics, moduli = glass.energetics(), glass.moduli()
    stress = atoms.get_stress(voigt=False)
    birch = birch_coefficients(atoms, 1e-13)
    shear, bulk = elastic_moduli(atoms, birch)
    hessian = atoms.calc.get_hessian(atoms, format="sparse").tocsr()
    scale = abs(hessian).max()
    N = len(atoms)
    energy = atoms.get_potential_energy() / N
    yield Row(rc, "matscipy", "energy", relative(energetics.energy_per_particle, energy), 1e-10)
    yield Row(rc, "matscipy", "pressure", relative(energetics.pressure, -np.trace(stress) / 3), 1e-8)
    yield Row(rc, "matscipy", "force / (ε/λ)", float(np.abs(atoms.get_forces()).max()), 2e-9)
    yield Row(rc, "matscipy", "Hessian", float(abs(glass.hessian() - hessian).max() / scale), 1e-10)
    yield Row(rc, "matscipy", "bulk modulus K", relative(moduli.bulk_modulus, bulk), 1e-8)
    yield Row(rc, "matscipy", "shear modulus G", relative(moduli.shear_modulus, shear), 1e-8)
    constants = tensor(glass.elasticity().birch)
    yield Row(rc, "matscipy", "elastic constants C_ijkl", relative(constants, birch), 1e-8)
    if N <= DENSE_LIMIT:
        yield from compare_dense(glass, hessian.toarray(), rc)


def compare_dense(glass: pg.Glass, hessian: npt.NDArray[np.float64], rc: float) -> Iterator[Row]:
    """Against a dense eigendecomposition of the peer's Hessian, translations left out."""
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    values, vectors = values[3:], vectors[:, 3:]
    force = np.random.default_rng(1).normal(size=hessian.shape[0])
    response = vectors @ (vectors.T @ force / values)
    yield Row(rc, "NumPy, dense", "M⁺ b", relative(glass.solve(force), response), 1e-9)
    modes, frequencies = glass.modes(MODES), np.sqrt(values[:MODES])
    yield Row(rc, "NumPy, dense", "20 lowest frequencies", relative(modes.frequencies, frequencies), 1e-9)
    left = lammps_peer.outside(modes.vectors.reshape(MODES, -1), vectors[:, :MODES])
    yield Row(rc, "NumPy, dense", "20 lowest modes", left, 1e-8)


def compare_lammps(liquid: pg.Liquid, glass: pg.Glass, rc: float) -> Iterator[Row]:
    differences = list(lammps_peer.compare_liquid(liquid))
    if glass.N <= DENSE_LIMIT:
        differences += lammps_peer.compare_hessian(glass)
    yield from (Row(rc, *difference) for difference in differences)


def validate(N: int, cutoffs: Sequence[float]) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for rc in cutoffs:
            liquid = make_liquid(rc, N)
            glass = read_back(liquid.quench("fast"), Path(folder) / "glass.extxyz")
            rows += compare_matscipy(glass, rc)
            rows += compare_lammps(liquid, glass, rc)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--particles", type=int, default=256)
    parser.add_argument("--rc", type=float, nargs="+", default=CUTOFFS, help="of the models")
    arguments = parser.parse_args()
    rows = validate(arguments.particles, arguments.rc)
    print(f"{'rc':>4}  {'peer':<17}{'quantity':<24}{'relative difference':>20}{'bound':>10}")
    for row in rows:
        verdict = "" if row.passed else "   ABOVE"
        print(f"{row.rc:>4}  {row.peer:<17}{row.quantity:<24}", end="")
        print(f"{row.difference:>20.1e}{row.bound:>10.0e}{verdict}")
    return int(not all(row.passed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
