"""Figure of stress-strain curves, from made-up values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pssglass.base.errors import MissingData
from pssglass.base.results import EnsembleData
from pssglass.figures import discover_figures

from .conftest import STRAINS


def test_every_model_has_a_panel_and_every_temperature_a_curve(recorded_campaign: list[EnsembleData]) -> None:
    canvas, table = discover_figures().plugins["shear"].content.plot(recorded_campaign)
    canvas.draw_without_rendering()
    assert [len(axes.lines) for axes in canvas.axes] == [11, 11]
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in canvas.axes)
    ensemble = recorded_campaign[0]
    own = table.groups("ensemble")[ensemble.name]
    assert own.numbers("strain") == pytest.approx(STRAINS)
    assert own.numbers("stress").tolist() == np.asarray(ensemble.values["mean_shear_stress"]).tolist()
    assert (
        own.numbers("stress_error").tolist()
        == np.asarray(ensemble.values["mean_shear_stress_error"]).tolist()
    )


def test_what_was_not_sheared_is_told(recorded_campaign: list[EnsembleData]) -> None:
    with pytest.raises(MissingData, match=r"shear needs mean_shear_stress of observable mean_shear"):
        discover_figures().plugins["shear"].content.plot([replace(recorded_campaign[0], values={})])
