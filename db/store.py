"""The store: one open database, all that can be asked of it, and the folder of its configurations."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, select

from pssglass.base.errors import DatabaseError, NotADatabase
from pssglass.base.files import make_folder, sync

from . import migrate, views
from .aggregates import AggregateStore
from .analyses import AnalysisStore
from .claims import ClaimStore
from .descriptions import DescriptionStore
from .engine import Location, check_place, connect, locate
from .ensembles import EnsembleStore
from .evidence import EvidenceStore
from .extensions import ExtensionStore
from .failures import explained
from .integrity import IntegrityStore
from .kept import KeptStore
from .queries import QueryStore
from .relaxation_times import RelaxationStore
from .removal import RemovalStore
from .reproduction import ReproductionStore
from .schema import SCHEMA_VERSION, ConfigurationRow, MetaRow
from .single_host import refuse_others
from .tables import ViewTableStore

_FOLDER = "folder"
_SUFFIX = ".configurations"
_LOOKED_FOR = 100
"""Files of which one must be in a folder that has the name of a database: else it is another's."""


class Store(
    EnsembleStore,
    ExtensionStore,
    ClaimStore,
    AnalysisStore,
    AggregateStore,
    KeptStore,
    QueryStore,
    RelaxationStore,
    ViewTableStore,
    EvidenceStore,
    IntegrityStore,
    ReproductionStore,
    DescriptionStore,
    RemovalStore,
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
        _require_unicode(location)
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

    def make_folder(self) -> Path:
        """The folder of configurations, made if there are none yet.

        Raises:
            ConfigurationError: it cannot be made.
            DatabaseError: it is gone with what was in it.
        """
        if not self.folder.is_dir():
            with self._reading() as session:
                is_empty = session.scalars(select(ConfigurationRow.id).limit(1)).first() is None
            if not is_empty:
                raise DatabaseError(
                    f"{self.location}: its configurations are not in {self.folder}; move their folder there"
                )
        make_folder(self.folder)
        return self.folder

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _require_unicode(location: Location) -> None:
    """The name of the file becomes that of its folder, which stands in the tables as text."""
    try:
        (location.file.name if location.file else "").encode()
    except UnicodeEncodeError:
        raise NotADatabase(f"the name of {location.file} is no Unicode; choose another with --db") from None


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
        name, parent, place = _folder_of(location.file), location.file.parent, Path()
    else:
        name, parent, place = f"{location.url.database}{_SUFFIX}", Path.cwd(), Path.cwd()
    # What is there already belongs to another database, perhaps one that was renamed.
    taken = (parent / name).exists()
    return place / (f"{name.removesuffix(_SUFFIX)}-{uuid4().hex[:8]}{_SUFFIX}" if taken else name)


def _folder_of(file: Path) -> str:
    return f"{file.stem if file.suffix == '.db' else file.name}{_SUFFIX}"


def _folder(connection: Connection, location: Location) -> Path:
    """Where the configurations are: of a SQLite file that was renamed, in its folder under either name."""
    value = connection.scalar(select(MetaRow.value).where(MetaRow.key == _FOLDER))
    if value is None:
        raise DatabaseError(f"{location}: it lacks the place of its configurations; restore a back-up")
    if not location.file:
        return Path(value)
    stored, renamed = (location.file.parent / name for name in (value, _folder_of(location.file)))
    if stored == renamed or not renamed.is_dir():
        return stored
    paths = connection.scalars(select(ConfigurationRow.path).limit(_LOOKED_FOR))
    return renamed if any((renamed / path).exists() for path in paths) else stored
