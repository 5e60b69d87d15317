"""Glasses of lineages: copies change neither value nor error, and one lineage has no error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pssglass.observables.averages import Averages
from pssglass.observables.fluctuations import Fluctuations
from pssglass.observables.localisation import Localisation
from pssglass.observables.vdos import DensityOfStates

from pssglass.analysis.elastic_scales import elastic_scales, over_frequency
from pssglass.analysis.statistics import summarize
from pssglass.base.results import EnsembleData
from pssglass.plugins.protocol import Observable

from .conftest import MakeEnsemble

LINEAGES, GLASSES = 12, 3
OBSERVABLES = [Averages(), Fluctuations(), DensityOfStates(), Localisation()]


@pytest.fixture
def alone(make_ensemble: MakeEnsemble) -> EnsembleData:
    """One glass of each lineage."""
    rng = np.random.default_rng(4)
    G = 12.0 + rng.standard_normal(LINEAGES)
    samples = {
        "energy_per_particle": -5.0 + 0.01 * rng.standard_normal(LINEAGES),
        "shear_modulus": G,
        "bulk_modulus": 57.0 + rng.standard_normal(LINEAGES),
        "omega_g": 5.0 + 0.1 * G + 0.1 * rng.standard_normal(LINEAGES),
    }
    top = elastic_scales(make_ensemble(samples)).shear_phonon
    frequencies = [np.sort(top * rng.uniform(0.0, 1.0, 30) ** 0.2) for _ in range(LINEAGES)]
    ratios = [rng.uniform(0.01, 0.1, 30) for _ in range(LINEAGES)]
    return make_ensemble(samples, {"frequency": frequencies, "participation_ratio": ratios})


def of_lineages(ensemble: EnsembleData, numbers: Any) -> EnsembleData:
    """The ensemble with these lineages of its samples."""
    keys = [*ensemble.samples, *ensemble.arrays]
    scalars = {key: summarize(values, numbers) for key, values in ensemble.samples.items()}
    lineages = dict.fromkeys(keys, np.asarray(numbers))
    return replace(ensemble, scalars=scalars, lineages=lineages, spacing=3.0)


@pytest.fixture
def copies(alone: EnsembleData) -> EnsembleData:
    """The same glass several times in each lineage."""
    repeated = replace(
        alone,
        samples={key: np.tile(values, GLASSES) for key, values in alone.samples.items()},
        arrays={key: values * GLASSES for key, values in alone.arrays.items()},
    )
    return of_lineages(repeated, np.tile(np.arange(LINEAGES), GLASSES))


@pytest.mark.parametrize("observable", OBSERVABLES, ids=lambda one: one.name)
def test_copies_change_no_value_and_no_error(
    observable: Observable, alone: EnsembleData, copies: EnsembleData
) -> None:
    parameters = {**observable.parameters, "least_modes": 1}  # copies are more modes, which is no error
    expected, found = (observable.compute(one, parameters) for one in (alone, copies))
    assert expected.keys() == found.keys()
    of_counts = ("A_g_binned", "beta_error", "modes_in_window", "modes_below_threshold", "vdos_supported")
    compared = [
        key for key, value in expected.items() if np.ndim(value) == 0 and not key.startswith(of_counts)
    ]
    assert any(key.endswith("_error") for key in compared)
    for key in compared:
        assert float(found[key]) == pytest.approx(float(expected[key]), rel=1e-9, abs=1e-12), key


@pytest.mark.parametrize(
    "observable", [Averages(), DensityOfStates(), Localisation()], ids=lambda one: one.name
)
def test_one_lineage_has_values_without_errors(observable: Observable, alone: EnsembleData) -> None:
    one = of_lineages(alone, np.zeros(LINEAGES, dtype=int))
    values = observable.compute(one, observable.parameters)
    bootstrapped = {key for key in values if key.endswith(("_low", "_high"))}
    assert values
    assert not bootstrapped - {"window_high"}


def test_ratios_of_frequencies_have_the_errors_of_lineages(alone: EnsembleData, copies: EnsembleData) -> None:
    expected = over_frequency(alone, alone.samples, "omega_g", {})
    found = over_frequency(copies, copies.samples, "omega_g", copies.lineages)
    assert found == pytest.approx(expected, rel=1e-9)


def test_glasses_that_are_all_the_same_do_not_fluctuate(copies: EnsembleData) -> None:
    samples = {key: np.full(values.size, 12.0) for key, values in copies.samples.items()}
    same = of_lineages(replace(copies, samples=samples), copies.lineages["shear_modulus"])
    values = Fluctuations().compute(same, Fluctuations().parameters)
    assert {float(value) for key, value in values.items() if key.startswith("chi_shear_modulus")} == {0.0}
