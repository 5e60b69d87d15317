"""Mean stress-strain curves of planted samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pssglass.observables.mean_shear import MeanShear, peak_and_flow

from pssglass.base.errors import ObservableFailed
from pssglass.base.results import EnsembleData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble

STRAIN = np.linspace(0.0, 0.2, 41)
SAMPLES, NOISE = 40, 0.05
STRESS = np.where(STRAIN < 0.0999, 6.0 * STRAIN, 0.6 - 2.0 * (np.minimum(STRAIN, 0.15) - 0.1))
"""Up to 0.6 at a strain of 0.1, and at 0.5 from 0.15 on."""


@pytest.fixture
def planted(make_ensemble: MakeEnsemble) -> EnsembleData:
    heights = 1.0 + NOISE * np.random.default_rng(1).normal(size=SAMPLES)
    arrays = {
        "shear_strain": [STRAIN] * SAMPLES,
        "shear_stress": [height * STRESS for height in heights],
        "shear_energy": [height * STRAIN**2 for height in heights],
        "shear_slope": [np.full(STRAIN.size, 10.0 * height) for height in heights],
    }
    return make_ensemble({}, arrays)


class TestMeanShear(ObservableContract):
    observable = MeanShear()

    @pytest.fixture
    def subject(self, planted: EnsembleData) -> EnsembleData:
        return planted

    def test_curves_have_errors_between_samples(self, planted: EnsembleData) -> None:
        values = evaluate(self.observable, planted)
        stress, error = values["mean_shear_stress"], values["mean_shear_stress_error"]
        np.testing.assert_allclose(stress, STRESS, rtol=3 * NOISE / SAMPLES**0.5)
        np.testing.assert_allclose(error[1:] / stress[1:], NOISE / SAMPLES**0.5, rtol=0.4)
        assert values["mean_shear_samples"] == SAMPLES

    def test_peak_and_flow_are_those_of_the_mean(self, planted: EnsembleData) -> None:
        values = evaluate(self.observable, planted)
        for key, expected in (("peak_stress", 0.6), ("flow_stress", 0.5), ("overshoot", 0.1)):
            assert values[f"mean_shear_{key}"] == pytest.approx(expected, rel=0.03)
            error = expected * NOISE / SAMPLES**0.5
            assert values[f"mean_shear_{key}_error"] == pytest.approx(error, rel=0.4)
        assert values["mean_shear_peak_strain"] == pytest.approx(0.1)

    def test_glasses_of_one_lineage_count_once(self, planted: EnsembleData) -> None:
        doubled = {key: tuple(one for one in each for _ in range(2)) for key, each in planted.arrays.items()}
        lineages = {"shear_stress": np.arange(2 * SAMPLES) // 2}
        values = evaluate(self.observable, replace(planted, arrays=doubled, lineages=lineages))
        once = evaluate(self.observable, planted)
        for key in ("mean_shear_stress_error", "mean_shear_flow_stress_error"):
            np.testing.assert_allclose(values[key], once[key], rtol=0.1)

    def test_one_sample_has_no_errors(self, planted: EnsembleData) -> None:
        alone = {key: each[:1] for key, each in planted.arrays.items()}
        values = evaluate(self.observable, replace(planted, arrays=alone))
        assert not [key for key in values if key.endswith(("_error", "_low", "_high"))]

    def test_samples_sheared_otherwise_are_not_mixed(self, planted: EnsembleData) -> None:
        arrays = {**planted.arrays, "shear_strain": (2.0 * STRAIN, *planted.arrays["shear_strain"][1:])}
        with pytest.raises(ObservableFailed, match="shear them alike"):
            evaluate(self.observable, replace(planted, arrays=arrays))


def test_flow_of_steps_longer_than_a_quarter_is_the_last_point() -> None:
    assert peak_and_flow(np.array([0.0, 0.1, 0.2]), np.array([0.0, 3.0, 2.0])) == (3.0, 0.1, 2.0, 1.0)
