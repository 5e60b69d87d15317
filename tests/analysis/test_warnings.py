"""What stands out is flagged, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from pssglass.analysis.statistics import summarize
from pssglass.analysis.warnings import (
    Flag,
    crossover_flags,
    described,
    ensemble_flags,
    sample_flags,
    size_flags,
)
from pssglass.base.results import EnsembleData, EnsembleSummary

GLASS = {"q6": 0.12, "largest_cluster": 0.0, "demixing": -0.03}


def ensemble(samples: Mapping[str, list[float]], values: Mapping[str, float]) -> EnsembleData:
    scalars = {key: summarize(numbers) for key, numbers in samples.items()}
    arrays = {key: np.array(numbers) for key, numbers in samples.items()}
    return EnsembleData("hot", "pss", {"rc": 1.5}, 3000, 2.6, scalars, arrays, {}, dict(values))


def summary(name: str = "cold", N: int = 500, temperature: float = 0.8) -> EnsembleSummary:
    return EnsembleSummary(name, "pss", {"rc": 1.5}, N, temperature, {})


def flagged(samples: Mapping[int, Mapping[str, float]], N: int = 500) -> list[Flag]:
    return sample_flags([summary(N=N)], {"cold": samples})


@pytest.mark.parametrize("N", [100, 500, 3000, 10_000])
@pytest.mark.parametrize("count", [1, 3, 12, 500])
def test_ordinary_glasses_are_not_flagged(N: int, count: int) -> None:
    """Scatter as it was measured, whatever the size of the glasses and their number."""
    rng = np.random.default_rng([N, count])
    ordinary = {
        replica: {
            "q6": 0.12 + 0.11 / np.sqrt(N) * rng.standard_normal(),
            "demixing": -0.02 + 0.41 / np.sqrt(N) * rng.standard_normal(),
            "largest_cluster": rng.integers(0, 2) / N,
        }
        for replica in range(count)
    }
    assert flagged(ordinary, N) == []


def test_crystals_and_separated_species_are_flagged_with_their_sample() -> None:
    flags = flagged({0: GLASS, 1: {**GLASS, "largest_cluster": 0.3}, 2: {**GLASS, "demixing": 0.14}})
    assert [flag.subject for flag in flags] == ["sample 1 of cold", "sample 2 of cold"]
    assert "30.0 % of all particles" in flags[0].reason
    assert "demixing?" in flags[1].reason


def test_a_bond_order_unlike_that_of_its_ensemble_is_flagged() -> None:
    replicas = {replica: {"q6": 0.12 + 0.002 * np.cos(replica)} for replica in range(50)}
    replicas[17] = {"q6": 0.16}
    assert [flag.subject for flag in flagged(replicas)] == ["sample 17 of cold"]


@pytest.mark.parametrize("key", ["energy_per_particle", "liquid_energy"])
def test_a_step_of_the_energy_is_flagged(key: str) -> None:
    rng = np.random.default_rng(4)
    replicas = {replica: {key: -4.5 + 0.03 * rng.standard_normal()} for replica in range(200)}
    assert flagged(replicas) == []
    replicas[17] = {key: -4.8}
    [flag] = flagged(replicas)
    assert flag.subject == "sample 17 of cold"
    assert "energy step?" in flag.reason
    # Of a few samples none can be told to be unlike the others.
    assert flagged({replica: replicas[replica] for replica in (16, 17, 18)}) == []


def test_an_ensemble_that_crystallised_as_a_whole_is_unlike_the_hot_one() -> None:
    ensembles = [summary("cold"), summary("hot", temperature=2.6)]
    for q6, count in ((0.25, 5), (0.135, 0)):
        samples = {"cold": {n: {"q6": q6} for n in range(5)}, "hot": {n: {"q6": 0.125} for n in range(5)}}
        assert len(sample_flags(ensembles, samples)) == count


def test_several_sizes_in_one_curve_are_told() -> None:
    mixed = [summary("cold", 500), summary("hot", 1000, 2.6)]
    [flag] = size_flags(mixed)
    assert flag.subject == "pss rc=1.5"
    assert "N = 500, 1000" in flag.reason
    # At one temperature they are two curves.
    assert size_flags([summary("small", 500), summary("large", 1000)]) == []


def test_a_crossover_that_rests_on_a_bound_is_told() -> None:
    models = {"wide": {"crossover_width": 0.3}, "sharp": {"crossover_width": 0.05}}
    assert [flag.subject for flag in crossover_flags(models)] == ["wide"]


def test_why_energies_do_not_collapse_is_told() -> None:
    fit = {"collapsible_models": 2.0, "fewest_cold_energies": 3.0, "collapse_freedom": 4.0}
    assert crossover_flags({"good": {**fit, "collapse_chi_square": 9.0}}) == []
    assert crossover_flags({"exact": {**fit, "collapse_freedom": 0.0, "collapse_chi_square": 1e-20}}) == []
    for values, reason in (
        ({**fit, "collapse_chi_square": 100.0}, "χ² = 100 for 4 degrees of freedom"),
        ({"collapsible_models": 1.0, "fewest_cold_energies": 5.0}, "needs another model"),
        ({**fit, "fewest_cold_energies": 2.0}, "has 2 energies"),
    ):
        [flag] = crossover_flags({"model": values})
        assert reason in flag.reason


def test_an_imported_ensemble_may_lack_its_parent_temperature() -> None:
    spec = {"name": "outside", "model_name": "pss", "parameters": {"rc": 1.5}, "N": 128}
    ensembles = [described({**spec, "parent_temperature": None}), summary()]
    samples = {"outside": {0: {"q6": 0.55}}, "cold": {0: GLASS}}
    assert [flag.subject for flag in sample_flags(ensembles, samples)] == ["sample 0 of outside"]
    assert size_flags(ensembles) == []


def test_one_sample_is_told_to_have_no_error_bar() -> None:
    [flag] = ensemble_flags(ensemble({"shear_modulus": [12.0]}, {}))
    assert (flag.subject, flag.reason) == (
        "hot",
        "one sample only: its values have no error bar; simulate more",
    )


def test_analyses_of_some_samples_only_are_told() -> None:
    found = ensemble({"shear_modulus": [12.0, 11.0, 13.0], "omega_g": [5.0, 6.0]}, {})
    [flag] = ensemble_flags(found)
    assert "2 to 3 samples" in flag.reason
    assert ensemble_flags(found, optional=["omega_g"]) == []


def test_weak_or_broken_quartic_laws_are_told() -> None:
    two = {"shear_modulus": [12.0, 11.0]}
    few = {"vdos_supported": 0.0, "modes_in_window": 12.0, "beta": 9.0, "beta_error": 1.0}
    assert "12 modes only" in ensemble_flags(ensemble(two, few))[0].reason
    steep = {"vdos_supported": 1.0, "modes_in_window": 900.0, "beta": 3.2, "beta_error": 0.14}
    assert "ω^(3.20 ± 0.14)" in ensemble_flags(ensemble(two, steep))[0].reason
    assert ensemble_flags(ensemble(two, {**steep, "beta": 4.2})) == []


def test_a_liquid_out_of_equilibrium_is_told() -> None:
    two = {"shear_modulus": [12.0, 11.0]}
    liquid = {"initial_correlation": 48.0, "born_shear": 50.0}
    errors = {"initial_correlation_error": 0.1, "born_shear_error": 0.1}
    assert "was the liquid in equilibrium?" in ensemble_flags(ensemble(two, liquid | errors))[0].reason
    assert ensemble_flags(ensemble(two, liquid | dict.fromkeys(errors, 1.0))) == []
    assert ensemble_flags(ensemble(two, liquid)) == []


def test_liquids_recorded_too_briefly_for_a_relaxation_time_are_told() -> None:
    two = {"shear_modulus": [12.0, 11.0]}
    records = {"relaxation_samples": 10.0, "longest_lag": 4.2, "relaxation_criterion": 0.1}
    [flag] = ensemble_flags(ensemble(two, {**records, "short_records": 3.0}))
    assert "3 of 10 samples" in flag.reason
    assert "up to lag 4.2" in flag.reason
    assert ensemble_flags(ensemble(two, {**records, "short_records": 0.0})) == []
