"""The tables. Times are UTC and taken from the database's own clock; JSON is stored in canonical form.

    ensemble ─< sample ─< attempt >─ software, platform
                  └──< configuration ─< analysis >─ observable ─< observable_column
                                           ├──< value_scalar
                                           ├──< value_array
                                           └──< value_entry
    observable ─< aggregate ─< aggregate_scalar, aggregate_array
                      └──< aggregate_member >─ ensemble ─< statistic
    removal

A change here needs a migration in ``migrations/versions`` and a new ``SCHEMA_VERSION``.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from .records import AttemptOutcome, State, ValueStatus

SCHEMA_VERSION = "0009"

_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - declared so by SQLAlchemy
        str: Text,
        float: Double,
        bytes: LargeBinary,
        datetime: DateTime,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(value)) for value in values)})", name=column)


class MetaRow(Base):
    """Facts about the database itself: where configurations are kept, which views stand."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class SoftwareRow(Base):
    """One build of the program with the versions of what it depends on."""

    __tablename__ = "software"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    version: Mapped[str | None]
    git_revision: Mapped[str | None]
    compiler: Mapped[str | None]
    details: Mapped[dict[str, Any]]


class PlatformRow(Base):
    """One machine."""

    __tablename__ = "platform"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    host: Mapped[str | None]
    cpu: Mapped[str | None]
    details: Mapped[dict[str, Any]]


class EnsembleRow(Base):
    """One model at one parent temperature, N and protocol; ``spec`` says all, columns repeat parts of it.

    ``model_hash`` is that of all that the model of this name and these parameters was then, and
    ``model_package`` what provided it; ensembles of earlier schemas have neither. One of an earlier age is
    ``extended_to`` the one that goes on with its liquids, and counts no more. ``folder`` is that of its files
    where it is not named as the ensemble is.
    """

    __tablename__ = "ensemble"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    spec_hash: Mapped[str] = mapped_column(unique=True)
    spec: Mapped[dict[str, Any]]
    seed: Mapped[int] = mapped_column(BigInteger)
    model: Mapped[str]
    N: Mapped[int] = mapped_column("n")
    parent_temperature: Mapped[float | None]
    model_hash: Mapped[str | None]
    model_package: Mapped[str | None]
    extended_to: Mapped[int | None] = mapped_column(ForeignKey("ensemble.id"))
    folder: Mapped[str | None]

    @property
    def place(self) -> str:
        """Folder of its files, in that of the configurations."""
        return self.folder or self.name


class SampleRow(Base):
    """One member of an ensemble; ``attempt`` counts its attempts, of which only the latest may write.

    Those of one ``lineage`` are glasses of one liquid, numbered by ``glass``; of ensembles without lineages
    each sample is a lineage of its own, of one glass.
    """

    __tablename__ = "sample"
    __table_args__ = (UniqueConstraint("ensemble_id", "replica"), _one_of("state", State))

    id: Mapped[int] = mapped_column(primary_key=True)
    ensemble_id: Mapped[int] = mapped_column(ForeignKey("ensemble.id"))
    replica: Mapped[int]
    lineage: Mapped[int] = mapped_column(server_default="0")
    glass: Mapped[int] = mapped_column(server_default="0")
    seed: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    attempt: Mapped[int]
    lease_until: Mapped[datetime | None]
    lease_from: Mapped[datetime | None]
    """When the lease was renewed last: later than now if the clock has been put back since."""


class _Computed:
    """Columns that say who computed a row."""

    software_id: Mapped[int] = mapped_column(ForeignKey("software.id"))
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    worker: Mapped[str]


class _Settled(_Computed):
    """Columns of a computation that ended: ``state`` is done, or failed for a ``reason``."""

    finished_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str | None]


class _Array:
    """Columns of an array in C order: ``numpy.frombuffer(data, dtype).reshape(shape)``."""

    dtype: Mapped[str]
    shape: Mapped[list[Any]]
    data: Mapped[bytes]


class AttemptRow(_Computed, Base):
    """Who worked on a sample, when, and how it ended; ``record`` is what the run and the quench reported."""

    __tablename__ = "attempt"
    __table_args__ = (_one_of("outcome", AttemptOutcome),)

    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    wall_time: Mapped[float | None]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    record: Mapped[dict[str, Any] | None]


class ConfigurationRow(Base):
    """One immutable file, written by one attempt; ``path`` is relative to the folder of configurations."""

    __tablename__ = "configuration"
    __table_args__ = (
        UniqueConstraint("sample_id", "kind"),
        CheckConstraint("kind IN ('liquid', 'inherent', 'trajectory')", name="kind"),
        ForeignKeyConstraint(["sample_id", "attempt"], ["attempt.sample_id", "attempt.number"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"))
    attempt: Mapped[int]
    kind: Mapped[str]
    path: Mapped[str]
    sha256: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)


class ObservableRow(Base):
    """One version of an observable with one set of parameters; the distribution is that of its first use."""

    __tablename__ = "observable"
    __table_args__ = (UniqueConstraint("name", "version", "params_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[str]
    level: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    params_hash: Mapped[str]
    distribution: Mapped[str]
    distribution_version: Mapped[str]
    is_shown: Mapped[bool] = mapped_column(server_default=false())
    """Whether it is the one of its name that views, figures and the report show."""


class ObservableColumnRow(Base):
    """One declared result of an observable, in order of ``position``; ``shape`` is [] for a scalar.

    An array may be a column of a table, ``in_table``, whose entries stand in ``value_entry``, too.
    """

    __tablename__ = "observable_column"

    observable_id: Mapped[int] = mapped_column(ForeignKey("observable.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    unit: Mapped[str]
    doc: Mapped[str]
    shape: Mapped[list[Any]]
    in_table: Mapped[str | None]


class AnalysisRow(_Settled, Base):
    """One observable of one configuration: done, or failed and why."""

    __tablename__ = "analysis"
    __table_args__ = (CheckConstraint("state IN ('done', 'failed')", name="state"),)

    configuration_id: Mapped[int] = mapped_column(ForeignKey("configuration.id"), primary_key=True)
    observable_id: Mapped[int] = mapped_column(ForeignKey("observable.id"), primary_key=True)


def _of_analysis() -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """A value belongs to an analysis and to a declared column."""
    analysis = ["analysis.configuration_id", "analysis.observable_id"]
    column = ["observable_column.observable_id", "observable_column.key"]
    return (
        ForeignKeyConstraint(["configuration_id", "observable_id"], analysis),
        ForeignKeyConstraint(["observable_id", "key"], column),
    )


class ValueScalarRow(Base):
    """A number with its status: a missing one is a status, a NaN is never stored."""

    __tablename__ = "value_scalar"
    __table_args__ = (
        *_of_analysis(),
        _one_of("status", ValueStatus),
        CheckConstraint("(status = 'ok') = (value IS NOT NULL)", name="value"),
        # The rows of one configuration lie side by side, and the key is stored once.
        {"sqlite_with_rowid": False},
    )

    configuration_id: Mapped[int] = mapped_column(primary_key=True)
    observable_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float | None]
    status: Mapped[str]


class ValueArrayRow(_Array, Base):
    """An array of dtype '<f8' or '<i8'."""

    __tablename__ = "value_array"
    __table_args__ = _of_analysis()

    configuration_id: Mapped[int] = mapped_column(primary_key=True)
    observable_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)


class ValueEntryRow(Base):
    """One entry of an array that is a column of a table, for SQL, which cannot look into ``value_array``."""

    __tablename__ = "value_entry"
    __table_args__ = (*_of_analysis(), {"sqlite_with_rowid": False})

    configuration_id: Mapped[int] = mapped_column(primary_key=True)
    observable_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]


class AggregateRow(_Settled, Base):
    """One observable of an ensemble or a model, named by ``subject``: done, or failed and why.

    It holds as long as ``inputs``, a digest of all that it was found from, is what it would be found from
    today; without one it is found anew.
    """

    __tablename__ = "aggregate"
    __table_args__ = (CheckConstraint("state IN ('done', 'failed')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    observable_id: Mapped[int] = mapped_column(ForeignKey("observable.id"))
    subject: Mapped[str]
    inputs: Mapped[str | None]


class AggregateMemberRow(Base):
    """An ensemble whose samples an aggregate is made of: one, or all of a model."""

    __tablename__ = "aggregate_member"

    aggregate_id: Mapped[int] = mapped_column(ForeignKey("aggregate.id"), primary_key=True)
    ensemble_id: Mapped[int] = mapped_column(ForeignKey("ensemble.id"), primary_key=True)


class AggregateScalarRow(Base):
    """A number; one that an observable left out has no row."""

    __tablename__ = "aggregate_scalar"

    aggregate_id: Mapped[int] = mapped_column(ForeignKey("aggregate.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float]


class AggregateArrayRow(_Array, Base):
    """An array, stored as in ``value_array``."""

    __tablename__ = "aggregate_array"

    aggregate_id: Mapped[int] = mapped_column(ForeignKey("aggregate.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)


class StatisticRow(Base):
    """What ``v_ensembles`` has of a scalar of an ensemble, or the number of arrays, as of the last analysis.

    It holds as long as ``inputs`` are how many analyses of the observable the ensemble has, and how many
    removals there were.
    """

    __tablename__ = "statistic"
    __table_args__ = (
        ForeignKeyConstraint(
            ["observable_id", "key"], ["observable_column.observable_id", "observable_column.key"]
        ),
    )

    ensemble_id: Mapped[int] = mapped_column(ForeignKey("ensemble.id"), primary_key=True)
    observable_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    inputs: Mapped[str]
    count: Mapped[int]
    mean: Mapped[float | None]
    standard_error: Mapped[float | None]
    std: Mapped[float | None]
    lineages: Mapped[int | None]
    effective_count: Mapped[float | None]


class RemovalRow(_Computed, Base):
    """What a user has removed, when, and who it was; ``details`` names all that went with it."""

    __tablename__ = "removal"

    id: Mapped[int] = mapped_column(primary_key=True)
    removed_at: Mapped[datetime]
    what: Mapped[str]
    details: Mapped[dict[str, Any]]
