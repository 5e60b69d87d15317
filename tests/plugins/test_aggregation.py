"""Observables of ensembles and models are computed in order, and failures stay with their own subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pssglass.analysis.statistics import summarize
from pssglass.base.results import EnsembleData, ModelData
from pssglass.plugins.aggregation import Kept, aggregated, aggregates, models
from pssglass.plugins.protocol import Column, Level


class Stiffness:
    name = "stiffness"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {}
    columns = (Column("shear_modulus", "1", "G"), Column("noise", "1", "optional", optional=True))

    def compute(self, subject: object, parameters: Mapping[str, Any]) -> dict[str, float]:
        raise AssertionError("samples are not computed here")


class Softest:
    """Ensemble level: the smallest G, times a factor."""

    name = "softest"
    version = "1"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("stiffness",)
    parameters: Mapping[str, Any] = {"factor": 1.0}
    columns = (Column("softest_modulus", "1", "smallest G"),)

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, float]:
        if subject.parent_temperature > 5.0:
            raise ValueError("too hot")
        return {"softest_modulus": parameters["factor"] * float(np.min(subject.samples["shear_modulus"]))}


class Span:
    """Model level: the range of an ensemble observable, and how many peers there are."""

    name = "span"
    version = "1"
    level: Level = "model"
    requires: tuple[str, ...] = ("softest",)
    parameters: Mapping[str, Any] = {}
    columns = (Column("span", "1", "range"), Column("peers", "1", "number of other models"))

    def compute(self, subject: ModelData, parameters: Mapping[str, Any]) -> dict[str, float]:
        values = [float(one.values["softest_modulus"]) for one in subject.ensembles]
        return {"span": max(values) - min(values), "peers": len(subject.peers)}


OBSERVABLES = [Stiffness(), Softest(), Span()]


def ensemble(rc: float, temperature: float, moduli: list[float]) -> EnsembleData:
    return EnsembleData(
        name=f"rc{rc}-T{temperature}",
        model_name="pss",
        parameters={"rc": rc},
        N=100,
        parent_temperature=temperature,
        scalars={"shear_modulus": summarize(moduli)} if moduli else {},
        samples={"shear_modulus": np.array(moduli)} if moduli else {},
        arrays={},
        values={},
    )


def test_values_flow_from_samples_to_ensembles_to_models() -> None:
    ensembles = [
        ensemble(1.5, 1.0, [12.0, 11.0]),
        ensemble(1.5, 2.0, [9.0]),
        ensemble(1.1, 1.0, [37.0, 38.0]),
    ]
    found, failures = aggregated(ensembles, OBSERVABLES, {"softest": {"factor": 2.0}})
    assert failures == []
    assert [one.values["softest_modulus"] for one in found] == [22.0, 18.0, 74.0]
    assert [one.values["span"] for one in found] == [4.0, 4.0, 0.0]
    assert [one.values["peers"] for one in found] == [1.0, 1.0, 1.0]


def test_a_failure_stays_with_its_ensemble() -> None:
    ensembles = [ensemble(1.5, 1.0, [12.0]), ensemble(1.5, 6.0, [9.0]), ensemble(1.1, 1.0, [])]
    found, failures = aggregated(ensembles, OBSERVABLES)
    assert [set(one.values) for one in found] == [{"softest_modulus", "span", "peers"}, set(), set()]
    assert [(one.observable, one.subject) for one in failures] == [
        ("softest", "rc1.1-T1.0"),
        ("softest", "rc1.5-T6.0"),
        ("span", "rc1.5-T6.0"),
        ("span", "rc1.1-T1.0"),
    ]
    assert failures[0].reason == "no shear_modulus yet: run pssglass analyze"
    assert failures[1].reason == "ValueError: too hot"


class Neighbours(Softest):
    name = "neighbours"
    requires = ()

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, float]:
        return {"softest_modulus": float(len(subject.peers))}


def test_what_asked_for_peers_is_found_anew_when_the_first_comes_and_when_it_goes() -> None:
    cold, hot = ensemble(1.5, 1.0, [12.0]), ensemble(1.5, 2.0, [9.0])
    kept = Kept(samples={one.name: one.name for one in (cold, hot)})
    for members in ([cold], [cold, hot], [cold]):
        found = aggregates(members, [Neighbours()], kept=kept)
        assert [one.values for one in found] == [{"softest_modulus": len(members) - 1.0}] * len(members)
        kept = replace(kept, results={one.inputs: one for one in found})


def test_what_is_measured_on_request_is_named() -> None:
    class Asked(Stiffness):
        on_request = True

    _, [failure] = aggregated([ensemble(1.5, 1.0, [])], [Asked(), Softest()])
    assert failure.reason == "no shear_modulus yet: run pssglass analyze --observable stiffness"


class Relaxing(Softest):
    name = "relaxing"
    requires = ("liquid",)


@pytest.mark.parametrize(
    ("quench", "samples", "reason"),
    [
        ("faithful", {}, "no liquid_born_shear yet: run pssglass analyze"),
        (
            "faithful",
            {"liquid_q6": np.array([0.1])},
            "no liquid_born_shear: the time at the parent temperature was too short for a record;"
            " set a longer equilibration_time",
        ),
        ("imported", {}, "no liquid_born_shear: an imported ensemble has no record of its liquid"),
    ],
)
def test_what_helps_where_no_liquid_is_recorded_is_told(
    quench: str, samples: Mapping[str, Any], reason: str
) -> None:
    one = replace(ensemble(1.5, 1.0, [12.0]), samples=samples, protocol={"quench": quench})
    _, [failure] = aggregated([one], [Relaxing()])
    assert failure.reason == reason


class Leaves(Softest):
    name = "leaves"

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, float]:
        raise SystemExit(3)


def test_an_observable_that_ends_the_program_does_not() -> None:
    _, failures = aggregated([ensemble(1.5, 1.0, [12.0])], [Stiffness(), Leaves()])
    assert [one.reason for one in failures] == ["tried to end the program (3)"]


def test_samples_that_do_not_match_are_refused() -> None:
    uneven = ensemble(1.5, 1.0, [12.0, 11.0])
    uneven = EnsembleData(**{**vars(uneven), "arrays": {"frequency": (np.array([1.0]),)}})

    class Both(Softest):
        requires = ("stiffness", "spectrum")

    class Spectrum(Stiffness):
        name = "spectrum"
        columns = (Column("frequency", "1", "ω", ("modes",)),)

    _, failures = aggregated([uneven], [Stiffness(), Spectrum(), Both()])
    assert failures[0].reason == "results of 1 to 2 samples: run pssglass analyze --retry-failed"


def test_models_know_their_peers_from_cold_to_hot() -> None:
    grouped = models([ensemble(1.5, 2.0, [9.0]), ensemble(1.1, 1.0, [37.0]), ensemble(1.5, 1.0, [12.0])])
    assert [model.label for model in grouped] == ["pss rc=1.1", "pss rc=1.5"]
    assert [one.parent_temperature for one in grouped[1].ensembles] == [1.0, 2.0]
    assert [peer.label for peer in grouped[1].peers] == ["pss rc=1.1"]


def test_sizes_mixed_at_one_temperature_are_models_of_their_own() -> None:
    """Two values at one temperature are no curve; sizes at different temperatures are, as in the paper."""
    cold, hot, large = (ensemble(1.5, T, [12.0]) for T in (1.0, 2.0, 2.0))
    large = replace(large, N=500, name="large")
    assert [model.label for model in models([cold, hot])] == ["pss rc=1.5"]
    assert [model.label for model in models([cold, large])] == ["pss rc=1.5"]
    assert [model.label for model in models([cold, hot, large])] == ["pss rc=1.5, N=100", "pss rc=1.5, N=500"]
