"""What is found from all samples is kept, with a digest of what it was found from."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """What is there has no digest: the next analysis finds it anew."""
    op.add_column("aggregate", sa.Column("inputs", sa.Text))
    op.create_table(
        "statistic",
        sa.Column("ensemble_id", sa.Integer, sa.ForeignKey("ensemble.id"), primary_key=True),
        sa.Column("observable_id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("mean", sa.Double),
        sa.Column("standard_error", sa.Double),
        sa.Column("std", sa.Double),
        sa.Column("lineages", sa.Integer),
        sa.Column("effective_count", sa.Double),
        sa.ForeignKeyConstraint(
            ["observable_id", "key"], ["observable_column.observable_id", "observable_column.key"]
        ),
    )
