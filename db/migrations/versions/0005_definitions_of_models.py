"""What the model of an ensemble was, and what package provided it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Of the ensembles there are it is not known."""
    for name in ("model_hash", "model_package"):
        op.add_column("ensemble", sa.Column(name, sa.Text))
