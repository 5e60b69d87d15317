"""Views for people: ``v_samples`` (wide), ``v_ensembles`` (statistics), ``v_scalars``, ``v_arrays`` (long);
``v_ensemble_values`` and ``v_model_values`` for what observables find in whole ensembles and models;
``v_analyses`` and ``v_aggregates`` for where all that comes from.

Their columns follow the data: every number among the model parameters (such as ``rc``) and, in ``v_samples``,
every scalar of every observable is a column. So they are made anew when their definition changes, of which a
digest is kept. Where an observable is registered more than once, with another version or other parameters,
``v_samples`` and ``v_ensembles`` show the latest registration; ``v_scalars`` shows all.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Label,
    ScalarSelect,
    Select,
    Text,
    and_,
    cast,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import quoted_name

from pssglass.base.canonical import digest

from . import origins
from .records import ValueStatus
from .schema import (
    Aggregate,
    AggregateMember,
    AggregateScalar,
    Configuration,
    Ensemble,
    Meta,
    Observable,
    ObservableColumn,
    Sample,
    ValueArray,
    ValueScalar,
)

NAMES = (
    *("v_samples", "v_ensembles", "v_scalars", "v_arrays", "v_ensemble_values", "v_model_values"),
    *("v_analyses", "v_aggregates"),
)
_DIGEST = "views"
_LOCK = 0x70737367  # of PostgreSQL, any number of our own: "pssg"
_TAKEN = ("ensemble", "model", "N", "parent_temperature", "replica", "seed", "state", "path")


def refresh(connection: Connection) -> None:
    """Make the views anew if what they should show has changed; part of the caller's transaction."""
    lock(connection)
    if not are_current(connection):
        drop(connection)
        create(connection)


def are_current(connection: Connection) -> bool:
    """Whether the views show what they should."""
    present = connection.scalar(select(Meta.value).where(Meta.key == _DIGEST))
    return present == digest(definitions(connection))


def create(connection: Connection) -> None:
    """Put the views up."""
    wanted = definitions(connection)
    for name, definition in wanted.items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {definition}")
    connection.execute(delete(Meta).where(Meta.key == _DIGEST))
    connection.execute(insert(Meta).values(key=_DIGEST, value=digest(wanted)))


def drop(connection: Connection) -> None:
    """Take the views down, so that the tables under them can change."""
    for name in NAMES:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def lock(connection: Connection) -> None:
    """One process at a time changes the schema; on SQLite every writer is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def columns(connection: Connection, *, arrays: bool = False) -> dict[str, tuple[int, str]]:
    """Name of each scalar in ``v_samples`` -> (observable id, key); with ``arrays`` that of each array.

    The name is the key, with the observable's name before it where keys clash.
    """
    query = (
        select(Observable.id, Observable.name, ObservableColumn.key, ObservableColumn.shape)
        .join(ObservableColumn, ObservableColumn.observable_id == Observable.id)
        .where(_latest(), Observable.level == "sample")
        .order_by(Observable.id, ObservableColumn.position)
    )
    found = [row[:3] for row in connection.execute(query) if bool(row.shape) is arrays]
    taken = [] if arrays else [*_TAKEN, *_parameters(connection)]
    uses = Counter(name.casefold() for name in [*taken, *(key for _, _, key in found)])
    return {
        f"{observable}_{key}" if uses[key.casefold()] > 1 else key: (observable_id, key)
        for observable_id, observable, key in found
    }


def statistics(*group: Any) -> Select[Any]:
    """Mean, standard error, standard deviation and count of each scalar of each ensemble, after ``group``.

    Each is a look-up of its own, so that a query pays only for the rows and columns that it names. The spread
    takes two passes: the one-pass formula loses all digits of a small spread around a large mean.
    """
    measured = _measured(ValueScalar.value)
    each = _measured(ValueScalar.value, func.avg(ValueScalar.value).over().label("mean")).subquery()
    squares = func.sum((each.c.value - each.c.mean) * (each.c.value - each.c.mean))
    variance = squares / func.nullif(func.count() - 1, 0)
    return (
        select(
            *group,
            _measured(func.avg(ValueScalar.value)).scalar_subquery().label("mean"),
            select(func.sqrt(variance / func.count()))
            .select_from(each)
            .scalar_subquery()
            .label("standard_error"),
            select(func.sqrt(variance)).select_from(each).scalar_subquery().label("std"),
            _measured(func.count()).scalar_subquery().label("count"),
        )
        .select_from(Ensemble)
        .join(Observable, _latest())
        .join(ObservableColumn, ObservableColumn.observable_id == Observable.id)
        .where(Observable.level == "sample", measured.exists())
    )


def _measured(*columns: Any) -> Select[Any]:
    """Values of the scalar and the ensemble of the query around."""
    return (
        select(*columns)
        .select_from(Sample)
        .join(Configuration, and_(Configuration.sample_id == Sample.id, Configuration.kind == "inherent"))
        .join(ValueScalar, ValueScalar.configuration_id == Configuration.id)
        .where(
            Sample.ensemble_id == Ensemble.id,
            ValueScalar.observable_id == ObservableColumn.observable_id,
            ValueScalar.key == ObservableColumn.key,
            ValueScalar.status == ValueStatus.OK,
        )
        .correlate(Ensemble, ObservableColumn)
    )


def definitions(connection: Connection) -> dict[str, str]:
    """The SELECT statement behind each view, by its name."""
    return {
        name: str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        for name, query in selects(connection).items()
    }


def selects(connection: Connection) -> dict[str, Select[Any]]:
    """The same as queries that can be built on."""
    parameters = _parameters(connection)
    shape = cast(ValueArray.shape, Text).label("shape")
    return {
        "v_samples": _samples(parameters, columns(connection)),
        "v_ensembles": _ensembles(parameters),
        "v_scalars": _long(parameters, ValueScalar, ValueScalar.value, ValueScalar.status),
        "v_arrays": _long(parameters, ValueArray, ValueArray.dtype, shape, ValueArray.data),
        "v_ensemble_values": _ensemble_values(parameters),
        "v_model_values": _model_values(parameters),
        "v_analyses": origins.analyses(),
        "v_aggregates": origins.aggregates(),
    }


def _samples(parameters: list[str], scalars: dict[str, tuple[int, str]]) -> Select[Any]:
    # One look-up for each scalar: a query pays for those columns only that it names.
    found = [_look_up(*source).label(_plain(name)) for name, source in scalars.items()]
    return (
        select(
            *_of_ensemble(parameters), Sample.replica, Sample.seed, Sample.state, Configuration.path, *found
        )
        .join(Ensemble, Ensemble.id == Sample.ensemble_id)
        .outerjoin(
            Configuration, and_(Configuration.sample_id == Sample.id, Configuration.kind == "inherent")
        )
    )


def _look_up(observable_id: int, key: str) -> ScalarSelect[Any]:
    query = select(ValueScalar.value).where(
        ValueScalar.configuration_id == Configuration.id,
        ValueScalar.observable_id == observable_id,
        ValueScalar.key == key,
    )
    return query.correlate(Configuration).scalar_subquery()


def _ensembles(parameters: list[str]) -> Select[Any]:
    observable = Observable.name.label("observable")
    return statistics(*_of_ensemble(parameters), observable, ObservableColumn.key, ObservableColumn.unit)


def _long(parameters: list[str], table: type[ValueScalar | ValueArray], *values: Any) -> Select[Any]:
    """One row for each value."""
    declared = and_(ObservableColumn.observable_id == table.observable_id, ObservableColumn.key == table.key)
    return (
        select(
            *_of_ensemble(parameters),
            Sample.replica,
            Observable.name.label("observable"),
            Observable.version,
            table.key,
            *values,
            ObservableColumn.unit,
            table.configuration_id,
            table.observable_id,
        )
        .select_from(table)
        .join(Configuration, Configuration.id == table.configuration_id)
        .join(Sample, Sample.id == Configuration.sample_id)
        .join(Ensemble, Ensemble.id == Sample.ensemble_id)
        .join(Observable, Observable.id == table.observable_id)
        .join(ObservableColumn, declared)
    )


def _ensemble_values(parameters: list[str]) -> Select[Any]:
    query = _with_spread(_of_ensemble(parameters), "ensemble")
    return query.join(AggregateMember, AggregateMember.aggregate_id == Aggregate.id).join(
        Ensemble, Ensemble.id == AggregateMember.ensemble_id
    )


def _model_values(parameters: list[str]) -> Select[Any]:
    _, model, *numbers, _, _ = _of_ensemble(parameters)
    members = select(AggregateMember).where(AggregateMember.aggregate_id == Aggregate.id).correlate(Aggregate)
    count = members.with_only_columns(func.count()).scalar_subquery().label("ensembles")
    first = members.with_only_columns(func.min(AggregateMember.ensemble_id)).scalar_subquery()
    query = _with_spread([Aggregate.subject.label("label"), model, *numbers, count], "model")
    # All members agree in the parameters of the model.
    return query.join(Ensemble, Ensemble.id == first)


def _with_spread(subject: list[Label[Any]], level: str) -> Select[Any]:
    """Each scalar with what the same observable returns as its ``_error``, ``_low`` and ``_high``."""
    column, other = ObservableColumn, aliased(ObservableColumn)
    spread = ("error", "low", "high")
    is_of_another = select(other).where(
        other.observable_id == column.observable_id, column.key.in_([other.key + f"_{end}" for end in spread])
    )
    return (
        select(
            *subject,
            Observable.name.label("observable"),
            Observable.version,
            AggregateScalar.key,
            AggregateScalar.value,
            *(_beside(f"_{end}").label(end) for end in spread),
            column.unit,
            Aggregate.id.label("aggregate_id"),
        )
        .select_from(AggregateScalar)
        .join(Aggregate, Aggregate.id == AggregateScalar.aggregate_id)
        .join(Observable, Observable.id == Aggregate.observable_id)
        .join(column, and_(column.observable_id == Observable.id, column.key == AggregateScalar.key))
        .where(Observable.level == level, ~is_of_another.exists())
    )


def _beside(suffix: str) -> ScalarSelect[Any]:
    """The scalar of the same aggregate whose key has this suffix more."""
    beside = aliased(AggregateScalar)
    query = select(beside.value).where(
        beside.aggregate_id == AggregateScalar.aggregate_id, beside.key == AggregateScalar.key + suffix
    )
    return query.correlate(AggregateScalar).scalar_subquery()


def _of_ensemble(parameters: list[str]) -> list[Label[Any]]:
    return [
        Ensemble.name.label("ensemble"),
        Ensemble.model.label("model"),
        *(Ensemble.spec["parameters", name].as_float().label(_plain(name)) for name in parameters),
        Ensemble.N.label(_plain("N")),
        Ensemble.parent_temperature.label("parent_temperature"),
    ]


def _latest() -> ColumnElement[bool]:
    """The observable is the latest registration of its name."""
    return Observable.id.in_(select(func.max(Observable.id)).group_by(Observable.name).correlate(None))


def _parameters(connection: Connection) -> list[str]:
    """Names of the model parameters that are plain numbers in some ensemble."""
    specs = connection.scalars(select(Ensemble.spec))
    numbers = (
        name
        for spec in specs
        for name, value in spec["parameters"].items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    )
    return sorted(set(numbers) - set(_TAKEN))


def _plain(name: str) -> str:
    """Capitals stay unquoted: PostgreSQL folds them, in the view as in ``SELECT N``."""
    return name if name.islower() else quoted_name(name, quote=False)
