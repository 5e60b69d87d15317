"""Relaxation times of the liquids at each state point, as far as they were recorded."""

from __future__ import annotations

from sqlalchemy import and_, select

from .records import MeasuredRelaxation, State
from .schema import AttemptRow, EnsembleRow, SampleRow
from .sessions import Sessions


class RelaxationStore(Sessions):
    """What the store knows of how liquids relax."""

    def relaxation_times(self) -> list[MeasuredRelaxation]:
        """Those of each ensemble with liquids whose record was long enough for one."""
        told = {
            key: AttemptRow.record["equilibration", key].as_float()
            for key in ("relaxation_time", "size_relaxation_time", "energy_drift")
        }
        query = (
            select(EnsembleRow.id, told["relaxation_time"], told["size_relaxation_time"])
            .join(SampleRow, SampleRow.ensemble_id == EnsembleRow.id)
            .join(
                AttemptRow,
                and_(AttemptRow.sample_id == SampleRow.id, AttemptRow.number == SampleRow.attempt),
            )
            .where(SampleRow.state == State.DONE, told["energy_drift"].is_not(None))
        )
        with self._reading() as session:
            specs = {one.id: one.spec for one in session.scalars(select(EnsembleRow))}
            found: dict[int, list[float | None]] = {}
            for ensemble, *taus in session.execute(query):
                awaited = taus if specs[ensemble]["protocol"].get("swap") else taus[:1]
                found.setdefault(ensemble, []).append(None if None in awaited else max(awaited))
        return [MeasuredRelaxation(specs[one], tuple(times)) for one, times in found.items()]
