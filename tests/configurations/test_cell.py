"""Cells of any shape: the same crystal in the box with the shortest edges."""

from __future__ import annotations

from pathlib import Path

import ase
import ase.io
import numpy as np
import pytest
from ase.geometry import minkowski_reduce

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats
from pssglass.configurations import edge_vectors, read_configuration
from pssglass.configurations.cell import Cell

N = 12


def widths(edges: Floats) -> Floats:
    """Distances between opposite faces."""
    return 1.0 / np.linalg.norm(np.linalg.inv(edges), axis=0)


SKEW = {
    "tilt of five boxes": np.array([[4.0, 0, 0], [20.3, 5.0, 0], [-13.0, 7.0, 6.0]]),
    "orthorhombic in disguise": np.array([[4.0, 5.0, 0], [8.0, 15.0, 0], [12.0, 5.0, 6.0]]),
    "left-handed": np.array([[4.0, 0, 0], [0.5, 5.0, 0], [0, 0.3, -6.0]]),
    "turned": np.array([[0.1, 4.0, 0.3], [0.2, 0.1, 5.0], [30.0, 4.5, 10.1]]),
}


@pytest.mark.parametrize("edges", SKEW.values(), ids=SKEW)
def test_a_skew_cell_is_reduced_and_keeps_all_distances(edges: Floats, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    atoms = ase.Atoms(["Cu"] * N, rng.uniform(0, 1, (N, 3)) @ edges, cell=edges, pbc=True)
    ase.io.write(tmp_path / "a.extxyz", atoms, format="extxyz")
    state = read_configuration(tmp_path / "a.extxyz", mapping={"Cu": "A"})
    found = edge_vectors(state.box)
    best, _ = minkowski_reduce(edges)
    np.testing.assert_allclose(
        sorted(np.linalg.norm(found, axis=1)), sorted(np.linalg.norm(best, axis=1)), rtol=1e-7
    )
    assert widths(found).min() == pytest.approx(widths(best).min(), rel=1e-7)
    assert state.volume == pytest.approx(atoms.get_volume(), rel=1e-7)
    again = ase.Atoms(["Cu"] * N, state.positions, cell=found, pbc=True)
    np.testing.assert_allclose(
        again.get_all_distances(mic=True), atoms.get_all_distances(mic=True), atol=1e-6
    )


@pytest.mark.parametrize("edges", SKEW.values(), ids=SKEW)
def test_crossings_of_a_reduced_cell_lead_to_the_same_places(edges: Floats) -> None:
    rng = np.random.default_rng(4)
    positions, images = rng.uniform(0, 1, (N, 3)) @ edges, rng.integers(-3, 4, (N, 3))
    cell = Cell.of_edges(edges)
    far = cell.vectors(positions + images @ edges)
    np.testing.assert_allclose(
        cell.vectors(positions) + cell.images(images) @ edge_vectors(cell.box), far, atol=1e-9
    )


@pytest.mark.parametrize(
    "box", [(4, 5, 6, 0, 0, 0), (4, 4, 4, 0.5, 0, 0), (4.1, 4.2, 4.3, 0.11, -0.07, 0.21)]
)
def test_a_reduced_box_stays_as_it_is(box: tuple[float, ...]) -> None:
    cell = Cell.of_edges(edge_vectors(np.array(box, dtype=float)))
    assert (cell.rotation, cell.combination) == (None, None)
    np.testing.assert_allclose(cell.box, box, rtol=3e-16)


@pytest.mark.parametrize("edges", [np.zeros((3, 3)), np.diag([1.0, 1.0, np.nan]), np.ones((3, 3))])
def test_edges_without_a_volume_are_refused(edges: Floats) -> None:
    with pytest.raises(ConfigurationError, match="must span a cell of positive volume"):
        Cell.of_edges(edges)
