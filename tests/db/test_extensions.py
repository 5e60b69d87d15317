"""Ensembles that go on with the liquids of others, in the database."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from pssglass.db import ConfigurationFile, Store

from pssglass.base.errors import EnsembleConflict
from pssglass.campaigns.specification import EnsembleSpec, Lineage
from pssglass.simulation.protocol import Protocol

LONGER = Protocol(equilibration_time=100.0)
HELD = {"equilibration": {"ended": "time over", "time": 50.0}, "extended": None}
EARLIER = {"cold": "cold-after-50"}


@pytest.fixture
def cold(make_spec) -> EnsembleSpec:
    return make_spec("cold", protocol=Protocol(equilibration_time=50.0))


def make(store: Store, provenance, moduli, ensemble: str, value: float, **record: object) -> None:
    """Makes the next glass of an ensemble, and measures it."""
    ids = [one.id for one in store.ensembles() if one.name == ensemble]
    claim = store.claim_sample(store.unfinished_samples(ids)[0].id, provenance)
    assert claim is not None
    path = f"{claim.folder}/{claim.replica}"
    files = [ConfigurationFile(kind, f"{path}-{kind}.gsd", 64 * "a", 1) for kind in ("inherent", "liquid")]
    told = {"dynamics_seconds": 2.0, "quench_seconds": 0.5, **HELD, **record}
    assert store.finish_sample(claim, files, told)
    made = next(one for one in store.configurations(ensemble, "inherent") if one.replica == claim.replica)
    numbers = {"shear_modulus": value, "bulk_modulus": 57.0, "spectrum": [1.0]}
    store.write_analysis(made.id, store.ensure_observable(moduli), numbers, provenance)


def test_the_longer_one_takes_the_name_and_counts(store: Store, cold, provenance, moduli) -> None:
    store.ensure_ensemble(cold, samples=2)
    make(store, provenance, moduli, "cold", 12.0)
    make(store, provenance, moduli, "cold", 14.0)
    longer = cold.longer(LONGER)
    for _ in range(2):
        store.extend_ensembles([longer], EARLIER)
        store.ensure_ensemble(longer, samples=2)
    assert [(one.name, one.samples) for one in store.ensembles()] == [("cold-after-50", 2), ("cold", 2)]
    claim = store.claim_sample(store.unfinished_samples([2])[0].id, provenance)
    assert claim is not None
    assert claim.start is not None
    assert (claim.folder, claim.start.path, claim.held) == (
        "cold+1",
        "cold/0-liquid.gsd",
        HELD["equilibration"],
    )
    store.release_sample(claim)
    make(store, provenance, moduli, "cold", 20.0, extended={"held_time": 50.0})
    rows = store.query("SELECT ensemble, mean, count FROM v_ensembles WHERE key = 'shear_modulus'")[1]
    assert rows == [("cold", 20.0, 1)]
    assert store.query("SELECT shear_modulus, extended_from FROM v_samples WHERE state = 'done'")[1] == [
        (20.0, 50.0)
    ]
    ages = "SELECT ensemble, shear_modulus, held_time, extended_from, extended_to FROM v_earlier_samples"
    assert store.query(f"{ages} ORDER BY replica")[1] == [
        ("cold-after-50", 12.0, 50.0, None, "cold"),
        ("cold-after-50", 14.0, 50.0, None, "cold"),
    ]
    [summary] = store.summaries()
    assert (summary.name, summary.scalars["shear_modulus"].count) == ("cold", 1)
    assert math.isnan(summary.scalars["shear_modulus"].standard_error)
    assert store.query("SELECT DISTINCT ensemble FROM v_scalars")[1] == [("cold",)]
    assert [one.what for one in store.findings() if one.is_fault] == []


def test_samples_wait_for_those_of_the_earlier_age(store: Store, cold, provenance) -> None:
    store.ensure_ensemble(cold, samples=1)
    longer = cold.longer(LONGER)
    store.extend_ensembles([longer], EARLIER)
    store.ensure_ensemble(longer, samples=2)
    first, second, alone = store.unfinished_samples([1, 2])
    assert (first.ensemble, second.ensemble) == ("cold-after-50", "cold")
    assert (second.predecessor, alone.predecessor) == (first.id, None)
    assert (first.folder, second.folder) == ("cold", "cold+1")
    assert store.claim_sample(second.id, provenance) is None
    assert store.failures() == []
    assert store.claim_sample(alone.id, provenance) is None
    assert "sample 1 of ensemble cold-after-50, whose liquid goes on here, is not there" in str(
        store.failures()
    )


def test_first_glasses_go_on_and_further_ones_follow(store: Store, make_spec) -> None:
    cold = make_spec("cold", protocol=Protocol(equilibration_time=50.0), lineage=Lineage(3.0))
    store.ensure_ensemble(cold, {0, 1000})
    longer = cold.longer(LONGER)
    store.extend_ensembles([longer], EARLIER)
    store.ensure_ensemble(longer, {0, 1000})
    found = store.unfinished_samples([1, 2])
    ids = {one.id: (one.ensemble, one.replica) for one in found}
    assert {(one.ensemble, one.replica): ids.get(one.predecessor or 0) for one in found} == {
        ("cold-after-50", 0): None,
        ("cold-after-50", 1000): ("cold-after-50", 0),
        ("cold", 0): ("cold-after-50", 0),
        ("cold", 1000): ("cold", 0),
    }


def test_only_what_is_stored_is_extended_and_all_or_none(store: Store, cold, make_spec) -> None:
    warm = make_spec("warm", seed=12, parent_temperature=2.0, protocol=Protocol(equilibration_time=50.0))
    store.ensure_ensemble(cold, samples=1)
    renamed = {**EARLIER, "warm": "warm-after-50"}
    with pytest.raises(EnsembleConflict, match="ensemble 'warm' was changed meanwhile"):
        store.extend_ensembles([cold.longer(LONGER), warm.longer(LONGER)], renamed)
    assert [one.name for one in store.ensembles()] == ["cold"]
    other = make_spec("cold", seed=13, protocol=Protocol(equilibration_time=50.0))
    with pytest.raises(EnsembleConflict, match="'cold' was changed meanwhile"):
        store.extend_ensembles([other.longer(LONGER)], EARLIER)


def test_liquids_whose_hold_was_not_recorded_do_not_go_on(store: Store, cold, provenance, moduli) -> None:
    store.ensure_ensemble(cold, samples=1)
    make(store, provenance, moduli, "cold", 12.0, equilibration=None)
    longer = cold.longer(LONGER)
    store.extend_ensembles([longer], EARLIER)
    store.ensure_ensemble(longer, samples=1)
    assert store.claim_sample(store.unfinished_samples([2])[0].id, provenance) is None
    assert "sample 0 of ensemble cold-after-50 was made by a version that recorded no hold" in str(
        store.failures()
    )


def test_nothing_is_extended_of_a_model_that_has_changed(store: Store, cold, monkeypatch) -> None:
    store.ensure_ensemble(cold, samples=1)
    monkeypatch.setattr(type(cold.model), "hash", "another")
    with pytest.raises(EnsembleConflict, match="the model pss of ensemble 'cold' is another one now"):
        store.extend_ensembles([cold.longer(LONGER)], EARLIER)
    assert [one.name for one in store.ensembles()] == ["cold"]


def test_values_of_an_earlier_age_are_in_no_view(store: Store, aggregates) -> None:
    views = ("v_scalars", "v_arrays", "v_ensembles", "v_ensemble_values")
    of_cold = [f"SELECT count(*) FROM {view} WHERE ensemble = 'cold'" for view in views]
    assert all(store.query(sql)[1][0][0] > 0 for sql in of_cold)
    stored = next(EnsembleSpec.from_canonical(one.spec) for one in store.ensembles() if one.name == "cold")
    time = stored.protocol.longest_time
    longer = stored.longer(replace(stored.protocol, equilibration_time=2.0 * time))
    store.extend_ensembles([longer], {"cold": "before"})
    for name in ("cold", "before"):
        assert [store.query(sql.replace("'cold'", f"'{name}'"))[1][0][0] for sql in of_cold] == [0, 0, 0, 0]


def test_taking_one_of_several_ages_back(store: Store, cold, provenance) -> None:
    longer, longest = cold.longer(LONGER), cold.longer(LONGER).longer(Protocol(equilibration_time=200.0))
    store.ensure_ensemble(cold, samples=1)
    store.extend_ensembles([longer], EARLIER)
    store.extend_ensembles([longest], {"cold": "cold-after-100"})
    to = "SELECT e.name, l.name FROM ensemble e LEFT JOIN ensemble l ON l.id = e.extended_to ORDER BY e.id"
    assert store.query(to)[1] == [
        ("cold-after-50", "cold-after-100"),
        ("cold-after-100", "cold"),
        ("cold", None),
    ]
    assert store.remove_samples("cold-after-100", None, provenance).folder == "cold+1"
    assert store.query(to)[1] == [("cold-after-50", "cold"), ("cold", None)]
    assert store.remove_samples("cold", None, None).folder == "cold+2"
    assert store.query(to)[1] == [("cold-after-50", "cold"), ("cold", None)]
    store.remove_samples("cold", None, provenance)
    assert store.query(to)[1] == [("cold", None)]
    assert store.ensembles()[0].spec == cold.canonical()
    assert [one.what for one in store.findings() if one.is_fault] == []
