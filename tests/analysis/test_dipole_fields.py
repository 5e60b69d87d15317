"""Fields of dipoles: in an elastic continuum, in a crystal, and profiles with a planted crossover."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import pssglass as pg
from pssglass.analysis import dipole_fields
from pssglass.base.results import Floats
from pssglass.configurations import Configuration, edge_vectors

SLANTED = np.array([9.0, 9.5, 10.0, 0.2, -0.1, 0.3])
POISSON_RATIO = 0.3


def kelvin_dipole(x: Floats, axis: Floats, strain: float = 1e-4) -> Floats:
    """Response of an infinite isotropic continuum to two opposite forces, in units of (16πG(1 - ν))⁻¹."""

    def kelvin(at: Floats) -> Floats:
        r = np.linalg.norm(at, axis=1, keepdims=True)
        n = at / r
        return ((3.0 - 4.0 * POISSON_RATIO) * axis + n * (n @ axis)[:, None]) / r

    return np.asarray((kelvin(x - strain * axis) - kelvin(x + strain * axis)) / (2.0 * strain))


def test_the_response_of_a_continuum_decays_as_its_inverse_square_distance() -> None:
    """|u|² r⁴ is the same at all distances: the mean over directions, by quadrature on one axis."""
    rng = np.random.default_rng(1)
    positions = rng.uniform(-10.0, 10.0, (40_000, 3))
    box = np.array([20.0, 20.0, 20.0, 0.0, 0.0, 0.0])
    axis = np.array([1.0, 2.0, -2.0]) / 3.0
    squares = np.sum(kelvin_dipole(positions, axis) ** 2, axis=1)
    edges = dipole_fields.shell_edges(4.0, box)
    means = dipole_fields.shell_means(squares[None], np.zeros((1, 3)), positions, box, edges)[0]
    cosine, weight = np.polynomial.legendre.leggauss(20)
    ring = np.stack([np.sqrt(1.0 - cosine**2), np.zeros(20), cosine], axis=1)
    expected = 0.5 * weight @ np.sum(kelvin_dipole(ring, np.array([0.0, 0.0, 1.0])) ** 2, axis=1)
    # In a shell the mean of r⁻⁴ over its volume counts.
    volume = (edges[1:] ** 3 - edges[:-1] ** 3) / 3.0
    inverse_fourth = (1.0 / edges[:-1] - 1.0 / edges[1:]) / volume
    assert means / inverse_fourth == pytest.approx(np.full(len(means), expected), rel=0.12)
    assert np.mean(means / inverse_fourth) == pytest.approx(expected, rel=0.02)


def crystal(cells: int, neighbour_distance: float = 1.12) -> pg.Glass:
    """A face-centred cubic crystal of small spheres, which is an inherent state by symmetry."""
    basis = np.array([[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]])
    corners = np.array(list(itertools.product(range(cells), repeat=3)), dtype=float)
    edge = np.sqrt(2.0) * neighbour_distance
    positions = edge * (corners[:, None, :] + basis).reshape(-1, 3)
    box = np.array([cells * edge] * 3 + [0.0] * 3)
    species = np.zeros(len(positions), dtype=np.int32)
    configuration = Configuration(kind="inherent", positions=positions, box=box, species=species)
    return pg.Glass.quenched(pg.PSS(rc=1.5), configuration)


def test_the_response_of_a_crystal_decays_as_that_of_a_continuum() -> None:
    """A crystal has no soft spots: from the second neighbours on |u|² goes as r⁻⁴."""
    glass = crystal(12)
    pair = glass.random_pairs(1)
    squares = np.sum(glass.solve(dipole_fields.dipole_forces(glass.positions, glass.box, pair)) ** 2, axis=2)
    first, second = glass.positions[pair[0]]
    middle = first + 0.5 * dipole_fields.nearest_image(second - first, edge_vectors(glass.box))
    edges = 1.12 * np.geomspace(1.5, 6.8, 9)
    means = dipole_fields.shell_means(squares, middle[None], glass.positions, glass.box, edges)[0]
    slope = np.polyfit(0.5 * np.log(edges[1:] * edges[:-1]), np.log(means), 1)[0]
    assert slope == pytest.approx(-4.0, abs=0.15)


def test_nearest_images_in_a_slanted_box() -> None:
    edges = edge_vectors(SLANTED)
    vectors = np.random.default_rng(2).uniform(-15.0, 15.0, (300, 3))
    shifts = np.array(list(itertools.product((-2, -1, 0, 1, 2), repeat=3)), dtype=float) @ edges
    images = vectors[:, None, :] + shifts
    lengths = np.linalg.norm(images, axis=2)
    nearest = images[np.arange(300), np.argmin(lengths, axis=1)]
    inside = np.min(lengths, axis=1) < dipole_fields.shell_edges(0.5, SLANTED)[-1]
    assert np.count_nonzero(inside) > 30
    assert dipole_fields.nearest_image(vectors, edges)[inside] == pytest.approx(nearest[inside])


def test_shells_end_at_half_the_smallest_height() -> None:
    edges = dipole_fields.shell_edges(1.0, np.array([10.0, 20.0, 30.0, 0.0, 0.0, 0.0]))
    assert edges[0] == 1.0
    assert 5.0 / 10.0 ** (1 / 20) < edges[-1] <= 5.0
    assert edges[1:] / edges[:-1] == pytest.approx(np.full(len(edges) - 1, 10.0 ** (1 / 20)))


def planted(length: float, noise: float = 0.0, seed: int = 0) -> tuple[Floats, Floats]:
    """r⁴|u|² that rises as r² below the planted length and falls as r⁻¹·⁵ beyond."""
    r = np.geomspace(1.2, 37.0, 31)
    shape = 1.0 / ((r / length) ** -2.0 + 2.0 / 1.5 * (r / length) ** 1.5)
    scatter = noise * np.random.default_rng(seed).standard_normal(r.size)
    return r, shape * np.exp(scatter) / r**4


@pytest.mark.parametrize("length", [3.0, 6.0, 10.0])
def test_the_planted_crossover_is_found(length: float) -> None:
    assert dipole_fields.core_lengths(*planted(length)) == pytest.approx(length, rel=0.05)
    r = planted(length)[0]
    noisy = dipole_fields.core_lengths(r, np.stack([planted(length, 0.05, seed)[1] for seed in range(100)]))
    assert np.mean(noisy) == pytest.approx(length, rel=0.06)
    assert np.std(noisy) < 0.1 * length


def test_a_crossover_beyond_half_the_box_or_none_at_all_is_not_claimed() -> None:
    assert np.isnan(dipole_fields.core_lengths(*planted(30.0)))
    r = planted(3.0)[0]
    assert np.isnan(dipole_fields.core_lengths(r, r**-4.5))
