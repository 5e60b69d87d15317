"""What is told of volumes: nothing where the volume was held."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pssglass.observables.constant_pressure import ConstantPressure

import pssglass as pg
from pssglass.analysis.elastic_scales import number_density
from pssglass.base.results import EnsembleSummary, ScalarStatistics
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate

PRESSURE = 3.0
RECORDED = {"liquid_pressure": PRESSURE, "liquid_volume": 1.7, "liquid_enthalpy": 4.1, "liquid_energy": -1.0}


class TestConstantPressure(GlassObservableContract):
    observable = ConstantPressure()

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        pressed = pg.Glass.quenched(glass.model, glass.configuration, method="fast", pressure=PRESSURE)
        told = pressed.configuration
        told = replace(told, metadata={**told.metadata, "liquid": RECORDED})
        return pg.Glass(glass.model, told, pressed.quench_record, mechanics_of(glass.model, told))

    def test_it_has_the_volume_of_the_glass_and_what_was_recorded(self, subject: pg.Glass) -> None:
        values = evaluate(self.observable, subject)
        density = values["number_density"]
        assert density == subject.N / subject.volume != pytest.approx(subject.model.number_density)
        assert values["enthalpy_per_particle"] == pytest.approx(
            subject.energetics().energy_per_particle + PRESSURE / density
        )
        assert {key for key in values if key.startswith("liquid")} == RECORDED.keys() - {"liquid_energy"}

    def test_where_the_volume_was_held_there_is_nothing(self, glass: pg.Glass) -> None:
        assert evaluate(self.observable, glass) == {}


def test_scales_take_the_density_of_the_glasses() -> None:
    pss = pg.PSS(rc=1.5)
    ensemble = EnsembleSummary("a", "pss", pss.parameters, 100, 1.0, {})
    assert number_density(ensemble) == 0.6
    measured = {"number_density": ScalarStatistics(0.63, 0.01, 4, 0.02)}
    assert number_density(replace(ensemble, scalars=measured)) == 0.63
