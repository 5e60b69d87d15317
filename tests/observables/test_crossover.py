"""Crossover of whole models whose ensembles bend at a planted temperature."""

from __future__ import annotations

import numpy as np
import pytest
from pssglass.observables.crossover import Crossover

from pssglass.analysis.warnings import Evidence, Flag, flags
from pssglass.base.errors import ObservableFailed
from pssglass.base.results import EnsembleData, ModelData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate
from pssglass.plugins.protocol import Values

from .conftest import MakeEnsemble

TEMPERATURES = [0.7, 0.75, 0.8, 0.86, 0.93, 1.0, 1.3, 1.7, 2.2, 3.0, 4.0]
SAMPLES = 200
FIT = ("collapsible_models", "fewest_cold_energies", "collapse_chi_square", "collapse_freedom")


def flags_of_fit(values: Values) -> list[Flag]:
    """What a model with these values is warned of."""
    return flags(Evidence([], {}, {}, {}, {}, {"pss": {key: float(values[key]) for key in FIT}}))


def ensembles(make_ensemble: MakeEnsemble, rc: float, T_co: float) -> tuple[EnsembleData, ...]:
    """G/K = 0.2 and bending up by 0.2 a unit of temperature, u that of a Gaussian landscape below T_co."""
    rng = np.random.default_rng(int(100 * rc))

    def samples(mean: float, deviation: float) -> np.ndarray:
        return mean + deviation * rng.standard_normal(SAMPLES)

    return tuple(
        make_ensemble(
            {
                "shear_to_bulk_ratio": samples(0.2 + 0.2 * max(0.0, T_co - T), 0.005),
                "energy_per_particle": samples(-4.0 + 0.5 * T_co * max(1.0 - T_co / T, -9.0), 0.005),
            },
            temperature=T,
            rc=rc,
        )
        for T in TEMPERATURES
    )


class TestCrossover(ObservableContract):
    observable = Crossover()

    @pytest.fixture
    def subject(self, make_ensemble: MakeEnsemble) -> ModelData:
        peer = ModelData("pss rc=1.1", ensembles(make_ensemble, 1.1, 1.4))
        return ModelData("pss rc=1.5", ensembles(make_ensemble, 1.5, 1.05), (peer,))

    def test_both_ways_find_the_planted_crossover(self, subject: ModelData) -> None:
        values = evaluate(self.observable, subject)
        for key in ("T_co_elastic", "T_co_collapse"):
            assert abs(float(values[key]) - 1.05) < 3.0 * float(values[f"{key}_error"])
            assert float(values[f"{key}_error"]) < 0.05
        assert float(values["T_co_elastic_low"]) < 1.05 < float(values["T_co_elastic_high"])
        assert values["shear_to_bulk_plateau"] == pytest.approx(0.2, abs=0.001)

    def test_the_inputs_are_reported(self, subject: ModelData) -> None:
        values = evaluate(self.observable, subject)
        assert np.asarray(values["crossover_temperatures"]) == pytest.approx(TEMPERATURES)
        assert np.asarray(values["crossover_ratios"]).shape == (11,)
        means = [one.scalars["energy_per_particle"].mean for one in subject.ensembles]
        assert np.asarray(values["crossover_energies"]) == pytest.approx(means)
        assert values["collapsible_models"] == 2

    def test_the_energy_at_the_crossover_is_interpolated(self, subject: ModelData) -> None:
        values = evaluate(self.observable, subject)
        below, above = (subject.ensembles[index].scalars["energy_per_particle"].mean for index in (5, 6))
        fraction = (float(values["T_co_collapse"]) - 1.0) / 0.3
        assert values["energy_at_crossover"] == pytest.approx(below + fraction * (above - below))

    def test_a_model_alone_has_no_collapse(self, make_ensemble: MakeEnsemble) -> None:
        values = evaluate(self.observable, ModelData("pss rc=1.5", ensembles(make_ensemble, 1.5, 1.05)))
        assert "T_co_elastic" in values
        assert "T_co_collapse" not in values
        assert values["collapsible_models"] == 1

    def test_energies_on_one_curve_have_the_chi_square_of_noise(self, subject: ModelData) -> None:
        """Six energies of one model and seven of the other, less three shapes, two offsets and one T_co."""
        values = evaluate(self.observable, subject)
        freedom = float(values["collapse_freedom"])
        assert freedom == 6 + 7 - 3 - 2 - 1
        assert abs(float(values["collapse_chi_square"]) - freedom) < 4.0 * np.sqrt(2.0 * freedom)
        reduced = float(values["collapse_chi_square_reduced"])
        assert reduced == pytest.approx(float(values["collapse_chi_square"]) / freedom)
        assert flags_of_fit(values) == []

    def test_energies_of_another_shape_do_not_collapse(
        self, subject: ModelData, make_ensemble: MakeEnsemble
    ) -> None:
        def bumped(index: int, one: EnsembleData) -> EnsembleData:
            energies = one.samples["energy_per_particle"] + 0.05 * (-1) ** index
            samples = {**one.samples, "energy_per_particle": energies}
            return make_ensemble(samples, temperature=one.parent_temperature, rc=1.5)

        crooked = tuple(bumped(index, one) for index, one in enumerate(subject.ensembles))
        values = evaluate(self.observable, ModelData(subject.label, crooked, subject.peers))
        [flag] = flags_of_fit(values)
        assert "energies do not collapse" in flag.reason

    def test_energies_too_few_for_a_collapse_are_counted(
        self, subject: ModelData, make_ensemble: MakeEnsemble
    ) -> None:
        """Four of the six cold ensembles have energies without error bars."""
        few = tuple(
            make_ensemble({**one.samples, "energy_per_particle": [-4.0]}, temperature=one.parent_temperature)
            if index < 4
            else one
            for index, one in enumerate(subject.ensembles)
        )
        values = evaluate(self.observable, ModelData(subject.label, few, subject.peers))
        assert "T_co_collapse" not in values
        assert values["fewest_cold_energies"] == 2

    def test_two_temperatures_are_too_few(self, make_ensemble: MakeEnsemble) -> None:
        few = ModelData("pss rc=1.5", ensembles(make_ensemble, 1.5, 1.05)[:2])
        with pytest.raises(ObservableFailed, match=r"2 temperature\(s\) with error bars"):
            evaluate(self.observable, few)

    def test_a_plateau_too_short_is_told(self, make_ensemble: MakeEnsemble) -> None:
        cold = ModelData("pss rc=1.5", ensembles(make_ensemble, 1.5, 1.05)[:7])
        with pytest.raises(ObservableFailed, match=r"plateau too short: .* add hotter ensembles"):
            evaluate(self.observable, cold)

    def test_ensembles_of_one_sample_do_not_count(self, make_ensemble: MakeEnsemble) -> None:
        single = [
            make_ensemble({"shear_to_bulk_ratio": [0.2], "energy_per_particle": [-4.0]}, temperature=T)
            for T in TEMPERATURES
        ]
        with pytest.raises(
            ObservableFailed, match=r"0 temperature\(s\) with error bars: .* needs at least 5"
        ):
            evaluate(self.observable, ModelData("pss rc=1.5", tuple(single)))
