"""Neighbours from the engine's grid, as structure functions see them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pssglass import engine
from pssglass.base.errors import InputError


def test_pairs_within_are_those_of_a_tree() -> None:
    rng = np.random.default_rng(5)
    box = np.array([9.0, 8.0, 10.0, 0.0, 0.0, 0.0])
    positions = rng.uniform(0.0, box[:3], (400, 3))
    pairs, separations = engine.pairs_within(box, positions, 1.5)
    expected = cKDTree(positions, boxsize=box[:3]).query_pairs(1.5, output_type="ndarray")
    assert pairs.tolist() == expected[np.lexsort(expected.T[::-1])].tolist()
    steps = (positions[pairs[:, 1]] - positions[pairs[:, 0]] - separations) / box[:3]
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-12)


def test_a_lattice_in_a_tilted_box_has_its_twelve_neighbours() -> None:
    # One particle, whose images make a face-centred cubic lattice.
    box = [1.0, 3.0**0.5 / 2, (2.0 / 3.0) ** 0.5, 3.0**-0.5, 0.5 * 1.5**0.5, 0.5**1.5]
    pairs, separations = engine.pairs_within(box, [[0.3, 0.2, 0.1]], 1.01)
    assert pairs.tolist() == [[0, 0]] * 6
    np.testing.assert_allclose(np.linalg.norm(separations, axis=1), 1.0, rtol=1e-12)


@pytest.mark.parametrize("cutoff", [0.0, -1.0, float("nan"), 1e6])
def test_a_cutoff_that_finds_nothing_or_too_much_is_refused(cutoff: float) -> None:
    with pytest.raises(InputError, match="cutoff"), engine.translated():
        engine.pairs_within([5.0, 5.0, 5.0, 0.0, 0.0, 0.0], np.zeros((10, 3)), cutoff)
