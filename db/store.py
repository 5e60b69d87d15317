"""The store: one open database, all that can be asked of it, and the folder of its configurations."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, select

from pssglass.base.errors import DatabaseError
from pssglass.base.files import sync

from . import migrate, views
from .aggregates import AggregateStore
from .analyses import AnalysisStore
from .claims import ClaimStore
from .engine import Location, check_place, connect, locate
from .ensembles import EnsembleStore
from .evidence import EvidenceStore
from .failures import explained
from .integrity import IntegrityStore
from .queries import QueryStore
from .reproduction import ReproductionStore
from .schema import SCHEMA_VERSION, MetaRow
from .single_host import refuse_others
from .tables import ViewTableStore

_FOLDER = "folder"


class Store(
    EnsembleStore,
    ClaimStore,
    AnalysisStore,
    AggregateStore,
    QueryStore,
    ViewTableStore,
    EvidenceStore,
    IntegrityStore,
    ReproductionStore,
):
    """Domain objects in, domain objects out. Every write is one transaction, on disk when the call returns.

    Several threads and processes may use one database, each process through a store of its own.
    """

    schema_version = SCHEMA_VERSION

    @classmethod
    def open(cls, url_or_path: str | Path, *, create: bool = False, read_only: bool = False) -> Store:
        """Opens a SQLite file by its path, a PostgreSQL database by its URL; ``create`` makes it.

        Raises:
            DatabaseMissing: there is nothing at this place, and ``create`` is off.
            DatabaseNotWritable: the file or its folder is write-protected, and ``read_only`` is off.
            SchemaTooNew: a later version of the program made it.
            DatabaseError: it is no pssglass database, or an older one that ``upgrade`` must bring up to date;
                or another machine works on this SQLite file, and ``read_only`` is off.
        """
        location = locate(url_or_path)
        check_place(location, create=create, read_only=read_only)
        if create and location.file and not location.file.exists():
            _create_file(location, location.file)
        engine = connect(location, create=create, read_only=read_only)
        try:
            with explained(location):
                folder = _open_or_create(engine, location, create)
                store = cls(engine, location, folder)
                if not read_only:
                    with store._reading() as session:
                        refuse_others(session, location)
        except BaseException:
            engine.dispose()
            raise
        return store

    @property
    def url(self) -> str:
        """What opens this database again, from any working folder; a URL holds its password."""
        return self.location.address

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _create_file(location: Location, file: Path) -> None:
    """Make a SQLite file that exists with all its tables or not at all; another process may be faster."""
    draft = locate(file.with_name(f".{file.name}.{uuid4().hex}.tmp"))
    assert draft.file
    engine = connect(draft, create=True)
    try:
        with explained(location), engine.begin() as connection:
            _fill(connection, location)
        with suppress(OSError):  # where there are no links, the tables come into the file in its place
            os.link(draft.file, file)
        sync(file.parent)
    finally:
        engine.dispose()
        for leftover in (draft.file, draft.file.with_name(f"{draft.file.name}-journal")):
            leftover.unlink(missing_ok=True)


def _fill(connection: Connection, location: Location) -> None:
    migrate.migrate(connection)
    connection.execute(insert(MetaRow).values(key=_FOLDER, value=str(_new_folder(location))))


def _open_or_create(engine: Engine, location: Location, create: bool) -> Path:
    with engine.execution_options(reading=True).connect() as connection:
        found = migrate.version(connection, location)
        if found is not None or not create:
            migrate.check_version(found, location)
            return _folder(connection, location)
    with engine.begin() as connection:
        views.lock(connection)
        # Another process may have been faster.
        if migrate.version(connection, location) is None:
            _fill(connection, location)
        return _folder(connection, location)


def _new_folder(location: Location) -> Path:
    """Beside a SQLite file, by a relative path so that both can move; of a server, in the current folder."""
    if location.file:
        stem = location.file.stem if location.file.suffix == ".db" else location.file.name
        parent, place = location.file.parent, Path()
    else:
        stem, parent, place = f"{location.url.database}", Path.cwd(), Path.cwd()
    # What is there already belongs to another database, perhaps one that was renamed.
    taken = (parent / f"{stem}.configurations").exists()
    return place / f"{stem}{f'-{uuid4().hex[:8]}' if taken else ''}.configurations"


def _folder(connection: Connection, location: Location) -> Path:
    value = connection.scalar(select(MetaRow.value).where(MetaRow.key == _FOLDER))
    if value is None:
        raise DatabaseError(f"{location}: it lacks the place of its configurations; restore a back-up")
    return (location.file.parent / value) if location.file else Path(value)
