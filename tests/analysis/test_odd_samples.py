"""Crystals, separated species and steps of the energy are told from ordinary scatter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from pssglass.analysis.odd_samples import odd_samples
from pssglass.base.results import EnsembleSummary
from pssglass.models import define_model

GLASS = {"q6": 0.12, "largest_cluster": 0.0, "demixing": -0.03}
Samples = Mapping[str, Mapping[int, Mapping[str, float]]]


def summary(name: str = "cold", N: int = 500, temperature: float = 0.8) -> EnsembleSummary:
    return EnsembleSummary(name, "pss", {"rc": 1.5}, N, temperature, {})


Odd = list[tuple[str, int, str]]


def odd(ensembles: list[EnsembleSummary], samples: Samples) -> Odd:
    return list(odd_samples(ensembles, samples))


def flagged(samples: Mapping[int, Mapping[str, float]], N: int = 500) -> Odd:
    return odd([summary(N=N)], {"cold": samples})


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
    assert [flag[:2] for flag in flags] == [("cold", 1), ("cold", 2)]
    assert "30.0 % of all particles" in flags[0][2]
    assert "demixing?" in flags[1][2]


def test_a_bond_order_unlike_that_of_its_ensemble_is_flagged() -> None:
    replicas = {replica: {"q6": 0.12 + 0.002 * np.cos(replica)} for replica in range(50)}
    replicas[17] = {"q6": 0.16}
    assert [flag[:2] for flag in flagged(replicas)] == [("cold", 17)]


@pytest.mark.parametrize("key", ["energy_per_particle", "liquid_energy"])
def test_a_step_of_the_energy_is_flagged(key: str) -> None:
    rng = np.random.default_rng(4)
    replicas = {replica: {key: -4.5 + 0.03 * rng.standard_normal()} for replica in range(200)}
    assert flagged(replicas) == []
    replicas[17] = {key: -4.8}
    [(_, replica, reason)] = flagged(replicas)
    assert replica == 17
    assert "energy step?" in reason
    # Of a few samples none can be told to be unlike the others.
    assert flagged({replica: replicas[replica] for replica in (16, 17, 18)}) == []


def test_an_ensemble_that_crystallised_as_a_whole_is_unlike_the_hot_one() -> None:
    ensembles = [summary("cold"), summary("hot", temperature=2.6)]
    for q6, count in ((0.25, 5), (0.135, 0)):
        samples = {"cold": {n: {"q6": q6} for n in range(5)}, "hot": {n: {"q6": 0.125} for n in range(5)}}
        assert len(odd(ensembles, samples)) == count


def test_an_imported_ensemble_may_lack_its_parent_temperature() -> None:
    ensembles = [EnsembleSummary("outside", "pss", {"rc": 1.5}, 128, None, {}), summary()]
    samples = {"outside": {0: {"q6": 0.55}}, "cold": {0: GLASS}}
    assert [flag[:2] for flag in odd(ensembles, samples)] == [("outside", 0)]


@pytest.mark.parametrize("N", [100, 3000, 20_000, 1_000_000])
@pytest.mark.parametrize(
    ("model", "parameters", "mean", "scatter"),
    [("poly-ipl", {}, 0.024, 0.20), ("poly-pss", {"rc": 1.1}, -0.018, 0.42)],
)
def test_ordinary_mixtures_of_sizes_are_not_flagged(
    N: int, model: str, parameters: Mapping[str, float], mean: float, scatter: float
) -> None:
    """Neighbours of continuous sizes are correlated a little, whatever N is."""
    rng = np.random.default_rng(N)
    one = EnsembleSummary("sizes", model, parameters, N, 0.6, {})
    ordinary = mean + scatter / np.sqrt(N) * rng.standard_normal(500)
    assert odd([one], {"sizes": {n: {"demixing": value} for n, value in enumerate(ordinary)}}) == []
    [(_, replica, reason)] = odd([one], {"sizes": {0: {"demixing": mean}, 1: {"demixing": 0.4}}})
    assert replica == 1
    assert "demixing?" in reason


def test_a_model_of_your_own_may_have_sizes() -> None:
    sizes = {"sizes": {"smallest": 1.0, "largest": 1.5}}
    powers = {"form": "inverse-powers", "exponents": [12], "coefficients": [1.0], "cutoff": 1.5}
    for own, count in (({**powers, **sizes, "density": 0.6}, 0), ({**powers, "density": 0.8}, 1)):
        one = EnsembleSummary("own", "mine", define_model("mine", **own).parameters, 10**6, 0.6, {})
        assert len(odd([one], {"own": {0: {"demixing": 0.024}}})) == count
