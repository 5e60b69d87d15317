"""matscipy's pair calculator with the model's potential, on one configuration."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any

import ase
import numpy as np
from lammps_potential import Floats, pair_function
from matscipy.calculators.pair_potential import PairPotential
from matscipy.calculators.pair_potential.calculator import CutoffInteraction

from pssglass.configurations import Configuration
from pssglass.models import Model


class Pair(CutoffInteraction):  # type: ignore[misc]
    """φ, φ′, φ″ of one pair of species."""

    def __init__(self, model: Model, energy: float, length: float) -> None:
        super().__init__(model.form.x_cut * length)
        self.model, self.energy, self.length = model, energy, length

    def _derivative(self, r: Floats, order: int) -> Floats:
        return self.energy / self.length**order * pair_function(self.model, r / self.length, order)

    def __call__(self, r: Floats, *_: Any) -> Floats:
        return self._derivative(r, 0)

    def first_derivative(self, r: Floats, *_: Any) -> Floats:
        return self._derivative(r, 1)

    def second_derivative(self, r: Floats, *_: Any) -> Floats:
        return self._derivative(r, 2)


def matscipy_atoms(model: Model, configuration: Configuration) -> ase.Atoms:
    """The configuration, in its orthogonal box, as ASE atoms; species k is element k + 1."""
    atoms = ase.Atoms(
        numbers=configuration.species + 1,
        positions=configuration.positions,
        cell=np.diag(configuration.box[:3]),
        pbc=True,
    )
    species = range(len(model.species))
    atoms.calc = PairPotential(
        {
            (i + 1, j + 1): Pair(model, model.energies[i][j], model.lengths[i][j])
            for i, j in combinations_with_replacement(species, 2)
        }
    )
    return atoms


def birch_coefficients(atoms: ase.Atoms, tolerance: float) -> Floats:
    """B_ijkl (3, 3, 3, 3) by matscipy, conjugate gradients to a relative ``tolerance``."""
    gradients = {"x0": None, "rtol": tolerance, "atol": 0.0, "maxiter": None, "M": None, "callback": None}
    return np.asarray(atoms.calc.get_elastic_constants(atoms, cg_parameters=gradients))


def elastic_moduli(atoms: ase.Atoms, birch: Floats) -> tuple[float, float]:
    """(G, K) from B: K = B_iijj/9 and, for x ← x + γy, G = B_xyxy + (σ_yy - σ_xx)/2."""
    stress = atoms.get_stress(voigt=False)
    return float(birch[0, 1, 0, 1] + (stress[1, 1] - stress[0, 0]) / 2), float(np.einsum("iijj", birch)) / 9
