"""Where a localised displacement field sits, how large its core is, and how it decays."""

from __future__ import annotations

import numpy as np

from pssglass.analysis.dipole_fields import nearest_image, shell_edges, shell_means
from pssglass.base.results import Floats, Integers
from pssglass.configurations import edge_vectors

NEAREST = 2.0
"""The far field is fitted from this distance on, in units of the mean distance a0 = (V/N)^(1/3)."""
FEWEST_SHELLS = 4


def cores(fields: Floats) -> Integers:
    """The particle (n,) that moves most in each field (n, N, 3)."""
    return np.asarray(np.argmax(_squares(fields), axis=1), dtype=np.int32)


def core_sizes(fields: Floats, positions: Floats, box: Floats) -> Floats:
    """Radius of gyration (n,) of the core, where particles weigh as |z_i|⁴: the far field counts for nothing.

    Distances are those to the nearest image of the particle that moves most.
    """
    weights = _squares(fields) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    edges = edge_vectors(box)
    sizes = np.empty(len(fields))
    for k, core in enumerate(cores(fields)):
        apart = nearest_image(positions - positions[core], edges)
        apart -= weights[k] @ apart
        sizes[k] = np.sqrt(weights[k] @ np.sum(apart**2, axis=1))
    return sizes


def decay_exponents(fields: Floats, positions: Floats, box: Floats) -> Floats:
    """p (n,) of |z(r)| ∼ r^-p far from the core, d - 1 = 2 in an elastic continuum; NaN in too small a box.

    The slope of ln⟨|z|²⟩ of spherical shells around the core, from ``NEAREST`` a0 to half of the box.
    """
    spacing = (abs(np.linalg.det(edge_vectors(box))) / len(positions)) ** (1 / 3)
    edges = shell_edges(NEAREST * spacing, box)
    exponents = np.full(len(fields), np.nan)
    if len(edges) <= FEWEST_SHELLS:
        return exponents
    means = shell_means(_squares(fields), positions[cores(fields)], positions, box, edges)
    radii = np.log(np.sqrt(edges[1:] * edges[:-1]))
    for k, row in enumerate(means):
        given = np.isfinite(row) & (row > 0.0)
        if np.count_nonzero(given) >= FEWEST_SHELLS:
            exponents[k] = -0.5 * np.polyfit(radii[given], np.log(row[given]), 1)[0]
    return exponents


def _squares(fields: Floats) -> Floats:
    return np.asarray(np.sum(fields**2, axis=2))
