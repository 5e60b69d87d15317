"""Arrays may be the columns of a table, whose entries SQL can read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """No observable had a table before."""
    op.add_column("observable_column", sa.Column("in_table", sa.Text))
    op.create_table(
        "value_entry",
        sa.Column("configuration_id", sa.Integer, primary_key=True),
        sa.Column("observable_id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("value", sa.Double, nullable=False),
        sa.ForeignKeyConstraint(
            ["configuration_id", "observable_id"], ["analysis.configuration_id", "analysis.observable_id"]
        ),
        sa.ForeignKeyConstraint(
            ["observable_id", "key"], ["observable_column.observable_id", "observable_column.key"]
        ),
        sqlite_with_rowid=False,
    )
