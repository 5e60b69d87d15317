"""The views as tables that leave the database: their rows, and what their columns mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from pssglass.base.errors import InputError, suggest

from . import views
from .records import ViewColumn, ViewTable
from .schema import Base, ObservableColumnRow
from .sessions import Sessions

TABLES = tuple(name.removeprefix("v_").replace("_", "-") for name in views.NAMES)
"""What can be exported of every database: the views. Tables of observables come besides."""

_ORDER = ("ensemble", "label", "subject", "replica", "observable", "key", "position")
_KNOWN = {
    "ensemble": ("", "name of the ensemble"),
    "model": ("", "name of the model"),
    "N": ("1", "number of particles"),
    "parent_temperature": ("epsilon/k_B", "temperature of the liquid before the quench"),
    "position": ("", "number of the row in the lists of the sample, from 0"),
    "replica": ("", "number of the sample in its ensemble"),
    "lineage": ("", "number of the liquid that the sample is a glass of"),
    "glass": ("", "number of the glass in its lineage"),
    "core_seconds": ("s", "time that one core took to make the sample"),
    "swap_attempts_per_second": ("1/s", "swap moves that were tried, over the time that they took alone"),
    "swaps_per_second": ("1/s", "those that were accepted, over the same time"),
    "held_time": ("time", "time that the liquid was held at its parent temperature in all"),
    "extended_from": ("time", "the same of the earlier sample whose liquid was held on"),
    "extended_to": ("", "name of the ensemble whose liquids are these, held for longer"),
    "lineages": ("1", "number of lineages, where samples are glasses of such"),
    "effective_count": ("1", "number of independent samples whose mean would be as certain"),
    "seed": ("", "of all random numbers"),
    "state": ("", "pending, running, done or failed"),
    "path": ("", "file of the inherent state in the folder of configurations"),
    "rattlers": ("1", "particles that the others do not hold, by the certificate of the inherent state"),
    "observable": ("", "what was measured"),
    "version": ("", "of the observable, or of the program that computed the row"),
    "key": ("", "name of the value"),
    "value": ("", "in the unit of its row"),
    "unit": ("", "in Lennard-Jones units"),
    "error": ("", "standard error, in the unit of its row"),
    "low": ("", "lower end of the 95 % interval"),
    "high": ("", "upper end of the 95 % interval"),
    "mean": ("", "over the samples, in the unit of its row"),
    "standard_error": ("", "of the mean, in the unit of its row"),
    "std": ("", "standard deviation between samples, in the unit of its row"),
    "count": ("1", "number of samples"),
    "shape": ("", "of the array, which is in C order"),
    "spec": ("", "the whole specification of the ensemble, JSON"),
    "sha256": ("", "of the file of the configuration"),
}


class ViewTableStore(Sessions):
    """Whole views, and what there is to be asked for."""

    def schema(self) -> list[tuple[str, str, str, str]]:
        """Name, column, unit and meaning of each column of the views, then of the tables, bare."""
        with self._reading() as session:
            connection = session.connection()
            found = [
                (name, key, *meaning)
                for name, query in views.selects(connection).items()
                for key, meaning in _meanings(connection, name, query.subquery().c.keys()).items()
            ]
        tables = Base.metadata.sorted_tables
        return found + [(table.name, column.name, "", "") for table in tables for column in table.columns]

    def table(self, name: str, chosen: Collection[str] | None = None) -> ViewTable:
        """One of ``TABLES``, or of an observable, sorted; of these ensembles if they are given.

        Raises:
            InputError: there is no such table, or its rows belong to no single ensemble.
        """
        with self._reading() as session:
            connection, view = session.connection(), f"v_{name.replace('-', '_')}"
            selects = views.selects(connection)
            if view not in selects:
                names = [one.removeprefix("v_").replace("_", "-") for one in selects]
                raise InputError(f"there is no table '{name}'; {suggest(name, names)}")
            found = selects[view].subquery()
            query = select(found).order_by(*(found.c[key] for key in _ORDER if key in found.c))
            if chosen is not None:
                if "ensemble" not in found.c:
                    raise InputError(
                        f"table '{name}' has no rows of one ensemble; leave out --ensemble and the like"
                    )
                query = query.where(found.c.ensemble.in_(sorted(chosen)))
            meanings = _meanings(connection, view, found.c.keys())
            columns = [ViewColumn(key, *meaning) for key, meaning in meanings.items()]
            return ViewTable(tuple(columns), [tuple(row) for row in session.execute(query)])


def _meanings(connection: Connection, view: str, columns: Iterable[str]) -> dict[str, tuple[str, str]]:
    known = _KNOWN | _declared(connection, view)
    return {key: known.get(key, ("", "")) for key in columns}


def _declared(connection: Connection, view: str) -> dict[str, tuple[str, str]]:
    """Unit and meaning of each column of a view that an observable declares."""
    rows = connection.execute(
        select(
            ObservableColumnRow.observable_id,
            ObservableColumnRow.key,
            ObservableColumnRow.unit,
            ObservableColumnRow.doc,
        )
    )
    declared = {(number, key): (unit, doc) for number, key, unit, doc in rows}
    return {name: declared[source] for name, source in views.sources(connection, view).items()}
