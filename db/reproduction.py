"""Samples that were made here with all that it takes to make them again, and the values stored of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from pssglass.base.results import Provenance

from .origins import Beginning, NoPredecessor, NotYet, start_of
from .records import (
    AnalysisTask,
    AttemptOutcome,
    Claim,
    ConfigurationFile,
    Kind,
    MadeSample,
    RegisteredObservable,
    State,
    StoredAnalysis,
)
from .schema import (
    AnalysisRow,
    AttemptRow,
    ConfigurationRow,
    EnsembleRow,
    ObservableColumnRow,
    ObservableRow,
    PlatformRow,
    SampleRow,
    SoftwareRow,
    ValueArrayRow,
    ValueEntryRow,
    ValueScalarRow,
)
from .sessions import Sessions


class ReproductionStore(Sessions):
    """What a second computation is compared with."""

    def made_samples(self, without: Collection[str] = ()) -> list[int]:
        """Ids of all finished samples that were made here, not imported, in ascending order.

        Those of the ensembles ``without`` are left out.
        """
        latest = and_(AttemptRow.sample_id == SampleRow.id, AttemptRow.number == SampleRow.attempt)
        query = select(SampleRow.id).join(AttemptRow, latest).where(SampleRow.state == State.DONE)
        if without:
            lost = select(EnsembleRow.id).where(EnsembleRow.name.in_(sorted(without)))
            query = query.where(SampleRow.ensemble_id.not_in(lost))
        with self._reading() as session:
            return list(
                session.scalars(query.where(AttemptRow.outcome == AttemptOutcome.DONE).order_by(SampleRow.id))
            )

    def made_sample(self, sample_id: int) -> MadeSample:
        """One of these samples: its claim, its files, who made it, and the values measured of it."""
        with self._reading() as session:
            sample = session.get_one(SampleRow, sample_id)
            ensemble = session.get_one(EnsembleRow, sample.ensemble_id)
            attempt = session.get_one(AttemptRow, (sample.id, sample.attempt))
            files = list(
                session.scalars(select(ConfigurationRow).where(ConfigurationRow.sample_id == sample.id))
            )
            start = _start(session, ensemble, sample)
            return MadeSample(
                claim=Claim(
                    sample_id=sample.id,
                    attempt=sample.attempt,
                    ensemble=ensemble.name,
                    spec=ensemble.spec,
                    replica=sample.replica,
                    seed=sample.seed,
                    lease_until=attempt.ended_at or attempt.started_at,
                    folder=ensemble.place,
                    start=start.liquid if start else None,
                    held=start.held if start else None,
                ),
                files=tuple(
                    ConfigurationFile(cast(Kind, file.kind), file.path, file.sha256, file.bytes)
                    for file in files
                ),
                provenance=_provenance(session, attempt),
                resumed=tuple((attempt.record or {}).get("resumed", ())),
                analyses=tuple(self._analyses(session, sample, ensemble, files)),
            )

    def _analyses(
        self,
        session: Session,
        sample: SampleRow,
        ensemble: EnsembleRow,
        files: Sequence[ConfigurationRow],
    ) -> Iterator[StoredAnalysis]:
        liquids = [(self.folder / one.path, one.sha256) for one in files if one.kind == "liquid"]
        query = (
            select(AnalysisRow, ConfigurationRow, ObservableRow)
            .join(ConfigurationRow, ConfigurationRow.id == AnalysisRow.configuration_id)
            .join(ObservableRow, ObservableRow.id == AnalysisRow.observable_id)
            .where(ConfigurationRow.sample_id == sample.id, AnalysisRow.state == State.DONE)
            .order_by(ObservableRow.id)
        )
        for analysis, file, observable in session.execute(query):
            arrays = _arrays(session, analysis)
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
                    liquid=next(iter(liquids), None),
                ),
                observable=RegisteredObservable(
                    observable.id, observable.name, observable.version, observable.parameters
                ),
                values={**_scalars(session, analysis), **arrays},
                entries=_entries(session, analysis, arrays),
                provenance=_provenance(session, analysis),
            )


def _start(session: Session, ensemble: EnsembleRow, sample: SampleRow) -> Beginning | None:
    """The liquid from which it was made; None if with a melt, or if that liquid is not there any more."""
    try:
        return start_of(session, ensemble, sample)
    except (NotYet, NoPredecessor):
        return None


def _scalars(session: Session, analysis: AnalysisRow) -> dict[str, float]:
    query = select(ValueScalarRow.key, ValueScalarRow.value).where(
        ValueScalarRow.configuration_id == analysis.configuration_id,
        ValueScalarRow.observable_id == analysis.observable_id,
    )
    return {key: value for key, value in session.execute(query) if value is not None}


def _arrays(session: Session, analysis: AnalysisRow) -> dict[str, npt.NDArray[Any]]:
    query = select(ValueArrayRow).where(
        ValueArrayRow.configuration_id == analysis.configuration_id,
        ValueArrayRow.observable_id == analysis.observable_id,
    )
    return {
        row.key: np.frombuffer(row.data, dtype=row.dtype).reshape(row.shape) for row in session.scalars(query)
    }


def _entries(session: Session, analysis: AnalysisRow, arrays: Collection[str]) -> dict[str, dict[int, float]]:
    """Of columns of tables without an array, position -> value; empty where all is masked."""
    in_tables = select(ObservableColumnRow.key).where(
        ObservableColumnRow.observable_id == analysis.observable_id,
        ObservableColumnRow.in_table.is_not(None),
    )
    found: dict[str, dict[int, float]] = {key: {} for key in session.scalars(in_tables) if key not in arrays}
    query = select(ValueEntryRow).where(
        ValueEntryRow.configuration_id == analysis.configuration_id,
        ValueEntryRow.observable_id == analysis.observable_id,
        ValueEntryRow.key.in_(list(found)),
    )
    for row in session.scalars(query):
        found[row.key][row.position] = row.value
    return found


def _provenance(session: Session, row: Any) -> Provenance:
    """Who computed a row of ``attempt`` or ``analysis``."""
    software = session.get_one(SoftwareRow, row.software_id)
    platform = session.get_one(PlatformRow, row.platform_id)
    return Provenance(software.details, platform.details, row.worker)
