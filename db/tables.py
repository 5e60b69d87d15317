"""The views as tables that leave the database: their rows, and what their columns mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, select

from pssglass.base.errors import InputError, suggest

from . import views
from .meanings import meaning
from .records import ViewColumn, ViewTable
from .schema import Base, ObservableColumnRow
from .sessions import Sessions

TABLES = tuple(name.removeprefix("v_").replace("_", "-") for name in views.NAMES)
"""What can be exported of every database: the views. Tables of observables come besides."""

ROWS_AT_ONCE = 2000
_ORDER = ("ensemble", "label", "subject", "replica", "observable", "key", "position")


class ViewTableStore(Sessions):
    """Whole views, and what there is to be asked for."""

    def schema(self) -> list[tuple[str, str, str, str]]:
        """Name, column, unit and meaning of each column of the views, then of the tables."""
        with self._reading() as session:
            connection = session.connection()
            found = [
                (name, key, *one)
                for name, query in views.selects(connection).items()
                for key, one in _meanings(connection, name, query.subquery().c.keys()).items()
            ]
        tables = Base.metadata.sorted_tables
        return found + [
            (table.name, column.name, *meaning(table.name, column.name))
            for table in tables
            for column in table.columns
        ]

    def table(self, name: str, chosen: Collection[str] | None = None) -> ViewTable:
        """One of ``TABLES``, or of an observable, sorted; of these ensembles if they are given.

        Raises:
            InputError: there is no such table, or its rows belong to no single ensemble.
        """
        with self.streamed_table(name, chosen) as (columns, rows):
            return ViewTable(columns, list(rows))

    @contextmanager
    def streamed_table(
        self, name: str, chosen: Collection[str] | None = None
    ) -> Iterator[tuple[tuple[ViewColumn, ...], Iterator[tuple[Any, ...]]]]:
        """The columns of a table, and its rows as they are read, a few at a time; raises as ``table`` does.

        A SQLite database can be read alone until the block ends.
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
            columns = tuple(
                ViewColumn(key, *one, found.c[key].type.python_type.__name__) for key, one in meanings.items()
            )
            rows = session.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
            yield columns, (tuple(row) for row in rows)


def _meanings(connection: Connection, view: str, columns: Iterable[str]) -> dict[str, tuple[str, str]]:
    declared = _declared(connection, view)
    return {key: declared.get(key) or meaning(view, key) for key in columns}


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
