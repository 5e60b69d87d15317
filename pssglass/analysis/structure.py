"""Static structure of a periodic configuration: pair correlation function and structure factor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pssglass import engine
from pssglass.base.results import Floats, Integers
from pssglass.configurations import Configuration, edge_vectors
from pssglass.models import Model

RANGE, BIN = 5.0, 0.02
"""Of distances, in units of ρ^(-1/3) with the model's number density ρ."""
LARGEST, WIDTH = 20.4, 0.1
"""Of wave numbers, in units of ρ^(1/3): three times the first peak of S(k), about 6.8 ρ^(1/3)."""
VECTORS = 1000
"""Wave vectors of a shell at most, k and -k being one."""
SIGNS = np.array([[1, 1, 1], [1, 1, -1], [1, -1, 1], [1, -1, -1]])
"""Of the three numbers of a wave vector, in the order of the engine; -k tells nothing that k does not."""
FIRST, SECOND = np.triu_indices(3)


@dataclass(frozen=True)
class PairCorrelation:
    """g(r) in bins of equal width.

    Attributes:
        distance: middle of each bin, (bins,).
        total: of all pairs, (bins,).
        partial: by species, (pairs of species, bins) in the order 0-0, 0-1, …, 1-1, …; None of one species.
    """

    distance: Floats
    total: Floats
    partial: Floats | None


@dataclass(frozen=True)
class StructureFactor:
    """S(k) in shells of wave vectors.

    Attributes:
        wave_number: mean |k| of each shell, (shells,).
        vectors: number of wave vectors, k and -k being one, (shells,).
        total: of all particles, (shells,).
        partial: by species, (pairs of species, shells), in the order of ``PairCorrelation``.
    """

    wave_number: Floats
    vectors: Floats
    total: Floats
    partial: Floats | None


def pair_correlation(
    configuration: Configuration, model: Model, longest: float | None = None, width: float | None = None
) -> PairCorrelation:
    """g_ab(r) = V n_ab(r)/(N_a (N_b - δ_ab) v(r)), with n_ab ordered pairs in a bin of volume v.

    So it is 1 at all r, without bias, for any number of particles placed at random; the total one is that of
    particles taken as all alike. n_ab/N_a is the number of b around one a; it scatters from one configuration
    to the next by the square root of n_ab, at least. Nearest images count: distances end at half of the box.
    Source: Hansen and McDonald, Theory of Simple Liquids (2013), section 2.5, doi:10.1016/C2010-0-66723-X.

    Args:
        configuration: liquid or glass.
        model: of it.
        longest: distance; None takes 5 ρ^(-1/3) with the model's density ρ.
        width: of bins; None takes 0.02 ρ^(-1/3). The last bin ends within ``longest`` and half of the box.
    """
    length = model.number_density ** (-1.0 / 3.0)
    width = BIN * length if width is None else width
    longest = RANGE * length if longest is None else longest
    bins = max(1, math.floor(min(longest, 0.5 * narrowest(configuration.box)) / width + 1e-9))
    species, sizes = kinds_of(configuration)
    with engine.translated():
        counts = engine.pair_counts(
            *(configuration.box, configuration.positions, species, len(sizes), bins * width, bins)
        )
    edges = width * np.arange(bins + 1)
    ideal = 4.0 / 3.0 * math.pi * np.diff(edges**3) / configuration.volume
    N = configuration.N
    partial = None
    if len(sizes) > 1:
        first, second = np.triu_indices(len(sizes))
        pairs = np.where(
            first == second, 0.5 * sizes[first] * (sizes[second] - 1), sizes[first] * sizes[second]
        )
        partial = counts / (np.maximum(pairs, 1.0)[:, None] * ideal)
    total = counts.sum(axis=0) / (max(0.5 * N * (N - 1), 1.0) * ideal)
    return PairCorrelation(0.5 * (edges[1:] + edges[:-1]), total, partial)


def structure_factor(
    configuration: Configuration,
    model: Model,
    largest: float | None = None,
    width: float | None = None,
    most: int = VECTORS,
) -> StructureFactor:
    """S_ab(k) = Re⟨ρ_a(k) ρ_b(-k)⟩/N, with ρ_a(k) = Σ exp(i k·r) over the particles of species a.

    The mean is over the wave vectors of the periodic box in shells of |k|; S = Σ_ab S_ab, and S_ab goes to
    x_a δ_ab at large k with the share x_a of a species. Over √(x_a x_b) it is that of Ashcroft and Langreth.
    Components of the density are nearly normal, so the S of a shell of n vectors scatters from one
    configuration to the next by S/√n; k = 0 is left out. Source: Hansen and McDonald, Theory of Simple
    Liquids (2013), sections 4.1 and 3.6, doi:10.1016/C2010-0-66723-X.

    A box that is larger or smaller than that of the model's density has shells as much narrower or wider:
    so that a box which breathes has the same wave vectors in each.

    Args:
        configuration: liquid or glass.
        model: of it.
        largest: wave number at the model's density ρ; None takes 20.4 ρ^(1/3).
        width: of shells, likewise; None takes 0.1 ρ^(1/3). Those without a vector are left out.
        most: vectors of a shell, about: of those that have more so many are drawn, the same at each call.
    """
    inverse_length = model.number_density ** (1.0 / 3.0)
    width = WIDTH * inverse_length if width is None else width
    largest = LARGEST * inverse_length if largest is None else largest
    scale = math.cbrt(configuration.N / model.number_density / configuration.volume)
    usual = configuration.box * [scale, scale, scale, 1.0, 1.0, 1.0]
    waves, numbers = wave_vectors(usual, largest, width, most)
    species, sizes = kinds_of(configuration)
    with engine.translated():
        products = engine.density_products(
            *(configuration.box, configuration.positions, species, len(sizes), waves)
        )
    shells = np.floor(numbers / width).astype(np.int64)
    shells[numbers > largest] = math.floor(largest / width) + 1
    # Half of the octant's mirror images, k and -k being one; where a number is zero, several are the same.
    share = np.repeat(0.125 * 2.0 ** np.count_nonzero(waves, axis=1), len(SIGNS))
    count = np.bincount(shells.ravel(), share)[: math.floor(largest / width) + 1].astype(np.float64)
    kept = np.flatnonzero(count)

    def averaged(values: Floats) -> Floats:
        sums = np.bincount(shells.ravel(), share * values.ravel())
        return np.asarray(sums[kept] / count[kept])

    first, second = np.triu_indices(len(sizes))
    both = np.where(first == second, 1.0, 2.0)
    each = np.array([averaged(products[:, :, pair]) for pair in range(len(both))]) / configuration.N
    return StructureFactor(
        scale * averaged(numbers), count[kept], both @ each, each if len(sizes) > 1 else None
    )


def kinds_of(configuration: Configuration) -> tuple[npt.NDArray[np.int32], Floats]:
    """Species (N,), all one where diameters tell particles apart, and how many particles each has."""
    species, names = configuration.species, configuration.species_names
    if configuration.diameters is not None:
        species, names = np.zeros_like(species), ("all",)
    return species, np.bincount(species, minlength=len(names)).astype(np.float64)


def narrowest(box: Floats) -> float:
    """Least distance between two opposite faces of a box (6,)."""
    return float(1.0 / np.linalg.norm(np.linalg.inv(edge_vectors(box)), axis=0).max())


def wave_vectors(box: Floats, largest: float, width: float, most: int) -> tuple[Integers, Floats]:
    """Wave vectors of a box up to a wave number: whole numbers (n, 3), and |k| with all SIGNS (n, 4).

    Of shells with more than about ``most`` of them some are drawn, by a generator of fixed seed.
    """
    edges = edge_vectors(box)
    inverse = np.linalg.inv(edges)
    metric = 4.0 * math.pi**2 * inverse.T @ inverse
    most_along = np.floor(largest * np.linalg.norm(edges, axis=1) / (2.0 * math.pi)).astype(np.int64)
    # Of an octant, four mirror images each: their number up to k is V k³/(6π²)/8.
    density = float(np.prod(box[:3])) / (16.0 * math.pi**2) * width
    rng = np.random.default_rng(0)
    waves, lengths = [], []
    for plane in _planes(most_along):
        products = plane[:, FIRST] * plane[:, SECOND] * metric[FIRST, SECOND]
        k = np.sqrt(products @ (SIGNS[:, FIRST] * SIGNS[:, SECOND] * np.where(FIRST == SECOND, 1, 2)).T)
        near = k.min(axis=1) <= largest
        is_drawn = rng.random(len(plane)) * density * k[:, 0] ** 2 < 0.25 * most
        chosen = near & is_drawn
        waves.append(plane[chosen])
        lengths.append(k[chosen])
    return np.concatenate(waves).astype(np.int32), np.concatenate(lengths)


def _planes(largest: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """Numbers (n, 3) from 0 up, without (0, 0, 0), by the first of them."""
    others = np.stack(np.meshgrid(*(np.arange(n + 1) for n in largest[1:]), indexing="ij"), axis=-1)
    for first in range(int(largest[0]) + 1):
        plane = np.column_stack([np.full(others[..., 0].size, first), others.reshape(-1, 2)])
        yield plane[plane.any(axis=1)]
