"""Values of whole ensembles and models."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Creates the tables; the next analysis fills them."""
    op.create_table(
        "aggregate",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("observable_id", sa.Integer, sa.ForeignKey("observable.id"), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("software_id", sa.Integer, sa.ForeignKey("software.id"), nullable=False),
        sa.Column("platform_id", sa.Integer, sa.ForeignKey("platform.id"), nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("finished_at", sa.DateTime, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint("state IN ('done', 'failed')", name="state"),
    )
    op.create_table(
        "aggregate_member",
        _of_aggregate(),
        sa.Column("ensemble_id", sa.Integer, sa.ForeignKey("ensemble.id"), primary_key=True),
    )
    op.create_table(
        "aggregate_scalar",
        _of_aggregate(),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Double, nullable=False),
    )
    op.create_table(
        "aggregate_array",
        _of_aggregate(),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("dtype", sa.Text, nullable=False),
        sa.Column("shape", JSON, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def _of_aggregate() -> sa.Column[int]:
    return sa.Column("aggregate_id", sa.Integer, sa.ForeignKey("aggregate.id"), primary_key=True)
