"""What is told of swap moves: nothing where there were none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pssglass.observables.swap import SwapRecord

import pssglass as pg
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate

if TYPE_CHECKING:
    from .conftest import WithLiquid

RECORDED = {
    "swap_acceptance": 0.25,
    "swap_attempts": [300, 100],
    "swap_accepted": [90, 10],
    "swap_largest_difference": 1.2,
}


class TestSwapRecord(GlassObservableContract):
    observable = SwapRecord()

    @pytest.fixture
    def subject(self, with_liquid: WithLiquid) -> pg.Glass:
        return with_liquid(RECORDED)

    def test_it_is_what_was_recorded(self, subject: pg.Glass) -> None:
        values = evaluate(self.observable, subject)
        assert values["swap_acceptance"] == 0.25
        assert values["swap_accepted"].tolist() == [90, 10]
        assert values.keys() == RECORDED.keys()

    def test_without_swap_there_is_nothing(self, glass: pg.Glass) -> None:
        assert evaluate(self.observable, glass) == {}
