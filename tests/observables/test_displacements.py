"""What is told of displacements: what was recorded with the liquid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pssglass.observables.displacements import MOMENTS, Displacements

import pssglass as pg
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

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


class TestDisplacements(ObservableContract):
    observable = Displacements()

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        told = replace(glass.configuration, metadata={**glass.configuration.metadata, "liquid": RECORDED})
        return pg.Glass(glass.model, told, glass.quench_record, mechanics_of(glass.model, told))

    def test_it_is_what_was_recorded(self, subject: pg.Glass) -> None:
        values = evaluate(self.observable, subject)
        assert values.keys() == RECORDED.keys()
        assert values["species_overlap"].shape == (2, 2)

    def test_without_a_record_there_is_nothing(self, glass: pg.Glass) -> None:
        assert evaluate(self.observable, glass) == {}
