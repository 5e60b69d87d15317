"""What must hold between the rows of a sound database, as queries for those of which it does not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Text, and_, cast, exists, func, or_, select

from .records import AttemptOutcome, State
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
    SampleRow,
    ValueArrayRow,
    ValueEntryRow,
    ValueScalarRow,
)

_LARGEST = 1.7976931348623157e308

OF_SAMPLE = (
    select(EnsembleRow.name.label("ensemble"), SampleRow.replica.label("sample"))
    .select_from(SampleRow)
    .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
)
_ATTEMPT = OF_SAMPLE.join(AttemptRow, AttemptRow.sample_id == SampleRow.id).add_columns(
    AttemptRow.number.label("attempt")
)
_FILE = OF_SAMPLE.join(ConfigurationRow, ConfigurationRow.sample_id == SampleRow.id).add_columns(
    ConfigurationRow.kind.label("kind")
)
_ANALYSIS = (
    OF_SAMPLE.join(ConfigurationRow, ConfigurationRow.sample_id == SampleRow.id)
    .join(AnalysisRow, AnalysisRow.configuration_id == ConfigurationRow.id)
    .join(ObservableRow, ObservableRow.id == AnalysisRow.observable_id)
    .add_columns(ObservableRow.name.label("observable"))
)
_AGGREGATE = select(ObservableRow.name.label("observable"), AggregateRow.subject.label("of")).join(
    AggregateRow, AggregateRow.observable_id == ObservableRow.id
)


def _file(kind: str) -> Any:
    return exists().where(ConfigurationRow.sample_id == SampleRow.id, ConfigurationRow.kind == kind)


def _latest(*outcomes: AttemptOutcome) -> Any:
    """The latest attempt of the sample ended, or stands, so."""
    return exists().where(
        AttemptRow.sample_id == SampleRow.id,
        AttemptRow.number == SampleRow.attempt,
        AttemptRow.outcome.in_(outcomes),
    )


def _value(table: type[ValueScalarRow | ValueArrayRow | ValueEntryRow], *conditions: Any) -> Any:
    return exists().where(
        table.configuration_id == AnalysisRow.configuration_id,
        table.observable_id == AnalysisRow.observable_id,
        *conditions,
    )


def broken_rules() -> dict[str, Select[Any]]:
    """What must not be, and a query for the rows of which it is true."""
    attempts = (
        select(func.max(AttemptRow.number)).where(AttemptRow.sample_id == SampleRow.id).scalar_subquery()
    )
    own = ObservableColumnRow.observable_id == AnalysisRow.observable_id
    scalars = _ANALYSIS.join(ObservableColumnRow, own).add_columns(ObservableColumnRow.key.label("key"))
    is_scalar = cast(ObservableColumnRow.shape, Text) == "[]"
    of_aggregate = [
        exists().where(table.aggregate_id == AggregateRow.id)
        for table in (AggregateScalarRow, AggregateArrayRow)
    ]
    values = _ANALYSIS.join(ValueScalarRow, _value_of_analysis()).add_columns(ValueScalarRow.key.label("key"))
    done, running, failed = (SampleRow.state == state for state in (State.DONE, State.RUNNING, State.FAILED))
    return {
        "is done without an inherent state": OF_SAMPLE.where(done, ~_file("inherent")),
        "was made, but its liquid is not kept": OF_SAMPLE.where(
            done, _latest(AttemptOutcome.DONE), ~_file("liquid")
        ),
        "is done, but not by its latest attempt": OF_SAMPLE.where(
            done, ~_latest(AttemptOutcome.DONE, AttemptOutcome.IMPORTED)
        ),
        "has a configuration, but is not done": _FILE.where(~done),
        "is not the work of the attempt that finished the sample": _FILE.where(
            ConfigurationRow.attempt != SampleRow.attempt
        ),
        "is running, but its latest attempt is not": OF_SAMPLE.where(
            running, ~_latest(AttemptOutcome.RUNNING)
        ),
        "has failed, but its latest attempt has not": OF_SAMPLE.where(
            failed, ~_latest(AttemptOutcome.FAILED)
        ),
        "runs, but is not what its sample waits for": _ATTEMPT.where(
            AttemptRow.outcome == AttemptOutcome.RUNNING,
            or_(~running, AttemptRow.number != SampleRow.attempt),
        ),
        "has another number of attempts than it counts": OF_SAMPLE.where(
            func.coalesce(attempts, 0) != SampleRow.attempt
        ),
        "has failed, but has values": _ANALYSIS.where(
            AnalysisRow.state == State.FAILED,
            or_(*(_value(table) for table in (ValueScalarRow, ValueArrayRow, ValueEntryRow))),
        ),
        "is done, but lacks this scalar": scalars.where(
            AnalysisRow.state == State.DONE,
            is_scalar,
            ~_value(ValueScalarRow, ValueScalarRow.key == ObservableColumnRow.key),
        ),
        "is not finite": values.where(or_(ValueScalarRow.value > _LARGEST, ValueScalarRow.value < -_LARGEST)),
        "is the file of several configurations": select(ConfigurationRow.path.label("path"))
        .group_by(ConfigurationRow.path)
        .having(func.count() > 1),
        "belongs to no ensemble": _AGGREGATE.where(
            ~exists().where(AggregateMemberRow.aggregate_id == AggregateRow.id)
        ),
        "has values although it failed": _AGGREGATE.where(
            AggregateRow.state == State.FAILED, or_(*of_aggregate)
        ),
    }


def _value_of_analysis() -> Any:
    return and_(
        ValueScalarRow.configuration_id == AnalysisRow.configuration_id,
        ValueScalarRow.observable_id == AnalysisRow.observable_id,
    )
