"""D²_min against a least-squares fit for each particle, and participation of fields that are known."""

from __future__ import annotations

import numpy as np
import pytest

from pssglass.analysis.rearrangements import nonaffine_squares, participation_ratio

N = 40
RNG = np.random.default_rng(2)
POSITIONS = RNG.uniform(0.0, 3.0, (N, 3))
FIRST, SECOND = np.triu_indices(N, 1)
SEPARATIONS = POSITIONS[SECOND] - POSITIONS[FIRST]
NEAR = np.linalg.norm(SEPARATIONS, axis=1) < 1.2
PAIRS, SEPARATIONS = np.column_stack([FIRST, SECOND])[NEAR].astype(np.int32), SEPARATIONS[NEAR]


def by_least_squares(displacements: np.ndarray, particle: int) -> float:
    first, second = (PAIRS[:, k] == particle for k in (0, 1))
    r = np.concatenate([SEPARATIONS[first], -SEPARATIONS[second]])
    neighbours = np.concatenate([PAIRS[first, 1], PAIRS[second, 0]])
    if len(r) < 4:
        return 0.0
    u = displacements[neighbours] - displacements[particle]
    fit, *_ = np.linalg.lstsq(r, u, rcond=None)
    return float(np.sum((u - r @ fit) ** 2) / len(r))


def test_it_is_what_a_least_squares_fit_leaves() -> None:
    displacements = RNG.normal(size=(N, 3))
    expected = [by_least_squares(displacements, k) for k in range(N)]
    assert np.count_nonzero(expected) > 30
    np.testing.assert_allclose(nonaffine_squares(displacements, PAIRS, SEPARATIONS), expected, atol=1e-12)


def test_a_homogeneous_strain_rearranges_nothing() -> None:
    strained = POSITIONS @ RNG.normal(size=(3, 3)) + 5.0
    np.testing.assert_allclose(nonaffine_squares(strained, PAIRS, SEPARATIONS), 0.0, atol=1e-12)


@pytest.mark.parametrize(("moving", "expected"), [(1, 1 / N), (10, 10 / N), (N, 1.0)])
def test_participation_is_the_share_of_particles_that_move(moving: int, expected: float) -> None:
    field = np.zeros((N, 3))
    field[:moving, 1] = -0.3
    assert participation_ratio(field) == pytest.approx(expected)
