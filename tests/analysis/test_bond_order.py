"""Neighbours and order parameters against freud, perfect crystals and counting by hand."""

from __future__ import annotations

import freud
import numpy as np
import pytest

from pssglass.analysis import bond_order
from pssglass.configurations import edge_vectors

SLANTED = np.array([9.0, 9.5, 10.0, 0.2, -0.1, 0.3])


def random_mixture(count: int = 500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random positions in a slanted box, species, and a reach for each pair of species."""
    rng = np.random.default_rng(0)
    positions = rng.uniform(-0.5, 0.5, (count, 3)) @ edge_vectors(SLANTED)
    return positions, rng.integers(0, 2, count), np.array([[1.3, 1.5], [1.5, 1.7]])


def freud_neighbours(positions: np.ndarray, box: np.ndarray, reach: np.ndarray, species: np.ndarray):
    query = freud.locality.AABBQuery(freud.box.Box(*box), positions.astype(np.float32))
    options = {"r_max": float(reach.max()), "exclude_ii": True}
    neighbours = query.query(positions.astype(np.float32), options).toNeighborList()
    near = neighbours.distances < reach[species[neighbours[:, 0]], species[neighbours[:, 1]]]
    return neighbours.filter(near)


def crystal(noise: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """A slightly shaken face-centred cubic crystal of 500 particles, nearest neighbours at 1."""
    box, positions = freud.data.UnitCell.fcc().generate_system(5, scale=np.sqrt(2), sigma_noise=noise, seed=1)
    return positions.astype(np.float64), np.array([box.Lx, box.Ly, box.Lz, 0.0, 0.0, 0.0])


def crystal_bonds(noise: float = 0.05) -> bond_order.Bonds:
    positions, box = crystal(noise)
    return bond_order.neighbour_bonds(positions, box, np.array([[1.3]]), np.zeros(len(positions), dtype=int))


def test_bonds_are_freuds_in_a_slanted_box() -> None:
    positions, species, reach = random_mixture()
    bonds = bond_order.neighbour_bonds(positions, SLANTED, reach, species)
    expected = freud_neighbours(positions, SLANTED, reach, species)
    ours = sorted(zip(bonds.first.tolist(), bonds.second.tolist(), strict=True))
    assert ours == sorted(map(tuple, expected[:].tolist()))
    assert np.bincount(bonds.first, minlength=500) == pytest.approx(bonds.numbers)


def test_bond_vectors_join_nearest_images() -> None:
    positions, species, reach = random_mixture()
    bonds = bond_order.neighbour_bonds(positions, SLANTED, reach, species)
    wrapped = freud.box.Box(*SLANTED).wrap(positions[bonds.second] - positions[bonds.first])
    assert bonds.vectors == pytest.approx(wrapped, abs=1e-5)


def test_a_particle_meets_its_own_images_in_a_tiny_box() -> None:
    bonds = bond_order.neighbour_bonds(
        np.zeros((1, 3)), np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0]), np.array([[1.2]]), np.zeros(1, dtype=int)
    )
    assert len(bonds.first) == 6


def test_averaged_order_is_freuds() -> None:
    positions, species, reach = random_mixture()
    bonds = bond_order.neighbour_bonds(positions, SLANTED, reach, species)
    steinhardt = freud.order.Steinhardt(l=6, average=True)
    steinhardt.compute(
        (freud.box.Box(*SLANTED), positions.astype(np.float32)),
        neighbors=freud_neighbours(positions, SLANTED, reach, species),
    )
    # freud works in single precision.
    assert bond_order.averaged_order(bonds) == pytest.approx(steinhardt.particle_order, abs=2e-5)


def test_a_perfect_crystal_has_the_known_order() -> None:
    assert bond_order.averaged_order(crystal_bonds(noise=0.0)) == pytest.approx(0.5745, abs=1e-4)


def test_a_crystal_is_one_solid_cluster_and_a_gas_has_none() -> None:
    assert bond_order.solid_clusters(crystal_bonds()) == (1.0, 500)
    positions, species, reach = random_mixture()
    gas = bond_order.neighbour_bonds(positions, SLANTED, reach, species)
    assert bond_order.solid_clusters(gas) == (0.0, 0)


def test_a_crystallite_in_a_gas_is_counted() -> None:
    positions, box = crystal()
    scattered = np.random.default_rng(3).uniform(-0.5, 0.5, positions.shape) * box[:3]
    inside = np.linalg.norm(positions, axis=1) < 2.2
    mixed = np.where(inside[:, None], positions, scattered)
    mixed = mixed[inside | (np.linalg.norm(scattered, axis=1) > 3.0)]
    kind = np.zeros(len(mixed), dtype=int)
    bonds = bond_order.neighbour_bonds(mixed, box, np.array([[1.3]]), kind)
    solid, largest = bond_order.solid_clusters(bonds)
    assert 5 <= largest <= np.count_nonzero(inside)
    assert largest == round(solid * len(mixed))


def lattice_bonds(basis: list[list[float]], reach: float, cells: int = 4) -> bond_order.Bonds:
    """Bonds of a cubic lattice of unit cells, particles in the order of the basis cell by cell."""
    corners = np.stack(np.meshgrid(*[np.arange(float(cells))] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    positions = (corners[:, None, :] + np.array(basis)).reshape(-1, 3)
    box = np.array([cells, cells, cells, 0.0, 0.0, 0.0])
    return bond_order.neighbour_bonds(
        positions, box, np.array([[reach]]), np.zeros(len(positions), dtype=int)
    )


FCC = [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]]


def test_caesium_chloride_and_copper_gold_have_the_least_warren_cowley_there_is() -> None:
    """All eight neighbours unlike; all twelve of the minority unlike: 1 - 1/x with x the larger fraction."""
    chloride = lattice_bonds([[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]], 0.9)
    assert bond_order.warren_cowley(chloride, np.arange(chloride.count) % 2) == pytest.approx(-1.0)
    alloy = lattice_bonds(FCC, 0.8)
    gold = (np.arange(alloy.count) % 4 > 0).astype(int)
    assert bond_order.warren_cowley(alloy, gold) == pytest.approx(1.0 - 1.0 / 0.75)
    assert bond_order.warren_cowley(alloy, gold, 1, 0) == pytest.approx(1.0 - 1.0 / 0.75)


@pytest.mark.parametrize("fraction", [0.2, 0.5])
def test_random_mixing_has_no_warren_cowley(fraction: float) -> None:
    bonds, rng = lattice_bonds(FCC, 0.8), np.random.default_rng(4)
    found = [bond_order.warren_cowley(bonds, rng.random(bonds.count) < fraction) for _ in range(200)]
    assert np.mean(found) == pytest.approx(0.0, abs=4.0 * np.std(found) / np.sqrt(200) + 1.0 / bonds.count)


def test_random_mixing_of_large_and_small_has_no_warren_cowley() -> None:
    """Large particles have more neighbours of both kinds: the plain share of them would speak of order."""
    rng = np.random.default_rng(5)
    positions, species = rng.uniform(0.0, 20.0, (6000, 3)), rng.integers(0, 2, 6000)
    reach = np.array([[1.0, 1.18], [1.18, 1.4]])
    bonds = bond_order.neighbour_bonds(positions, np.array([20.0] * 3 + [0.0] * 3), reach, species)
    share = np.mean(species[bonds.second[species[bonds.first] == 0]])
    assert 1.0 - share / np.mean(species) < -0.15
    assert bond_order.warren_cowley(bonds, species) == pytest.approx(0.0, abs=0.02)


def test_separated_species_have_a_warren_cowley_near_one() -> None:
    bonds = lattice_bonds(FCC, 0.8, cells=8)
    halves = (np.arange(bonds.count) < bonds.count // 2).astype(int)
    assert 0.8 < bond_order.warren_cowley(bonds, halves) < 1.0
    assert np.isnan(bond_order.warren_cowley(bonds, np.zeros(bonds.count)))
