"""What a glass's file tells of its parent liquid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pssglass.observables.liquid import LiquidRecord

import pssglass as pg
from pssglass.base.errors import ObservableFailed
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate
from pssglass.plugins.protocol import LIQUID, LIQUID_KEYS

RECORDED: dict[str, Any] = {
    "liquid_energy": -1.2,
    "liquid_energy_drift": 0.4,
    "liquid_born_shear": 51.0,
    "liquid_time": 40.0,
    "liquid_q6": 0.12,
    "correlation_time": [0.0, 0.08],
    "stress_correlation": [51.2, 20.0],
}


def with_record(glass: pg.Glass, record: Any) -> pg.Glass:
    """The same glass, whose file told this of its liquid."""
    configuration = glass.configuration
    metadata = {**configuration.metadata, "liquid": record}
    told = replace(configuration, metadata=metadata)
    return pg.Glass(glass.model, told, glass.quench_record, mechanics_of(glass.model, told))


class TestLiquidRecord(GlassObservableContract):
    observable = LiquidRecord()

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return with_record(glass, RECORDED)

    def test_it_has_what_others_require_of_the_liquid(self, subject: pg.Glass) -> None:
        assert self.observable.name == LIQUID
        assert set(LIQUID_KEYS) <= set(evaluate(self.observable, subject))

    def test_what_never_happened_has_no_value(self, subject: pg.Glass) -> None:
        assert "liquid_relaxation_time" not in evaluate(self.observable, subject)

    def test_a_glass_from_elsewhere_has_no_values(self, glass: pg.Glass) -> None:
        assert evaluate(self.observable, glass) == {}

    def test_a_record_of_another_kind_is_refused(self, glass: pg.Glass) -> None:
        with pytest.raises(ObservableFailed, match="liquid_energy"):
            evaluate(self.observable, with_record(glass, {"liquid_energy": "cold"}))
