"""The store: one open database, all that can be asked of it, and the folder of its configurations."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, Engine, insert, select

from pssglass.errors import DatabaseError

from . import migrate, views
from .analyses import AnalysisStore
from .claims import ClaimStore
from .engine import Location, check_place, connect, locate
from .ensembles import EnsembleStore
from .failures import explained
from .queries import QueryStore
from .schema import SCHEMA_VERSION, Meta

_FOLDER = "folder"


class Store(EnsembleStore, ClaimStore, AnalysisStore, QueryStore):
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
            DatabaseError: it is no pssglass database, or an older one that ``upgrade`` must bring up to date.
        """
        location = locate(url_or_path)
        check_place(location, create=create, read_only=read_only)
        engine = connect(location, create=create, read_only=read_only)
        try:
            with explained(location):
                folder = _open_or_create(engine, location, create)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, location, folder)

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
            migrate.migrate(connection)
            connection.execute(insert(Meta).values(key=_FOLDER, value=str(_new_folder(location))))
        return _folder(connection, location)


def _new_folder(location: Location) -> Path:
    """Beside a SQLite file, by a relative path so that both can move; of a server, in the current folder."""
    if location.file:
        return Path(f"{location.file.stem}.configurations")
    return Path.cwd() / f"{location.url.database}.configurations"


def _folder(connection: Connection, location: Location) -> Path:
    value = connection.scalar(select(Meta.value).where(Meta.key == _FOLDER))
    if value is None:
        raise DatabaseError(f"{location}: it lacks the place of its configurations; restore a back-up")
    return (location.file.parent / value) if location.file else Path(value)
