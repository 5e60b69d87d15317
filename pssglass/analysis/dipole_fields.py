"""Displacement fields of local force dipoles, how they decay, and the core size ξ_g (paper, Appendix D)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pssglass.base.results import Floats
from pssglass.configurations import edge_vectors

SHELLS_PER_DECADE = 20
SMOOTHING = 0.4
"""Width in ln r of the window that smooths: the distance of the second shell of neighbours from the third."""
FAR_FIELD = 4.0
"""Exponent 2(d - 1) of the decay of |u|² in an elastic continuum."""
_STEP = 0.005


def nearest_image(vectors: Floats, edges: Floats) -> Floats:
    """Vectors (..., 3) to the nearest periodic image, for those shorter than half the box's smallest height.

    Args:
        vectors: differences of positions.
        edges: edge vectors of the box as rows, (3, 3).
    """
    return np.asarray(vectors - np.round(vectors @ np.linalg.inv(edges)) @ edges)


def dipole_forces(positions: Floats, box: Floats, pairs: npt.ArrayLike) -> Floats:
    """Unit force dipoles ∂r_ij/∂x, +n̂ on j and -n̂ on i, shape (n, N, 3) for pairs (n, 2)."""
    i, j = np.asarray(pairs, dtype=np.intp).T
    bond = nearest_image(positions[j] - positions[i], edge_vectors(box))
    direction = bond / np.linalg.norm(bond, axis=1)[:, None]
    forces = np.zeros((len(i), len(positions), 3))
    each = np.arange(len(i))
    forces[each, j], forces[each, i] = direction, -direction
    return forces


def shell_edges(spacing: float, box: Floats) -> Floats:
    """Radii of equal ratio from ``spacing`` to half the smallest height of the box."""
    longest = 0.5 / float(np.max(np.linalg.norm(np.linalg.inv(edge_vectors(box)), axis=0)))
    shells = math.floor(SHELLS_PER_DECADE * math.log10(longest / spacing))
    return np.asarray(spacing * 10.0 ** (np.arange(shells + 1) / SHELLS_PER_DECADE))


def shell_means(squares: Floats, origins: Floats, positions: Floats, box: Floats, edges: Floats) -> Floats:
    """Mean in every spherical shell of one number a particle, shape (n, shells); NaN in an empty shell.

    Args:
        squares: (n, N), a field for each origin.
        origins: (n, 3), the centres of the shells.
        positions: (N, 3).
        box: (6,).
        edges: radii of the shells, ascending.
    """
    means = np.empty((len(origins), len(edges) - 1))
    for field, origin, row in zip(squares, origins, means, strict=True):
        distance = np.linalg.norm(nearest_image(positions - origin, edge_vectors(box)), axis=1)
        count = np.histogram(distance, edges)[0]
        row[:] = np.histogram(distance, edges, weights=field)[0] / np.where(count, count, np.nan)
    return means


def core_lengths(distances: Floats, squares: Floats) -> Floats:
    """Where |u(r)|² crosses over to the decay r⁻⁴ of a continuum, for each profile; NaN where it is not seen.

    Nearer to the dipole |u|² decays more slowly, as the response is that of a soft spot; beyond it faster,
    until r⁻⁴ is reached: the crossover is the maximum of r⁴|u|², smoothed by local parabolas in ln r. It must
    lie between the innermost shell and half the distance of the outermost.

    Args:
        distances: (shells,), ascending.
        squares: (..., shells) of |u|², in any unit.
    """
    x = np.log(distances)
    grid = np.arange(x[0], x[-1], _STEP)
    smooth = np.log(squares * distances**FAR_FIELD) @ _local_parabolas(x, grid).T
    best = np.argmax(smooth, axis=-1)
    found = np.exp(grid[best])
    return np.where((best > 0) & (found <= 0.5 * distances[-1]), found, np.nan)


def _local_parabolas(x: Floats, grid: Floats) -> Floats:
    """Matrix (grid, x) that takes values at x to those of weighted least-squares parabolas at the grid."""
    apart = x - grid[:, None]
    powers = apart[..., None] ** np.arange(3)
    weighted = powers * np.exp(-0.5 * (apart / SMOOTHING) ** 2)[..., None]
    normal = np.einsum("gxi,gxj->gij", weighted, powers)
    return np.asarray(np.linalg.solve(normal, np.swapaxes(weighted, 1, 2))[:, 0])
