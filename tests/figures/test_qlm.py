"""Figure of quasilocalised modes beside harmonic ones, from made-up modes: twice as many of the first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pssglass.base.errors import MissingData
from pssglass.base.results import EnsembleData
from pssglass.figures import discover_figures

from .conftest import CROSSOVERS, TEMPERATURES


def test_both_kinds_of_modes_have_points_and_a_law(recorded_campaign: list[EnsembleData]) -> None:
    canvas, table = discover_figures().plugins["qlm"].content.plot(recorded_campaign)
    canvas.draw_without_rendering()
    assert len(canvas.axes) == len(CROSSOVERS)
    assert all(axes.get_xscale() == axes.get_yscale() == "log" for axes in canvas.axes)
    assert all(len(axes.get_legend().get_texts()) == 4 for axes in canvas.axes)
    for rows in table.groups("series").values():
        assert set(rows.numbers("parent_temperature")) == {TEMPERATURES[0], TEMPERATURES[-1]}
        laws = {kind: own.numbers("A_g_scaled").mean() for kind, own in rows.groups("modes").items()}
        assert laws["quasilocalised"] == pytest.approx(2.0 * laws["harmonic"], rel=0.3)
    below = (table.numbers("frequency") < table.numbers("window_high")) & (table.numbers("count") > 10)
    law = table.numbers("A_g_scaled") * table.numbers("frequency") ** 4
    deviation = (table.numbers("density") - law) / table.numbers("density_error")
    assert np.abs(deviation[below]).max() < 4.5


def test_what_was_not_searched_is_told(recorded_campaign: list[EnsembleData]) -> None:
    with pytest.raises(MissingData, match=r"qlm needs qlm_vdos_frequency.* of observable qlm_vdos"):
        discover_figures().plugins["qlm"].content.plot([replace(recorded_campaign[0], values={})])
