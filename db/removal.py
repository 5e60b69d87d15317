"""Taking back what should not be there: ensembles, samples, registrations of observables, failures.

All that hangs on it goes, too, and a record of the removal stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.orm import Session

from pssglass.base.errors import DatabaseError, MissingData, suggest
from pssglass.base.results import Provenance

from . import leases, views
from .extensions import rename
from .records import Removal, State
from .schema import (
    AggregateArrayRow,
    AggregateMemberRow,
    AggregateRow,
    AggregateScalarRow,
    AnalysisRow,
    AttemptRow,
    ConfigurationRow,
    EnsembleRow,
    ObservableColumnRow,
    ObservableRow,
    RemovalRow,
    SampleRow,
    StatisticRow,
    ValueArrayRow,
    ValueEntryRow,
    ValueScalarRow,
)
from .sessions import Sessions, database_time, plain_json, provenance_columns


@dataclass(frozen=True)
class _Doomed:
    """What is to go, as conditions on its tables; None where nothing of a table goes."""

    what: str
    samples: ColumnElement[bool] | None = None
    analyses: ColumnElement[bool] | None = None
    aggregates: ColumnElement[bool] | None = None
    observables: Sequence[int] = ()
    ensemble: EnsembleRow | None = None
    folder: str | None = None


_OF_ENSEMBLE = ("ensemble ", "samples of ensemble ", "specification of ensemble ")
"""How what is removed begins where it is of the one ensemble whose name follows."""


def removals_of(session: Session, ensembles: Collection[str]) -> dict[str, int]:
    """Number of removals that may have changed what is measured of each of these ensembles."""
    tally = select(RemovalRow.what, func.count()).group_by(RemovalRow.what)
    counts = {what: count for what, count in session.execute(tally)}  # noqa: C416
    of_all = sum(count for what, count in counts.items() if not what.startswith(_OF_ENSEMBLE))
    return {
        name: of_all + sum(counts.get(beginning + name, 0) for beginning in _OF_ENSEMBLE)
        for name in ensembles
    }


class RemovalStore(Sessions):
    """Each removal is one transaction. With ``provenance`` None nothing is removed, only told."""

    def remove_samples(
        self, ensemble: str, replicas: Sequence[int] | None, provenance: Provenance | None
    ) -> Removal:
        """An ensemble with all its samples, or only those of these numbers, and what was measured of them.

        What was found of ensembles and models with them goes, too. The files are left to the caller. Where an
        ensemble goes by which another was extended, that one has its name again, and counts.

        Raises:
            MissingData: there is no such ensemble or sample.
            DatabaseError: somebody works on one of them just now.
        """
        with self._writing() as session:
            row = ensemble_named(session, ensemble)
            chosen = SampleRow.ensemble_id == row.id
            if replicas is not None:
                _check_replicas(session, row, replicas)
                chosen &= SampleRow.replica.in_(replicas)
            in_work = (SampleRow.state == State.RUNNING) & ~leases.are_over(session)
            if session.scalars(select(SampleRow.id).where(chosen, in_work)).first():
                raise DatabaseError(f"samples of {ensemble} are being made just now; stop that first")
            member = AggregateMemberRow.ensemble_id == row.id
            aggregates = session.scalars(select(AggregateMemberRow.aggregate_id).where(member)).all()
            files = select(ConfigurationRow.id).join(SampleRow).where(chosen)
            earlier = _freed(session, row) if provenance is not None and replicas is None else None
            name = row.name
            removal = self._removed(
                session,
                _Doomed(
                    what=f"ensemble {ensemble}" if replicas is None else f"samples of ensemble {ensemble}",
                    samples=chosen,
                    analyses=AnalysisRow.configuration_id.in_(files),
                    aggregates=AggregateRow.id.in_(aggregates),
                    ensemble=row if replicas is None else None,
                    folder=row.place,
                ),
                provenance,
            )
            if earlier is not None:
                rename(earlier, name)
            return removal

    def remove_observables(self, observable_ids: Sequence[int], provenance: Provenance | None) -> Removal:
        """Registrations of one observable with all their values.

        Of those left the latest that has values is shown.
        """
        with self._writing() as session:
            names = session.scalars(
                select(ObservableRow.name).where(ObservableRow.id.in_(observable_ids)).distinct()
            )
            doomed = _Doomed(
                what=f"observable {', '.join(names)}",
                analyses=AnalysisRow.observable_id.in_(observable_ids),
                aggregates=AggregateRow.observable_id.in_(observable_ids),
                observables=observable_ids,
            )
            return self._removed(session, doomed, provenance)

    def remove_failures(self, observable: str, provenance: Provenance | None) -> Removal:
        """What is recorded of failures of an observable, which may be installed no more."""
        with self._writing() as session:
            ids = select(ObservableRow.id).where(ObservableRow.name == observable)
            doomed = _Doomed(
                what=f"failures of observable {observable}",
                analyses=(AnalysisRow.state == State.FAILED) & AnalysisRow.observable_id.in_(ids),
                aggregates=(AggregateRow.state == State.FAILED) & AggregateRow.observable_id.in_(ids),
            )
            return self._removed(session, doomed, provenance)

    def _removed(self, session: Session, doomed: _Doomed, provenance: Provenance | None) -> Removal:
        removal = _counted(session, doomed)
        if provenance is None:
            return removal
        views.lock(session.connection())
        session.add(
            RemovalRow(
                removed_at=database_time(session),
                what=removal.what,
                details=plain_json(_details(session, doomed, removal)),
                **provenance_columns(session, provenance),
            )
        )
        for statement in _statements(doomed):
            session.execute(statement, execution_options={"synchronize_session": False})
        _show_others(session)
        session.flush()
        views.refresh(session.connection())
        return removal


def _freed(session: Session, row: EnsembleRow) -> EnsembleRow | None:
    """The ensemble that one has extended, if it counts again without that one."""
    query = select(EnsembleRow).where(EnsembleRow.extended_to == row.id)
    earlier = session.scalars(query).one_or_none()
    if earlier is None:
        return None
    earlier.extended_to = row.extended_to
    session.flush()
    return earlier if row.extended_to is None else None


def ensemble_named(session: Session, name: str) -> EnsembleRow:
    """The row of an ensemble.

    Raises:
        MissingData: there is none of that name.
    """
    row = session.scalars(select(EnsembleRow).where(EnsembleRow.name == name)).one_or_none()
    if row is None:
        names = session.scalars(select(EnsembleRow.name)).all()
        raise MissingData(f"there is no ensemble '{name}'; {suggest(name, names)}")
    return row


def _check_replicas(session: Session, ensemble: EnsembleRow, replicas: Sequence[int]) -> None:
    present = set(session.scalars(select(SampleRow.replica).where(SampleRow.ensemble_id == ensemble.id)))
    if absent := sorted(set(replicas) - present):
        known = f"its {len(present)} are {min(present)} to {max(present)}" if present else "it has none"
        raise MissingData(f"ensemble {ensemble.name} has no sample {absent[0]}; {known}")


def _counted(session: Session, doomed: _Doomed) -> Removal:
    files = []
    if doomed.samples is not None:
        query = select(ConfigurationRow.path).join(SampleRow).where(doomed.samples)
        files = list(session.scalars(query.order_by(ConfigurationRow.id)))
    return Removal(
        what=doomed.what,
        samples=_count(session, SampleRow, doomed.samples),
        analyses=_count(session, AnalysisRow, doomed.analyses),
        aggregates=_count(session, AggregateRow, doomed.aggregates),
        observables=len(doomed.observables),
        files=tuple(files),
        folder=doomed.folder,
    )


def _count(session: Session, table: Any, condition: ColumnElement[bool] | None) -> int:
    if condition is None:
        return 0
    return session.execute(select(func.count()).select_from(table).where(condition)).scalar_one()


def _details(session: Session, doomed: _Doomed, removal: Removal) -> dict[str, Any]:
    """What the record keeps: enough to make it again, or to know what was lost."""
    details: dict[str, Any] = {**vars(removal), "files": list(removal.files)}
    if doomed.samples is not None:
        rows = session.execute(
            select(SampleRow.replica, SampleRow.seed, SampleRow.state).where(doomed.samples)
        )
        details["sample"] = [list(row) for row in rows]
    if doomed.ensemble is not None:
        details["spec"] = doomed.ensemble.spec
    registered = select(ObservableRow).where(ObservableRow.id.in_(doomed.observables))
    details["registrations"] = [
        {"name": one.name, "version": one.version, "parameters": one.parameters}
        for one in session.scalars(registered)
    ]
    return details


def _statements(doomed: _Doomed) -> Iterator[Any]:
    """Deletions, what refers to others before them."""
    if doomed.aggregates is not None:
        ids: Select[Any] = select(AggregateRow.id).where(doomed.aggregates)
        for table in (AggregateScalarRow, AggregateArrayRow, AggregateMemberRow):
            yield delete(table).where(table.aggregate_id.in_(ids))
        yield delete(AggregateRow).where(doomed.aggregates)
    if doomed.analyses is not None:
        for value in (ValueScalarRow, ValueArrayRow, ValueEntryRow):
            same = (value.configuration_id == AnalysisRow.configuration_id) & (
                value.observable_id == AnalysisRow.observable_id
            )
            yield delete(value).where(select(AnalysisRow).where(same, doomed.analyses).exists())
        yield delete(AnalysisRow).where(doomed.analyses)
    if doomed.samples is not None:
        samples = select(SampleRow.id).where(doomed.samples)
        yield delete(ConfigurationRow).where(ConfigurationRow.sample_id.in_(samples))
        yield delete(AttemptRow).where(AttemptRow.sample_id.in_(samples))
        yield delete(SampleRow).where(doomed.samples)
    if doomed.ensemble is not None:
        yield delete(StatisticRow).where(StatisticRow.ensemble_id == doomed.ensemble.id)
        yield delete(EnsembleRow).where(EnsembleRow.id == doomed.ensemble.id)
    if doomed.observables:
        yield delete(StatisticRow).where(StatisticRow.observable_id.in_(doomed.observables))
        yield delete(ObservableColumnRow).where(ObservableColumnRow.observable_id.in_(doomed.observables))
        yield delete(ObservableRow).where(ObservableRow.id.in_(doomed.observables))


def _show_others(session: Session) -> None:
    """Of an observable whose shown registration is gone, the latest with values is shown, else the latest."""
    shown = set(session.scalars(select(ObservableRow.name).where(ObservableRow.is_shown)))
    has_values = exists().where(
        AnalysisRow.observable_id == ObservableRow.id, AnalysisRow.state == State.DONE
    )
    best_last = select(ObservableRow).order_by(has_values, ObservableRow.id)
    best = {row.name: row for row in session.scalars(best_last)}
    for name in best.keys() - shown:
        best[name].is_shown = True
