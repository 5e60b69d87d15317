"""Questions that the program asks the database, and the door for those that a user asks: read-only SQL."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, and_, func, literal, select
from sqlalchemy.orm import Session

from pssglass.base.errors import MissingData, suggest
from pssglass.base.results import EnsembleSummary, Floats, ScalarStatistics
from pssglass.simulation.equilibration import CAP_REACHED

from . import readonly, views
from .aggregates import aggregate_failures
from .ensembles import ensemble_records
from .records import (
    AnalysisStatus,
    ConfigurationRecord,
    FailureRecord,
    Kind,
    State,
    StatusReport,
    ValueStatus,
)
from .schema import (
    SCHEMA_VERSION,
    Analysis,
    Attempt,
    Configuration,
    Ensemble,
    Observable,
    ObservableColumn,
    Sample,
    ValueArray,
    ValueScalar,
)
from .sessions import Sessions


class QueryStore(Sessions):
    """Reading results back."""

    def query(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of one SELECT (or WITH … SELECT), over a connection that cannot write.

        Raises:
            QueryError: another kind of statement, several, or one that the database does not understand.
        """
        return readonly.run(self.location, sql)

    def summaries(self) -> list[EnsembleSummary]:
        """All ensembles with the statistics of their scalars, named as the columns of ``v_samples``."""
        with self._reading() as session:
            columns = views.columns(session.connection())
            group = (Ensemble.id, Observable.id, ObservableColumn.key)
            rows = {tuple(row[:3]): row for row in session.execute(views.statistics(*group))}
            return [
                EnsembleSummary(
                    name=ensemble.name,
                    model_name=ensemble.model,
                    parameters=ensemble.spec["parameters"],
                    N=ensemble.N,
                    parent_temperature=ensemble.spec["parent_temperature"],
                    scalars={
                        name: _statistics(rows[ensemble.id, *source])
                        for name, source in columns.items()
                        if (ensemble.id, *source) in rows
                    },
                )
                for ensemble in session.scalars(select(Ensemble).order_by(Ensemble.id))
            ]

    def sample_scalars(self, ensemble: str, key: str) -> Floats:
        """One scalar, named as in ``v_samples``, of every sample that has it, in order of replica.

        Raises:
            MissingData: no such ensemble, or no observable returns such a scalar.
        """
        with self._reading() as session:
            source = _source(session, ensemble, key, arrays=False)
            query = _of_samples(select(ValueScalar.value), ValueScalar, ensemble, source)
            values = session.scalars(query.where(ValueScalar.status == ValueStatus.OK))
            return np.array(values.all(), dtype=np.float64)

    def sample_arrays(self, ensemble: str, key: str) -> list[npt.NDArray[Any]]:
        """One array of every sample that has it, in order of replica; raises as ``sample_scalars`` does."""
        with self._reading() as session:
            source = _source(session, ensemble, key, arrays=True)
            rows = session.scalars(_of_samples(select(ValueArray), ValueArray, ensemble, source))
            return [np.frombuffer(row.data, dtype=row.dtype).reshape(row.shape) for row in rows]

    def configurations(
        self, ensemble: str | None = None, kind: Kind | None = None
    ) -> list[ConfigurationRecord]:
        """The stored files, of one ensemble or kind if given, in order of ensemble and replica."""
        query = (
            select(
                *(Configuration.id, Ensemble.name, Sample.replica, Configuration.kind),
                *(Configuration.path, Configuration.sha256, Configuration.bytes),
            )
            .join(Sample, Sample.id == Configuration.sample_id)
            .join(Ensemble, Ensemble.id == Sample.ensemble_id)
            .order_by(Ensemble.id, Sample.replica, Configuration.kind)
        )
        if ensemble is not None:
            query = query.where(Ensemble.name == ensemble)
        if kind is not None:
            query = query.where(Configuration.kind == kind)
        with self._reading() as session:
            return [
                ConfigurationRecord(number, name, replica, what, self.folder / path, sha256, size)
                for number, name, replica, what, path, sha256, size in session.execute(query)
            ]

    def failures(self) -> list[FailureRecord]:
        """Samples and analyses that failed, the latest first."""
        with self._reading() as session:
            return _failures(session)

    def status(self) -> StatusReport:
        """Progress of ensembles and observables, and what failed, all at one moment."""
        with self._reading() as session:
            return StatusReport(
                url=str(self.location),
                schema_version=SCHEMA_VERSION,
                ensembles=tuple(ensemble_records(session)),
                analyses=tuple(_analyses(session)),
                failures=tuple(_failures(session)),
                capped=_capped(session),
                without_values=tuple(aggregate_failures(session)),
            )


def _statistics(row: Sequence[Any]) -> ScalarStatistics:
    """One sample has a mean but no spread: NaN."""
    mean, *spread, count = row[3:]
    error, std = (math.nan if value is None else value for value in spread)
    return ScalarStatistics(mean=mean, standard_error=error, count=count, std=std)


def _source(session: Session, ensemble: str, key: str, *, arrays: bool) -> tuple[int, str]:
    """Observable and key behind a name; MissingData when the ensemble or the name is unknown."""
    names = session.scalars(select(Ensemble.name)).all()
    if ensemble not in names:
        raise MissingData(f"there is no ensemble '{ensemble}'; {suggest(ensemble, names)}")
    columns = views.columns(session.connection(), arrays=arrays)
    if key not in columns:
        raise MissingData(f"there are no values of '{key}'; {suggest(key, columns)}")
    return columns[key]


def _of_samples(
    query: Select[Any], value: type[ValueScalar | ValueArray], ensemble: str, source: tuple[int, str]
) -> Select[Any]:
    observable_id, key = source
    return (
        query.join(Configuration, Configuration.id == value.configuration_id)
        .join(Sample, Sample.id == Configuration.sample_id)
        .join(Ensemble, Ensemble.id == Sample.ensemble_id)
        .where(value.observable_id == observable_id, value.key == key, Configuration.kind == "inherent")
        .where(Ensemble.name == ensemble)
        .order_by(Sample.replica)
    )


def _failures(session: Session) -> list[FailureRecord]:
    latest = and_(Attempt.sample_id == Sample.id, Attempt.number == Sample.attempt)
    samples = (
        select(Ensemble.name, Sample.replica, literal(None), Attempt.reason, Attempt.ended_at)
        .join(Sample, Sample.ensemble_id == Ensemble.id)
        .join(Attempt, latest)
        .where(Sample.state == State.FAILED)
    )
    analyses = (
        select(Ensemble.name, Sample.replica, Observable.name, Analysis.reason, Analysis.finished_at)
        .join(Sample, Sample.ensemble_id == Ensemble.id)
        .join(Configuration, Configuration.sample_id == Sample.id)
        .join(Analysis, Analysis.configuration_id == Configuration.id)
        .join(Observable, Observable.id == Analysis.observable_id)
        .where(Analysis.state == State.FAILED)
    )
    found = [
        FailureRecord(ensemble, replica, observable, reason or "", when)
        for ensemble, replica, observable, reason, when in (
            *session.execute(samples),
            *session.execute(analyses),
        )
    ]
    return sorted(found, key=lambda failure: failure.when, reverse=True)


def _capped(session: Session) -> dict[str, int]:
    ended = Attempt.record["equilibration", "ended"].as_string()
    query = (
        select(Ensemble.name, func.count())
        .join(Sample, Sample.ensemble_id == Ensemble.id)
        .join(Attempt, and_(Attempt.sample_id == Sample.id, Attempt.number == Sample.attempt))
        .where(Sample.state == State.DONE, ended == CAP_REACHED)
        .group_by(Ensemble.id, Ensemble.name)
        .order_by(Ensemble.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _analyses(session: Session) -> list[AnalysisStatus]:
    glasses = session.execute(select(func.count()).where(Configuration.kind == "inherent")).scalar_one()
    tally = (
        select(Analysis.observable_id, Analysis.state, func.count())
        .join(Configuration, Configuration.id == Analysis.configuration_id)
        .where(Configuration.kind == "inherent")
        .group_by(Analysis.observable_id, Analysis.state)
    )
    counts = {(number, state): count for number, state, count in session.execute(tally)}
    found = []
    observables = select(Observable).where(Observable.level == "sample").order_by(Observable.id)
    for observable in session.scalars(observables):
        done, failed = (counts.get((observable.id, state), 0) for state in (State.DONE, State.FAILED))
        found.append(
            AnalysisStatus(
                observable_id=observable.id,
                observable=observable.name,
                version=observable.version,
                done=done,
                failed=failed,
                pending=glasses - done - failed,
            )
        )
    return found
