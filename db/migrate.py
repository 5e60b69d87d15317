"""Schema versions: what a database has, what this program needs, and the way from one to the other."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import chain, count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from pssglass.base.errors import DatabaseError, DatabaseMissing, NotADatabase, SchemaTooNew
from pssglass.base.files import sync

from . import views
from .engine import Location, check_place, connect, locate
from .failures import explained
from .records import Upgrade
from .schema import SCHEMA_VERSION, Base
from .single_host import refuse_others

SCRIPTS = Path(__file__).with_name("migrations")


def version(connection: Connection, location: Location) -> str | None:
    """Schema version of a database, None for an empty one.

    Raises:
        NotADatabase: its tables are not those of this program.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if not {"alembic_version", "ensemble", "sample"} <= set(tables):
        raise NotADatabase(
            f"{location}: it is no pssglass database (tables {', '.join(tables[:3])} …); name another"
        )
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def check_version(found: str | None, location: Location) -> str:
    """The version of a database that this program can use as it stands.

    Raises:
        SchemaTooNew: it is newer than this program.
        DatabaseMissing: it has no tables.
        DatabaseError: it is older.
    """
    if found is None:
        raise DatabaseMissing(
            f"{location}: it holds no tables; run `pssglass simulate` first, or name another with --db"
        )
    refuse_newer(found, location)
    if found < SCHEMA_VERSION:
        remedy = f"run `pssglass db upgrade --db {location}`"
        raise DatabaseError(
            f"{location}: its schema {found} is older than {SCHEMA_VERSION}, which is needed; {remedy}"
        )
    return found


def refuse_newer(found: str, location: Location) -> None:
    """SchemaTooNew when the database was made by a later program."""
    if found > SCHEMA_VERSION:
        known = f"this program knows up to {SCHEMA_VERSION}"
        raise SchemaTooNew(f"{location}: its schema {found} is too new, {known}; upgrade pssglass")


def upgrade(url_or_path: str | Path) -> Upgrade:
    """Bring an existing database to the schema of this program; a SQLite file is copied first.

    Raises:
        DatabaseMissing, SchemaTooNew, DatabaseNotWritable, DatabaseError: nothing has been changed. Another
            machine that works on a SQLite file is one of the reasons.
    """
    location = locate(url_or_path)
    check_place(location, create=False, read_only=False)
    engine = connect(location)
    try:
        with explained(location), engine.begin() as connection:
            views.lock(connection)
            before = version(connection, location)
            if before is None:
                raise DatabaseMissing(f"{location}: it holds no tables to upgrade; name another with --db")
            refuse_newer(before, location)
            with Session(connection) as session:
                refuse_others(session, location, is_old=before < SCHEMA_VERSION)
            backup = _back_up(location, before) if location.file and before < SCHEMA_VERSION else None
            migrate(connection)
    finally:
        engine.dispose()
    return Upgrade(before, SCHEMA_VERSION, backup)


def migrate(connection: Connection) -> None:
    """Run the missing migrations and make the views anew; the caller holds ``views.lock``."""
    # Only creating and upgrading need Alembic, and it takes long to import.
    from alembic import command
    from alembic.config import Config

    views.drop(connection)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, metadata=Base.metadata)
    command.upgrade(config, SCHEMA_VERSION)
    views.create(connection)


def differences(connection: Connection) -> list[str]:
    """Where the tables of a database of this version are not those that are declared."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [_said(difference) for difference in compare_metadata(context, Base.metadata)]


def _said(difference: Any) -> str:
    """What a difference is about, such as "remove_index ix_sample"; some are lists of them."""
    if isinstance(difference, list):
        return ", ".join(map(_said, difference))
    words = (getattr(part, "name", part) for part in difference)
    return " ".join(word for word in words if isinstance(word, str))


def _back_up(location: Location, found: str) -> Path:
    """Copy a SQLite file while the caller's transaction keeps others from writing; earlier copies stay."""
    assert location.file
    stem = f"{location.file.name}.schema-{found}.backup"
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    copy = next(path for path in map(location.file.with_name, names) if not path.exists())
    partial = copy.with_name(f"{copy.name}.partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(location.file)) as source, closing(sqlite3.connect(partial)) as target:
        source.backup(target)
    sync(partial)
    os.replace(partial, copy)
    sync(copy.parent)
    return copy
