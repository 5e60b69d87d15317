"""Exponents of each model, of all together, and without the stickiest, from made-up ensembles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pssglass.observables.power_laws import PowerLaws

from pssglass.base.errors import ObservableFailed
from pssglass.base.results import EnsembleData, ModelData
from pssglass.plugins.aggregation import models
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble

HEIGHTS = {1.1: 2.2, 1.3: 1.7, 1.5: 1.3}
"""ω_g/ω0 of each model when it is hot."""
SHEAR = 12.0
OMEGA_0 = np.sqrt(SHEAR / 0.6) * 0.6 ** (1.0 / 3.0)


def ensembles(make_ensemble: MakeEnsemble, rc: float, sticky_factor: float = 1.0) -> list[EnsembleData]:
    """N e0 = 60 x⁻³ and A_g ω0⁵ = x⁻⁵ of four ensembles, the latter lower by a factor at r_c = 1.1."""
    found = []
    for place, x in enumerate(np.linspace(HEIGHTS[rc], 1.25 * HEIGHTS[rc], 4)):
        samples = {
            "omega_g": x * OMEGA_0 * np.array([0.99, 1.01, 1.0]),
            "shear_modulus": [SHEAR] * 3,
        }
        A = x**-5.0 * (sticky_factor if rc == 1.1 else 1.0)
        values = {
            **{"N_e0": 60.0 * x**-3.0, "N_e0_error": 1.2 * x**-3.0, "modes_below_threshold": 40},
            **{"A_g_scaled": A, "A_g_scaled_error": 0.02 * A, "vdos_supported": 1, "modes_in_window": 50},
        }
        found.append(replace(make_ensemble(samples, rc=rc, temperature=4.0 - place), values=values))
    return found


class TestPowerLaws(ObservableContract):
    observable = PowerLaws()

    @pytest.fixture
    def all_models(self, make_ensemble: MakeEnsemble) -> dict[str, ModelData]:
        everything = [one for rc in HEIGHTS for one in ensembles(make_ensemble, rc, sticky_factor=0.1)]
        return {model.label: model for model in models(everything)}

    @pytest.fixture
    def subject(self, all_models: dict[str, ModelData]) -> ModelData:
        return all_models["pss rc=1.5"]

    def test_the_laws_are_found(self, subject: ModelData) -> None:
        values = evaluate(self.observable, subject)
        assert values["N_e0_exponent"] == pytest.approx(-3.0, abs=1e-6)
        assert values["A_g_exponent"] == pytest.approx(-5.0, abs=1e-6)
        assert (values["N_e0_exponent_points"], values["N_e0_exponent_of_all_points"]) == (4.0, 12.0)
        assert values["N_e0_exponent_supported"] == 1.0

    def test_the_stickiest_model_is_left_out(self, all_models: dict[str, ModelData]) -> None:
        found = {label: evaluate(self.observable, model) for label, model in all_models.items()}
        assert {label: one["stickiest"] for label, one in found.items()} == {
            **{"pss rc=1.1": 1.0, "pss rc=1.3": 0.0, "pss rc=1.5": 0.0}
        }
        for one in found.values():
            assert one["A_g_exponent_without_stickiest"] == pytest.approx(-5.0, abs=1e-6)
            assert abs(float(one["A_g_exponent_of_all"]) + 5.0) > 1.0
            # What several models have in common is the same in each.
            assert one["A_g_exponent_of_all"] == found["pss rc=1.5"]["A_g_exponent_of_all"]

    def test_a_model_alone_has_its_own_law_only(self, subject: ModelData) -> None:
        values = evaluate(self.observable, replace(subject, peers=()))
        assert "N_e0_exponent" in values
        assert not [key for key in values if "_of_all" in key or "_without" in key]

    def test_too_few_ensembles_are_told(self, subject: ModelData) -> None:
        few = replace(subject, ensembles=subject.ensembles[:2], peers=())
        with pytest.raises(ObservableFailed, match="fewer than three ensembles"):
            evaluate(self.observable, few)
