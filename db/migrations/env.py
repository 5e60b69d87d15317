"""Run by Alembic: migrates over the connection that ``db/migrate.py`` hands in, inside its transaction."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    transactional_ddl=True,
)
context.run_migrations()
