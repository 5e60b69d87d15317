"""Figures of the liquid's dynamics, from made-up values."""

from __future__ import annotations

import numpy as np
import pytest

from pssglass.base.errors import MissingData
from pssglass.base.results import EnsembleData
from pssglass.figures import discover_figures

KEYS = {
    "fs": "mean_self_scattering",
    "msd": "mean_squared_displacement",
    "overlap": "mean_overlap",
    "alpha2": "mean_non_gaussian",
    "chi4": "mean_chi_4",
}


@pytest.mark.parametrize("name", KEYS)
def test_a_curve_is_drawn_for_each_temperature(name: str, recorded_campaign: list[EnsembleData]) -> None:
    canvas, table = discover_figures().plugins[name].content.plot(recorded_campaign)
    lags = np.geomspace(0.01, 10.0, 7)
    canvas.draw_without_rendering()
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in canvas.axes)
    assert len(table.rows) == len(lags) * len(recorded_campaign)
    own = table.groups("ensemble")[recorded_campaign[0].name]
    column = KEYS[name].removeprefix("mean_")
    assert own.numbers(column).tolist() == np.exp(-lags).tolist()
    assert own.numbers(f"{column}_error").tolist() == (0.1 * lags).tolist()


@pytest.mark.parametrize("name", KEYS)
def test_liquids_that_were_not_recorded_are_told(name: str, full_campaign: list[EnsembleData]) -> None:
    with pytest.raises(MissingData, match=rf"{name} needs dynamics_lag.* of observable dynamics"):
        discover_figures().plugins[name].content.plot(full_campaign)
