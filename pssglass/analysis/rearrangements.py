"""How particles rearrange between two configurations: nonaffine squared displacements and participation."""

from __future__ import annotations

import numpy as np

from pssglass.base.results import Floats, Integers


def nonaffine_squares(displacements: Floats, pairs: Integers, separations: Floats) -> Floats:
    """D²_min (N,): what the best local strain leaves of neighbours' relative displacements, per neighbour.

    For particle i the minimum over 3×3 matrices J of Σ_j |u_j - u_i - J (r_j - r_i)|², over its number of
    neighbours; zero with fewer than four, whose displacements some strain explains nearly or wholly.
    Source: Falk and Langer, doi:10.1103/PhysRevE.57.7192.

    Args:
        displacements: u (N, 3).
        pairs: (n, 2) of neighbours, each once.
        separations: r_j - r_i (n, 3) before the displacement.
    """
    N = len(displacements)
    i, j = pairs.T
    relative = displacements[j] - displacements[i]
    by_particle = np.concatenate([i, j])

    def summed(values: Floats) -> Floats:
        out = np.zeros((N, *values.shape[1:]))
        np.add.at(out, by_particle, np.concatenate([values, values]))
        return out

    Y = summed(separations[:, :, None] * separations[:, None, :])
    X = summed(relative[:, :, None] * separations[:, None, :])
    square = summed(np.sum(relative**2, axis=1))
    neighbours = np.bincount(by_particle, minlength=N)
    known = neighbours > 3
    explained = np.zeros(N)
    J = X[known] @ np.linalg.pinv(Y[known], hermitian=True)
    explained[known] = np.sum(J * X[known], axis=(1, 2))
    return np.where(known, np.maximum(square - explained, 0.0) / np.maximum(neighbours, 1), 0.0)


def participation_ratio(displacements: Floats) -> float:
    """(Σu²)²/(N Σu⁴) of a field (N, 3): 1 for all particles alike, 1/N for one alone."""
    squares = np.sum(displacements**2, axis=1)
    return float(np.sum(squares) ** 2 / (len(squares) * np.sum(squares**2)))
