"""Views for people: ``v_samples`` (wide; of earlier ages ``v_earlier_samples``), ``v_ensembles``
(statistics), ``v_scalars``, ``v_arrays`` (long);
``v_ensemble_values`` and ``v_model_values`` for what observables find in whole ensembles and models;
one view for each table that an observable has (``observable_tables.py``);
``v_analyses`` and ``v_aggregates`` for where all that comes from.

Their columns follow the data: every number and word among the model parameters (such as ``rc``) and, in
``v_samples``, every scalar of every observable is a column. So they are made anew when their definition
changes, of which a digest is kept. Where an observable is registered more than once, with another version or
other parameters, ``v_samples`` and ``v_ensembles`` show the one that is chosen (``observable.is_shown``);
``v_scalars`` shows all.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Label,
    ScalarSelect,
    Select,
    Text,
    and_,
    cast,
    delete,
    func,
    insert,
    inspect,
    null,
    select,
)
from sqlalchemy.orm import aliased

from pssglass.base.canonical import digest
from pssglass.base.results import SWAP_PARTS

from . import observable_tables, provenance_views
from .observable_tables import ObservableTable, plain
from .provenance_views import of_observable
from .schema import (
    AggregateArrayRow,
    AggregateMemberRow,
    AggregateRow,
    AggregateScalarRow,
    AttemptRow,
    ConfigurationRow,
    EnsembleRow,
    MetaRow,
    ObservableColumnRow,
    ObservableRow,
    SampleRow,
    ValueArrayRow,
    ValueScalarRow,
)
from .statistics import statistics

NAMES = (
    *("v_samples", "v_earlier_samples", "v_ensembles", "v_scalars", "v_arrays"),
    *("v_ensemble_values", "v_model_values", "v_analyses", "v_aggregates"),
)
"""Of the views that every database has."""
_DIGEST = "views"
_OF_TABLES = "views of tables"
REMEDY = "the views are those of another version; `pssglass db upgrade` makes them anew"
SIZES = "sizes"
"""Table among the parameters of a model as data, whose values are columns as those of the others."""
_LOCK = 0x70737367  # of PostgreSQL, any number of our own: "pssg"
_TAKEN = (
    *("ensemble", "model", "N", "parent_temperature", "replica", "lineage", "glass", "seed", "state", "path"),
    *("rattlers", "core_seconds", "swap_attempts_per_second", "swaps_per_second"),
    *("held_time", "extended_from", "extended_to"),
)
IS_LATEST = EnsembleRow.extended_to.is_(None)
"""Ensembles of which none goes on with their liquids: those that count."""


def refresh(connection: Connection) -> None:
    """Make the views anew if what they should show has changed; part of the caller's transaction."""
    lock(connection)
    if not are_current(connection):
        drop(connection)
        create(connection)


def are_current(connection: Connection) -> bool:
    """Whether the views show what they should."""
    present = connection.scalar(select(MetaRow.value).where(MetaRow.key == _DIGEST))
    return present == digest(definitions(connection))


def create(connection: Connection) -> None:
    """Put the views up."""
    wanted = definitions(connection)
    for name, definition in wanted.items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {definition}")
    of_tables = [name for name in wanted if name not in NAMES]
    connection.execute(delete(MetaRow).where(MetaRow.key.in_((_DIGEST, _OF_TABLES))))
    connection.execute(insert(MetaRow).values(key=_DIGEST, value=digest(wanted)))
    connection.execute(insert(MetaRow).values(key=_OF_TABLES, value=" ".join(of_tables)))


def drop(connection: Connection) -> None:
    """Take the views down, so that the tables under them can change."""
    of_tables = None
    if inspect(connection).has_table(MetaRow.__tablename__):
        of_tables = connection.scalar(select(MetaRow.value).where(MetaRow.key == _OF_TABLES))
    for name in (*NAMES, *(of_tables or "").split()):
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
        select(ObservableRow.id, ObservableRow.name, ObservableColumnRow.key, ObservableColumnRow.shape)
        .join(ObservableColumnRow, ObservableColumnRow.observable_id == ObservableRow.id)
        .where(ObservableRow.is_shown, ObservableRow.level == "sample")
        .order_by(ObservableRow.id, ObservableColumnRow.position)
    )
    found = [row[:3] for row in connection.execute(query) if bool(row.shape) is arrays]
    taken = [] if arrays else [*_TAKEN, *_parameters(connection)]
    uses = Counter(name.casefold() for name in [*taken, *(key for _, _, key in found)])
    return {
        f"{observable}_{key}" if uses[key.casefold()] > 1 else key: (observable_id, key)
        for observable_id, observable, key in found
    }


def definitions(connection: Connection) -> dict[str, str]:
    """The SELECT statement behind each view, by its name."""
    return {
        name: str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        for name, query in selects(connection).items()
    }


def selects(connection: Connection) -> dict[str, Select[Any] | CompoundSelect[Any]]:
    """The same as queries that can be built on."""
    parameters = _parameters(connection)
    return {
        "v_samples": _samples(parameters, columns(connection)).where(IS_LATEST),
        "v_earlier_samples": _earlier(parameters, columns(connection)),
        "v_ensembles": _ensembles(parameters),
        "v_scalars": _long(parameters, ValueScalarRow, ValueScalarRow.value, ValueScalarRow.status),
        "v_arrays": _arrays(parameters),
        "v_ensemble_values": _ensemble_values(parameters),
        "v_model_values": _model_values(parameters),
        "v_analyses": provenance_views.analyses(),
        "v_aggregates": provenance_views.aggregates(),
        **{f"v_{name}": _rows(parameters, one) for name, one in tables(connection).items()},
    }


def tables(connection: Connection) -> dict[str, ObservableTable]:
    """Tables of observables by name, with the observable's name before it where names clash.

    What even then has the name of another has its number in the table ``observable`` behind it.
    """
    found = observable_tables.shown(connection)
    taken = [name.removeprefix("v_") for name in NAMES]
    uses = Counter([*taken, *(one.name for one in found)])
    names = [f"{one.observable}_{one.name}" if uses[one.name] > 1 else one.name for one in found]
    again = Counter([*taken, *names])
    return {
        f"{name}_{one.observable_id}" if again[name] > 1 else name: one
        for name, one in zip(names, found, strict=True)
    }


def sources(connection: Connection, view: str) -> dict[str, tuple[int, str]]:
    """Columns of a view that show what an observable declares -> (observable id, key)."""
    if view in ("v_samples", "v_earlier_samples"):
        return columns(connection)
    table = tables(connection).get(view.removeprefix("v_"))
    if table is None:
        return {}
    subject = (str(one.name) for one in _of_sample(_parameters(connection)))
    found = observable_tables.columns(subject, table)
    return {name: (table.observable_id, key) for name, key in found.items()}


def _rows(parameters: dict[str, bool], table: ObservableTable) -> Select[Any]:
    return observable_tables.rows(_of_sample(parameters), table).where(IS_LATEST)


def _of_sample(parameters: dict[str, bool]) -> list[Any]:
    return [*_of_ensemble(parameters), SampleRow.replica.label("replica")]


def _samples(parameters: dict[str, bool], scalars: dict[str, tuple[int, str]]) -> Select[Any]:
    # One look-up for each scalar: a query pays for those columns only that it names.
    found = [_look_up(*source).label(plain(name)) for name, source in scalars.items()]
    return (
        select(
            *_of_ensemble(parameters),
            SampleRow.replica,
            SampleRow.lineage,
            SampleRow.glass,
            SampleRow.seed,
            SampleRow.state,
            ConfigurationRow.path,
            _rattlers().label("rattlers"),
            _core_seconds().label("core_seconds"),
            _swap_rate("attempts").label("swap_attempts_per_second"),
            _swap_rate("accepted").label("swaps_per_second"),
            _recorded(AttemptRow.record["equilibration", "time"].as_float()).label("held_time"),
            _recorded(AttemptRow.record["extended", "held_time"].as_float()).label("extended_from"),
            *found,
        )
        .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
        .outerjoin(
            ConfigurationRow,
            and_(ConfigurationRow.sample_id == SampleRow.id, ConfigurationRow.kind == "inherent"),
        )
    )


def _earlier(parameters: dict[str, bool], scalars: dict[str, tuple[int, str]]) -> Select[Any]:
    """The same of the ages before those that count, and the name of the ensemble that goes on with them."""
    longer = aliased(EnsembleRow)
    query = _samples(parameters, scalars).add_columns(longer.name.label("extended_to"))
    return query.join(longer, longer.id == EnsembleRow.extended_to)


def _rattlers() -> ScalarSelect[Any]:
    """Of the certificate; those without the entry are of a program that refused glasses with rattlers."""
    return _recorded(func.coalesce(AttemptRow.record["quench", "rattlers"].as_integer(), 0))


def _core_seconds() -> ScalarSelect[Any]:
    """What a glass made here took; of older programs, which did not count it, the time on one core."""
    counted, *parts = (
        AttemptRow.record[key].as_float() for key in ("core_seconds", "dynamics_seconds", "quench_seconds")
    )
    return _recorded(func.coalesce(counted, parts[0] + parts[1]))


def _swap_rate(moves: str) -> ScalarSelect[Any]:
    """Of all moves together, by the time that they took alone; samples without swap have none."""
    parts = [AttemptRow.record["swap", moves, part].as_float() for part in range(SWAP_PARTS)]
    return _recorded(
        sum(parts[1:], parts[0]) / func.nullif(AttemptRow.record["swap", "seconds"].as_float(), 0.0)
    )


def _recorded(value: Any) -> ScalarSelect[Any]:
    """By the attempt that made the configuration."""
    query = select(value).where(
        AttemptRow.sample_id == ConfigurationRow.sample_id, AttemptRow.number == ConfigurationRow.attempt
    )
    return query.correlate(ConfigurationRow).scalar_subquery()


def _look_up(observable_id: int, key: str) -> ScalarSelect[Any]:
    query = select(ValueScalarRow.value).where(
        ValueScalarRow.configuration_id == ConfigurationRow.id,
        ValueScalarRow.observable_id == observable_id,
        ValueScalarRow.key == key,
    )
    return query.correlate(ConfigurationRow).scalar_subquery()


def _ensembles(parameters: dict[str, bool]) -> CompoundSelect[Any]:
    observable = ObservableRow.name.label("observable")
    group = (*_of_ensemble(parameters), observable, ObservableColumnRow.key, ObservableColumnRow.unit)
    return statistics(*group, where=IS_LATEST)


def _long(
    parameters: dict[str, bool], table: type[ValueScalarRow | ValueArrayRow], *values: Any
) -> Select[Any]:
    """One row for each value."""
    declared = and_(
        ObservableColumnRow.observable_id == table.observable_id, ObservableColumnRow.key == table.key
    )
    return (
        select(
            *_of_ensemble(parameters),
            SampleRow.replica,
            *of_observable(),
            table.key,
            *values,
            ObservableColumnRow.unit,
            table.configuration_id,
            table.observable_id,
        )
        .select_from(table)
        .join(ConfigurationRow, ConfigurationRow.id == table.configuration_id)
        .join(SampleRow, SampleRow.id == ConfigurationRow.sample_id)
        .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
        .join(ObservableRow, ObservableRow.id == table.observable_id)
        .join(ObservableColumnRow, declared)
        .where(IS_LATEST)
    )


def _arrays(parameters: dict[str, bool]) -> CompoundSelect[Any]:
    """Arrays of samples, then those of ensembles and models, with a row for each ensemble in them."""
    of_samples = _long(parameters, ValueArrayRow, *_array(ValueArrayRow))
    declared = and_(
        ObservableColumnRow.observable_id == AggregateRow.observable_id,
        ObservableColumnRow.key == AggregateArrayRow.key,
    )
    of_ensembles = (
        select(
            *_of_ensemble(parameters),
            _no_number("replica"),
            *of_observable(),
            AggregateArrayRow.key,
            *_array(AggregateArrayRow),
            ObservableColumnRow.unit,
            _no_number("configuration_id"),
            AggregateRow.observable_id,
            AggregateRow.id.label("aggregate_id"),
        )
        .select_from(AggregateArrayRow)
        .join(AggregateRow, AggregateRow.id == AggregateArrayRow.aggregate_id)
        .join(AggregateMemberRow, AggregateMemberRow.aggregate_id == AggregateRow.id)
        .join(EnsembleRow, EnsembleRow.id == AggregateMemberRow.ensemble_id)
        .join(ObservableRow, ObservableRow.id == AggregateRow.observable_id)
        .join(ObservableColumnRow, declared)
        .where(IS_LATEST)
    )
    return of_samples.add_columns(_no_number("aggregate_id")).union_all(of_ensembles)


def _array(table: type[ValueArrayRow | AggregateArrayRow]) -> list[Any]:
    return [table.dtype, cast(table.shape, Text).label("shape"), table.data]


def _no_number(name: str) -> Label[Any]:
    return cast(null(), Integer).label(name)


def _ensemble_values(parameters: dict[str, bool]) -> Select[Any]:
    query = _with_spread(_of_ensemble(parameters), "ensemble")
    query = query.join(AggregateMemberRow, AggregateMemberRow.aggregate_id == AggregateRow.id)
    return query.join(EnsembleRow, EnsembleRow.id == AggregateMemberRow.ensemble_id).where(IS_LATEST)


def _model_values(parameters: dict[str, bool]) -> Select[Any]:
    _, model, *own, _, _ = _of_ensemble(parameters)
    members = (
        select(AggregateMemberRow)
        .where(AggregateMemberRow.aggregate_id == AggregateRow.id)
        .correlate(AggregateRow)
    )
    count = members.with_only_columns(func.count()).scalar_subquery().label("ensembles")
    first = members.with_only_columns(func.min(AggregateMemberRow.ensemble_id)).scalar_subquery()
    query = _with_spread([AggregateRow.subject.label("label"), model, *own, count], "model")
    # All members agree in the parameters of the model.
    return query.join(EnsembleRow, EnsembleRow.id == first)


def _with_spread(subject: list[Label[Any]], level: str) -> Select[Any]:
    """Each scalar with what the same observable returns as its ``_error``, ``_low`` and ``_high``."""
    column, other = ObservableColumnRow, aliased(ObservableColumnRow)
    spread = ("error", "low", "high")
    is_of_another = select(other).where(
        other.observable_id == column.observable_id, column.key.in_([other.key + f"_{end}" for end in spread])
    )
    return (
        select(
            *subject,
            *of_observable(),
            AggregateScalarRow.key,
            AggregateScalarRow.value,
            *(_beside(f"_{end}").label(end) for end in spread),
            column.unit,
            AggregateRow.id.label("aggregate_id"),
        )
        .select_from(AggregateScalarRow)
        .join(AggregateRow, AggregateRow.id == AggregateScalarRow.aggregate_id)
        .join(ObservableRow, ObservableRow.id == AggregateRow.observable_id)
        .join(column, and_(column.observable_id == ObservableRow.id, column.key == AggregateScalarRow.key))
        .where(ObservableRow.level == level, ~is_of_another.exists())
    )


def _beside(suffix: str) -> ScalarSelect[Any]:
    """The scalar of the same aggregate whose key has this suffix more."""
    beside = aliased(AggregateScalarRow)
    query = select(beside.value).where(
        beside.aggregate_id == AggregateScalarRow.aggregate_id, beside.key == AggregateScalarRow.key + suffix
    )
    return query.correlate(AggregateScalarRow).scalar_subquery()


def _of_ensemble(parameters: dict[str, bool]) -> list[Label[Any]]:
    return [
        EnsembleRow.name.label("ensemble"),
        EnsembleRow.model.label("model"),
        *(_parameter(name, is_text).label(plain(name)) for name, is_text in parameters.items()),
        EnsembleRow.N.label(plain("N")),
        EnsembleRow.parent_temperature.label("parent_temperature"),
    ]


def _parameter(name: str, is_text: bool) -> ColumnElement[Any]:
    """A parameter of the model, or one of its table of sizes."""
    places = [EnsembleRow.spec["parameters", name], EnsembleRow.spec["parameters", SIZES, name]]
    return func.coalesce(*(one.as_string() if is_text else one.as_float() for one in places))


def _parameters(connection: Connection) -> dict[str, bool]:
    """Names of the model parameters that are numbers or words in some ensemble -> whether any is a word."""
    found: dict[str, bool] = {}
    for spec in connection.scalars(select(EnsembleRow.spec)):
        parameters = spec["parameters"]
        for name, value in {**parameters.get(SIZES, {}), **parameters}.items():
            if isinstance(value, (int, float, str)) and not isinstance(value, bool):
                found[name] = found.get(name, False) or isinstance(value, str)
    return {name: found[name] for name in sorted(found.keys() - set(_TAKEN))}
