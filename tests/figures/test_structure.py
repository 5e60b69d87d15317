"""Figures of the structure, from made-up values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pssglass.base.errors import MissingData
from pssglass.base.results import EnsembleData
from pssglass.figures import discover_figures

from .conftest import STRUCTURE_POINTS

COLUMNS = {"gr": ("distance", "pair_correlation"), "sk": ("wave_number", "structure_factor")}


@pytest.mark.parametrize("name", COLUMNS)
def test_liquids_and_glasses_have_panels_of_their_own(
    name: str, recorded_campaign: list[EnsembleData]
) -> None:
    canvas, table = discover_figures().plugins[name].content.plot(recorded_campaign)
    canvas.draw_without_rendering()
    assert len(canvas.axes) == 4
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in canvas.axes)
    assert [len(axes.lines) - 1 for axes in canvas.axes] == [11] * 4
    place, column = COLUMNS[name]
    ensemble = recorded_campaign[0]
    for state, key in (("liquid", "liquid"), ("glass", "inherent")):
        own = table.groups("ensemble")[ensemble.name].where("state", state)
        for suffix in ("", "_error"):
            expected = ensemble.values[f"mean_{key}_{column}{suffix}"]
            assert own.numbers(f"{column}{suffix}").tolist() == np.asarray(expected).tolist()
        assert own.numbers(place) == pytest.approx(STRUCTURE_POINTS)


@pytest.mark.parametrize("name", COLUMNS)
def test_glasses_from_elsewhere_have_no_panel_of_liquids(
    name: str, recorded_campaign: list[EnsembleData]
) -> None:
    one = recorded_campaign[0]
    values = {key: value for key, value in one.values.items() if "liquid" not in key}
    canvas, table = discover_figures().plugins[name].content.plot([replace(one, values=values)])
    assert len(canvas.axes) == 1
    assert set(table.texts("state")) == {"glass"}


@pytest.mark.parametrize("name", COLUMNS)
def test_what_was_not_measured_is_told(name: str, recorded_campaign: list[EnsembleData]) -> None:
    with pytest.raises(MissingData, match=rf"{name} needs mean_inherent_.* of observable mean_structure"):
        discover_figures().plugins[name].content.plot([replace(recorded_campaign[0], values={})])
