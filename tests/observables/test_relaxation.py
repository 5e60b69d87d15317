"""Stress relaxation planted as exponentials, and recorded as the pipeline would record a real liquid."""

from __future__ import annotations

import numpy as np
import pytest
from pssglass.observables.relaxation import Relaxation

from pssglass.base.errors import ObservableFailed
from pssglass.base.results import EnsembleData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble

LAGS = np.geomspace(0.01, 1000.0, 60)


def planted(make_ensemble: MakeEnsemble, samples: int, tau: float = 30.0) -> EnsembleData:
    """c(t) = 50 exp(-t/τ), its strength varying by 2 % from sample to sample."""
    strengths = 50.0 * (1.0 + 0.02 * np.random.default_rng(1).standard_normal(samples))
    lags = np.append(0.0, LAGS)
    arrays = {
        "correlation_time": [lags] * samples,
        "stress_correlation": [strength * np.exp(-lags / tau) for strength in strengths],
    }
    return make_ensemble({"liquid_born_shear": [50.0] * samples}, arrays)


class TestRelaxation(ObservableContract):
    observable = Relaxation()

    @pytest.fixture
    def subject(self, make_ensemble: MakeEnsemble) -> EnsembleData:
        return planted(make_ensemble, 40)

    def test_time_and_initial_value_are_found(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        assert values["relaxation_time"] == pytest.approx(30.0, rel=0.02)
        error = float(values["initial_correlation_error"])
        assert abs(float(values["initial_correlation"]) - 50.0) < 3.0 * error
        assert values["born_shear"] == 50.0
        assert float(values["relaxation_time_error"]) < 1.0

    def test_the_criterion_is_a_parameter(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject, {"criterion": 0.1})
        assert values["relaxation_time"] == pytest.approx(30.0 * np.log(10.0), rel=0.02)
        assert values["relaxation_criterion"] == 0.1

    def test_an_undecayed_correlation_has_no_time(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, planted(make_ensemble, 5, tau=1e6))
        assert "relaxation_time" not in values
        assert "mean_correlation" in values
        assert values["short_records"] == values["relaxation_samples"] == 5
        assert values["longest_lag"] == pytest.approx(1000.0)

    def test_one_sample_has_no_error_bars(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, planted(make_ensemble, 1))
        assert not [key for key in values if key.endswith("_error")]

    def test_samples_recorded_at_other_times_are_refused(self, make_ensemble: MakeEnsemble) -> None:
        arrays = {"correlation_time": [[0.0, 1.0], [0.0, 2.0]], "stress_correlation": [[1.0, 0.5]] * 2}
        with pytest.raises(ObservableFailed, match="recorded at different times"):
            evaluate(self.observable, make_ensemble({"liquid_born_shear": [1.0, 1.0]}, arrays))

    def test_samples_equilibrated_for_unequal_times_share_the_first_lags(
        self, make_ensemble: MakeEnsemble
    ) -> None:
        lags = np.append(0.0, LAGS)
        arrays = {
            "correlation_time": [lags, lags[:40]],
            "stress_correlation": [50.0 * np.exp(-lags / 3.0), 50.0 * np.exp(-lags[:40] / 3.0)],
        }
        values = evaluate(self.observable, make_ensemble({"liquid_born_shear": [50.0, 50.0]}, arrays))
        assert np.array_equal(np.asarray(values["correlation_lag"]), lags[:40])
        assert values["relaxation_time"] == pytest.approx(3.0, rel=0.02)
        assert values["short_records"] == 0

    def test_records_too_short_are_counted(self, make_ensemble: MakeEnsemble) -> None:
        """Two of ten records end before τ = 20, one of them far before; without them τ would be biased."""
        lags = np.append(0.0, LAGS)
        lengths = [20, 30, *[len(lags)] * 8]
        arrays = {
            "correlation_time": [lags[:length] for length in lengths],
            "stress_correlation": [50.0 * np.exp(-lags[:length] / 20.0) for length in lengths],
        }
        values = evaluate(self.observable, make_ensemble({"liquid_born_shear": [50.0] * 10}, arrays))
        assert "relaxation_time" not in values
        assert (values["short_records"], values["relaxation_samples"]) == (2, 10)
        assert values["longest_lag"] == lags[19]
