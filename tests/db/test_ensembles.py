"""Ensembles and samples: added once, extended at will, never changed under the same name."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from pssglass.db import ConfigurationFile, State, Store
from pssglass.db.ensembles import _differences

from pssglass.base.errors import EnsembleConflict
from pssglass.campaigns.specification import EnsembleSpec, sample_seed
from pssglass.simulation.protocol import Protocol


def test_an_ensemble_gets_its_samples_with_seeds_of_their_own(store: Store, make_spec) -> None:
    record = store.ensure_ensemble(make_spec(), samples=3)
    samples = store.unfinished_samples([record.id])
    assert [sample.replica for sample in samples] == [0, 1, 2]
    assert [sample.seed for sample in samples] == [sample_seed(11, replica) for replica in range(3)]
    assert record.counts == {State.PENDING: 3}


def test_seeds_of_63_bits_survive(store: Store, make_spec) -> None:
    largest = 2**63 - 1
    assert store.ensure_ensemble(make_spec(seed=largest), samples=1).seed == largest
    assert store.query("SELECT seed FROM ensemble")[1] == [(largest,)]


def test_the_same_request_again_changes_nothing(store: Store, make_spec) -> None:
    first = store.ensure_ensemble(make_spec(), samples=3)
    assert store.ensure_ensemble(make_spec(), samples=3) == first
    assert store.ensembles() == [first]


def test_more_samples_extend_an_ensemble_and_fewer_take_none_away(store: Store, make_spec) -> None:
    store.ensure_ensemble(make_spec(), samples=2)
    assert store.ensure_ensemble(make_spec(), samples=5).samples == 5
    assert store.ensure_ensemble(make_spec(), samples=1).samples == 5


def test_the_stored_specification_is_the_whole_one(store: Store, make_spec) -> None:
    spec = make_spec()
    record = store.ensure_ensemble(spec, samples=1)
    assert EnsembleSpec.from_canonical(record.spec).hash == spec.hash


def test_other_physics_under_the_same_name_is_refused_with_the_differences(store: Store, make_spec) -> None:
    store.ensure_ensemble(make_spec(), samples=1)
    changed = make_spec(rc=1.1, protocol=Protocol(equilibration_time=80.0))
    with pytest.raises(EnsembleConflict) as caught:
        store.ensure_ensemble(changed, samples=9)
    assert str(caught.value) == (
        "ensemble 'cold' is stored with another specification (parameters.rc: stored 1.5, now 1.1; "
        "protocol.equilibration_time: stored 50.0, now 80.0); give the new one another name (`name` in"
        " [[ensembles]], --ensemble of import), or run `pssglass db remove --ensemble cold`"
    )
    assert [record.samples for record in store.ensembles()] == [1]


def test_long_values_are_told_in_short() -> None:
    tables = [[math.sin(step * k) for k in range(5000)] for step in (1.0, 2.0)]
    stored, asked = ({"parameters": {"phi": table, "density": 0.8}} for table in tables)
    [line] = _differences(stored, asked)
    assert line.startswith("parameters.phi: stored [0.0, 0.841")
    assert line.count("… (5000 values, SHA-256 ") == 2
    assert len(line) < 300


def test_a_parameter_on_one_side_only_is_a_difference(store: Store, make_spec) -> None:
    store.ensure_ensemble(make_spec(), samples=1)
    spec = make_spec()
    more = replace(spec, parameters={**spec.parameters, "mass": 2.0})
    with pytest.raises(EnsembleConflict, match=r"\(parameters.mass: stored nothing, now 2.0\)"):
        store.ensure_ensemble(more, samples=1)


def test_replicas_of_all_ensembles_come_in_turn(store: Store, make_spec) -> None:
    specs = make_spec("cold"), make_spec("hot", seed=12)
    ids = [store.ensure_ensemble(spec, samples=2).id for spec in specs]
    assert [(s.ensemble, s.replica) for s in store.unfinished_samples(ids)] == [
        ("cold", 0),
        ("hot", 0),
        ("cold", 1),
        ("hot", 1),
    ]
    assert [s.ensemble for s in store.unfinished_samples(ids[1:])] == ["hot", "hot"]


def test_an_import_is_a_finished_sample_and_happens_once(store: Store, make_spec, provenance) -> None:
    file = ConfigurationFile("inherent", "outside/0.gsd", "ab" * 32, 100)
    spec = make_spec("outside")
    first = store.import_sample("outside", spec, file, {"source": "glass.extxyz"}, provenance)
    again = store.import_sample("outside", spec, file, {"source": "copy.extxyz"}, provenance)
    other = store.import_sample(
        "outside", spec, replace(file, path="outside/1.gsd", sha256="cd" * 32), {}, provenance
    )
    assert (first.replica, first.state) == (0, State.DONE)
    assert again == first
    assert other.replica == 1
    assert store.ensembles()[0].counts == {State.DONE: 2}
    assert store.ensembles()[0].seconds_per_sample is None


def test_a_file_is_imported_into_one_ensemble_only(store: Store, make_spec, provenance) -> None:
    file = ConfigurationFile("inherent", "outside/0.gsd", "ab" * 32, 100)
    store.import_sample("outside", make_spec("outside"), file, {}, provenance)
    with pytest.raises(EnsembleConflict, match="is sample 0 of ensemble 'outside', and would count twice"):
        store.import_sample("other", make_spec("other", seed=5), file, {}, provenance)
    assert [one.name for one in store.ensembles()] == ["outside"]


def test_what_may_be_the_same_glass_is_told_by_model_size_and_lowest_frequency(
    store: Store, make_spec, provenance
) -> None:
    recorded = {"a": 0.5, "b": 0.5 + 1e-9, "c": 0.7, "d": None}
    for number, (name, frequency) in enumerate(recorded.items()):
        file = ConfigurationFile("inherent", f"{name}/0.gsd", f"{number:064}", 100)
        record = {"quench": {"lowest_frequency": frequency}}
        store.import_sample(name, make_spec(name, seed=number), file, record, provenance)
    assert [one.ensemble for one in store.maybe_same(make_spec("b"), 0.5)] == ["b", "a", "d"]
    assert store.maybe_same(make_spec("b", rc=1.4), 0.5) == []
    assert store.maybe_same(make_spec("b", N=2000), 0.5) == []


def test_an_import_under_a_name_of_other_physics_is_refused(store: Store, make_spec, provenance) -> None:
    store.ensure_ensemble(make_spec("cold"), samples=1)
    file = ConfigurationFile("inherent", "x.gsd", "ab" * 32, 100)
    with pytest.raises(EnsembleConflict, match=r"parameters\.rc"):
        store.import_sample("cold", make_spec("cold", rc=1.2), file, {}, provenance)
    assert store.configurations() == []


def test_a_campaign_that_grows_finds_what_it_had(store: Store, make_spec, finish) -> None:
    """More samples and another ensemble are added; one changed ensemble stops all before anything is."""
    store.ensure_ensemble(make_spec("cold"), samples=2)
    finish("cold")
    grown = [(make_spec("cold"), 3), (make_spec("hot", parent_temperature=6.0), 1)]
    store.check_ensembles(spec for spec, _ in grown)
    cold, hot = (store.ensure_ensemble(spec, samples) for spec, samples in grown)
    assert cold.counts == {State.DONE: 1, State.PENDING: 2}
    assert hot.counts == {State.PENDING: 1}
    with pytest.raises(EnsembleConflict, match=r"parent_temperature: stored 6\.0, now 5\.0"):
        store.check_ensembles([make_spec("new", seed=12), make_spec("hot", parent_temperature=5.0)])
    assert [one.name for one in store.ensembles()] == ["cold", "hot"]
