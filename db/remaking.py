"""Samples that were made here with all that it takes to make them again, and the values stored of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from pssglass.base.results import Provenance

from .records import (
    AnalysisTask,
    Claim,
    ConfigurationFile,
    Kind,
    MadeSample,
    Outcome,
    RegisteredObservable,
    State,
    StoredAnalysis,
)
from .schema import (
    Analysis,
    Attempt,
    Configuration,
    Ensemble,
    Observable,
    Platform,
    Sample,
    Software,
    ValueArray,
    ValueScalar,
)
from .sessions import Sessions


class RemakeStore(Sessions):
    """What a second computation is compared with."""

    def made_samples(self) -> list[int]:
        """Ids of all finished samples that were made here, not imported, in ascending order."""
        latest = and_(Attempt.sample_id == Sample.id, Attempt.number == Sample.attempt)
        query = select(Sample.id).join(Attempt, latest).where(Sample.state == State.DONE)
        with self._reading() as session:
            return list(session.scalars(query.where(Attempt.outcome == Outcome.DONE).order_by(Sample.id)))

    def made_sample(self, sample_id: int) -> MadeSample:
        """One of these samples: its claim, its files, who made it, and the values measured of it."""
        with self._reading() as session:
            sample = session.get_one(Sample, sample_id)
            ensemble = session.get_one(Ensemble, sample.ensemble_id)
            attempt = session.get_one(Attempt, (sample.id, sample.attempt))
            files = list(session.scalars(select(Configuration).where(Configuration.sample_id == sample.id)))
            return MadeSample(
                claim=Claim(
                    sample_id=sample.id,
                    attempt=sample.attempt,
                    ensemble=ensemble.name,
                    spec=ensemble.spec,
                    replica=sample.replica,
                    seed=sample.seed,
                    lease_until=attempt.ended_at or attempt.started_at,
                ),
                files=tuple(
                    ConfigurationFile(cast(Kind, file.kind), file.path, file.sha256, file.bytes)
                    for file in files
                ),
                origin=_origin(session, attempt),
                legs=tuple((attempt.record or {}).get("resumed", ())),
                analyses=tuple(self._analyses(session, sample, ensemble)),
            )

    def _analyses(self, session: Session, sample: Sample, ensemble: Ensemble) -> Iterator[StoredAnalysis]:
        query = (
            select(Analysis, Configuration, Observable)
            .join(Configuration, Configuration.id == Analysis.configuration_id)
            .join(Observable, Observable.id == Analysis.observable_id)
            .where(Configuration.sample_id == sample.id, Analysis.state == State.DONE)
            .order_by(Observable.id)
        )
        for analysis, file, observable in session.execute(query):
            yield StoredAnalysis(
                task=AnalysisTask(
                    configuration_id=file.id,
                    observable_id=observable.id,
                    ensemble=ensemble.name,
                    spec=ensemble.spec,
                    replica=sample.replica,
                    seed=sample.seed,
                    path=self.folder / file.path,
                    sha256=file.sha256,
                ),
                observable=RegisteredObservable(
                    observable.id, observable.name, observable.version, observable.parameters
                ),
                values={**_scalars(session, analysis), **_arrays(session, analysis)},
                origin=_origin(session, analysis),
            )


def _scalars(session: Session, analysis: Analysis) -> dict[str, float]:
    query = select(ValueScalar.key, ValueScalar.value).where(
        ValueScalar.configuration_id == analysis.configuration_id,
        ValueScalar.observable_id == analysis.observable_id,
    )
    return {key: value for key, value in session.execute(query) if value is not None}


def _arrays(session: Session, analysis: Analysis) -> dict[str, npt.NDArray[Any]]:
    query = select(ValueArray).where(
        ValueArray.configuration_id == analysis.configuration_id,
        ValueArray.observable_id == analysis.observable_id,
    )
    return {
        row.key: np.frombuffer(row.data, dtype=row.dtype).reshape(row.shape) for row in session.scalars(query)
    }


def _origin(session: Session, row: Any) -> Provenance:
    """Who computed a row of ``attempt`` or ``analysis``."""
    software = session.get_one(Software, row.software_id)
    platform = session.get_one(Platform, row.platform_id)
    return Provenance(software.details, platform.details, row.worker)
