"""Observables of ensembles and models: their values, replaced where what they are found from has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from pssglass.base.errors import ObservableFailed
from pssglass.base.results import Provenance
from pssglass.plugins.aggregation import AggregateFailure, AggregateResult

from . import views
from .analyses import declared_columns, numbers
from .ensembles import Columns, among
from .records import State
from .schema import (
    AggregateArrayRow,
    AggregateMemberRow,
    AggregateRow,
    AggregateScalarRow,
    EnsembleRow,
    ObservableRow,
)
from .sessions import Sessions, database_time, provenance_columns

AT_ONCE = 500


class AggregateStore(Sessions):
    """Values of ensembles and models."""

    def aggregates(self) -> list[AggregateResult]:
        """What is stored."""
        query = (
            select(AggregateRow, ObservableRow.name)
            .join(ObservableRow, ObservableRow.id == AggregateRow.observable_id)
            .order_by(AggregateRow.id)
        )
        with self._reading() as session:
            members = _by_aggregate(
                session.execute(
                    select(AggregateMemberRow.aggregate_id, EnsembleRow.name)
                    .join(EnsembleRow, EnsembleRow.id == AggregateMemberRow.ensemble_id)
                    .order_by(AggregateMemberRow.ensemble_id)
                )
            )
            values = _by_aggregate(
                [
                    (row.aggregate_id, (row.key, row.value))
                    for row in session.scalars(select(AggregateScalarRow))
                ]
                + [
                    (row.aggregate_id, (row.key, _array(row)))
                    for row in session.scalars(select(AggregateArrayRow))
                ]
            )
            return [
                AggregateResult(
                    observable=name,
                    subject=row.subject,
                    members=tuple(members.get(row.id, ())),
                    values=dict(values.get(row.id, ())) if row.state == State.DONE else None,
                    reason=row.reason or "",
                    inputs=row.inputs or "",
                    number=row.id,
                )
                for row, name in session.execute(query)
            ]

    def replace_aggregates(
        self, found: Sequence[AggregateResult], observable_ids: Mapping[str, int], provenance: Provenance
    ) -> None:
        """Stores what observables, given by name and id, have found; what is stored stays where it was kept.

        All else that was stored goes.
        """
        with self._writing() as session:
            # Of two analyses that end together each would else leave its rows.
            views.lock(session.connection())
            stored = {
                row.id: row.inputs for row in session.execute(select(AggregateRow.id, AggregateRow.inputs))
            }
            kept = {one.number for one in found if one.number in stored and stored[one.number] == one.inputs}
            gone = [number for number in stored if number not in kept]
            for table in (AggregateScalarRow, AggregateArrayRow, AggregateMemberRow):
                _delete(session, table.aggregate_id, gone)
            _delete(session, AggregateRow.id, gone)
            ensembles = {
                row.name: row.id for row in session.execute(select(EnsembleRow.name, EnsembleRow.id))
            }
            common = {"finished_at": database_time(session), **provenance_columns(session, provenance)}
            for one in found:
                if one.number in kept:
                    continue
                row = AggregateRow(
                    observable_id=observable_ids[one.observable],
                    subject=one.subject,
                    inputs=one.inputs or None,
                    **common,
                )
                values, row.reason = _checked(session, row.observable_id, one)
                row.state = State.DONE if row.reason is None else State.FAILED
                session.add(row)
                session.flush()
                members = ({"ensemble_id": ensembles[name]} for name in one.members)
                session.add_all(AggregateMemberRow(aggregate_id=row.id, **member) for member in members)
                session.add_all(_value(row.id, key, array) for key, array in values.items())


def _delete(session: Session, column: Any, numbers: Sequence[int]) -> None:
    """Rows with these numbers, a few at a time: statements have no room for all."""
    for first in range(0, len(numbers), AT_ONCE):
        chosen = numbers[first : first + AT_ONCE]
        session.execute(delete(column.class_).where(column.in_(chosen)))


def _by_aggregate(rows: Iterable[Sequence[Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for number, one in rows:
        found.setdefault(number, []).append(one)
    return found


def _array(row: AggregateArrayRow) -> npt.NDArray[Any]:
    return np.frombuffer(row.data, row.dtype).reshape(row.shape)


def aggregate_counts(session: Session, chosen: Collection[str] | None) -> dict[tuple[int, str], int]:
    """Id of an observable and state -> number of ensembles or models, of those with a chosen one in them."""
    query = select(AggregateRow.observable_id, AggregateRow.state, func.count())
    grouped = _with_members(query, chosen).group_by(AggregateRow.observable_id, AggregateRow.state)
    return {(number, state): count for number, state, count in session.execute(grouped)}


def aggregate_failures(session: Session, chosen: Collection[str] | None) -> list[AggregateFailure]:
    """What has no value, and why; of those with a chosen ensemble in them."""
    query = (
        select(ObservableRow.name, AggregateRow.subject, AggregateRow.reason)
        .join(ObservableRow, ObservableRow.id == AggregateRow.observable_id)
        .where(AggregateRow.state == State.FAILED)
        .order_by(AggregateRow.id)
    )
    rows = session.execute(_with_members(query, chosen))
    return [AggregateFailure(name, subject, reason or "") for name, subject, reason in rows]


def _with_members(query: Select[*Columns], chosen: Collection[str] | None) -> Select[*Columns]:
    if chosen is None:
        return query
    members = select(AggregateMemberRow.aggregate_id).join(
        EnsembleRow, EnsembleRow.id == AggregateMemberRow.ensemble_id
    )
    return query.where(AggregateRow.id.in_(among(members, chosen)))


def _checked(
    session: Session, observable_id: int, found: AggregateResult
) -> tuple[dict[str, npt.NDArray[Any]], str | None]:
    """The values as they are stored, or no values and why."""
    if found.values is None:
        return {}, found.reason
    try:
        columns = declared_columns(session, observable_id, found.values)
        return {key: numbers(columns[key], value) for key, value in found.values.items()}, None
    except ObservableFailed as error:
        return {}, str(error)


def _value(aggregate_id: int, key: str, array: npt.NDArray[Any]) -> AggregateScalarRow | AggregateArrayRow:
    if not array.ndim:
        return AggregateScalarRow(aggregate_id=aggregate_id, key=key, value=float(array) + 0.0)
    return AggregateArrayRow(
        aggregate_id=aggregate_id,
        key=key,
        dtype=array.dtype.str,
        shape=list(array.shape),
        data=array.tobytes(),
    )
