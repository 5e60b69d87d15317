"""Short form of validate.py: one small glass of the stickiest model, whose cores are small."""

from __future__ import annotations

from types import ModuleType


def test_cores_of_a_sticky_glass_are_as_large_as_their_frequency_says(case: ModuleType) -> None:
    found = case.measure(1.1, N=8000)
    assert 1.8 < found.length < 3.2
    assert 0.7 < found.ratio < 1.7
    assert found.omega_g_error < 0.1 * found.omega_g
