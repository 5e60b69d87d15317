"""Liquids of a campaign: recorded in equilibrium, and the same if their making is interrupted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pssglass.db import Claim, Store

from pssglass import pipeline
from pssglass.analysis.correlation import INVERSE_E, RELAXED, relaxation_time
from pssglass.analysis.statistics import bootstrap, summarize
from pssglass.base.results import AUTO
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.pipeline import provenance
from pssglass.pipeline.sample import SampleTask, make_liquid, make_sample
from pssglass.simulation.protocol import Protocol

from .conftest import Interrupting


@pytest.fixture
def claim(store: Store, campaign: Campaign) -> Claim:
    """The right to make a sample at T = 1 whose equilibration is left to the program."""
    spec, _ = campaign.ensembles[1]
    protocol = Protocol(melt_time=0.3, equilibration_time=AUTO, equilibration_cap=240.0, n_tau=20.0)
    automatic = replace(campaign, ensembles=((replace(spec, protocol=protocol), 1),))
    (sample,) = pipeline.prepare(store, automatic)
    found = store.claim_sample(sample.id, provenance.current())
    assert found is not None
    return found


def test_interruptions_change_neither_trajectory_nor_decision_nor_record(
    claim: Claim, tmp_path: Path, make_interrupted: Interrupting
) -> None:
    whole = make_sample(SampleTask(claim, tmp_path / "whole"))
    cut = make_interrupted(SampleTask(claim, tmp_path / "cut"))
    assert len(cut.record["resumed"]) >= 2
    assert cut.files == whole.files
    assert cut.record["equilibration"] == whole.record["equilibration"]
    assert whole.record["equilibration"]["ended"] in ("equilibrated", "cap reached")


def liquids(protocol: Protocol, seeds: range) -> dict[str, list[Any]]:
    """What is recorded of liquids of 100 particles at T = 1.5, r_c = 1.5: name -> value of each sample."""
    spec = EnsembleSpec("e", "pss", {"rc": 1.5}, 100, 1.5, protocol, seed=0)
    recorded = [make_liquid(spec, seed)[1].liquid for seed in seeds]
    return {name: [one[name] for one in recorded] for name in recorded[0]}


@pytest.fixture(scope="module")
def long_runs() -> dict[str, list[Any]]:
    """Liquids recorded for 400 of their relaxation times."""
    return liquids(Protocol(melt_time=2.0, equilibration_time=600.0), range(12))


def test_the_recorded_stress_obeys_the_identity_of_equilibrium(long_runs: dict[str, list[Any]]) -> None:
    """c(0) = ⟨∂²U/∂γ²⟩/V (paper, Appendix E), within 2 % and within three standard errors of up to 1 %.

    In larger liquids it is shown within 2 % by errors below 0.4 % (tests/validation/high_temperature).
    """
    born = np.array(long_runs["liquid_born_shear"])
    initial = np.array([correlation[0] for correlation in long_runs["stress_correlation"]])
    difference = summarize(initial - born)
    assert difference.standard_error < 0.01 * np.mean(born), "else this test has no teeth"
    assert abs(difference.mean) < min(0.02 * np.mean(born), 3.0 * difference.standard_error)


@pytest.fixture(scope="module")
def automatic_runs() -> dict[str, list[Any]]:
    """Liquids that were left to the program; two in three were recorded for 16 relaxation times."""
    protocol = Protocol(melt_time=2.0, equilibration_time=AUTO, equilibration_cap=400.0)
    return liquids(protocol, range(100, 196))


def relaxation(recorded: dict[str, list[Any]], criterion: float) -> tuple[float, float]:
    """τ of c(t) averaged over samples, as observable relaxation has it, and its bootstrap error.

    The noise of a single sample takes it below the criterion too soon: the mean of single τ is too short.
    """
    lags = np.array(min(recorded["correlation_time"], key=len))
    correlations = np.array([one[: len(lags)] for one in recorded["stress_correlation"]])

    def tau(chosen: Any) -> float:
        found = relaxation_time(lags, np.mean(correlations[chosen], axis=0), criterion)
        assert found is not None
        return found

    return tau(slice(None)), float(np.std(bootstrap(len(correlations), tau)))


@pytest.mark.parametrize(("criterion", "most_error"), [(RELAXED, 0.08), (INVERSE_E, 0.04)])
def test_automatic_equilibration_finds_the_relaxation_of_long_runs(
    criterion: float, most_error: float, automatic_runs: dict[str, list[Any]], long_runs: dict[str, list[Any]]
) -> None:
    found, error = relaxation(automatic_runs, criterion)
    expected, its_error = relaxation(long_runs, criterion)
    together = np.hypot(error, its_error)
    assert together < most_error * expected, "else this test has no teeth"
    assert abs(found - expected) < 3.0 * together
