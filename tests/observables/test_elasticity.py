"""The observable of elastic constants."""

from __future__ import annotations

import pytest
from pssglass.observables.elasticity import ElasticConstants

import pssglass as pg
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate


class TestElasticity(GlassObservableContract):
    observable = ElasticConstants()

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_averages_belong_to_the_constants(self, glass: pg.Glass) -> None:
        values = evaluate(self.observable, glass)
        found = glass.elasticity()
        assert values["bulk_modulus_voigt"] == pytest.approx(glass.moduli().bulk_modulus)
        assert values["lowest_stiffness"] == found.lowest_stiffness
        stable = found.lowest_stiffness > 0.0
        assert ("omega_debye" in values) == ("shear_modulus_reuss" in values) == stable
        assert values["birch_coefficients"].shape == (6, 6)
