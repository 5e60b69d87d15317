"""What is kept of ensembles and models is what would be found anew, which is done only where it must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from pssglass.db import ConfigurationFile, Store
from sqlalchemy import text

from pssglass import pipeline
from pssglass.base.results import EnsembleData
from pssglass.campaigns.specification import EnsembleSpec, ObservableRequest
from pssglass.pipeline import provenance
from pssglass.pipeline.ensembles import _samples
from pssglass.pipeline.requests import registry
from pssglass.plugins import aggregation
from pssglass.plugins.aggregation import aggregated
from pssglass.simulation.protocol import Protocol

ASKED = ("energetics", "moduli", "averages", "fluctuations")
COLD, HOT = (
    EnsembleSpec(name, "pss", {"rc": 1.5}, 100, T, Protocol(equilibration_time=50.0), seed=11)
    for name, T in (("cold", 1.0), ("hot", 6.0))
)

STATISTICS = """SELECT ensemble, observable, key, mean, standard_error, std, count, lineages, effective_count
                FROM v_ensembles ORDER BY ensemble, observable, key"""


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Observable and ensemble of whatever is computed."""
    found = []
    evaluate = aggregation.evaluate

    def told(observable, subject, **more):
        found.append((observable.name, getattr(subject, "name", "")))
        return evaluate(observable, subject, **more)

    monkeypatch.setattr(aggregation, "evaluate", told)
    return found


def make(store: Store, spec: EnsembleSpec, samples: int | list[int]) -> None:
    """Bring an ensemble to so many samples, or to these, and measure them."""
    store.ensure_ensemble(spec, samples)
    (ensemble,) = (one for one in store.ensembles() if one.name == spec.name)
    for sample in store.unfinished_samples([ensemble.id]):
        claim = store.claim_sample(sample.id, provenance.current())
        assert claim is not None
        path = f"{claim.folder}/{claim.replica}"
        files = [
            ConfigurationFile(kind, f"{path}-{kind}.gsd", 64 * "a", 1) for kind in ("inherent", "liquid")
        ]
        assert store.finish_sample(claim, files, {"equilibration": {"ended": "time over", "time": 50.0}})
    measure(store)


def measure(store: Store, **parameters: Mapping[str, object]) -> None:
    """What ``pssglass analyze`` does, with made-up numbers in place of measured ones."""
    asked = [ObservableRequest(name, dict(parameters.get(name, {}))) for name in ASKED]
    requests, problems = pipeline.register(store, asked)
    assert not problems
    for task in pipeline.pending(store, requests):
        glass = task.configuration
        for request in task.requests:
            rng = np.random.default_rng([glass.seed % 1000, request.observable_id])
            columns = registry().get(request.name).columns
            values = {column.name: float(rng.uniform(1.0, 2.0)) for column in columns if not column.shape}
            store.write_analysis(glass.configuration_id, request.observable_id, values, provenance.current())
    pipeline.store_ensembles(store, requests)


def values(ensembles: list[EnsembleData]) -> dict[str, tuple[object, ...]]:
    return {one.name: (dict(one.values), dict(one.scalars), dict(one.samples)) for one in ensembles}


def means(store: Store) -> dict[str, float]:
    """Stored mean shear modulus of each ensemble."""
    sql = "SELECT ensemble, value FROM v_ensemble_values WHERE key = 'mean_shear_modulus'"
    return {ensemble: value for ensemble, value in store.query(sql)[1]}  # noqa: C416


def check_figures(store: Store) -> list[EnsembleData]:
    """Figures have what all samples give without anything kept, which is returned."""
    upper = {one.name: one.parameters for one in store.shown_observables() if one.level != "sample"}
    anew, _ = aggregated(_samples(store, store.contents()), registry().resolve(upper), upper)
    shown, _ = pipeline.ensembles(store, upper)
    np.testing.assert_equal(values(shown), values(anew))
    shown_in_view = store.query(STATISTICS)[1]
    with store._writing() as session:
        session.execute(text("DELETE FROM statistic"))
    assert store.query(STATISTICS)[1] == shown_in_view
    scalars = {one.summary.name: dict(one.summary.scalars) for one in store.contents()}
    np.testing.assert_equal(scalars, {one.name: dict(one.scalars) for one in anew})
    store.keep_statistics()
    assert store.query(STATISTICS)[1] == shown_in_view
    return anew


def check(store: Store) -> None:
    """So has the database."""
    anew = {one.name: one for one in check_figures(store)}
    for ensemble, key, value in store.query("SELECT ensemble, key, value FROM v_ensemble_values")[1]:
        assert anew[ensemble].values[key] == value


@pytest.fixture
def two(store: Store) -> Store:
    """A database of two ensembles of three samples, which were measured."""
    store.ensure_ensemble(HOT, 3)
    make(store, COLD, 3)
    make(store, HOT, 3)
    return store


def test_nothing_is_computed_where_nothing_has_changed(two: Store, computed: list[tuple[str, str]]) -> None:
    before = two.query("SELECT id, inputs, finished_at FROM aggregate ORDER BY id")[1]
    measure(two)
    pipeline.ensembles(two)
    assert [name for name, _ in computed if name in ASKED] == []
    assert two.query("SELECT id, inputs, finished_at FROM aggregate ORDER BY id")[1] == before
    check(two)


def test_new_samples_change_their_own_ensemble_alone(two: Store, computed: list[tuple[str, str]]) -> None:
    make(two, COLD, 4)
    assert computed == [("averages", "cold"), ("fluctuations", "cold")]
    check(two)


def test_figures_see_samples_that_came_after_the_last_analysis(
    two: Store, computed: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "store_ensembles", lambda *_: None)
        make(two, HOT, 4)
    shown, _ = pipeline.ensembles(two, ["averages"])
    assert computed == [("averages", "hot")]
    mean = {one.name: one.scalars["shear_modulus"].mean for one in shown}
    assert [one.scalars["shear_modulus"].count for one in shown] == [4, 3]
    assert {one.name: one.values["mean_shear_modulus"] for one in shown} == pytest.approx(mean, rel=1e-14)


def removed(store: Store) -> None:
    store.remove_samples("cold", [1], provenance.current())


def remade(store: Store) -> None:
    """As many as before, of which one is another sample."""
    store.remove_samples("cold", [2], provenance.current())
    make(store, COLD, [7])


def gone(store: Store) -> None:
    store.remove_samples("hot", None, provenance.current())


def extended(store: Store) -> None:
    longer = COLD.longer(Protocol(equilibration_time=100.0))
    store.extend_ensembles([longer], {"cold": "cold-after-50"})
    make(store, longer, 3)


def forgotten(store: Store) -> None:
    (moduli,) = store.registrations("moduli")
    store.remove_observables([moduli.id], provenance.current())


@pytest.mark.parametrize("change", [removed, remade, gone, extended, forgotten])
def test_what_is_kept_follows_every_change(two: Store, change: Callable[[Store], None]) -> None:
    change(two)
    check_figures(two)
    measure(two)
    check(two)


def test_other_parameters_of_an_ensemble_observable_are_other_values(two: Store) -> None:
    errors = [two.query("SELECT sum(error) FROM v_ensemble_values WHERE key = 'mean_shear_modulus'")[1]]
    for seed in (5, 0):
        measure(two, averages={"seed": seed})
        check(two)
        errors.append(
            two.query("SELECT sum(error) FROM v_ensemble_values WHERE key = 'mean_shear_modulus'")[1]
        )
    assert errors[0] == errors[2] != errors[1]


def test_another_version_of_an_ensemble_observable_is_computed_anew(
    two: Store, computed: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(registry().get("averages")), "version", "next")
    measure(two)
    assert computed == [("averages", "hot"), ("averages", "cold")]
    check(two)


def test_another_release_of_its_package_is_computed_anew(
    two: Store, computed: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plugins = registry().plugins
    monkeypatch.setitem(plugins, "averages", replace(plugins["averages"], version="next"))
    measure(two)
    assert computed == [("averages", "hot"), ("averages", "cold")]


def test_another_build_of_the_program_computes_anew(
    two: Store, computed: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    computed.clear()
    build = {**provenance.software(), "git_revision": "next"}
    monkeypatch.setattr(provenance, "software", lambda: build)
    pipeline.store_ensembles(two)
    assert sorted(computed) == [(name, one) for name in ASKED[2:] for one in ("cold", "hot")]


def test_samples_that_are_measured_in_another_way_change_what_follows(
    two: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of an observable of samples, then the earlier one again by ``pssglass db show``."""
    before = means(two)
    with monkeypatch.context() as patch:
        patch.setattr(type(registry().get("moduli")), "version", "next")
        measure(two)
        check(two)
        assert means(two) != before
    first, _ = two.registrations("moduli")
    two.show_observables([first.id])
    pipeline.store_ensembles(two)
    check(two)
    assert means(two) == before


def test_what_found_nothing_is_tried_again_on_request(store: Store, computed: list[tuple[str, str]]) -> None:
    make(store, COLD, 1)  # of one sample there are no fluctuations
    computed.clear()
    pipeline.store_ensembles(store)
    assert computed == []
    pipeline.store_ensembles(store, retry_failed=True)
    assert computed == [("fluctuations", "cold")]


def test_what_lacks_a_digest_is_found_anew(two: Store, computed: list[tuple[str, str]]) -> None:
    """As after an upgrade, where what is there is of an earlier program."""
    with two._writing() as session:
        session.execute(text("UPDATE aggregate SET inputs = NULL"))
        session.execute(text("UPDATE statistic SET mean = mean + 1, inputs = ''"))
    check_figures(two)
    computed.clear()
    measure(two)
    assert computed.count(("averages", "cold")) == 1
    check(two)
