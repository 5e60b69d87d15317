"""What a user of SciPy does with a glass's Hessian: shift-invert modes, conjugate gradients for dipoles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from lammps_potential import Floats

from pssglass.configurations import Configuration

Eigensolver = Callable[[sp.csr_matrix, int], tuple[Floats, Floats]]
Solver = Callable[[Floats], Floats]

# Slightly below the spectrum, whose lowest part is three zeros: M - σ is positive definite.
SHIFT = -1e-3
TOLERANCE = 1e-8


def plain_modes(matrix: sp.csr_matrix, count: int) -> tuple[Floats, Floats]:
    """The ``count`` lowest eigenpairs by the plain call."""
    return sla.eigsh(matrix.tocsc(), k=count, sigma=SHIFT)


def ordered_modes(matrix: sp.csr_matrix, count: int) -> tuple[Floats, Floats]:
    """The same with the ordering that suits a symmetric matrix, which the plain call does not choose."""
    n = matrix.shape[0]
    shifted = (matrix - SHIFT * sp.identity(n)).tocsc()
    symmetric = {"SymmetricMode": True}
    factor = sla.splu(shifted, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=symmetric)
    inverse = sla.LinearOperator((n, n), factor.solve, dtype=float)
    return sla.eigsh(matrix, k=count, sigma=SHIFT, OPinv=inverse)


def plain_gradients(matrix: sp.csr_matrix) -> Solver:
    return lambda b: sla.cg(matrix, b, rtol=TOLERANCE, atol=0.0)[0]


def jacobi_gradients(matrix: sp.csr_matrix) -> Solver:
    diagonal = matrix.diagonal()
    inverse = sla.LinearOperator(matrix.shape, lambda x: x / diagonal, dtype=float)
    return lambda b: sla.cg(matrix, b, rtol=TOLERANCE, atol=0.0, M=inverse)[0]


def dipole_frequencies(glass: Configuration, pairs: npt.NDArray[np.int32], solve: Solver) -> Floats:
    """ω_g = √(u·d / u·u) with u = M⁺d of each pair."""
    found = []
    for i, j in pairs:
        force = dipole_force(glass, i, j)
        u = solve(force.ravel()).reshape(-1, 3)
        u -= u.mean(axis=0)
        found.append(np.sqrt(np.vdot(u, force) / np.vdot(u, u)))
    return np.array(found)


def dipole_force(glass: Configuration, i: int, j: int) -> Floats:
    """Unit forces (N, 3) that push i and j apart, in an orthogonal box."""
    apart = glass.positions[j] - glass.positions[i]
    apart -= glass.box[:3] * np.round(apart / glass.box[:3])
    force = np.zeros((glass.N, 3))
    force[j] = apart / np.linalg.norm(apart)
    force[i] = -force[j]
    return force
