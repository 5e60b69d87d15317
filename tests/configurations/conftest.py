"""A configuration with all that one can have, and a small file."""

from __future__ import annotations

import numpy as np

from pssglass.configurations import (
    Configuration,
    model_record,
    wrapped,
)
from pssglass.models import PSS

N = 40
CUBIC = (4.1, 4.1, 4.1, 0.0, 0.0, 0.0)
TILTED = (4.1, 4.2, 4.3, 0.11, -0.07, 0.21)
MODEL = PSS(1.1, density=N / 4.1**3)
GOOD = '2\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3 pbc="T T T"\nA 0 0 0\nB 1 1 1\n'
"""Extended XYZ."""


def configuration(box: tuple[float, ...] = CUBIC, kind: str = "liquid") -> Configuration:
    rng = np.random.default_rng(5)
    edges = np.array(box)
    return Configuration(
        kind=kind,
        positions=wrapped(rng.uniform(-3, 3, (N, 3)), edges),
        box=edges,
        species=rng.permutation(np.repeat(np.array([0, 1], dtype=np.int32), N // 2)),
        velocities=rng.normal(size=(N, 3)),
        images=rng.integers(-2, 3, (N, 3)).astype(np.int32),
        step=12345,
        list_reference=rng.uniform(-2, 2, (N, 3)),
        metadata={"model": model_record(MODEL), "note": 'quotes " and \\ and λ', "seed": 2**62 + 1},
    )


def assert_same_state(a: Configuration, b: Configuration) -> None:
    np.testing.assert_array_equal(a.positions, b.positions)
    np.testing.assert_array_equal(a.species, b.species)
    np.testing.assert_allclose(a.box, b.box, rtol=3e-16)
    assert a.velocities is not None
    assert b.velocities is not None
    np.testing.assert_array_equal(a.velocities, b.velocities)
