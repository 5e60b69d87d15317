"""Statistics of the samples of ensembles, kept as long as they hold.

An analysis that is done stays as it is. So the number of those of an observable in an ensemble tells whether
they are the same ones, unless something was removed meanwhile, and every removal is recorded.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from pssglass.base.canonical import digest
from pssglass.base.results import EnsembleSummary, ScalarStatistics

from . import views
from .evidence import described, verdicts
from .records import EnsembleContents
from .removal import removals_of
from .schema import (
    ConfigurationRow,
    EnsembleRow,
    ObservableColumnRow,
    ObservableRow,
    RemovalRow,
    SampleRow,
    StatisticRow,
    ValueArrayRow,
)
from .sessions import Sessions
from .statistics import STATISTICS, found_statistics, numbers_of_analyses

Place = tuple[int, int]
"""An ensemble and a registration of an observable, by their ids."""
_COLUMNS = ("ensemble_id", "observable_id", "key", *STATISTICS)


class KeptStore(Sessions):
    """What is known of ensembles without a look at their samples."""

    def summaries(self) -> list[EnsembleSummary]:
        """The ensembles that count with statistics of their scalars, named as columns of ``v_samples``."""
        return [one.summary for one in self.contents()]

    def contents(self) -> list[EnsembleContents]:
        """The same, what arrays there are, and a digest of all that is measured of the samples."""
        with self._reading() as session:
            inputs = _inputs(session)
            kept, stale = _kept(session, inputs)
            return _contents(session, inputs, [*kept, *_found(session, inputs, stale)])

    def keep_statistics(self) -> list[EnsembleContents]:
        """Find those statistics anew that do not hold any more, and keep them; returns ``contents``."""
        with self._reading() as session:
            inputs = _inputs(session)
            kept, stale = _kept(session, inputs)
            found = list(_found(session, inputs, stale))
            contents = _contents(session, inputs, [*kept, *found])
            known = select(StatisticRow.ensemble_id, StatisticRow.observable_id).distinct()
            gone = [(one, other) for one, other in session.execute(known) if (one, other) not in inputs]
        if stale or gone:
            with self._writing() as session:
                views.lock(session.connection())
                _replace(session, [*stale, *gone], found)
        return contents


def _inputs(session: Session) -> dict[Place, str]:
    """What tells that the values of observables that are shown are the same, of each ensemble that counts."""
    removals = session.execute(select(func.count()).select_from(RemovalRow)).scalar_one()
    return {
        (ensemble, observable): f"{count} {removals}"
        for ensemble, observable, count in session.execute(numbers_of_analyses())
    }


def _kept(session: Session, inputs: Mapping[Place, str]) -> tuple[list[StatisticRow], list[Place]]:
    """What holds of what is kept, and what does not hold or is not kept."""
    kept = [
        row
        for row in session.scalars(select(StatisticRow))
        if inputs.get((row.ensemble_id, row.observable_id)) == row.inputs
    ]
    known = {(row.ensemble_id, row.observable_id) for row in kept}
    return kept, [place for place in inputs if place not in known]


def _found(session: Session, inputs: Mapping[Place, str], stale: Iterable[Place]) -> Iterator[StatisticRow]:
    """Every column of what is stale: what is measured of no sample, with a count of zero."""
    observables: dict[int, list[int]] = {}
    for ensemble, observable in stale:
        observables.setdefault(ensemble, []).append(observable)
    keys: dict[int, list[str]] = {}
    for number, key in session.execute(select(ObservableColumnRow.observable_id, ObservableColumnRow.key)):
        keys.setdefault(number, []).append(key)
    for ensemble, numbers in observables.items():
        measured = {(row.observable_id, row.key): row for row in _measured(session, ensemble, numbers)}
        for number in numbers:
            for key in keys[number]:
                row = measured.get((number, key)) or StatisticRow(
                    ensemble_id=ensemble, observable_id=number, key=key, count=0
                )
                row.inputs = inputs[ensemble, number]
                yield row


def _measured(session: Session, ensemble: int, observables: Collection[int]) -> Iterator[StatisticRow]:
    group = (EnsembleRow.id, ObservableRow.id, ObservableColumnRow.key)
    scalars = found_statistics(*group).where(EnsembleRow.id == ensemble, ObservableRow.id.in_(observables))
    for row in session.execute(scalars):
        yield StatisticRow(**dict(zip(_COLUMNS, row, strict=True)))
    arrays = (
        select(ValueArrayRow.observable_id, ValueArrayRow.key, func.count())
        .join(ConfigurationRow, ConfigurationRow.id == ValueArrayRow.configuration_id)
        .join(SampleRow, SampleRow.id == ConfigurationRow.sample_id)
        .where(SampleRow.ensemble_id == ensemble, ConfigurationRow.kind == "inherent")
        .where(ValueArrayRow.observable_id.in_(observables))
        .group_by(ValueArrayRow.observable_id, ValueArrayRow.key)
    )
    for number, key, count in session.execute(arrays):
        yield StatisticRow(ensemble_id=ensemble, observable_id=number, key=key, count=count)


def _replace(session: Session, places: Iterable[Place], rows: Iterable[StatisticRow]) -> None:
    for ensemble, observable in places:
        session.execute(
            delete(StatisticRow).where(
                StatisticRow.ensemble_id == ensemble, StatisticRow.observable_id == observable
            )
        )
    # What was removed since has no rows to refer to.
    there = [set(session.scalars(select(column))) for column in (EnsembleRow.id, ObservableRow.id)]
    names = (*_COLUMNS, "inputs")
    new = [
        {name: getattr(row, name) for name in names}
        for row in rows
        if row.ensemble_id in there[0] and row.observable_id in there[1]
    ]
    if new:
        session.execute(insert(StatisticRow), new)


def _contents(
    session: Session, inputs: Mapping[Place, str], rows: Iterable[StatisticRow]
) -> list[EnsembleContents]:
    connection = session.connection()
    names = {source: name for name, source in views.columns(connection).items()}
    of_arrays = {source: name for name, source in views.columns(connection, arrays=True).items()}
    measured: dict[int, dict[tuple[int, str], StatisticRow]] = {}
    for row in rows:
        if row.count:
            measured.setdefault(row.ensemble_id, {})[row.observable_id, row.key] = row
    judged = verdicts(session)
    ensembles = session.scalars(select(EnsembleRow).where(views.IS_LATEST).order_by(EnsembleRow.id)).all()
    removals = removals_of(session, [one.name for one in ensembles])
    found = []
    for one in ensembles:
        own = measured.get(one.id, {})
        scalars = {name: _statistics(own[source]) for source, name in names.items() if source in own}
        arrays = {name: own[source].count for source, name in of_arrays.items() if source in own}
        summary = described(one, in_equilibrium=judged.get(one.name), scalars=scalars)
        counts = sorted(
            (place[1], int(state.split()[0])) for place, state in inputs.items() if place[0] == one.id
        )
        state = [one.id, one.spec_hash, removals[one.name], counts, [*scalars], [*arrays]]
        found.append(EnsembleContents(summary, arrays, digest(state)))
    return found


def _statistics(row: StatisticRow) -> ScalarStatistics:
    """One sample, or one lineage, has a mean but no spread: NaN."""
    error, std = (math.nan if value is None else value for value in (row.standard_error, row.std))
    mean: Any = row.mean
    return ScalarStatistics(mean=mean, standard_error=error, count=row.count, std=std, lineages=row.lineages)
