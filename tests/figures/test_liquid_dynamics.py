"""Figures of the liquid's dynamics, from made-up values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pssglass.base.errors import MissingData
from pssglass.base.results import EnsembleData
from pssglass.figures import discover_figures

LAGS = np.geomspace(0.01, 10.0, 7)
KEYS = {
    "fs": "mean_self_scattering",
    "msd": "mean_squared_displacement",
    "overlap": "mean_overlap",
    "alpha2": "mean_non_gaussian",
    "chi4": "mean_chi_4",
}


def recorded(ensembles: list[EnsembleData]) -> list[EnsembleData]:
    values = {"dynamics_lag": LAGS, **{key: np.exp(-LAGS) for key in KEYS.values()}}
    errors = {f"{key}_error": 0.1 * LAGS for key in KEYS.values()}
    return [replace(one, values={**values, **errors}) for one in ensembles]


@pytest.mark.parametrize("name", KEYS)
def test_a_curve_is_drawn_for_each_temperature(name: str, full_campaign: list[EnsembleData]) -> None:
    canvas, table = discover_figures().plugins[name].content.plot(recorded(full_campaign))
    canvas.draw_without_rendering()
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in canvas.axes)
    assert len(table.rows) == len(LAGS) * len(full_campaign)
    own = table.groups("ensemble")[full_campaign[0].name]
    column = KEYS[name].removeprefix("mean_")
    assert own.numbers(column).tolist() == np.exp(-LAGS).tolist()
    assert own.numbers(f"{column}_error").tolist() == (0.1 * LAGS).tolist()


@pytest.mark.parametrize("name", KEYS)
def test_liquids_that_were_not_recorded_are_told(name: str, full_campaign: list[EnsembleData]) -> None:
    with pytest.raises(MissingData, match=rf"{name} needs dynamics_lag.* of observable dynamics"):
        discover_figures().plugins[name].content.plot(full_campaign)
