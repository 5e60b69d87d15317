"""Observables of configurations: what is still to be computed, and the values.

The first commit wins: an analysis that is done stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from pssglass.base.canonical import digest
from pssglass.base.errors import BrokenPlugin, DatabaseError, ObservableFailed, suggest
from pssglass.base.results import Provenance
from pssglass.plugins.protocol import Level, Values

from . import views
from .records import AnalysisTask, ObservableInfo, RegisteredObservable, State, ValueStatus
from .schema import (
    AnalysisRow,
    ConfigurationRow,
    EnsembleRow,
    ObservableColumnRow,
    ObservableRow,
    SampleRow,
    ValueArrayRow,
    ValueEntryRow,
    ValueScalarRow,
)
from .sessions import Sessions, database_time, find_or_add, provenance_columns


class AnalysisStore(Sessions):
    """Observables and their values."""

    def ensure_observable(self, observable: ObservableInfo) -> int:
        """The id of an observable's version with these parameters.

        The first registration of a name is shown; later ones when ``show_observables`` says so.

        Raises:
            BrokenPlugin: the same version is stored with other columns.
        """
        parameters = dict(observable.parameters)
        unique = {"name": observable.name, "version": observable.version, "params_hash": digest(parameters)}
        with self._writing() as session:
            row: ObservableRow = find_or_add(
                session,
                ObservableRow,
                unique,
                level=observable.level,
                parameters=parameters,
                distribution=observable.distribution,
                distribution_version=observable.distribution_version,
            )
            session.refresh(row, with_for_update=True)
            _ensure_columns(session, row, observable)
            if not session.scalars(_shown_of(row.name)).all():
                row.is_shown = True
                session.flush()
            views.refresh(session.connection())
            return row.id

    def shown_observables(self) -> list[RegisteredObservable]:
        """The registration of each observable that views, figures and the report show."""
        with self._reading() as session:
            query = select(ObservableRow).where(ObservableRow.is_shown).order_by(ObservableRow.id)
            return [_registered(row) for row in session.scalars(query)]

    def registrations(self, name: str) -> list[RegisteredObservable]:
        """All of one observable, the latest last."""
        with self._reading() as session:
            query = select(ObservableRow).where(ObservableRow.name == name).order_by(ObservableRow.id)
            return [_registered(row) for row in session.scalars(query)]

    def show_observables(self, observable_ids: Collection[int], *, with_values: bool = False) -> None:
        """Show these registrations in place of others of the same names.

        With ``with_values`` only those that have values of some configuration.
        """
        has_values = exists().where(
            AnalysisRow.observable_id == ObservableRow.id, AnalysisRow.state == State.DONE
        )
        query = select(ObservableRow).where(ObservableRow.id.in_(observable_ids))
        with self._writing() as session:
            views.lock(session.connection())
            chosen = query.where(has_values) if with_values else query
            for row in session.scalars(chosen).all():
                for former in session.scalars(_shown_of(row.name)):
                    former.is_shown = False
                row.is_shown = True
            session.flush()
            views.refresh(session.connection())

    def pending_analyses(
        self, observable_ids: Collection[int], retry_failed: bool = False
    ) -> list[AnalysisTask]:
        """What is to be computed of inherent configurations, all of one configuration in a row."""
        same = and_(
            AnalysisRow.configuration_id == ConfigurationRow.id, AnalysisRow.observable_id == ObservableRow.id
        )
        missing = AnalysisRow.state.is_(None)
        liquid = aliased(ConfigurationRow)
        query = (
            select(
                *(ConfigurationRow.id, ConfigurationRow.path, ConfigurationRow.sha256),
                *(SampleRow.ensemble_id, SampleRow.replica, SampleRow.seed, ObservableRow.id),
                *(liquid.path, liquid.sha256),
            )
            .join(SampleRow, SampleRow.id == ConfigurationRow.sample_id)
            .join(ObservableRow, ObservableRow.id.in_(observable_ids))
            .outerjoin(AnalysisRow, same)
            .outerjoin(liquid, and_(liquid.sample_id == SampleRow.id, liquid.kind == "liquid"))
            .where(ConfigurationRow.kind == "inherent")
            .where(or_(missing, AnalysisRow.state == State.FAILED) if retry_failed else missing)
            .order_by(SampleRow.replica, ConfigurationRow.id, ObservableRow.id)
        )
        with self._reading() as session:
            ensembles = {ensemble.id: ensemble for ensemble in session.scalars(select(EnsembleRow))}
            return [
                AnalysisTask(
                    configuration_id=number,
                    observable_id=observable_id,
                    ensemble=ensembles[ensemble_id].name,
                    spec=ensembles[ensemble_id].spec,
                    replica=replica,
                    seed=seed,
                    path=self.folder / path,
                    sha256=sha256,
                    liquid=None if liquid_path is None else (self.folder / liquid_path, liquid_sha256),
                )
                for (
                    number,
                    path,
                    sha256,
                    ensemble_id,
                    replica,
                    seed,
                    observable_id,
                    liquid_path,
                    liquid_sha256,
                ) in session.execute(query)
            ]

    def settled_analyses(self, configuration_id: int) -> dict[int, str | None]:
        """The observables, by id, that a configuration has values of: None; or why there are none."""
        query = select(AnalysisRow.observable_id, AnalysisRow.reason)
        with self._reading() as session:
            rows = session.execute(query.where(AnalysisRow.configuration_id == configuration_id))
            return {observable_id: reason for observable_id, reason in rows}  # noqa: C416

    def write_analysis(
        self, configuration_id: int, observable_id: int, values: Values, provenance: Provenance
    ) -> None:
        """Stores the values of one observable; scalars that are left out are stored as undefined.

        Raises:
            ObservableFailed: a value is not finite, or the observable does not declare it so.
        """
        with self._writing() as session:
            rows = list(_rows(session, configuration_id, observable_id, values))
            if _settle(session, configuration_id, observable_id, provenance, State.DONE, None):
                session.add_all(rows)

    def fail_analysis(
        self, configuration_id: int, observable_id: int, reason: str, provenance: Provenance
    ) -> None:
        """Records why an observable has no values for a configuration."""
        with self._writing() as session:
            _settle(session, configuration_id, observable_id, provenance, State.FAILED, reason)


def _shown_of(name: str) -> Select[ObservableRow]:
    return select(ObservableRow).where(ObservableRow.name == name, ObservableRow.is_shown)


def _registered(row: ObservableRow) -> RegisteredObservable:
    return RegisteredObservable(row.id, row.name, row.version, row.parameters, cast(Level, row.level))


def _ensure_columns(session: Session, row: ObservableRow, observable: ObservableInfo) -> None:
    """Declares the columns on first use; later they must be the same, their wording aside."""
    query = select(ObservableColumnRow).where(ObservableColumnRow.observable_id == row.id)
    stored = {column.key: (column.unit, column.shape, column.in_table) for column in session.scalars(query)}
    declared = {
        column.name: (column.unit, list(column.shape), column.table or None) for column in observable.columns
    }
    if not stored:
        session.add_all(
            ObservableColumnRow(
                observable_id=row.id,
                key=column.name,
                position=position,
                unit=column.unit,
                doc=column.doc,
                shape=list(column.shape),
                in_table=column.table or None,
            )
            for position, column in enumerate(observable.columns)
        )
        session.flush()
    elif stored != declared:
        changed = ", ".join(sorted(key for key in stored | declared if stored.get(key) != declared.get(key)))
        name = f"observable {observable.name} {observable.version}"
        raise BrokenPlugin(f"{name}: {changed} changed since it was first used; give it a new version")


def _settle(
    session: Session,
    configuration_id: int,
    observable_id: int,
    provenance: Provenance,
    state: State,
    reason: str | None,
) -> bool:
    """Puts an analysis into its final state and says True, unless it is done already."""
    if session.get(ConfigurationRow, configuration_id, with_for_update=True) is None:
        raise DatabaseError(
            f"there is no configuration {configuration_id}; pending_analyses() lists those to do"
        )
    known = session.get(AnalysisRow, (configuration_id, observable_id))
    if known is not None and known.state == State.DONE:
        return False
    analysis = AnalysisRow(
        configuration_id=configuration_id,
        observable_id=observable_id,
        finished_at=database_time(session),
        state=state,
        reason=reason,
        **provenance_columns(session, provenance),
    )
    session.merge(analysis)
    session.flush()
    return True


def _rows(
    session: Session, configuration_id: int, observable_id: int, values: Values
) -> Iterator[ValueScalarRow | ValueArrayRow | ValueEntryRow]:
    for key, column in declared_columns(session, observable_id, values).items():
        place = {"configuration_id": configuration_id, "observable_id": observable_id, "key": key}
        if key not in values:
            if not column.shape:
                yield ValueScalarRow(**place, value=None, status=ValueStatus.UNDEFINED)
            continue
        array = numbers(column, values[key])
        if column.shape:
            # An array with gaps has entries only.
            if not np.ma.is_masked(values[key]):
                data = array.tobytes()
                yield ValueArrayRow(**place, dtype=array.dtype.str, shape=list(array.shape), data=data)
            if column.in_table is not None:
                for position in np.flatnonzero(~np.ma.getmaskarray(values[key])).tolist():
                    yield ValueEntryRow(**place, position=position, value=float(array[position]) + 0.0)
        else:
            # SQLite has no negative zero: no server is given one.
            yield ValueScalarRow(**place, value=float(array) + 0.0, status=ValueStatus.OK)


def declared_columns(session: Session, observable_id: int, values: Values) -> dict[str, ObservableColumnRow]:
    """All columns of an observable by key; ObservableFailed if a value has none."""
    query = select(ObservableColumnRow).where(ObservableColumnRow.observable_id == observable_id)
    columns = {column.key: column for column in session.scalars(query)}
    for key in values:
        if key not in columns:
            raise ObservableFailed(f"the observable does not declare '{key}'; {suggest(key, columns)}")
    return columns


def numbers(column: ObservableColumnRow, value: float | npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The value as little-endian float64 or int64; ObservableFailed unless finite and as declared.

    Masked entries, which a column of a table may have, are zero.
    """
    if np.ma.is_masked(value) and column.in_table is None:
        raise ObservableFailed(f"'{column.key}' has masked entries; only columns of tables may")
    array = np.asarray(np.ma.filled(value, 0))
    array = array.astype("<i8" if array.dtype.kind in "iu" else "<f8")
    if array.ndim != len(column.shape):
        raise ObservableFailed(f"'{column.key}' has shape {array.shape}, declared {tuple(column.shape)}")
    if not np.all(np.isfinite(array)):
        bad = array[~np.isfinite(array)].flat[0]
        raise ObservableFailed(f"'{column.key}' is {bad}; only finite numbers are stored")
    return array
