"""What stands out is flagged, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pssglass.flags import ensemble_flags, sample_flags
from pssglass.observable import EnsembleData
from pssglass.statistics import summarize

GLASS = {"q6": 0.15, "largest_cluster": 0.004, "demixing": -0.05}


def ensemble(samples: Mapping[str, list[float]], values: Mapping[str, float]) -> EnsembleData:
    scalars = {key: summarize(numbers) for key, numbers in samples.items()}
    arrays = {key: np.array(numbers) for key, numbers in samples.items()}
    return EnsembleData("hot", "pss", {"rc": 1.5}, 3000, 2.6, scalars, arrays, {}, dict(values))


def test_an_ordinary_glass_is_not_flagged() -> None:
    ordinary = {replica: {**GLASS, "q6": 0.15 + 0.002 * np.cos(replica)} for replica in range(50)}
    assert sample_flags({"hot": ordinary}) == []


def test_crystals_and_separated_species_are_flagged_with_their_sample() -> None:
    odd = {0: GLASS, 1: {**GLASS, "largest_cluster": 0.3}, 2: {**GLASS, "demixing": 0.5}}
    flags = sample_flags({"cold": odd})
    assert [flag.subject for flag in flags] == ["sample 1 of cold", "sample 2 of cold"]
    assert "30.0 % of all particles" in flags[0].reason
    assert "demixing?" in flags[1].reason


def test_a_bond_order_unlike_that_of_its_ensemble_is_flagged() -> None:
    replicas = {replica: {"q6": 0.15 + 0.002 * np.cos(replica)} for replica in range(50)}
    replicas[17] = {"q6": 0.22}
    assert [flag.subject for flag in sample_flags({"cold": replicas})] == ["sample 17 of cold"]
    # Three samples do not tell what is usual.
    assert sample_flags({"few": {0: {"q6": 0.15}, 1: {"q6": 0.16}, 2: {"q6": 0.3}}}) == []


def test_one_sample_is_told_to_have_no_error_bar() -> None:
    [flag] = ensemble_flags(ensemble({"shear_modulus": [12.0]}, {}))
    assert (flag.subject, flag.reason) == (
        "hot",
        "one sample only: its values have no error bar; simulate more",
    )


def test_analyses_of_some_samples_only_are_told() -> None:
    [flag] = ensemble_flags(ensemble({"shear_modulus": [12.0, 11.0, 13.0], "omega_g": [5.0, 6.0]}, {}))
    assert "2 to 3 samples" in flag.reason


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
