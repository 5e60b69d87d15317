"""Power laws planted between ensembles are found with honest errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pssglass.analysis.power_laws import Points, PowerLaw, points_of, power_law, together
from pssglass.analysis.statistics import summarize
from pssglass.base.results import EnsembleData

EXPONENT = -3.0


def planted(seed: int, noise: float = 0.03, scatter: float = 0.0) -> Points:
    """60 x⁻³ of six ensembles of each of three models; ``scatter`` comes on top of the errors."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([np.linspace(height, 1.25 * height, 6) for height in (2.2, 1.7, 1.3)])
    y = 60.0 * x**EXPONENT
    seen = y * (1.0 + noise * rng.standard_normal(x.size)) * (1.0 + scatter * (-1.0) ** np.arange(x.size))
    return Points(
        x * (1.0 + 0.005 * rng.standard_normal(x.size)),
        0.005 * x,
        seen,
        noise * y,
        np.ones(x.size, bool),
        np.array([{}] * x.size),
    )


def fitted(points: Points) -> PowerLaw:
    law = power_law(points)
    assert law
    return law


def test_the_planted_exponent_is_found_within_its_error() -> None:
    laws = [fitted(planted(seed)) for seed in range(200)]
    deviations = np.abs([(law.exponent - EXPONENT) / law.error for law in laws])
    assert np.mean(deviations < 1.0) >= 0.6
    assert np.mean(deviations < 2.0) >= 0.9
    assert all(law.is_supported and law.points == 18 for law in laws)


def test_scatter_beyond_the_errors_widens_the_error() -> None:
    assert fitted(planted(3, scatter=0.3)).error > 5.0 * fitted(planted(3)).error


def test_points_without_error_bars_do_not_count() -> None:
    points = planted(1)
    points.y_error[2:] = np.nan
    assert power_law(points) is None
    points.y_error[2] = 0.1
    assert fitted(points).points == 3


def test_points_on_weak_grounds_do_not_count_beside_others() -> None:
    points = planted(1)
    points.y[:3] *= 100.0
    points.is_sound[:3] = False
    law = fitted(points)
    assert law.points == 15
    assert law.exponent == pytest.approx(EXPONENT, abs=4.0 * law.error)
    assert law.is_supported


def test_a_law_of_weak_points_alone_or_of_a_wide_error_is_unsupported() -> None:
    points = planted(1)
    points.is_sound[:] = False
    assert not fitted(points).is_supported
    assert fitted(points).points == 18
    near = planted(1).chosen(np.arange(18) < 3)
    near.y_error[:] = 5.0
    assert fitted(near).error > 1.0
    assert not fitted(near).is_supported


def test_models_are_fitted_together() -> None:
    points = planted(2)
    parts = [points.chosen(np.arange(18) // 6 == model) for model in range(3)]
    assert fitted(together(parts)) == fitted(points)


def of_lineages(rng: np.random.Generator, tilt: float, lineages: int = 20, glasses: int = 4) -> Points:
    """N e0 = 60 x⁻³ of the same lineages at four temperatures, moved alike, or with a tilt in x."""
    numbers = np.tile(np.arange(lineages), glasses)
    moved, made = 0.05 * rng.standard_normal(lineages)[numbers], []
    for place, x in enumerate(np.linspace(1.3, 1.8, 4)):
        N, factor = 1000, 1.0 + tilt * (place - 1.5)
        sizes = 60.0 * x**EXPONENT * (1.0 + factor * moved + 0.02 * rng.standard_normal(numbers.size))
        samples = {
            "omega_g": 5.0 * x * (1.0 + 0.002 * rng.standard_normal(numbers.size)),
            "shear_modulus": np.full(numbers.size, 12.0),
        }
        of_sizes = summarize(sizes, numbers)
        made.append(
            EnsembleData(
                name=f"T{place}",
                model_name="pss",
                parameters={"rc": 1.5},
                N=N,
                parent_temperature=1.0 + place,
                scalars={key: summarize(values, numbers) for key, values in samples.items()},
                samples=samples,
                arrays={
                    "frequency": tuple(np.array([1.0, 1.1, 3.0]) for _ in numbers),
                    "participation_ratio": tuple(np.array([e, e, 0.5]) / N for e in sizes),
                },
                values={
                    **{"N_e0": of_sizes.mean, "N_e0_error": of_sizes.standard_error},
                    **{"threshold_frequency": 2.0, "modes_below_threshold": 2 * numbers.size},
                },
                lineages=dict.fromkeys(("omega_g", "shear_modulus", "frequency"), numbers),
                stem=7,
            )
        )
    return points_of(made, "N_e0")


@pytest.mark.parametrize(("tilt", "least", "most"), [(0.0, 0.0, 0.6), (2.0, 1.3, 9.0)])
def test_an_exponent_scatters_as_its_error_says_where_points_share_lineages(
    tilt: float, least: float, most: float
) -> None:
    """Of 300 sets, of which the scatter of four points about a line must not widen the error."""
    rng = np.random.default_rng(4)
    laws, alone = [], []
    for _ in range(300):
        points = of_lineages(rng, tilt)
        laws.append(fitted(points))
        alone.append(fitted(replace(points, sources=np.array([{}] * points.x.size))))
    truth = np.std([law.exponent for law in laws])
    assert np.mean([law.exponent for law in laws]) == pytest.approx(EXPONENT, abs=0.3 * truth)
    assert np.median([law.error for law in laws]) == pytest.approx(truth, rel=0.15)
    assert least < truth / np.median([law.error for law in alone]) < most
