"""A plateau of the participation ratio planted below the phonons is found again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pssglass.observables.localisation import Localisation

from pssglass.base.errors import ObservableFailed
from pssglass.base.results import EnsembleData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble

N, SIZE = 3000, 25.0
PHONON = 2.0 * math.pi / N ** (1.0 / 3.0) * math.sqrt(12.0 / 0.6) * 0.6 ** (1.0 / 3.0)


def planted(make_ensemble: MakeEnsemble, samples: int, seed: int = 1) -> EnsembleData:
    """Three modes a sample of mean size N e = 25 up to 0.8 phonons, and five as large as half the system."""
    rng = np.random.default_rng(seed)
    soft = [0.8 * PHONON * np.sort(rng.random(3)) ** 0.2 for _ in range(samples)]
    frequencies = [np.append(modes, [PHONON] * 5) for modes in soft]
    sizes = [np.append(SIZE * rng.gamma(4.0, 0.25, 3), [0.5 * N] * 5) / N for _ in range(samples)]
    moduli = [12.0] * samples
    return make_ensemble(
        {"shear_modulus": moduli}, {"frequency": frequencies, "participation_ratio": sizes}, N=N
    )


class TestLocalisation(ObservableContract):
    observable = Localisation()

    @pytest.fixture
    def subject(self, make_ensemble: MakeEnsemble) -> EnsembleData:
        return planted(make_ensemble, 300)

    def test_the_plateau_is_found(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        error = float(values["N_e0_error"])
        assert error == pytest.approx(
            SIZE * 0.5 / math.sqrt(float(values["modes_below_threshold"])), rel=0.35
        )
        assert abs(float(values["N_e0"]) - SIZE) < 3.0 * error
        assert values["threshold_frequency"] == pytest.approx(0.5 * PHONON)

    def test_the_threshold_rises_where_soft_modes_are_rare(self, make_ensemble: MakeEnsemble) -> None:
        few = planted(make_ensemble, 40)
        values = evaluate(self.observable, few)
        assert values["modes_below_threshold"] == 20
        assert 0.5 * PHONON < float(values["threshold_frequency"]) < 0.75 * PHONON
        rare = evaluate(self.observable, few, {"least_modes": 10_000})
        assert rare["threshold_frequency"] == pytest.approx(0.75 * PHONON)

    def test_the_running_average_leaves_the_plateau_at_the_phonon(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        frequency, size = np.asarray(values["running_frequency"]), np.asarray(values["running_N_e"])
        assert np.all(np.diff(frequency) > -1e-12)
        assert np.mean(size[frequency < 0.75 * PHONON]) == pytest.approx(SIZE, rel=0.1)
        assert size[-1] == pytest.approx(0.5 * N)

    def test_one_sample_has_no_error_bar(self, make_ensemble: MakeEnsemble) -> None:
        assert "N_e0_error" not in evaluate(
            self.observable, planted(make_ensemble, 1), {"highest_threshold": 0.9}
        )

    def test_no_soft_mode_is_told(self, make_ensemble: MakeEnsemble) -> None:
        with pytest.raises(ObservableFailed, match=r"no mode lies below the threshold .* raise"):
            evaluate(
                self.observable, planted(make_ensemble, 3), {"threshold": 0.01, "highest_threshold": 0.02}
            )
