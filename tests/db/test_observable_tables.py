"""Tables of observables: what a glass has several of, row by row in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pssglass.db import ObservableInfo, Store
from sqlalchemy import text

from pssglass.base.errors import BrokenPlugin, InputError, ObservableFailed
from pssglass.plugins.protocol import Column

STRAIN = Column("strain", "1", "strain of the event", ("events",), table="events")
DROP = Column("drop", "epsilon", "energy that it sets free", ("events",), table="events")
HOPS = Column("hops", "1", "particles that hop", ("events",), optional=True, table="events")
FOUND: list[dict[str, Any]] = [
    {"count": 2.0, "strain": [0.02, 0.07], "drop": [-0.0, 2.5], "hops": np.array([3, 4])},
    {"count": 0.0, "strain": [], "drop": [], "hops": []},
    {"count": 1.0, "strain": [0.05], "drop": [1.5]},
]


@pytest.fixture
def shear(moduli: ObservableInfo) -> ObservableInfo:
    """Events of a shear: a scalar and a table."""
    return replace(moduli, name="shear", columns=(Column("count", "1", "events"), STRAIN, DROP, HOPS))


@pytest.fixture
def sheared(store: Store, measured: Mapping[str, Any], shear: ObservableInfo, provenance) -> int:
    """The events of the three glasses of ensemble "cold"; returns the observable's id."""
    number = store.ensure_observable(shear)
    for one, values in zip(store.configurations("cold", "inherent"), FOUND, strict=True):
        store.write_analysis(one.id, number, values, provenance)
    return number


def test_a_row_for_each_entry_beside_its_sample(store: Store, sheared: int) -> None:
    columns = 'ensemble, rc, N, replica, position, strain, "drop", hops'
    names, rows = store.query(f"SELECT {columns} FROM v_events ORDER BY replica, position")
    assert [name.lower() for name in names][3:] == ["replica", "position", "strain", "drop", "hops"]
    assert rows == [
        ("cold", 1.5, 3000, 0, 0, 0.02, 0.0, 3.0),
        ("cold", 1.5, 3000, 0, 1, 0.07, 2.5, 4.0),
        ("cold", 1.5, 3000, 2, 0, 0.05, 1.5, None),
    ]
    joined = (
        "SELECT DISTINCT observable FROM v_events JOIN v_analyses USING (configuration_id, observable_id)"
    )
    assert store.query(joined)[1] == [("shear",)]


def test_arrays_are_what_they_were(store: Store, sheared: int) -> None:
    assert [array.tolist() for array in store.sample_arrays("cold", "hops")] == [[3, 4], []]
    assert store.query("SELECT count(*) FROM v_arrays WHERE key = 'strain'")[1] == [(3,)]
    assert list(store.findings()) == []


def test_the_view_stands_before_there_are_values(store: Store, shear: ObservableInfo) -> None:
    store.ensure_observable(shear)
    assert store.query("SELECT strain FROM v_events")[1] == []
    named = {(view, column): (unit, doc) for view, column, unit, doc in store.schema()}
    assert named["v_events", "strain"] == ("1", "strain of the event")
    assert named["v_events", "position"][1].startswith("number of the row")


def test_what_is_done_is_not_written_again(store: Store, sheared: int, provenance) -> None:
    first = store.configurations("cold", "inherent")[0].id
    store.write_analysis(first, sheared, {**FOUND[0], "strain": [0.9]}, provenance)
    assert store.query("SELECT count(*), max(strain) FROM v_events")[1] == [(3, 0.07)]


def test_what_is_not_finite_is_refused_with_all_the_rest(store: Store, measured, shear, provenance) -> None:
    number, first = store.ensure_observable(shear), store.configurations("cold", "inherent")[0].id
    with pytest.raises(ObservableFailed, match="'drop' is nan"):
        store.write_analysis(first, number, {**FOUND[0], "drop": [1.0, np.nan]}, provenance)
    assert store.query("SELECT count(*) FROM value_entry")[1] == [(0,)]


def test_entries_without_a_value_are_null(store: Store, measured, shear, provenance) -> None:
    number, first = store.ensure_observable(shear), store.configurations("cold", "inherent")[0].id
    hops = np.ma.masked_invalid([np.nan, 4.0])
    store.write_analysis(first, number, {**FOUND[0], "hops": hops}, provenance)
    assert store.query("SELECT hops FROM v_events ORDER BY position")[1] == [(None,), (4.0,)]
    assert store.sample_arrays("cold", "hops") == []
    assert list(store.findings()) == []
    second = store.configurations("cold", "inherent")[1].id
    with pytest.raises(ObservableFailed, match="'count' has masked entries; only columns of tables may"):
        store.write_analysis(second, number, {**FOUND[0], "count": np.ma.masked_array(1.0, True)}, provenance)


def test_the_registration_that_is_shown_is_that_of_the_view(
    store: Store, sheared: int, shear: ObservableInfo, provenance
) -> None:
    later = store.ensure_observable(replace(shear, version="2", columns=(STRAIN,)))
    assert store.query("SELECT count(*) FROM v_events")[1] == [(3,)]
    first = store.configurations("cold", "inherent")[0].id
    store.write_analysis(first, later, {"strain": [0.5]}, provenance)
    store.show_observables([later])
    assert store.query("SELECT position, strain FROM v_events")[1] == [(0, 0.5)]
    assert '"drop"' not in store.query("SELECT * FROM v_events")[0]
    store.remove_observables([later], provenance)
    assert store.query("SELECT count(*) FROM v_events")[1] == [(3,)]


def test_removal_takes_the_rows_and_at_last_the_view(store: Store, sheared: int, provenance) -> None:
    store.remove_samples("cold", [0], provenance)
    assert store.query("SELECT replica FROM v_events")[1] == [(2,)]
    assert [one for one in store.findings() if one.is_fault] == []
    store.remove_observables([sheared], provenance)
    assert store.query("SELECT count(*) FROM value_entry")[1] == [(0,)]
    assert "v_events" not in {view for view, *_ in store.schema()}


def test_names_that_are_taken_carry_their_observable(store: Store, shear: ObservableInfo) -> None:
    rc = replace(STRAIN, name="replica")
    store.ensure_observable(replace(shear, name="one", columns=(rc, DROP)))
    store.ensure_observable(replace(shear, name="other", columns=(replace(STRAIN, name="x"),)))
    store.ensure_observable(replace(shear, name="mine", columns=(replace(STRAIN, table="samples"),)))
    assert store.query("SELECT one_replica FROM v_one_events")[1] == []
    assert store.query("SELECT x FROM v_other_events")[1] == []
    assert store.query("SELECT strain FROM v_mine_samples")[1] == []


def test_a_table_is_exported_as_the_views_are(store: Store, sheared: int) -> None:
    table = store.table("events", ["cold"])
    assert [row[table.names.index("strain")] for row in table.rows] == [0.02, 0.07, 0.05]
    assert next(one for one in table.columns if one.name == "drop").unit == "epsilon"
    with pytest.raises(InputError, match="no table 'event'; did you mean 'events'"):
        store.table("event")


def test_another_table_is_another_version(store: Store, shear: ObservableInfo) -> None:
    store.ensure_observable(shear)
    others = (shear.columns[0], replace(STRAIN, table=""), DROP, HOPS)
    with pytest.raises(BrokenPlugin, match="strain changed since it was first used; give it a new version"):
        store.ensure_observable(replace(shear, columns=others))


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM value_entry WHERE position = 1",
        "UPDATE value_entry SET value = 9 WHERE position = 0 AND key = 'drop'",
        "DELETE FROM value_array WHERE key = 'strain'",
        "DELETE FROM value_array WHERE key = 'hops'",
        "UPDATE observable_column SET in_table = NULL WHERE key = 'hops'",
    ],
)
def test_rows_that_are_not_those_of_the_arrays_are_a_fault(store: Store, sheared: int, sql: str) -> None:
    with store._writing() as session:
        session.execute(text(sql))
    faults = [one.what for one in store.findings() if one.is_fault]
    assert faults
    assert all("has not the entries of its array" in fault for fault in faults)
