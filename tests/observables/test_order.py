"""Order parameters of a glass and of a crystal; the functions behind them have tests of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pssglass.observables.order import Order

import pssglass as pg
from pssglass.analysis.bond_order import order_parameters
from pssglass.configurations import Configuration
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate

CONVENTION = {"neighbour_range": 1.4, "solid_threshold": 0.7, "solid_bonds": 8}


class TestOrder(GlassObservableContract):
    observable = Order()

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_a_glass_is_disordered(self, glass: pg.Glass) -> None:
        values = evaluate(self.observable, glass)
        assert 0.05 < float(values["q6"]) < 0.25
        assert float(values["largest_cluster"]) < 0.02

    def test_a_liquid_is_told_by_the_same_convention(self, glass: pg.Glass) -> None:
        values = evaluate(self.observable, glass)
        assert order_parameters(glass.configuration, glass.model) == values

    def test_a_crystal_of_one_kind_is_ordered_and_has_no_demixing(self) -> None:
        cells = np.stack(np.meshgrid(*[np.arange(6.0)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
        basis = np.array([[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]])
        centres = (cells[:, None, :] + basis).reshape(-1, 3)
        box = np.array([6.0, 6.0, 6.0, 0.0, 0.0, 0.0])
        kind = np.zeros(len(centres), dtype=np.int32)
        crystal = Configuration("inherent", centres, box, kind, ("A",))
        one_kind = replace(
            pg.PSS(rc=1.5), species=("A",), composition=(1.0,), energies=((1.0,),), lengths=((0.62,),)
        )
        values = order_parameters(crystal, one_kind, **CONVENTION)
        assert values["q6"] == pytest.approx(0.5745, abs=1e-3)
        assert values["solid_fraction"] == 1.0
        assert values["largest_cluster"] == 1.0
        assert "demixing" not in values
