"""What must hold between the rows of a sound database, as queries for those of which it does not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Text, and_, cast, exists, func, or_, select

from .records import Outcome, State
from .schema import (
    Aggregate,
    AggregateArray,
    AggregateMember,
    AggregateScalar,
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

_LARGEST = 1.7976931348623157e308

OF_SAMPLE = (
    select(Ensemble.name.label("ensemble"), Sample.replica.label("sample"))
    .select_from(Sample)
    .join(Ensemble, Ensemble.id == Sample.ensemble_id)
)
_ATTEMPT = OF_SAMPLE.join(Attempt, Attempt.sample_id == Sample.id).add_columns(
    Attempt.number.label("attempt")
)
_FILE = OF_SAMPLE.join(Configuration, Configuration.sample_id == Sample.id).add_columns(
    Configuration.kind.label("kind")
)
_ANALYSIS = (
    OF_SAMPLE.join(Configuration, Configuration.sample_id == Sample.id)
    .join(Analysis, Analysis.configuration_id == Configuration.id)
    .join(Observable, Observable.id == Analysis.observable_id)
    .add_columns(Observable.name.label("observable"))
)
_AGGREGATE = select(Observable.name.label("observable"), Aggregate.subject.label("of")).join(
    Aggregate, Aggregate.observable_id == Observable.id
)


def _file(kind: str) -> Any:
    return exists().where(Configuration.sample_id == Sample.id, Configuration.kind == kind)


def _latest(*outcomes: Outcome) -> Any:
    """The latest attempt of the sample ended, or stands, so."""
    return exists().where(
        Attempt.sample_id == Sample.id, Attempt.number == Sample.attempt, Attempt.outcome.in_(outcomes)
    )


def _value(table: type[ValueScalar | ValueArray], *conditions: Any) -> Any:
    return exists().where(
        table.configuration_id == Analysis.configuration_id,
        table.observable_id == Analysis.observable_id,
        *conditions,
    )


def broken_rules() -> dict[str, Select[Any]]:
    """What must not be, and a query for the rows of which it is true."""
    attempts = select(func.max(Attempt.number)).where(Attempt.sample_id == Sample.id).scalar_subquery()
    own = ObservableColumn.observable_id == Analysis.observable_id
    scalars = _ANALYSIS.join(ObservableColumn, own).add_columns(ObservableColumn.key.label("key"))
    is_scalar = cast(ObservableColumn.shape, Text) == "[]"
    of_aggregate = [
        exists().where(table.aggregate_id == Aggregate.id) for table in (AggregateScalar, AggregateArray)
    ]
    values = _ANALYSIS.join(ValueScalar, _value_of_analysis()).add_columns(ValueScalar.key.label("key"))
    done, running, failed = (Sample.state == state for state in (State.DONE, State.RUNNING, State.FAILED))
    return {
        "is done without an inherent state": OF_SAMPLE.where(done, ~_file("inherent")),
        "was made, but its liquid is not kept": OF_SAMPLE.where(
            done, _latest(Outcome.DONE), ~_file("liquid")
        ),
        "is done, but not by its latest attempt": OF_SAMPLE.where(
            done, ~_latest(Outcome.DONE, Outcome.IMPORTED)
        ),
        "has a configuration, but is not done": _FILE.where(~done),
        "is not the work of the attempt that finished the sample": _FILE.where(
            Configuration.attempt != Sample.attempt
        ),
        "is running, but its latest attempt is not": OF_SAMPLE.where(running, ~_latest(Outcome.RUNNING)),
        "has failed, but its latest attempt has not": OF_SAMPLE.where(failed, ~_latest(Outcome.FAILED)),
        "runs, but is not what its sample waits for": _ATTEMPT.where(
            Attempt.outcome == Outcome.RUNNING, or_(~running, Attempt.number != Sample.attempt)
        ),
        "has another number of attempts than it counts": OF_SAMPLE.where(
            func.coalesce(attempts, 0) != Sample.attempt
        ),
        "has failed, but has values": _ANALYSIS.where(
            Analysis.state == State.FAILED, or_(_value(ValueScalar), _value(ValueArray))
        ),
        "is done, but lacks this scalar": scalars.where(
            Analysis.state == State.DONE,
            is_scalar,
            ~_value(ValueScalar, ValueScalar.key == ObservableColumn.key),
        ),
        "is not finite": values.where(or_(ValueScalar.value > _LARGEST, ValueScalar.value < -_LARGEST)),
        "is the file of several configurations": select(Configuration.path.label("path"))
        .group_by(Configuration.path)
        .having(func.count() > 1),
        "belongs to no ensemble": _AGGREGATE.where(
            ~exists().where(AggregateMember.aggregate_id == Aggregate.id)
        ),
        "has values although it failed": _AGGREGATE.where(
            Aggregate.state == State.FAILED, or_(*of_aggregate)
        ),
    }


def _value_of_analysis() -> Any:
    return and_(
        ValueScalar.configuration_id == Analysis.configuration_id,
        ValueScalar.observable_id == Analysis.observable_id,
    )
