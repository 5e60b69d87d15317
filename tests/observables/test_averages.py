"""Means and their bootstrap intervals are those of the samples."""

from __future__ import annotations

import numpy as np
import pytest
from pssglass.observables.averages import SCALARS, Averages

from pssglass.base.results import EnsembleData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble


class TestAverages(ObservableContract):
    observable = Averages()

    @pytest.fixture
    def subject(self, make_ensemble: MakeEnsemble) -> EnsembleData:
        rng = np.random.default_rng(1)
        return make_ensemble({key: 5.0 + rng.exponential(1.0, 400) for key in SCALARS})

    def test_the_interval_of_a_mean_is_that_of_the_central_limit_theorem(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        for key, scalar in subject.scalars.items():
            assert values[f"mean_{key}"] == pytest.approx(scalar.mean)
            assert values[f"mean_{key}_error"] == pytest.approx(scalar.standard_error, rel=0.15)
            for end, sign in (("low", -1.0), ("high", 1.0)):
                reach = sign * (float(values[f"mean_{key}_{end}"]) - scalar.mean)
                assert reach == pytest.approx(1.96 * scalar.standard_error, rel=0.25)

    def test_one_sample_has_no_error_bar(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, make_ensemble({key: [5.0] for key in SCALARS}))
        assert set(values) == {f"mean_{key}" for key in SCALARS}

    def test_dipoles_need_not_be_measured(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(
            self.observable, make_ensemble({key: [5.0, 6.0] for key in SCALARS if key != "omega_g"})
        )
        assert "mean_omega_g" not in values
