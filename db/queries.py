"""Questions that the program asks the database, and the door for those that a user asks: read-only SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import Session

from pssglass.base.errors import MissingData, suggest
from pssglass.base.results import Floats
from pssglass.plugins.protocol import Level

from . import readonly, views
from .aggregates import aggregate_counts, aggregate_failures
from .ensembles import Columns, among, ensemble_records
from .evidence import capped
from .provenance_views import builds
from .records import (
    AnalysisStatus,
    Build,
    ConfigurationRecord,
    FailureRecord,
    Kind,
    LineageStatus,
    State,
    StatusReport,
    ValueStatus,
)
from .schema import (
    SCHEMA_VERSION,
    AnalysisRow,
    AttemptRow,
    ConfigurationRow,
    EnsembleRow,
    ObservableColumnRow,
    ObservableRow,
    SampleRow,
    ValueArrayRow,
    ValueScalarRow,
)
from .sessions import Sessions
from .statistics import statistics


class QueryStore(Sessions):
    """Reading results back."""

    def query(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of one SELECT (or WITH … SELECT), over a connection that cannot write.

        Raises:
            QueryError: another kind of statement, several, or one that the database does not understand.
        """
        return readonly.run(self.location, sql)

    def sample_scalars(self, ensemble: str, key: str) -> Floats:
        """One scalar, named as in ``v_samples``, of every sample that has it, in order of replica.

        Raises:
            MissingData: no such ensemble, or no observable returns such a scalar.
        """
        with self._reading() as session:
            source = _source(session, ensemble, key, arrays=False)
            query = _of_samples(select(ValueScalarRow.value), ValueScalarRow, ensemble, source)
            values = session.scalars(query.where(ValueScalarRow.status == ValueStatus.OK))
            return np.array(values.all(), dtype=np.float64)

    def sample_arrays(self, ensemble: str, key: str) -> list[npt.NDArray[Any]]:
        """One array of every sample that has it, in order of replica; raises as ``sample_scalars`` does."""
        with self._reading() as session:
            source = _source(session, ensemble, key, arrays=True)
            rows = session.scalars(_of_samples(select(ValueArrayRow), ValueArrayRow, ensemble, source))
            return [np.frombuffer(row.data, dtype=row.dtype).reshape(row.shape) for row in rows]

    def lineages(self, ensemble: str, key: str, *, arrays: bool = False) -> npt.NDArray[np.int64]:
        """The lineage of each sample whose scalar, or array, is returned by the two methods above."""
        value = ValueArrayRow if arrays else ValueScalarRow
        with self._reading() as session:
            source = _source(session, ensemble, key, arrays=arrays)
            query = _of_samples(select(SampleRow.lineage).select_from(value), value, ensemble, source)
            if not arrays:
                query = query.where(ValueScalarRow.status == ValueStatus.OK)
            return np.array(session.scalars(query).all(), dtype=np.int64)

    def configurations(
        self, ensemble: str | None = None, kind: Kind | None = None
    ) -> list[ConfigurationRecord]:
        """The stored files, of one ensemble or kind if given, in order of ensemble and replica."""
        query = (
            select(
                *(ConfigurationRow.id, EnsembleRow.name, SampleRow.replica, ConfigurationRow.kind),
                *(ConfigurationRow.path, ConfigurationRow.sha256, ConfigurationRow.bytes),
            )
            .join(SampleRow, SampleRow.id == ConfigurationRow.sample_id)
            .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
            .order_by(EnsembleRow.id, SampleRow.replica, ConfigurationRow.kind)
        )
        if ensemble is not None:
            query = query.where(EnsembleRow.name == ensemble)
        if kind is not None:
            query = query.where(ConfigurationRow.kind == kind)
        with self._reading() as session:
            return [
                ConfigurationRecord(number, name, replica, what, self.folder / path, sha256, size)
                for number, name, replica, what, path, sha256, size in session.execute(query)
            ]

    def failures(self) -> list[FailureRecord]:
        """Samples and analyses that failed, the latest first."""
        with self._reading() as session:
            return _failures(session)

    def status(self, chosen: Collection[str] | None = None) -> StatusReport:
        """Progress of ensembles and observables, and what failed, all at one moment; of some if given."""

        def is_chosen(ensemble: str) -> bool:
            return chosen is None or ensemble in chosen

        with self._reading() as session:
            return StatusReport(
                url=str(self.location),
                schema_version=SCHEMA_VERSION,
                ensembles=tuple(one for one in ensemble_records(session) if is_chosen(one.name)),
                analyses=tuple(_analyses(session, chosen)),
                aggregates=tuple(_aggregates(session, chosen)),
                failures=tuple(one for one in _failures(session) if is_chosen(one.ensemble)),
                capped={name: count for name, count in capped(session).items() if is_chosen(name)},
                without_values=tuple(aggregate_failures(session, chosen)),
                lineages=tuple(one for one in _lineages(session) if is_chosen(one.ensemble)),
            )

    def builds(self, chosen: Collection[str] | None = None) -> list[Build]:
        """The programs that made samples and values, and on which machines; of some ensembles if given."""
        with self._reading() as session:
            return [Build(*row) for row in session.execute(builds(chosen))]


def _lineages(session: Session) -> list[LineageStatus]:
    """By u, which every glass has as soon as anything is measured."""
    group = (EnsembleRow.name, EnsembleRow.id, ObservableColumnRow.key)
    found = statistics(*group, where=ObservableColumnRow.key == "energy_per_particle").subquery().c
    query = select(found.name, found.lineages, found.count, found.effective_count).where(
        found.lineages.is_not(None)
    )
    return [LineageStatus(*row) for row in session.execute(query.order_by(found.id))]


def _source(session: Session, ensemble: str, key: str, *, arrays: bool) -> tuple[int, str]:
    """Observable and key behind a name; MissingData when the ensemble or the name is unknown."""
    names = session.scalars(select(EnsembleRow.name)).all()
    if ensemble not in names:
        raise MissingData(f"there is no ensemble '{ensemble}'; {suggest(ensemble, names)}")
    columns = views.columns(session.connection(), arrays=arrays)
    if key not in columns:
        raise MissingData(f"there are no values of '{key}'; {suggest(key, columns)}")
    return columns[key]


def _of_samples(
    query: Select[Any], value: type[ValueScalarRow | ValueArrayRow], ensemble: str, source: tuple[int, str]
) -> Select[Any]:
    observable_id, key = source
    return (
        query.join(ConfigurationRow, ConfigurationRow.id == value.configuration_id)
        .join(SampleRow, SampleRow.id == ConfigurationRow.sample_id)
        .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
        .where(value.observable_id == observable_id, value.key == key, ConfigurationRow.kind == "inherent")
        .where(EnsembleRow.name == ensemble)
        .order_by(SampleRow.replica)
    )


def _failures(session: Session) -> list[FailureRecord]:
    latest = and_(AttemptRow.sample_id == SampleRow.id, AttemptRow.number == SampleRow.attempt)
    samples = (
        select(EnsembleRow.name, SampleRow.replica, literal(None), AttemptRow.reason, AttemptRow.ended_at)
        .join(SampleRow, SampleRow.ensemble_id == EnsembleRow.id)
        .join(AttemptRow, latest)
        .where(SampleRow.state == State.FAILED)
    )
    analyses = (
        select(
            EnsembleRow.name,
            SampleRow.replica,
            ObservableRow.name,
            AnalysisRow.reason,
            AnalysisRow.finished_at,
        )
        .join(SampleRow, SampleRow.ensemble_id == EnsembleRow.id)
        .join(ConfigurationRow, ConfigurationRow.sample_id == SampleRow.id)
        .join(AnalysisRow, AnalysisRow.configuration_id == ConfigurationRow.id)
        .join(ObservableRow, ObservableRow.id == AnalysisRow.observable_id)
        .where(AnalysisRow.state == State.FAILED)
    )
    found = [
        FailureRecord(ensemble, replica, observable, reason or "", when)
        for ensemble, replica, observable, reason, when in (
            *session.execute(samples),
            *session.execute(analyses),
        )
    ]
    return sorted(found, key=lambda failure: failure.when, reverse=True)


def _analyses(session: Session, chosen: Collection[str] | None) -> list[AnalysisStatus]:
    glasses = _of_glasses(select(func.count()).select_from(ConfigurationRow), chosen)
    tally = select(AnalysisRow.observable_id, AnalysisRow.state, func.count()).join(
        ConfigurationRow, ConfigurationRow.id == AnalysisRow.configuration_id
    )
    grouped = _of_glasses(tally, chosen).group_by(AnalysisRow.observable_id, AnalysisRow.state)
    counts = {(number, state): count for number, state, count in session.execute(grouped)}
    every = session.execute(glasses).scalar_one()
    return [
        replace(one, pending=every - one.done - one.failed)
        for one in _statuses(session, ObservableRow.level == "sample", counts)
    ]


def _of_glasses(query: Select[*Columns], chosen: Collection[str] | None) -> Select[*Columns]:
    joined = query.join(SampleRow, SampleRow.id == ConfigurationRow.sample_id).join(
        EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id
    )
    return among(joined.where(ConfigurationRow.kind == "inherent"), chosen)


def _aggregates(session: Session, chosen: Collection[str] | None) -> list[AnalysisStatus]:
    return _statuses(session, ObservableRow.level != "sample", aggregate_counts(session, chosen))


def _statuses(
    session: Session, which: ColumnElement[bool], counts: Mapping[tuple[int, str], int]
) -> list[AnalysisStatus]:
    """All registrations of some level with what is counted of them, and nothing pending."""
    return [
        AnalysisStatus(
            observable_id=one.id,
            observable=one.name,
            version=one.version,
            level=cast(Level, one.level),
            parameters=one.parameters,
            is_shown=one.is_shown,
            done=counts.get((one.id, State.DONE), 0),
            failed=counts.get((one.id, State.FAILED), 0),
            pending=0,
        )
        for one in session.scalars(select(ObservableRow).where(which).order_by(ObservableRow.id))
    ]
