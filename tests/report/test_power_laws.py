"""Power laws planted between ensembles are found with honest errors."""

from __future__ import annotations

import numpy as np
import pytest

from pssglass.figures.table import FigureTable
from pssglass.report.power_laws import PowerLaw, power_laws

HEIGHTS = {"pss rc=1.1": 2.2, "pss rc=1.3": 1.7, "pss rc=1.5": 1.3}


def relations(seed: int, noise: float = 0.03, sticky_factor: float = 1.0) -> FigureTable:
    """Fig. 12's table with N e0 = 60 x⁻³ and A_g = x⁻⁵, the stickiest model's A_g lower by a factor."""
    rng = np.random.default_rng(seed)
    rows = []
    for label, height in HEIGHTS.items():
        for x in np.linspace(height, 1.25 * height, 6):
            A = x**-5.0 * (sticky_factor if label == "pss rc=1.1" else 1.0)
            seen = [x, 60.0 * x**-3.0, A] * (1.0 + np.array([0.005, noise, noise]) * rng.standard_normal(3))
            errors = np.array([0.005 * x, noise * 60.0 * x**-3.0, noise * A])
            rows.append([label, *np.stack([seen, errors], axis=1).ravel().tolist()])
    columns = [f"{key}{suffix}" for key in ("omega_g", "N_e0", "A_g_scaled") for suffix in ("", "_error")]
    return FigureTable.of(["series", *columns], rows)


def law(laws: list[PowerLaw], quantity: str, models: int) -> PowerLaw:
    return next(one for one in laws if one.quantity == quantity and len(one.series) == models)


def test_the_planted_exponents_are_found_within_their_errors() -> None:
    deviations = np.array(
        [
            [law(power_laws(relations(seed)), key, 3).deviation for key in ("N_e0", "A_g_scaled")]
            for seed in range(200)
        ]
    )
    assert np.all(np.mean(np.abs(deviations) < 1.0, axis=0) >= 0.6)
    assert np.all(np.mean(np.abs(deviations) < 2.0, axis=0) >= 0.9)


def test_scatter_beyond_the_errors_widens_the_error() -> None:
    table = relations(3)
    spoiled = FigureTable(
        table.columns,
        tuple(
            (*row[:3], float(row[3]) * (1.3 if i % 2 else 0.7), *row[4:]) for i, row in enumerate(table.rows)
        ),
    )
    smooth, rough = (law(power_laws(one), "N_e0", 3).error for one in (table, spoiled))
    assert rough > 5.0 * smooth


def test_the_fit_without_the_stickiest_model_finds_the_law_that_it_breaks() -> None:
    laws = power_laws(relations(1, sticky_factor=0.1))
    assert abs(law(laws, "A_g_scaled", 3).exponent + 5.0) > 1.0
    others = law(laws, "A_g_scaled", 2)
    assert others.series == ("pss rc=1.3", "pss rc=1.5")
    assert abs(others.deviation) < 3.0
    assert [one.series for one in laws if len(one.series) == 1 and one.quantity == "N_e0"] == [
        (label,) for label in HEIGHTS
    ]


def test_points_without_error_bars_do_not_count() -> None:
    bare = FigureTable.of(
        ["series", "omega_g", "omega_g_error", "N_e0", "N_e0_error", "A_g_scaled", "A_g_scaled_error"],
        [["pss rc=1.5", 1.3, 0.01, 25.0, float("nan"), 0.1, 0.02]] * 4,
    )
    assert power_laws(bare) == []


def test_each_law_knows_what_the_paper_expects() -> None:
    laws = power_laws(relations(2))
    assert law(laws, "N_e0", 3).expected == -3.0
    assert law(laws, "A_g_scaled", 3).expected == -5.0
    assert law(laws, "N_e0", 3).points == 18
    assert law(laws, "N_e0", 3).exponent == pytest.approx(-3.0, abs=0.2)
