"""A made-up campaign with two models, whose numbers are easy to tell apart in a figure."""

from __future__ import annotations

import math

import pytest

from pssglass.results import EnsembleSummary, ScalarStatistics


def scalar(mean: float, count: int = 4, std: float = 0.2) -> ScalarStatistics:
    error = std / math.sqrt(count) if count > 1 else math.nan
    return ScalarStatistics(mean, error, count, std if count > 1 else math.nan)


def ensemble(
    rc: float, temperature: float, N: int = 3000, name: str = "", **scalars: ScalarStatistics
) -> EnsembleSummary:
    """An ensemble of sticky spheres with the parameters written out in full, as the database holds them."""
    parameters = {"rc": rc, "density": 0.6, "composition": [0.5, 0.5]}
    return EnsembleSummary(name or f"rc{rc}-T{temperature}-N{N}", "pss", parameters, N, temperature, scalars)


@pytest.fixture
def campaign() -> list[EnsembleSummary]:
    """r_c = 1.1 and 1.5 at three temperatures; G rises by 5 and 20 % on cooling, K falls by 10 %."""
    return [
        ensemble(
            rc,
            temperature,
            shear_modulus=scalar(G * (1.0 + rise * cold)),
            bulk_modulus=scalar(K * (1.0 - 0.1 * cold)),
            shear_modulus_nonaffine=scalar(6.0 - 2.0 * cold),
            shear_modulus_affine=scalar(20.0),
            energy_per_particle=scalar(u - 0.3 * cold),
        )
        for rc, G, K, u, rise in ((1.5, 12.0, 57.0, -5.2, 0.2), (1.1, 38.0, 88.0, -3.6, 0.05))
        for temperature, cold in ((4.0, 0.0), (1.0, 0.5), (0.7, 1.0))
    ]
