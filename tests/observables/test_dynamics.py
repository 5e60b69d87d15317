"""Dynamics of planted samples: Brownian particles whose overlap fluctuates."""

from __future__ import annotations

import numpy as np
import pytest
from pssglass.observables.dynamics import Dynamics

from pssglass.base.errors import ObservableFailed
from pssglass.base.results import EnsembleData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble

LAGS = 0.01 * np.array([1.0, *(factor * 2.0**power for power in range(12) for factor in (2, 3))])
D, K, N = 0.1, 3.0, 3000


def planted(
    make_ensemble: MakeEnsemble, samples: int, lengths: tuple[int, ...] = (), k: float = K
) -> EnsembleData:
    """F_s = exp(-k²Dt), Q = exp(-2t).

    From sample to sample D varies by 1 % and Q by 0.01, from origin to origin Q by 0.02.
    """
    rng = np.random.default_rng(1)
    arrays: dict[str, list[np.ndarray]] = {}
    for number in range(samples):
        lags = LAGS[: (lengths or (len(LAGS),) * samples)[number]]
        squared = 6.0 * D * (1.0 + 0.01 * rng.normal()) * lags
        overlap = np.exp(-2.0 * lags) + 0.01 * rng.normal()
        curves = {
            "displacement_lag": lags,
            "squared_displacement": squared,
            "quartic_displacement": 5.0 / 3.0 * squared**2 * 1.5,
            "overlap": overlap,
            "squared_overlap": overlap**2 + 0.02**2,
            "self_scattering": np.exp(-(K**2) * squared / 6.0),
        }
        for key in ("squared_displacement", "overlap", "self_scattering"):
            curves[f"species_{key}"] = np.array([curves[key], curves[key]])
        for key, curve in curves.items():
            arrays.setdefault(key, []).append(curve)
    scales = {"wave_number": [K] * (samples - 1) + [k], "overlap_distance": [0.3] * samples}
    return make_ensemble(scales, arrays, N=N)


class TestDynamics(ObservableContract):
    observable = Dynamics()

    @pytest.fixture
    def subject(self, make_ensemble: MakeEnsemble) -> EnsembleData:
        return planted(make_ensemble, 200)

    def test_times_and_diffusion_are_found(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        assert values["fs_relaxation_time"] == pytest.approx(1.0 / (K**2 * D), rel=0.01)
        assert values["overlap_relaxation_time"] == pytest.approx(0.5, rel=0.01)
        assert values["diffusion_coefficient"] == pytest.approx(D, rel=0.003)
        assert float(values["diffusion_coefficient_error"]) == pytest.approx(0.01 * D / np.sqrt(200), rel=0.3)
        assert (values["dynamics_samples"], values["dynamics_wave_number"]) == (200, K)

    def test_heterogeneity_is_that_of_samples_and_of_origins(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        assert values["mean_non_gaussian"] == pytest.approx(0.5, abs=0.01)
        assert values["mean_chi_4"] == pytest.approx(N * (0.01**2 + 0.02**2), rel=0.1)
        assert values["chi_4_of_origins"] == pytest.approx(N * 0.02**2)

    def test_species_have_curves_of_their_own(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        assert values["mean_species_overlap"].shape == (2, len(LAGS))
        assert values["mean_species_overlap"][1] == pytest.approx(values["mean_overlap"])

    def test_the_shortest_record_counts(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, planted(make_ensemble, 3, (25, 20, 12)))
        assert values["dynamics_lag"].tolist() == LAGS[:12].tolist()
        assert "fs_relaxation_time" not in values
        assert values["mean_species_overlap"].shape == (2, 12)

    def test_one_sample_has_no_errors(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, planted(make_ensemble, 1))
        assert not [key for key in values if key.endswith("_error")]
        assert values["mean_chi_4"] == pytest.approx(values["chi_4_of_origins"])

    def test_samples_without_a_record_have_nothing(self, make_ensemble: MakeEnsemble) -> None:
        assert evaluate(self.observable, make_ensemble({"omega_g": [1.0]})) == {}

    def test_samples_of_other_scales_are_refused(self, make_ensemble: MakeEnsemble) -> None:
        with pytest.raises(ObservableFailed, match="different times or scales"):
            evaluate(self.observable, planted(make_ensemble, 3, k=8.0))
