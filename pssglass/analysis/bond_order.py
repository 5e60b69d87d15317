"""Local structure of a periodic configuration: neighbours, bond-orientational order, chemical order."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import lpmv

from pssglass import engine
from pssglass.base.results import Floats, Integers
from pssglass.configurations import Configuration
from pssglass.models import Model

Indices = npt.NDArray[np.intp]

NEIGHBOUR_RANGE = 1.4
"""In units of λ_ij: within the first minimum of the pair correlation of sticky spheres at every r_c."""
SOLID_THRESHOLD = 0.7
SOLID_BONDS = 8
ROUND_OFF = 1e-20
"""Of a variance, over the mean of the squares."""


@dataclass(frozen=True)
class Bonds:
    """Directed neighbour pairs: each pair of neighbours appears as (i, j) and as (j, i).

    Attributes:
        count: number of particles.
        first, second: particles i and j, shape (n,).
        vectors: r_j - r_i to the periodic image concerned, shape (n, 3).
    """

    count: int
    first: Indices
    second: Indices
    vectors: Floats

    @property
    def numbers(self) -> Indices:
        """Neighbours of each particle, shape (count,)."""
        return np.bincount(self.first, minlength=self.count)

    @cached_property
    def order(self) -> npt.NDArray[np.complex128]:
        """``bond_order`` of degree 6, which several measures build on."""
        return bond_order(self)


def neighbour_bonds(positions: Floats, box: Floats, reach: Floats, species: npt.ArrayLike) -> Bonds:
    """Neighbours closer than ``reach[species_i, species_j]``, over all periodic images.

    Args:
        positions: (N, 3).
        box: (6,) [Lx, Ly, Lz, xy, xz, yz].
        reach: (S, S), symmetric.
        species: (N,) indices into ``reach``.
    """
    kind = np.asarray(species, dtype=np.intp)
    return _bonds(positions, box, float(np.max(reach)), lambda pairs: reach[tuple(kind[pairs].T)])


def _bonds(positions: Floats, box: Floats, longest: float, reach: Callable[[Integers], Floats]) -> Bonds:
    """Neighbours closer than what ``reach`` says of pairs (n, 2), which is nowhere above ``longest``."""
    with engine.translated():
        pairs, separations = engine.pairs_within(box, positions, longest)
    near = np.linalg.norm(separations, axis=1) < reach(pairs)
    first, second = pairs[near].T.astype(np.intp)
    separations = separations[near]
    return Bonds(
        len(positions),
        np.concatenate([first, second]),
        np.concatenate([second, first]),
        np.concatenate([separations, -separations]),
    )


def bond_order(bonds: Bonds, degree: int = 6) -> npt.NDArray[np.complex128]:
    """Mean spherical harmonics q_lm of each particle's bonds, shape (N, 2 l + 1); zero without neighbours."""
    x, y, z = bonds.vectors.T
    r = np.linalg.norm(bonds.vectors, axis=1)
    azimuth, cosine = np.arctan2(y, x), z / r
    q = np.empty((bonds.count, 2 * degree + 1), dtype=np.complex128)
    for m in range(degree + 1):
        norm = (2 * degree + 1) / (4.0 * math.pi) * math.factorial(degree - m) / math.factorial(degree + m)
        harmonic = math.sqrt(norm) * lpmv(m, degree, cosine) * np.exp(1j * m * azimuth)
        mean = _sum_by_first(bonds, harmonic) / np.maximum(bonds.numbers, 1)
        q[:, degree + m] = mean
        q[:, degree - m] = (-1) ** m * np.conj(mean)
    return q


def averaged_order(bonds: Bonds) -> Floats:
    """Lechner-Dellago q̄_6 of each particle (N,): the harmonics averaged over it and its neighbours.

    Source: Lechner and Dellago, J. Chem. Phys. 129, 114707 (2008), doi:10.1063/1.2977970.
    """
    q = bonds.order
    sums = np.column_stack([_sum_by_first(bonds, q[bonds.second, m]) for m in range(q.shape[1])])
    average = (q + sums) / (bonds.numbers + 1)[:, None]
    return np.asarray(np.sqrt(4.0 * math.pi / q.shape[1] * np.sum(np.abs(average) ** 2, axis=1)))


def solid_clusters(
    bonds: Bonds, threshold: float = SOLID_THRESHOLD, solid_bonds: int = SOLID_BONDS
) -> tuple[float, int]:
    """Fraction of solid-like particles and size of their largest cluster.

    A bond is solid-like if the normalised q_6·q_6* of its ends exceeds ``threshold``, a particle if it has at
    least ``solid_bonds`` of them; clusters are joined by solid-like bonds between solid-like particles.
    Source: ten Wolde, Ruiz-Montero and Frenkel, J. Chem. Phys. 104, 9932 (1996), doi:10.1063/1.471721.
    """
    norms = np.linalg.norm(bonds.order, axis=1)
    q = bonds.order / np.maximum(norms, np.finfo(np.float64).tiny)[:, None]
    coherent = np.einsum("bm,bm->b", q[bonds.first], q[bonds.second].conj()).real > threshold
    solid = np.bincount(bonds.first[coherent], minlength=bonds.count) >= solid_bonds
    if not np.any(solid):
        return 0.0, 0
    joined = coherent & solid[bonds.first] & solid[bonds.second]
    links = (np.ones(np.count_nonzero(joined)), (bonds.first[joined], bonds.second[joined]))
    _, labels = connected_components(csr_array(links, shape=(bonds.count, bonds.count)), directed=False)
    return float(np.mean(solid)), int(np.max(np.bincount(labels[solid])))


def warren_cowley(bonds: Bonds, species: npt.ArrayLike, one: int = 0, other: int = 1) -> float:
    """Chemical order α = 1 - Z_ij ⟨Z⟩/(x_j Z_i Z_j): 0 for random mixing, above if species demix.

    Z_ij is the number of neighbours j of a particle i, Z_i of all its neighbours, x_j the fraction of j. For
    species of equal coordination it is the parameter of Warren and Cowley; for others it allows for large
    particles having more neighbours of any kind. α is symmetric in the species, 1 where they have separated
    and at least 1 - 1/max(s_i, s_j), -1 for equal shares s of all neighbours.
    Sources: Cowley, Phys. Rev. 77, 669 (1950), doi:10.1103/PhysRev.77.669; Cargill and Spaepen, J. Non-Cryst.
    Solids 43, 91 (1981). NaN where a species has no neighbours.
    """
    kind = np.asarray(species)
    first, second = kind[bonds.first], kind[bonds.second]
    ends = np.count_nonzero(first == one) * np.count_nonzero(second == other)
    together = np.count_nonzero((first == one) & (second == other))
    return 1.0 - together * len(first) / ends if ends else math.nan


def size_correlation(bonds: Bonds, diameters: Floats) -> float:
    """Correlation coefficient of the diameters of neighbours: 0 for random mixing, 1 where sizes separate.

    Means and variance are those of the ends of bonds, as large particles have more neighbours of any size.
    NaN where all diameters are equal.
    """
    ends = diameters[bonds.first]
    away = ends - ends.mean() if len(ends) else ends
    others = diameters[bonds.second] - ends.mean() if len(ends) else ends
    variance = float(away @ away)
    return float(away @ others) / variance if variance > ROUND_OFF * float(ends @ ends) else math.nan


def order_parameters(
    configuration: Configuration,
    model: Model,
    neighbour_range: float = NEIGHBOUR_RANGE,
    solid_threshold: float = SOLID_THRESHOLD,
    solid_bonds: int = SOLID_BONDS,
) -> dict[str, float]:
    """Order of a configuration, liquid or glass; neighbours are pairs with r < ``neighbour_range``·λ_ij.

    ``q6`` and ``solid_fraction`` as means over particles, ``largest_cluster`` of solid-like particles as a
    share of all, and ``demixing``: the Warren-Cowley parameter where there are two species, the correlation
    of neighbours' diameters where particles have such.
    """
    species, diameters = configuration.species, configuration.diameters
    longest = neighbour_range * model.max_cutoff / model.form.x_cut
    bonds = _bonds(
        configuration.positions,
        configuration.box,
        longest,
        lambda pairs: neighbour_range * model.pair_lengths(species, diameters, pairs),
    )
    solid, largest = solid_clusters(bonds, solid_threshold, solid_bonds)
    values = {
        "q6": float(np.mean(averaged_order(bonds))),
        "solid_fraction": solid,
        "largest_cluster": largest / configuration.N,
    }
    demixing = warren_cowley(bonds, species) if diameters is None else size_correlation(bonds, diameters)
    if math.isfinite(demixing):
        values["demixing"] = demixing
    return values


def _sum_by_first(bonds: Bonds, values: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    real = np.bincount(bonds.first, values.real, bonds.count)
    return np.asarray(real + 1j * np.bincount(bonds.first, values.imag, bonds.count))
