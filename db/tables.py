"""The views as tables that leave the database: their rows, and what their columns mean."""

from __future__ import annotations

from sqlalchemy import Connection, select

from pssglass.base.errors import InputError, MissingData, suggest

from . import views
from .records import ViewColumn, ViewTable
from .schema import EnsembleRow, ObservableColumnRow
from .sessions import Sessions

TABLES = tuple(name.removeprefix("v_").replace("_", "-") for name in views.NAMES)
"""What can be exported: the views."""

_ORDER = ("ensemble", "label", "subject", "replica", "observable", "key")
_KNOWN = {
    "ensemble": ("", "name of the ensemble"),
    "model": ("", "name of the model"),
    "N": ("1", "number of particles"),
    "parent_temperature": ("epsilon/k_B", "temperature of the liquid before the quench"),
    "replica": ("", "number of the sample in its ensemble"),
    "seed": ("", "of all random numbers"),
    "state": ("", "pending, running, done or failed"),
    "path": ("", "file of the inherent state in the folder of configurations"),
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
    """Whole views."""

    def table(self, name: str, ensemble: str | None = None) -> ViewTable:
        """One of ``TABLES``, sorted; of one ensemble if it is given.

        Raises:
            InputError: there is no such table, or its rows belong to no single ensemble.
            MissingData: there is no such ensemble.
        """
        if name not in TABLES:
            raise InputError(f"there is no table '{name}'; {suggest(name, TABLES)}")
        with self._reading() as session:
            connection = session.connection()
            found = views.selects(connection)[f"v_{name.replace('-', '_')}"].subquery()
            query = select(found).order_by(*(found.c[key] for key in _ORDER if key in found.c))
            if ensemble is not None:
                names = session.scalars(select(EnsembleRow.name)).all()
                if ensemble not in names:
                    raise MissingData(f"there is no ensemble '{ensemble}'; {suggest(ensemble, names)}")
                if "ensemble" not in found.c:
                    raise InputError(f"table '{name}' has no rows of one ensemble; leave out --ensemble")
                query = query.where(found.c.ensemble == ensemble)
            meanings = _KNOWN | (_scalars(connection) if name == "samples" else {})
            columns = [ViewColumn(key, *meanings.get(key, ("", ""))) for key in found.c.keys()]  # noqa: SIM118
            return ViewTable(tuple(columns), [tuple(row) for row in session.execute(query)])


def _scalars(connection: Connection) -> dict[str, tuple[str, str]]:
    """Unit and meaning of each scalar among the columns of ``v_samples``."""
    rows = connection.execute(
        select(
            ObservableColumnRow.observable_id,
            ObservableColumnRow.key,
            ObservableColumnRow.unit,
            ObservableColumnRow.doc,
        )
    )
    declared = {(number, key): (unit, doc) for number, key, unit, doc in rows}
    return {name: declared[source] for name, source in views.columns(connection).items()}
