"""Ensembles whose liquids another one holds for longer."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """None of those there are has been extended."""
    key = "CONSTRAINT fk_ensemble_extended_to REFERENCES ensemble (id)"
    op.execute(f"ALTER TABLE ensemble ADD COLUMN extended_to INTEGER {key}")
    op.execute("ALTER TABLE ensemble ADD COLUMN folder TEXT")
