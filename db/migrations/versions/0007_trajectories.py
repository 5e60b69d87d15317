"""Trajectories stand among the files of a sample."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BEFORE = "kind IN ('liquid', 'inherent')"
AFTER = "kind IN ('liquid', 'inherent', 'trajectory')"


def upgrade() -> None:
    """A third kind of file is allowed."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute("ALTER TABLE configuration DROP CONSTRAINT ck_configuration_kind")
        op.execute(f"ALTER TABLE configuration ADD CONSTRAINT ck_configuration_kind CHECK ({AFTER})")
        return
    # SQLite cannot change a constraint; making the table anew would break what refers to it. A check has no
    # part in how rows are stored, so its text may be changed: https://sqlite.org/lang_altertable.html.
    version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'configuration'"),
        {"before": BEFORE, "after": AFTER},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
