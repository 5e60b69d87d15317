"""What tests of several folders share."""

from __future__ import annotations

import os
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from pssglass.execution import stopping

LONG = ("resilience", "benchmarks")
MEMORY = Path("/dev/shm")
SERVERS = os.environ.get("PSSGLASS_TEST_POSTGRES", "").split()
"""URLs of PostgreSQL servers on which databases can be made."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server: tests on PostgreSQL, besides those that say so themselves.

    Folders whose files take minutes come first: where workers share the files, none is left alone with one.
    """
    items.sort(key=lambda item: item.path.parent.name not in LONG)
    for item in items:
        given = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if any(value in SERVERS for value in given if isinstance(value, str)):
            item.add_marker("servers")


@pytest.fixture(scope="session", autouse=True)
def importable() -> Iterator[None]:
    """Lets processes that tests start import test modules, and the package from where it is installed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # for processes of another user
        (Path(folder) / "tests").symlink_to(Path(__file__).parent)
        sys.path.append(folder)
        yield
        sys.path.remove(folder)


@pytest.fixture(autouse=True)
def stops_end_with_their_test() -> Iterator[None]:
    """A test that asks this process to stop asks no later one."""
    yield
    stopping._stop.clear()


def worker_processes(command: int) -> list[psutil.Process]:
    """The living worker processes of a command."""
    found = []
    for child in psutil.Process(command).children(recursive=True):
        with suppress(psutil.Error):  # it has ended meanwhile
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


@pytest.fixture
def workers_of() -> Callable[[int], list[psutil.Process]]:
    """See ``worker_processes``."""
    return worker_processes


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """An empty folder, in memory where there is such a place: a disk takes long to sync each commit."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@contextmanager
def database_on(server: str, template: str = "template0") -> Iterator[str]:
    """The URL of a new database on a server, empty or a copy of another; it is dropped at the end."""
    url, name = make_url(server), f"pssglass_test_{uuid.uuid4().hex}"
    driver = url.set(drivername="postgresql+psycopg")
    admin = create_engine(driver, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def new_database() -> Callable[..., AbstractContextManager[str]]:
    """Makes databases on a server: ``with new_database(server) as url``."""
    return database_on


@pytest.fixture(params=["sqlite", *SERVERS], ids=lambda place: place.partition(":")[0])
def url(request: pytest.FixtureRequest, memory_folder: Path) -> Iterator[str]:
    """Where a database can be created: a SQLite file, and one on each server in PSSGLASS_TEST_POSTGRES."""
    if request.param == "sqlite":
        yield str(memory_folder / "glass.db")
        return
    with database_on(request.param) as address:
        yield address
