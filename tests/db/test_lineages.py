"""Glasses of lineages in the database: places, order of work, errors in SQL, what does not fit."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pssglass.db import ConfigurationFile, SampleRecord, Store
from sqlalchemy import text

from pssglass.analysis.statistics import summarize
from pssglass.base.errors import EnsembleConflict
from pssglass.base.lineages import replicas
from pssglass.campaigns.specification import EnsembleSpec, Lineage
from pssglass.plugins.protocol import Column
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.swap import Swap

VALUES = {0: 12.0, 1000: 12.5, 2000: 11.5, 1: 14.0, 1001: 14.5, 2001: 13.25, 2: 9.0, 1002: 8.5, 2002: 9.5}
"""Shear moduli by replica: glasses of one lineage are alike."""


@pytest.fixture
def hot(make_spec) -> EnsembleSpec:
    return make_spec("hot", parent_temperature=2.6, lineage=Lineage(3.0))


@pytest.fixture
def cold(make_spec, hot: EnsembleSpec) -> EnsembleSpec:
    return make_spec("cold", lineage=hot.cooled(), seed=12)


def write(store: Store, moduli, provenance, values: dict[int, float]) -> None:
    """Makes these glasses of the ensemble hot, which lie at one temperature, and measures them."""
    observable = store.ensure_observable(moduli)
    ids = [one.id for one in store.ensembles() if one.name == "hot"]
    for replica in sorted(values):
        (sample,) = (one for one in store.unfinished_samples(ids) if one.replica == replica)
        claim = store.claim_sample(sample.id, provenance)
        assert claim is not None
        finish(store, claim)
        (made,) = (one for one in store.configurations("hot", "inherent") if one.replica == replica)
        numbers = {"shear_modulus": values[replica], "bulk_modulus": 57.0, "spectrum": [1.0]}
        store.write_analysis(made.id, observable, numbers, provenance)


def finish(store: Store, claim, record: dict[str, Any] | None = None) -> None:
    files = [
        ConfigurationFile(kind, f"{claim.ensemble}/{claim.replica}-{kind}.gsd", f"{claim.sample_id:064x}", 1)
        for kind in ("inherent", "liquid")
    ]
    seconds = {"dynamics_seconds": 2.0, "quench_seconds": 0.5}
    assert store.finish_sample(claim, files, {**seconds, **(record or {})})


def unfinished(store: Store) -> list[SampleRecord]:
    return store.unfinished_samples([one.id for one in store.ensembles()])


def test_samples_know_their_place_and_the_one_before(store: Store, hot, cold) -> None:
    for spec in (hot, cold):
        store.ensure_ensemble(spec, replicas(2, 2))
    rows = store.query("SELECT ensemble, replica, lineage, glass FROM v_samples ORDER BY ensemble, replica")[
        1
    ]
    assert rows[:4] == [("cold", 0, 0, 0), ("cold", 1, 1, 0), ("cold", 1000, 0, 1), ("cold", 1001, 1, 1)]
    found = unfinished(store)
    assert store.unfinished_ids([found[0].ensemble_id]) == {
        one.id for one in found if one.ensemble_id == found[0].ensemble_id
    }
    by_id = {one.id: (one.ensemble, one.replica) for one in found}
    before = {(one.ensemble, one.replica): by_id.get(one.predecessor or 0) for one in found}
    assert before == {
        **{("hot", lineage): None for lineage in (0, 1)},
        **{("hot", 1000 + lineage): ("hot", lineage) for lineage in (0, 1)},
        **{("cold", lineage): ("hot", lineage) for lineage in (0, 1)},
        **{("cold", 1000 + lineage): ("cold", lineage) for lineage in (0, 1)},
    }
    assert [one.replica for one in found] == [0, 0, 1, 1, 1000, 1000, 1001, 1001], "first glasses come first"


def test_ensembles_of_the_same_liquids_have_one_stem(store: Store, hot, cold, make_spec) -> None:
    for spec in (hot, cold, make_spec("fresh", seed=13)):
        store.ensure_ensemble(spec, range(1))
    assert {one.name: one.stem for one in store.summaries()} == {"hot": 11, "cold": 11, "fresh": None}


def test_more_of_both_are_added_and_none_is_taken_away(store: Store, hot) -> None:
    for asked in (replicas(1, 2), replicas(3, 1), replicas(2, 1)):
        store.ensure_ensemble(hot, asked)
    assert store.query("SELECT replica FROM sample ORDER BY replica")[1] == [(0,), (1,), (2,), (1000,)]


def test_a_claim_names_the_liquid_to_begin_with(store: Store, hot, cold, provenance) -> None:
    for spec in (hot, cold):
        store.ensure_ensemble(spec, replicas(1, 1))
    first, second = unfinished(store)
    assert store.claim_sample(second.id, provenance) is None, "the one before is not made yet"
    claim = store.claim_sample(first.id, provenance)
    assert claim is not None
    assert claim.start is None
    finish(store, claim)
    then = store.claim_sample(second.id, provenance)
    assert then is not None
    assert then.start is not None
    assert (then.start.kind, then.start.path) == ("liquid", "hot/0-liquid.gsd")


def test_what_begins_with_nothing_fails(store: Store, cold, provenance) -> None:
    store.ensure_ensemble(cold, replicas(1, 1))
    (sample,) = unfinished(store)
    assert store.claim_sample(sample.id, provenance) is None
    (failure,) = store.failures()
    assert failure.reason.startswith("sample 0 at the next hotter temperature")
    assert [one for one in store.findings() if one.is_fault] == []


@pytest.mark.parametrize(
    "values",
    [
        VALUES,
        {key: VALUES[key] for key in (0, 1, 2, 1000, 1001)},
        {key: VALUES[key] for key in (0, 1, 1000, 2000)},
        {0: 1.0, 1000: 2.0},
        {0: 1.0},
    ],
)
def test_errors_in_sql_are_those_of_lineages(store: Store, hot, moduli, provenance, values) -> None:
    store.ensure_ensemble(hot, replicas(3, 3))
    write(store, moduli, provenance, values)
    expected = summarize(list(values.values()), [replica % 1000 for replica in values])
    sql = """SELECT mean, standard_error, std, count, lineages, effective_count FROM v_ensembles
             WHERE key = 'shear_modulus'"""
    (row,) = store.query(sql)[1]
    found = [math.nan if value is None else value for value in row]
    wanted = (
        *(expected.mean, expected.standard_error, expected.std),
        *(expected.count, expected.lineages, expected.effective_count),
    )
    assert found == pytest.approx(wanted, rel=1e-12, nan_ok=True)
    (summary,) = store.summaries()
    assert summary.spacing == 3.0
    statistics = summary.scalars["shear_modulus"]
    assert vars(statistics) == pytest.approx(vars(expected), rel=1e-12, nan_ok=True)
    assert store.lineages("hot", "shear_modulus").tolist() == [replica % 1000 for replica in sorted(values)]
    assert len(store.lineages("hot", "spectrum", arrays=True)) == len(values)


def test_relaxation_times_are_those_of_recorded_liquids(store: Store, make_spec, provenance) -> None:
    swap = Swap(1.0, 25)
    for spec in (
        make_spec("plain", protocol=Protocol(equilibration_time=50.0)),
        make_spec("swapped", protocol=Protocol(equilibration_time=50.0, swap=swap), seed=12),
    ):
        store.ensure_ensemble(spec, range(4))
    taus = [(4.0, 9.0, 0.1), (7.0, None, 0.1), (None, None, 0.1), (None, None, None)]
    for sample in unfinished(store):
        keys = ("relaxation_time", "size_relaxation_time", "energy_drift")
        record = {"equilibration": dict(zip(keys, taus[sample.replica], strict=True))}
        claim = store.claim_sample(sample.id, provenance)
        assert claim is not None
        finish(store, claim, record)
    found = {one.spec["name"]: sorted(one.times, key=str) for one in store.relaxation_times()}
    assert found == {"plain": [4.0, 7.0, None], "swapped": [9.0, None, None]}


def test_the_cost_of_a_glass_is_there(store: Store, hot, moduli, provenance) -> None:
    store.ensure_ensemble(hot, replicas(1, 2))
    write(store, moduli, provenance, {0: 1.0, 1000: 2.0})
    assert store.query("SELECT core_seconds FROM v_samples")[1] == [(2.5,), (2.5,)]


def test_glasses_that_are_all_the_same_have_no_error_and_count_all(
    store: Store, hot, moduli, provenance
) -> None:
    store.ensure_ensemble(hot, replicas(2, 2))
    write(store, moduli, provenance, dict.fromkeys((0, 1, 1000, 1001), 3.25))
    sql = "SELECT standard_error, std, effective_count FROM v_ensembles WHERE key = 'shear_modulus'"
    assert store.query(sql)[1] == [(0.0, 0.0, 4.0)]


def test_another_history_under_the_same_name_is_refused_in_few_words(store: Store, hot, cold) -> None:
    for spec in (hot, cold):
        store.ensure_ensemble(spec, replicas(1, 1))
    changed = EnsembleSpec.from_canonical({**cold.canonical(), "lineage": {"spacing": 2.0, "hotter": []}})
    with pytest.raises(
        EnsembleConflict, match=r"hotter: stored \[2.6\], now \[\]; .*spacing: stored 3.0, now 2"
    ):
        store.ensure_ensemble(changed, replicas(1, 1))


def test_a_place_that_does_not_fit_is_found(store: Store, hot) -> None:
    store.ensure_ensemble(hot, replicas(1, 2))
    with store._writing() as session:
        session.execute(text("UPDATE sample SET lineage = 5 WHERE replica = 1000"))
    assert [one.what for one in store.findings()] == [
        "ensemble hot, sample 1000 is glass 1 of lineage 5, which is another's place"
    ]


def test_status_tells_what_glasses_are_worth(store: Store, hot, moduli, provenance) -> None:
    energetics = replace(moduli, name="energetics", columns=(Column("energy_per_particle", "epsilon", "u"),))
    store.ensure_ensemble(hot, replicas(3, 3))
    assert store.status().lineages == ()
    write(store, moduli, provenance, VALUES)
    observable = store.ensure_observable(energetics)
    for one in store.configurations("hot", "inherent"):
        value = {"energy_per_particle": VALUES[one.replica]}
        store.write_analysis(one.id, observable, value, provenance)
    (told,) = store.status().lineages
    assert (told.ensemble, told.lineages, told.glasses) == ("hot", 3, 9)
    assert told.effective_count is not None
    assert 3.0 < told.effective_count < 3.5, "glasses of a lineage are nearly the same"
    assert np.isfinite(told.effective_count)
