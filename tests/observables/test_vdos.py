"""A quartic density of states planted as random modes comes back with honest errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pssglass.observables.vdos import DensityOfStates

from pssglass.base.errors import InputError, ObservableFailed
from pssglass.base.results import EnsembleData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble

N, SHEAR_MODULUS = 3000, 12.0
OMEGA_0 = math.sqrt(SHEAR_MODULUS / 0.6) * 0.6 ** (1.0 / 3.0)
PHONON = 2.0 * math.pi / N ** (1.0 / 3.0) * OMEGA_0
A_G = 0.5 / OMEGA_0**5


def planted(
    make_ensemble: MakeEnsemble, samples: int, seed: int, prefactor: float = A_G, exact: bool = True
) -> EnsembleData:
    """Samples whose modes follow D = A ω⁴ up to 1.2 shear phonons, with twelve phonons among them.

    The mean of G over the samples is ``exact``, or as accurate as so many samples allow.
    """
    rng = np.random.default_rng(seed)
    top = 1.2 * PHONON
    modes = []
    for _ in range(samples):
        soft = top * rng.random(rng.poisson(N * prefactor * top**5 / 5.0)) ** 0.2
        phonons = PHONON * (1.0 + 0.01 * rng.standard_normal(12))
        modes.append(np.sort(np.concatenate([soft, phonons, [top]])))
    moduli = SHEAR_MODULUS * (1.0 + 0.05 * rng.standard_normal(samples))
    if exact:
        moduli += SHEAR_MODULUS - np.mean(moduli)
    return make_ensemble({"shear_modulus": moduli}, {"frequency": modes}, N=N)


class TestDensityOfStates(ObservableContract):
    observable = DensityOfStates()

    @pytest.fixture
    def subject(self, make_ensemble: MakeEnsemble) -> EnsembleData:
        return planted(make_ensemble, 400, 1)

    def test_both_estimators_find_the_planted_prefactor(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        for key in ("A_g", "A_g_binned"):
            assert abs(float(values[key]) - A_G) < 3.0 * float(values[f"{key}_error"])
            assert float(values[f"{key}_error"]) < 0.15 * A_G
        assert float(values["A_g_low"]) < float(values["A_g"]) < float(values["A_g_high"])

    def test_the_free_exponent_is_four(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        assert abs(float(values["beta"]) - 4.0) < 3.0 * float(values["beta_error"])

    def test_the_window_lies_below_the_phonon_and_is_reported(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        assert values["omega_0"] == pytest.approx(OMEGA_0)
        assert values["shear_phonon"] == pytest.approx(PHONON)
        assert values["window_high"] == pytest.approx(0.7 * PHONON)
        soft = sum(np.count_nonzero(one < 0.7 * PHONON) for one in subject.arrays["frequency"])
        assert values["modes_in_window"] == soft
        assert values["vdos_supported"] == 1

    def test_the_scaled_prefactor_uses_the_ensembles_modulus(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        assert values["A_g_scaled"] == pytest.approx(float(values["A_g"]) * OMEGA_0**5)

    def test_the_histogram_holds_every_mode_once(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        total = sum(map(len, subject.arrays["frequency"]))
        assert np.sum(values["vdos_count"]) == pytest.approx(total, abs=2)
        count, density = np.asarray(values["vdos_count"]), np.asarray(values["density_of_states"])
        frequency = np.asarray(values["vdos_frequency"])
        chosen = (frequency < 0.8 * PHONON) & (count > 10)
        law = A_G * frequency[chosen] ** 4
        assert np.all(np.abs(density[chosen] - law) < 4.0 * law / np.sqrt(count[chosen]))

    def test_other_normalisation_divides_by_three(self, subject: EnsembleData) -> None:
        one, three = (evaluate(self.observable, subject, {"normalisation": kind}) for kind in ("N", "Nd"))
        assert float(one["A_g"]) == pytest.approx(3.0 * float(three["A_g"]))
        with pytest.raises(InputError, match="normalisation = 'd': did you mean 'Nd'"):
            evaluate(self.observable, subject, {"normalisation": "d"})

    def test_errors_cover_the_truth_as_often_as_they_should(self, make_ensemble: MakeEnsemble) -> None:
        """Both estimators, the scaled one and the free exponent, in 200 trials of some 50 modes each."""
        truth = {"A_g": A_G, "A_g_binned": A_G, "A_g_scaled": 0.5, "beta": 4.0}
        ensembles = [planted(make_ensemble, 60, seed, exact=False) for seed in range(200)]
        trials = [evaluate(self.observable, ensemble, {"resamples": 100}) for ensemble in ensembles]
        for key, planted_value in truth.items():
            found, error = (
                np.array([float(trial[name]) for trial in trials]) for name in (key, f"{key}_error")
            )
            distance = np.abs(found - planted_value) / error
            assert np.mean(distance < 1.0) >= 0.6, key
            assert np.mean(distance < 2.0) >= 0.9, key
        covered = [float(trial["A_g_low"]) <= A_G <= float(trial["A_g_high"]) for trial in trials]
        assert np.mean(covered) >= 0.85

    def test_one_sample_has_no_error_bar(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, planted(make_ensemble, 1, 3, prefactor=30.0 * A_G))
        assert "A_g" in values
        assert not [key for key in values if key.startswith("A_g") and key.endswith(("error", "low", "high"))]

    def test_few_modes_are_marked_as_weak_support(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, planted(make_ensemble, 12, 4))
        assert 0 < float(values["modes_in_window"]) < 30
        assert values["vdos_supported"] == 0
        assert "A_g_binned" not in values

    def test_no_mode_below_the_window_is_told(self, make_ensemble: MakeEnsemble) -> None:
        empty = make_ensemble({"shear_modulus": [12.0]}, {"frequency": [[PHONON, 1.2 * PHONON]]})
        with pytest.raises(ObservableFailed, match=r"no mode of 1 sample\(s\) lies below .* add samples"):
            evaluate(self.observable, empty)

    def test_the_window_shrinks_to_where_all_samples_are_complete(self, make_ensemble: MakeEnsemble) -> None:
        modes = [[0.3, 0.5, 0.6], [0.2, 0.4, 1.4]]
        values = evaluate(
            self.observable, make_ensemble({"shear_modulus": [12.0, 12.0]}, {"frequency": modes})
        )
        assert values["window_high"] == 0.6
        assert values["modes_in_window"] == 4
