"""First schema: ensembles, samples and attempts, configurations, observables, analyses and values."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Creates all tables."""
    _provenance()
    _samples()
    _observables()
    _values()


def _provenance() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "software",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("version", sa.Text),
        sa.Column("git_revision", sa.Text),
        sa.Column("compiler", sa.Text),
        sa.Column("details", JSON, nullable=False),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "platform",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("host", sa.Text),
        sa.Column("cpu", sa.Text),
        sa.Column("details", JSON, nullable=False),
        sa.UniqueConstraint("hash"),
    )


def _samples() -> None:
    op.create_table(
        "ensemble",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("spec_hash", sa.Text, nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("parent_temperature", sa.Double),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("spec_hash"),
    )
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ensemble_id", sa.Integer, sa.ForeignKey("ensemble.id"), nullable=False),
        sa.Column("replica", sa.Integer, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.DateTime),
        sa.UniqueConstraint("ensemble_id", "replica"),
        sa.CheckConstraint("state IN ('pending', 'running', 'done', 'failed')", name="state"),
    )
    op.create_table(
        "attempt",
        sa.Column("sample_id", sa.Integer, sa.ForeignKey("sample.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("software_id", sa.Integer, sa.ForeignKey("software.id"), nullable=False),
        sa.Column("platform_id", sa.Integer, sa.ForeignKey("platform.id"), nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("wall_time", sa.Double),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("record", JSON),
        sa.CheckConstraint(
            "outcome IN ('running', 'done', 'failed', 'interrupted', 'lost', 'imported')", name="outcome"
        ),
    )
    op.create_table(
        "configuration",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sample_id", sa.Integer, sa.ForeignKey("sample.id"), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("sample_id", "kind"),
        sa.CheckConstraint("kind IN ('liquid', 'inherent')", name="kind"),
        sa.ForeignKeyConstraint(["sample_id", "attempt"], ["attempt.sample_id", "attempt.number"]),
    )


def _observables() -> None:
    op.create_table(
        "observable",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.Column("params_hash", sa.Text, nullable=False),
        sa.Column("distribution", sa.Text, nullable=False),
        sa.Column("distribution_version", sa.Text, nullable=False),
        sa.UniqueConstraint("name", "version", "params_hash"),
    )
    op.create_table(
        "observable_column",
        sa.Column("observable_id", sa.Integer, sa.ForeignKey("observable.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
        sa.Column("shape", JSON, nullable=False),
    )
    op.create_table(
        "analysis",
        sa.Column("configuration_id", sa.Integer, sa.ForeignKey("configuration.id"), primary_key=True),
        sa.Column("observable_id", sa.Integer, sa.ForeignKey("observable.id"), primary_key=True),
        sa.Column("software_id", sa.Integer, sa.ForeignKey("software.id"), nullable=False),
        sa.Column("platform_id", sa.Integer, sa.ForeignKey("platform.id"), nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("finished_at", sa.DateTime, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint("state IN ('done', 'failed')", name="state"),
    )


def _values() -> None:
    op.create_table(
        "value_scalar",
        *_place(),
        sa.Column("value", sa.Double),
        sa.Column("status", sa.Text, nullable=False),
        sa.CheckConstraint("status IN ('ok', 'undefined')", name="status"),
        sa.CheckConstraint("(status = 'ok') = (value IS NOT NULL)", name="value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "value_array",
        *_place(),
        sa.Column("dtype", sa.Text, nullable=False),
        sa.Column("shape", JSON, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def _place() -> tuple[sa.schema.SchemaItem, ...]:
    """A value belongs to an analysis and to a declared column."""
    analysis = ["analysis.configuration_id", "analysis.observable_id"]
    column = ["observable_column.observable_id", "observable_column.key"]
    return (
        sa.Column("configuration_id", sa.Integer, primary_key=True),
        sa.Column("observable_id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.ForeignKeyConstraint(["configuration_id", "observable_id"], analysis),
        sa.ForeignKeyConstraint(["observable_id", "key"], column),
    )
