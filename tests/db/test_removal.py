"""What is removed goes with all that hangs on it, leaves a record, and nothing else is touched."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pssglass.db import Store

from pssglass.base.errors import DatabaseError, MissingData


def counts(store: Store) -> dict[str, int]:
    """Rows of each table that may lose some."""
    tables = ("ensemble", "sample", "attempt", "configuration", "analysis", "value_scalar", "value_array")
    more = ("observable", "observable_column", "aggregate", "aggregate_scalar", "aggregate_member", "removal")
    return {name: store.query(f"SELECT count(*) FROM {name}")[1][0][0] for name in (*tables, *more)}


def sound(store: Store) -> bool:
    """Whether no rule between rows is broken."""
    return not [one for one in store.findings() if one.is_fault and "its liquid" not in one.what]


def test_an_ensemble_goes_with_all_that_hangs_on_it(store: Store, aggregates, provenance) -> None:
    before = counts(store)
    told = store.remove_samples("cold", None, None)
    assert counts(store) == before, "it was only told"
    removal = store.remove_samples("cold", None, provenance)
    assert removal == told
    assert (removal.samples, len(removal.files)) == (4, 6)
    after = counts(store)
    assert (after["ensemble"], after["removal"]) == (1, 1)
    assert [one.name for one in store.ensembles()] == ["hot"]
    assert after["aggregate"] < before["aggregate"]
    assert store.query("SELECT count(*) FROM v_aggregates WHERE ensemble = 'cold'")[1] == [(0,)]
    assert store.query("SELECT count(shear_modulus) FROM v_samples")[1] == [(1,)]
    assert sound(store)
    [(what, details, worker)] = store.query("SELECT what, details, worker FROM removal")[1]
    details = json.loads(details) if isinstance(details, str) else details
    assert (what, worker) == ("ensemble cold", "node1:42")
    assert details["spec"]["name"] == "cold"
    assert len(details["sample"]) == 4


def test_samples_can_be_made_again(store: Store, measured, provenance, make_spec) -> None:
    assert store.remove_samples("cold", [0, 2], provenance).samples == 2
    assert sound(store)
    record = store.ensure_ensemble(make_spec(), samples=4)
    assert record.samples == 4
    replicas = [one.replica for one in store.unfinished_samples([record.id])]
    assert replicas == [0, 2, 3]


def test_what_is_not_there_and_what_is_in_work(store: Store, measured, provenance) -> None:
    with pytest.raises(MissingData, match="there is no ensemble 'clod'; did you mean 'cold'"):
        store.remove_samples("clod", None, provenance)
    with pytest.raises(MissingData, match="ensemble cold has no sample 9; its 4 are 0 to 3"):
        store.remove_samples("cold", [9], provenance)
    cold = next(one for one in store.ensembles() if one.name == "cold")
    [sample] = store.unfinished_samples([cold.id])
    assert store.claim_sample(sample.id, provenance)
    for replicas in (None, [sample.replica]):
        with pytest.raises(DatabaseError, match="are being made just now; stop that first"):
            store.remove_samples("cold", replicas, provenance)
    store.remove_samples("cold", [0], provenance)


def test_a_registration_goes_and_another_is_shown(store: Store, measured, moduli, provenance) -> None:
    second = store.ensure_observable(replace(moduli, version="2"))
    store.show_observables([second])
    removal = store.remove_observables([second], provenance)
    assert (removal.what, removal.observables, removal.analyses) == ("observable moduli", 1, 0)
    assert list(store.sample_scalars("cold", "shear_modulus")) == measured["cold"]
    assert sound(store)


def test_of_the_registrations_left_one_with_values_is_shown(
    store: Store, measured, moduli, provenance
) -> None:
    failed, chosen = (store.ensure_observable(replace(moduli, version=version)) for version in ("2", "3"))
    task = store.pending_analyses([failed])[0]
    store.fail_analysis(task.configuration_id, failed, "no such thing", provenance)
    store.show_observables([chosen])
    store.remove_observables([chosen], provenance)
    assert list(store.sample_scalars("cold", "shear_modulus")) == measured["cold"]


def test_failures_of_an_observable_go_and_values_stay(store: Store, measured, moduli, provenance) -> None:
    other = store.ensure_observable(replace(moduli, name="acme", columns=()))
    tasks = store.pending_analyses([other])
    store.fail_analysis(tasks[0].configuration_id, other, "no such thing", provenance)
    before = counts(store)
    removal = store.remove_failures("acme", provenance)
    assert removal.analyses == 1
    assert store.failures() == []
    assert counts(store) == before | {"analysis": before["analysis"] - 1, "removal": 1}
