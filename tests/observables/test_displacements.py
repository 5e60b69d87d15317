"""What is told of displacements: what was recorded with the liquid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pssglass.observables.displacements import MOMENTS, Displacements

import pssglass as pg
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate

if TYPE_CHECKING:
    from .conftest import WithLiquid

CURVE = [1.0, 0.5]
RECORDED = {
    "displacement_lag": [0.1, 0.2],
    "displacement_origins": [4.0, 3.0],
    "wave_number": 7.0,
    "overlap_distance": 0.3,
    "squared_overlap": CURVE,
    **dict.fromkeys(MOMENTS, CURVE),
    **{f"species_{key}": [CURVE, CURVE] for key in MOMENTS},
}


class TestDisplacements(GlassObservableContract):
    observable = Displacements()

    @pytest.fixture
    def subject(self, with_liquid: WithLiquid) -> pg.Glass:
        return with_liquid(RECORDED)

    def test_it_is_what_was_recorded(self, subject: pg.Glass) -> None:
        values = evaluate(self.observable, subject)
        assert values.keys() == RECORDED.keys()
        assert values["species_overlap"].shape == (2, 2)

    def test_without_a_record_there_is_nothing(self, glass: pg.Glass) -> None:
        assert evaluate(self.observable, glass) == {}
