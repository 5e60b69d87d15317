"""A results database in Python: its ensembles, glasses, and values as tables of pandas."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pssglass.base.errors import InputError, suggest
from pssglass.base.results import EnsembleSummary
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.db import Store, ViewTable
from pssglass.mechanics.glass import Glass
from pssglass.models import Model
from pssglass.pipeline.files import check_file
from pssglass.pipeline.stored_glasses import stored_glass

if TYPE_CHECKING:
    from types import TracebackType

    import pandas


class OpenedDatabase:
    """What ``pssglass.open`` returns; it only reads, and closes at the end of a ``with`` block.

    Samples are chosen by columns of the view ``v_samples``, a value or several of each:
    ``samples(rc=1.5, parent_temperature=[1.0, 2.6], state="done")``.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> OpenedDatabase:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def ensembles(self, **where: Any) -> list[EnsembleSummary]:
        """Ensembles that have such samples, each with the statistics of every scalar measured in it.

        Raises:
            InputError: ``where`` names what is no column.
        """
        names = {row["ensemble"] for row in self._rows(where)[1]}
        return [one for one in self._store.summaries() if one.name in names]

    def samples(self, **where: Any) -> pandas.DataFrame:
        """A row for each such sample, finished or not, a column for each parameter and each measured scalar.

        ``frame.attrs["units"]`` has the units by column.

        Raises:
            InputError: ``where`` names what is no column, or pandas is missing.
        """
        table, rows = self._rows(where)
        frame: pandas.DataFrame = _pandas().DataFrame.from_records(rows, columns=table.names)
        frame.attrs["units"] = {column.name: column.unit for column in table.columns if column.unit}
        return frame

    def glasses(self, **where: Any) -> Iterator[Glass]:
        """The glass of each such sample that is done, read when it is its turn, in the order of ``samples``.

        It is as ``analyze`` has it: the certificate of its quench stands in its file.

        Raises:
            InputError: ``where`` names what is no column.
            ConfigurationError: a file is missing, or is not what it was.
            ModelError: the model is of a package that is missing, or has changed.
        """
        files = {(one.ensemble, one.replica): one for one in self._store.configurations(kind="inherent")}
        liquids = {(one.ensemble, one.replica): one for one in self._store.configurations(kind="liquid")}
        specs = {one.name: one.spec for one in self._store.ensembles()}
        models: dict[str, Model] = {}
        for row in self._rows(where | {"state": "done"})[1]:
            stored = files[row["ensemble"], row["replica"]]
            check_file(stored.path, stored.sha256)
            if stored.ensemble not in models:
                models[stored.ensemble] = EnsembleSpec.from_canonical(specs[stored.ensemble]).model
            liquid = liquids.get((row["ensemble"], row["replica"]))
            yield stored_glass(
                models[stored.ensemble],
                stored.path,
                None if liquid is None else (liquid.path, liquid.sha256),
            )

    def query(self, sql: str) -> pandas.DataFrame:
        """Rows of one reading SQL statement.

        Raises:
            QueryError: it writes, it is several, or the database does not understand it.
            InputError: pandas is missing.
        """
        names, rows = self._store.query(sql)
        frame: pandas.DataFrame = _pandas().DataFrame.from_records(rows, columns=names)
        return frame

    def _rows(self, where: dict[str, Any]) -> tuple[ViewTable, list[dict[str, Any]]]:
        """The view of samples, and those of its rows that are asked for."""
        table = self._store.table("samples", None)
        for name in where:
            if name not in table.names:
                raise InputError(f"samples have no column '{name}'; {suggest(name, table.names)}")
        asked = {name: _several(value) for name, value in where.items()}
        rows = (dict(zip(table.names, row, strict=True)) for row in table.rows)
        return table, [row for row in rows if all(row[name] in values for name, values in asked.items())]


def _several(value: Any) -> Collection[Any]:
    listed = value.tolist() if hasattr(value, "tolist") else value
    return listed if isinstance(listed, Collection) and not isinstance(listed, str) else (listed,)


def _pandas() -> Any:
    try:
        import pandas
    except ImportError:
        raise InputError("pandas is missing: pip install pandas") from None
    return pandas


def open(database: str | Path) -> OpenedDatabase:
    """A results database to read: the path of a SQLite file, or the URL of a PostgreSQL database.

    >>> import pssglass as pg
    >>> with pg.open("glass.db") as database:  # doctest: +SKIP
    ...     moduli = [glass.moduli() for glass in database.glasses(rc=1.5, parent_temperature=1.0)]
    ...     frame = database.samples(state="done")

    Raises:
        DatabaseMissing: there is none.
        DatabaseError: it cannot be read, or has another schema.
    """
    return OpenedDatabase(Store.open(database, read_only=True))
