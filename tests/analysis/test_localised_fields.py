"""Cores of localised fields, their sizes, and how the fields decay."""

from __future__ import annotations

import numpy as np
import pytest

from pssglass.analysis.dipole_fields import nearest_image
from pssglass.analysis.localised_fields import core_sizes, cores, decay_exponents
from pssglass.base.results import Floats
from pssglass.configurations import edge_vectors

BOX = np.array([20.0, 20.0, 20.0, 0.0, 0.0, 0.0])
POSITIONS = np.random.default_rng(1).uniform(-10.0, 10.0, (4000, 3))


def field(exponent: float, core: int = 7) -> Floats:
    """Directions at random, lengths that fall as a power of the distance from a particle, periodically."""
    apart = nearest_image(POSITIONS - POSITIONS[core], edge_vectors(BOX))
    directions = np.random.default_rng(2).normal(size=POSITIONS.shape)
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    return np.asarray(directions * np.maximum(np.linalg.norm(apart, axis=1), 0.1)[:, None] ** -exponent)


@pytest.mark.parametrize("exponent", [1.0, 2.0, 3.5])
def test_the_exponent_of_a_power_law(exponent: float) -> None:
    assert decay_exponents(field(exponent)[None], POSITIONS, BOX) == pytest.approx(exponent, rel=0.05)


def test_the_core_is_where_most_moves() -> None:
    assert cores(np.stack([field(2.0, core=7), field(2.0, core=11)])).tolist() == [7, 11]


def test_the_size_of_a_gaussian_across_the_border_of_the_box() -> None:
    """Of |z| ∼ exp(-r²/4s²) the weight |z|⁴ ∼ exp(-r²/s²) has the radius of gyration √(3/2) s."""
    centre = np.array([9.9, -9.9, 0.0])
    apart = nearest_image(POSITIONS - centre, edge_vectors(BOX))
    lengths = np.exp(-np.sum(apart**2, axis=1) / (4 * 2.0**2))
    gaussian = lengths[:, None] * [[1.0, 0.0, 0.0]]
    assert core_sizes(gaussian[None], POSITIONS, BOX) == pytest.approx(np.sqrt(1.5) * 2.0, rel=0.1)


def test_too_small_a_box_has_no_far_field() -> None:
    small = np.array([3.0, 3.0, 3.0, 0.0, 0.0, 0.0])
    positions = np.random.default_rng(3).uniform(-1.5, 1.5, (20, 3))
    assert np.isnan(decay_exponents(np.ones((1, 20, 3)), positions, small)).all()
