"""Every column that SQL can ask for has a meaning."""

from __future__ import annotations

from pssglass.db import Store, about
from pssglass.db.meanings import PARAMETER, VIEWS
from pssglass.db.schema import Base
from pssglass.db.views import NAMES


def test_only_parameters_of_models_are_called_so(store: Store, measured) -> None:
    found = {column for _, column, *meaning in store.schema() if tuple(meaning) == PARAMETER}
    assert found == set(store.summaries()[0].parameters) - {"composition"}  # which is a list


def test_nothing_is_without_a_meaning(store: Store, measured) -> None:
    for relation, column, _, meaning in store.schema():
        assert meaning, f"{relation}.{column}"
        assert about(relation), relation


def test_views_and_tables_are_told_apart(store: Store) -> None:
    assert set(VIEWS) == set(NAMES)
    assert {about(table.name) for table in Base.metadata.sorted_tables}.isdisjoint(VIEWS.values())
    assert (
        about("v_events") == "Table events of an observable: one row for each entry in the list of a glass."
    )
