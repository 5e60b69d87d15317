"""Samples that are glasses of one liquid."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Each sample there is was a liquid of its own."""
    for name in ("lineage", "glass"):
        op.add_column("sample", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE sample SET lineage = replica")
