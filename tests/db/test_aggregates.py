"""Values of ensembles and models: replaced as a whole, shown with their error bars."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from pssglass.db import Store

from pssglass.plugins.aggregation import AggregateFailure, AggregateResult
from pssglass.plugins.protocol import Column

PREFACTOR = AggregateResult(
    "vdos", "cold", ("cold",), {"A_g": 2.5, "A_g_error": 0.5, "vdos_count": np.arange(3)}
)
CROSSOVER = AggregateResult(
    "crossover", "pss rc=1.5", ("cold",), {"T_co_elastic": 0.6, "T_co_elastic_low": 0.5}
)


def test_values_of_ensembles_come_with_errors_and_units(store: Store, aggregates: Mapping[str, int]) -> None:
    sql = "SELECT ensemble, rc, parent_temperature, key, value, error, low, unit FROM v_ensemble_values"
    assert store.query(sql)[1] == [("cold", 1.5, 1.0, "A_g", 2.5, 0.5, None, "time^5")]


def test_values_of_models_come_once_for_each_model(store: Store, aggregates: Mapping[str, int]) -> None:
    sql = "SELECT label, model, rc, ensembles, observable, key, value, error, low FROM v_model_values"
    expected = ("pss rc=1.5", "pss", 1.5, 1, "crossover", "T_co_elastic", 0.6, None, 0.5)
    assert store.query(sql)[1] == [expected]


def test_arrays_are_kept(store: Store, aggregates: Mapping[str, int]) -> None:
    [(dtype, data)] = store.query("SELECT dtype, data FROM aggregate_array WHERE key = 'vdos_count'")[1]
    assert list(np.frombuffer(data, dtype)) == [0, 1, 2]


def test_every_value_leads_to_who_computed_it(store: Store, aggregates: Mapping[str, int]) -> None:
    sql = """SELECT DISTINCT worker, software.git_revision, platform.cpu FROM v_ensemble_values AS v
             JOIN aggregate ON aggregate.id = v.aggregate_id
             JOIN software ON software.id = software_id JOIN platform ON platform.id = platform_id"""
    assert store.query(sql)[1] == [("node1:42", "abc", "Zen 4")]


def test_new_results_take_the_place_of_all_old_ones(
    store: Store, aggregates: Mapping[str, int], provenance
) -> None:
    store.replace_aggregates([replace(PREFACTOR, values={"A_g": 3.0})], aggregates, provenance)
    assert store.query("SELECT key, value, error FROM v_ensemble_values")[1] == [("A_g", 3.0, None)]
    assert store.query("SELECT count(*) FROM v_model_values")[1] == [(0,)]
    assert store.query("SELECT count(*) FROM aggregate_array")[1] == [(0,)]
    assert store.status().without_values == ()


def test_failures_are_kept_with_their_reason(store: Store, aggregates: Mapping[str, int]) -> None:
    assert store.status().without_values == (AggregateFailure("vdos", "hot", "no mode in the window"),)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"A_g": math.nan}, "'A_g' is nan; only finite numbers are stored"),
        ({"vdos_count": 1.0}, r"'vdos_count' has shape (), declared ('bins',)"),
        ({"A_h": 1.0}, "the observable does not declare 'A_h'; did you mean 'A_g'?"),
    ],
)
def test_values_unlike_their_declaration_are_failures(
    store: Store, aggregates: Mapping[str, int], provenance, values, reason: str
) -> None:
    store.replace_aggregates([replace(PREFACTOR, values=values), CROSSOVER], aggregates, provenance)
    assert store.status().without_values == (AggregateFailure("vdos", "cold", reason),)
    assert store.query("SELECT count(*) FROM v_model_values")[1] == [(1,)]


def test_the_registration_that_is_shown_is_the_first_until_another_is_chosen(store: Store, vdos) -> None:
    ids = [store.ensure_observable(replace(vdos, parameters={"window": window})) for window in (0.7, 0.5)]
    assert [one.parameters for one in store.registrations("vdos")] == [{"window": 0.7}, {"window": 0.5}]
    for chosen, window in ((ids[0], 0.7), (ids[1], 0.5), (ids[0], 0.7)):
        store.show_observables([chosen])
        (shown,) = store.shown_observables()
        assert (shown.id, shown.name, shown.version) == (chosen, "vdos", "1")
        assert shown.parameters == {"window": window}


def test_arrays_of_ensembles_and_models_are_in_the_view(store: Store, aggregates) -> None:
    sql = """SELECT ensemble, observable, dtype, shape, data FROM v_arrays
             WHERE aggregate_id IS NOT NULL ORDER BY observable, ensemble"""
    rows = store.query(sql)[1]
    assert {(row[0], row[1]) for row in rows} >= {("cold", "vdos")}
    for _, _, dtype, shape, data in rows:
        assert np.frombuffer(data, dtype).reshape(json.loads(shape)).size > 0
    both = "SELECT count(*) FROM v_arrays WHERE (replica IS NULL) <> (configuration_id IS NULL)"
    assert store.query(both)[1] == [(0,)]


def test_a_reserved_suffix_alone_makes_no_error_bar(store: Store, measured, vdos, provenance) -> None:
    """``window_high`` is a value of its own as long as there is no column ``window``."""
    columns = (Column("window_high", "1/time", "end of the window"),)
    ids = {"vdos": store.ensure_observable(replace(vdos, version="2", columns=columns))}
    store.replace_aggregates([replace(PREFACTOR, values={"window_high": 4.0})], ids, provenance)
    assert store.query("SELECT key, value, high FROM v_ensemble_values")[1] == [("window_high", 4.0, None)]
