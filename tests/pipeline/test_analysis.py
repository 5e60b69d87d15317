"""Inherent states become values: of samples, of ensembles and of models."""

from __future__ import annotations

import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

import cloudpickle
import numpy as np
import pytest
from pssglass.db import Store
from pssglass.db.claims import MAX_DEATHS

from pssglass import pipeline
from pssglass.analysis.structure import structure_factor
from pssglass.base.errors import InputError, Interrupted, MissingPlugin
from pssglass.campaigns.specification import Campaign, EnsembleSpec, ObservableRequest
from pssglass.configurations import read_configuration
from pssglass.execution import WorkerDied
from pssglass.mechanics.glass import Glass
from pssglass.pipeline import analysis, provenance

# Workers cannot import this file by name.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture
def simulated(store: Store, campaign: Campaign) -> Store:
    """A database with the campaign's glasses."""
    pipeline.simulate(store, pipeline.prepare(store, campaign), workers=0)
    return store


def measure(store: Store, *names: str) -> None:
    """Measure these observables."""
    requests, problems = pipeline.register(store, [ObservableRequest(name) for name in names])
    assert not problems
    pipeline.analyze(store, pipeline.pending(store, requests), workers=0)


def test_stored_values_are_those_of_the_glass(simulated: Store) -> None:
    measure(simulated, "moduli")
    for ensemble in simulated.ensembles():
        model = EnsembleSpec.from_canonical(ensemble.spec).model
        files = simulated.configurations(ensemble.name, "inherent")
        expected = [Glass.read(file.path, model).moduli().shear_modulus for file in files]
        assert simulated.sample_scalars(ensemble.name, "shear_modulus") == pytest.approx(expected, rel=1e-12)


def test_a_glass_is_measured_beside_its_liquid(simulated: Store) -> None:
    """From the file that the database has of it; where that is lost, the reason is told."""
    [lost, *_] = simulated.configurations(kind="liquid")
    lost.path.unlink()
    measure(simulated, "structure")
    ensemble = simulated.ensembles()[0]
    [failure] = simulated.failures()
    assert (failure.ensemble, failure.replica, failure.observable) == (
        lost.ensemble,
        lost.replica,
        "structure",
    )
    assert "restore it from a copy" in failure.reason
    file = simulated.configurations(ensemble.name, "liquid")[1]
    model = EnsembleSpec.from_canonical(ensemble.spec).model
    found = structure_factor(read_configuration(file.path, model.species), model)
    stored = simulated.sample_arrays(ensemble.name, "liquid_structure_factor")
    assert any(np.array_equal(found.total, one) for one in stored)


def test_nothing_is_pending_after_an_analysis(simulated: Store) -> None:
    measure(simulated, "energetics")
    requests, _ = pipeline.register(simulated, [ObservableRequest("energetics")])
    assert pipeline.pending(simulated, requests) == []


def test_a_signal_does_not_wait_for_an_observable(simulated: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(20.0)

    requests, _ = pipeline.register(simulated, [ObservableRequest("energetics")])
    tasks = pipeline.pending(simulated, requests)
    monkeypatch.setattr(type(pipeline.registry().observables["energetics"]), "compute", hang)
    started = time.perf_counter()
    with pytest.raises(Interrupted):
        pipeline.analyze(simulated, tasks, workers=0)
    assert time.perf_counter() - started < 10.0
    assert pipeline.pending(simulated, requests) == tasks, "nothing is recorded of it"


def test_what_another_command_has_measured_meanwhile_is_not_measured_again(
    simulated: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests, _ = pipeline.register(simulated, [ObservableRequest("energetics")])
    tasks = pipeline.pending(simulated, requests)
    measured: list[int] = []
    ends: list[pipeline.AnalysisEnd] = []

    def measure_and_count(task: pipeline.GlassTask) -> list[analysis.Measurement]:
        measured.append(task.configuration.configuration_id)
        return pipeline.measure(task)

    def other_command_hurries(end: pipeline.AnalysisEnd) -> None:
        ends.append(end)
        if len(ends) == 1:
            pipeline.analyze(simulated, tasks, workers=0)

    monkeypatch.setattr(analysis, "measure", measure_and_count)
    pipeline.analyze(simulated, tasks, workers=0, on_end=other_command_hurries)
    assert sorted(measured) == sorted(task.configuration.configuration_id for task in tasks)
    assert len(ends) == 4
    assert {end.reason for end in ends} == {None}


@pytest.mark.parametrize("retry_failed", [False, True])
def test_what_failed_elsewhere_is_tried_again_only_if_asked_for(simulated: Store, retry_failed: bool) -> None:
    requests, _ = pipeline.register(simulated, [ObservableRequest("energetics")])
    tasks = pipeline.pending(simulated, requests)
    for task in tasks:
        where = task.configuration.configuration_id, requests[0].observable_id
        simulated.fail_analysis(*where, "it hung", provenance.current())
    ends: list[pipeline.AnalysisEnd] = []
    pipeline.analyze(simulated, tasks, workers=0, on_end=ends.append, retry_failed=retry_failed)
    assert [end.reason for end in ends] == [None if retry_failed else "it hung"] * 4


def measure_or_die(death: Path, task: pipeline.GlassTask) -> list[analysis.Measurement]:
    """Whoever comes first is killed, and leaves a file."""
    if death.exists():
        return pipeline.measure(task)
    death.touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def test_a_worker_that_is_killed_once_fails_nothing(
    simulated: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests, _ = pipeline.register(simulated, [ObservableRequest("energetics")])
    death = tmp_path / "death"
    monkeypatch.setattr(analysis, "measure", partial(measure_or_die, death))
    pipeline.analyze(simulated, pipeline.pending(simulated, requests), workers=1)
    assert death.exists()
    assert pipeline.pending(simulated, requests, retry_failed=True) == []


def test_an_observable_that_kills_whoever_measures_it_alone_fails(
    simulated: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["energetics", "moduli", "order"]
    requests, _ = pipeline.register(simulated, [ObservableRequest(name) for name in names])
    tasks = pipeline.pending(simulated, requests)
    looks: list[list[str]] = []
    ends: list[pipeline.AnalysisEnd] = []

    def measure_or_die_of_moduli(task: pipeline.GlassTask) -> list[analysis.Measurement]:
        if task.configuration == tasks[0].configuration:
            looks.append([request.name for request in task.requests])
            if "moduli" in looks[-1]:
                raise WorkerDied("crashed")
        return pipeline.measure(task)

    monkeypatch.setattr(analysis, "measure", measure_or_die_of_moduli)
    pipeline.analyze(simulated, tasks, workers=0, on_end=ends.append)
    assert looks == [names, ["energetics"], ["moduli"], ["order"], *[["moduli"]] * (MAX_DEATHS - 1)]
    assert len(ends) == 3 * len(tasks)
    [failed] = [end for end in ends if end.reason is not None]
    assert failed.observable == "moduli"
    assert f"died {MAX_DEATHS} times in a row while it ran nothing else" in str(failed.reason)


def test_other_parameters_are_another_result(simulated: Store) -> None:
    measure(simulated, "order")
    again, _ = pipeline.register(simulated, [ObservableRequest("order", {"neighbour_range": 1.5})])
    assert len(pipeline.pending(simulated, again)) == 4


def test_unknown_parameters_and_names(simulated: Store) -> None:
    with pytest.raises(InputError, match="neighbour_range"):
        pipeline.register(simulated, [ObservableRequest("order", {"neighbor_range": 1.5})])
    requests, problems = pipeline.register(
        simulated, [ObservableRequest("modulli"), ObservableRequest("moduli")]
    )
    assert [request.name for request in requests] == ["moduli"]
    assert [type(problem) for problem in problems] == [MissingPlugin]


def test_an_observable_of_ensembles_asks_for_what_it_requires(simulated: Store) -> None:
    requests, problems = pipeline.register(simulated, [ObservableRequest("vdos")])
    assert [request.name for request in requests] == ["modes", "moduli", "vdos"]
    assert not problems


def test_ensembles_hold_their_samples_and_what_follows_from_them(simulated: Store) -> None:
    measure(simulated, "energetics", "moduli", "modes")
    ensembles, failures = pipeline.ensembles(simulated)
    assert [ensemble.name for ensemble in ensembles] == ["tiny-rc1.5-T2.6", "tiny-rc1.5-T1.0"]
    for ensemble in ensembles:
        assert ensemble.samples["shear_modulus"].shape == (2,)
        assert len(ensemble.arrays["frequency"]) == 2
        softest = [frequencies[0] for frequencies in ensemble.arrays["frequency"]]
        np.testing.assert_array_equal(ensemble.samples["lowest_frequency"], softest)
        assert ensemble.values["chi_shear_modulus"] > 0.0
    assert "crossover" in {failure.observable for failure in failures}, "two temperatures give no crossover"


def chi(store: Store) -> dict[str, float]:
    """Stored fluctuations of the shear modulus, by ensemble."""
    sql = "SELECT ensemble, value FROM v_ensemble_values WHERE key = 'chi_shear_modulus'"
    return {ensemble: value for ensemble, value in store.query(sql)[1]}  # noqa: C416


def test_what_is_stored_of_ensembles_is_what_figures_show(simulated: Store) -> None:
    measure(simulated, "fluctuations", "vdos", "localisation", "crossover")
    pipeline.store_ensembles(simulated)
    shown, failures = pipeline.ensembles(simulated)
    assert chi(simulated) == {one.name: one.values["chi_shear_modulus"] for one in shown}
    stored = {(one.observable, one.subject) for one in simulated.status().without_values}
    assert stored == {(one.observable, one.subject) for one in failures} - {
        (not_measured, one.name)
        for one in shown
        for not_measured in ("relaxation", "power_laws", "mean_structure")
    }
    assert ("crossover", "pss rc=1.5") in stored


def test_parameters_that_are_asked_for_hold_for_figures_too(simulated: Store) -> None:
    request = ObservableRequest("fluctuations", {"seed": 5})
    measure(simulated, "fluctuations")
    errors = []
    for asked in ([], [request]):
        requests, _ = pipeline.register(simulated, asked or [ObservableRequest("fluctuations")])
        pipeline.analyze(simulated, pipeline.pending(simulated, requests), workers=0)
        pipeline.store_ensembles(simulated, requests)
        sql = "SELECT error FROM v_ensemble_values WHERE key = 'chi_shear_modulus' ORDER BY ensemble"
        stored = [row[0] for row in simulated.query(sql)[1]]
        shown, _ = pipeline.ensembles(simulated)
        assert sorted(stored) == sorted(one.values["chi_shear_modulus_error"] for one in shown)
        errors.append(stored)
    assert errors[0] != errors[1]
