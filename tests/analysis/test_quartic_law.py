"""Estimators of the prefactor of D(ω) = A ω⁴; through observable vdos in tests/observables/test_vdos.py."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pssglass.analysis.quartic_law import binned_prefactor, counted_prefactor, window_edges


def test_estimators_are_free_of_bias_at_small_counts() -> None:
    """Mean over many Poisson draws of forty expected modes."""
    high, exposure = 1.0, 200.0
    edges = window_edges(40, high)
    expected = exposure * np.diff(edges**5) / 5.0
    draws = np.random.default_rng(6).poisson(expected, (4000, expected.size))
    assert np.mean([counted_prefactor(n, edges, exposure) for n in draws]) == pytest.approx(1.0, abs=0.01)
    binned = [math.log(binned_prefactor(n, edges, exposure)) for n in draws]
    assert np.mean(binned) == pytest.approx(0.0, abs=0.05)
