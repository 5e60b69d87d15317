"""Tables of observables: arrays of one length, side by side in a view with a row for each entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql import quoted_name

from .schema import (
    ConfigurationRow,
    EnsembleRow,
    ObservableColumnRow,
    ObservableRow,
    SampleRow,
    ValueEntryRow,
)

_OWN = ("position", "configuration_id", "observable_id")


@dataclass(frozen=True)
class ObservableTable:
    """A table of the registration of an observable that is shown, with the keys of its columns."""

    name: str
    observable: str
    observable_id: int
    keys: tuple[str, ...]


def shown(connection: Connection) -> list[ObservableTable]:
    """All tables, in the order in which their observables were registered."""
    query = (
        select(ObservableColumnRow.in_table, ObservableRow.name, ObservableRow.id, ObservableColumnRow.key)
        .join(ObservableRow, ObservableRow.id == ObservableColumnRow.observable_id)
        .where(ObservableRow.is_shown, ObservableColumnRow.in_table.is_not(None))
        .order_by(ObservableRow.id, ObservableColumnRow.position)
    )
    keys: dict[tuple[str, str, int], list[str]] = {}
    for name, observable, number, key in connection.execute(query):
        keys.setdefault((str(name), observable, number), []).append(key)
    return [ObservableTable(*place, tuple(found)) for place, found in keys.items()]


def columns(taken: Iterable[str], table: ObservableTable) -> dict[str, str]:
    """Name of each column of the table -> its key, with the observable's name before it where it is taken."""
    others = {name.casefold() for name in (*taken, *_OWN)}
    return {f"{table.observable}_{key}" if key.casefold() in others else key: key for key in table.keys}


def rows(subject: Sequence[Any], table: ObservableTable) -> Select[Any]:
    """A row for each entry: the subject's columns, the place in the arrays, and the table's columns.

    The first of these has all entries; another is NULL where its array was left out.
    """
    entry = aliased(ValueEntryRow)
    first, *others = columns((one.name for one in subject), table).items()
    return (
        select(
            *subject,
            entry.position.label("position"),
            entry.value.label(plain(first[0])),
            *(_beside(entry, key).label(plain(name)) for name, key in others),
            entry.configuration_id.label("configuration_id"),
            entry.observable_id.label("observable_id"),
        )
        .select_from(entry)
        .join(ConfigurationRow, ConfigurationRow.id == entry.configuration_id)
        .join(SampleRow, SampleRow.id == ConfigurationRow.sample_id)
        .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
        .where(entry.observable_id == table.observable_id, entry.key == first[1])
    )


def _beside(entry: type[ValueEntryRow], key: str) -> ScalarSelect[Any]:
    """What another column has at the same place."""
    beside = aliased(ValueEntryRow)
    query = select(beside.value).where(
        beside.configuration_id == entry.configuration_id,
        beside.observable_id == entry.observable_id,
        beside.key == key,
        beside.position == entry.position,
    )
    return query.correlate(entry).scalar_subquery()


def plain(name: str) -> str:
    """Capitals stay unquoted: PostgreSQL folds them, in the view as in ``SELECT N``."""
    return name if name.islower() else quoted_name(name, quote=False)
