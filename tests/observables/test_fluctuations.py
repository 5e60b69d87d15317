"""Planted fluctuations of the moduli are measured."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pssglass.observables.fluctuations import Fluctuations

from pssglass.base.errors import ObservableFailed
from pssglass.base.results import EnsembleData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble


class TestFluctuations(ObservableContract):
    observable = Fluctuations()

    @pytest.fixture
    def subject(self, make_ensemble: MakeEnsemble) -> EnsembleData:
        noise = np.random.default_rng(1).standard_normal((2, 2000)) / math.sqrt(3000)
        return make_ensemble(
            {"shear_modulus": 12.0 * (1.0 + 3.6 * noise[0]), "bulk_modulus": 57.0 * (1.0 + 0.3 * noise[1])}
        )

    def test_planted_fluctuations_are_found(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        for key, planted in (("shear_modulus", 3.6), ("bulk_modulus", 0.3)):
            error = float(values[f"chi_{key}_error"])
            assert error == pytest.approx(planted / math.sqrt(2 * 2000), rel=0.2)
            assert abs(float(values[f"chi_{key}"]) - planted) < 4.0 * error
            assert values[f"chi_{key}_robust"] == pytest.approx(planted, rel=0.1)

    def test_what_else_was_measured_is_measured_alike(self, make_ensemble: MakeEnsemble) -> None:
        moduli = {"shear_modulus": [12.0, 11.0], "bulk_modulus": [57.0, 58.0]}
        values = evaluate(self.observable, make_ensemble({**moduli, "omega_g": [5.0, 7.0]}, N=100))
        assert values["chi_omega_g"] == pytest.approx(10.0 * math.sqrt(2.0) / 6.0)
        assert "chi_coordination" not in values

    def test_one_sample_does_not_fluctuate(self, make_ensemble: MakeEnsemble) -> None:
        with pytest.raises(ObservableFailed, match=r"1 sample\(s\) for a fluctuation: at least 2"):
            evaluate(self.observable, make_ensemble({"shear_modulus": [12.0], "bulk_modulus": [57.0]}))
