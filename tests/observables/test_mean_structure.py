"""Mean g(r) and S(k) of planted samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pssglass.observables.mean_structure import MeanStructure, highest

from pssglass.base.errors import ObservableFailed
from pssglass.base.results import EnsembleData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble

R, K = 0.01 + 0.02 * np.arange(200), 0.05 + 0.1 * np.arange(190)
SAMPLES, PLACE, WAVE, NOISE = 30, 1.2345, 7.123, 0.05


def planted(make_ensemble: MakeEnsemble, lengths: tuple[int, ...] = (200,) * SAMPLES) -> EnsembleData:
    """A peak of height 3 at PLACE and one of 2 at WAVE, whose heights vary by NOISE from sample to sample."""
    rng = np.random.default_rng(1)
    arrays: dict[str, list[np.ndarray]] = {"pair_distance": [R[:length] for length in lengths]}
    for length in lengths:
        height = 1.0 + NOISE * rng.normal()
        g = 3.0 * height * np.exp(-(((R[:length] - PLACE) / 0.1) ** 2))
        S = 2.0 * height * np.exp(-((K - WAVE) ** 2))
        own = {"inherent_pair_correlation": g, "inherent_structure_factor": S, "inherent_wave_number": K}
        own |= {"inherent_species_pair_correlation": np.array([g, g, g]), "shell_vectors": np.ones(len(K))}
        for key, curve in own.items():
            arrays.setdefault(key, []).append(curve)
    return make_ensemble({}, arrays)


class TestMeanStructure(ObservableContract):
    observable = MeanStructure()

    @pytest.fixture
    def subject(self, make_ensemble: MakeEnsemble) -> EnsembleData:
        return planted(make_ensemble)

    def test_peaks_are_found_between_points(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        assert values["inherent_pair_peak_distance"] == pytest.approx(PLACE, abs=1e-3)
        assert values["inherent_scattering_peak_wave_number"] == pytest.approx(WAVE, abs=1e-3)
        assert values["inherent_pair_peak"] == pytest.approx(3.0, rel=0.03)
        assert values["inherent_pair_peak_error"] == pytest.approx(3.0 * NOISE / SAMPLES**0.5, rel=0.4)
        assert values["structure_samples"] == SAMPLES
        assert not [key for key in values if "liquid" in key]

    def test_errors_are_those_between_samples(self, subject: EnsembleData) -> None:
        values = evaluate(self.observable, subject)
        mean, error = values["mean_inherent_structure_factor"], values["mean_inherent_structure_factor_error"]
        np.testing.assert_allclose(error / mean, NOISE / SAMPLES**0.5, rtol=0.4)
        assert values["mean_inherent_species_pair_correlation_error"].shape == (3, len(R))

    def test_glasses_of_one_lineage_count_once(self, subject: EnsembleData) -> None:
        doubled = {key: tuple(one for one in each for _ in range(2)) for key, each in subject.arrays.items()}
        lineages = dict.fromkeys(doubled, np.repeat(np.arange(SAMPLES), 2))
        values = evaluate(self.observable, replace(subject, arrays=doubled, lineages=lineages))
        single = evaluate(self.observable, subject)
        for key in ("mean_inherent_pair_correlation", "mean_inherent_pair_correlation_error"):
            np.testing.assert_allclose(values[key], single[key], rtol=1e-9)

    def test_the_shortest_range_counts(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, planted(make_ensemble, (150, 120, 140)))
        np.testing.assert_array_equal(values["mean_pair_distance"], R[:120])
        assert values["mean_inherent_species_pair_correlation"].shape == (3, 120)

    def test_one_sample_has_no_errors(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, planted(make_ensemble, (200,)))
        assert not [key for key in values if key.endswith(("_error", "_low"))]

    def test_boxes_of_other_shapes_are_refused(self, subject: EnsembleData) -> None:
        shells = (*subject.arrays["shell_vectors"][1:], np.ones(7))
        odd = replace(subject, arrays={**subject.arrays, "shell_vectors": shells})
        with pytest.raises(ObservableFailed, match="boxes of other shapes"):
            evaluate(self.observable, odd)


def test_a_maximum_at_an_end_is_told_as_it_is() -> None:
    assert highest(np.arange(3.0), np.array([3.0, 2.0, 1.0])) == (0.0, 3.0)
