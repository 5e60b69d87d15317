"""Which registration of an observable is shown, when a lease was renewed, and what was removed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Of each observable the latest registration is shown, as it was until now."""
    op.add_column("sample", sa.Column("lease_from", sa.DateTime))
    op.add_column("observable", sa.Column("is_shown", sa.Boolean, nullable=False, server_default=sa.false()))
    latest = "SELECT max(id) FROM observable GROUP BY name"
    op.execute(f"UPDATE observable SET is_shown = (1 = 1) WHERE id IN ({latest})")
    op.create_table(
        "removal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("removed_at", sa.DateTime, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("software_id", sa.Integer, sa.ForeignKey("software.id"), nullable=False),
        sa.Column("platform_id", sa.Integer, sa.ForeignKey("platform.id"), nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
    )
