"""Where a database lives, and connections to it.

SQLite runs with foreign keys on, every commit synced to the disk, and its default rollback journal:
write-ahead logging can corrupt a database under SQLite before 3.51.3 and on network file systems.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from pssglass.base.canonical import canonical_json
from pssglass.base.errors import DatabaseError, DatabaseMissing, DatabaseNotWritable, NotADatabase
from pssglass.base.files import irregular
from pssglass.base.secrets import masked_url

BUSY_SECONDS = 60.0
"""How long a SQLite connection waits for another process's transaction."""

IN_TOUCH = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""Of a PostgreSQL connection, in s and ms, unless its URL says otherwise: the loss of a server is noticed."""

_IN_TOUCH_THERE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
"""The same at the other end: a server that has lost us frees what our transaction has locked."""

_LET_GO_THERE = "-c idle_in_transaction_session_timeout=60000"
"""The server also frees, after a minute, what a command has locked that was frozen in a transaction."""

_HOW = "postgresql://USER@HOST/DB"

_MISTYPED = re.compile(r"postgres\w*(\+\w+)?:(?!//)", re.IGNORECASE)
"""No path has such a beginning, and a message must not take a password in it for a folder's name."""

_PAIRS = re.compile(r"\s*(?:host|hostaddr|port|dbname|user|service)\s*=|.*passw(?:or)?d\s*=", re.IGNORECASE)
"""How libpq has it, as "host=localhost password=…"."""

_WITHOUT_SCHEME = re.compile(r"(?://)?[^/:@]+:.*@")
"""As "me:…@host/db", maybe after "//": a path may begin so, too, but then with "./" if it is to be one."""

_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")

_ELSEWHERE = "name another database with --db"


@dataclass(frozen=True)
class Location:
    """A SQLite file, or the URL of a PostgreSQL database."""

    url: URL
    file: Path | None

    @property
    def address(self) -> str:
        """What leads to this place again, password included."""
        return str(self.file) if self.file else self.url.render_as_string(hide_password=False)

    def __str__(self) -> str:
        return str(self.file) if self.file else masked_url(self.address)


def locate(url_or_path: str | Path) -> Location:
    """Understand a path, ``sqlite:///path`` or ``postgresql://user@host/database``.

    Raises:
        NotADatabase: a URL of another kind, or what seems to hold a password and is none.
    """
    text = str(url_or_path)
    if isinstance(url_or_path, Path):
        return _file(url_or_path)
    if "://" not in text:
        _refuse_passwords(text)
        return _file(Path(text))
    url = _parsed(text)
    if fault := _fault(url):
        raise NotADatabase(f"'{masked_url(text)}' {fault}")
    if url.get_backend_name() == "sqlite":
        _refuse_passwords(f"{url.database}")
        return _file(Path(url.database or ""))
    return Location(url.set(drivername="postgresql"), None)


def _refuse_passwords(path: str) -> None:
    if _PAIRS.match(path):
        raise NotADatabase(f"'{masked_url(path)}' is how other programs name a database; write {_HOW}")
    if _MISTYPED.match(path) or _WITHOUT_SCHEME.match(path):
        raise NotADatabase(f"'{masked_url(path)}' is no URL; write {_HOW}, or ./ before a path")


def _parsed(text: str) -> URL:
    try:
        return make_url(text)
    except ArgumentError:
        raise NotADatabase(f"'{masked_url(text)}' is no URL; give a path, or {_HOW}") from None
    except ValueError:
        remedy = "write HOST:5432, or @HOST after a password"
        raise NotADatabase(f"'{masked_url(text)}' has a port that is no number; {remedy}") from None


def _fault(url: URL) -> str:
    """Why a URL leads to no database, and what to do; empty where it does."""
    kind = url.get_backend_name()
    if kind == "postgres":
        return "begins with postgres://; write postgresql://"
    if kind not in ("sqlite", "postgresql"):
        return f"is no place for results; give a path, or {_HOW}"
    if url.drivername not in _DRIVERS:
        return f"asks for a driver that is not used here; write {kind}://"
    if "@" in (url.host or ""):
        return "has several @; write those of the password as %40"
    if url.password is None and ":" in (url.username or ""):
        return "has a user with a : and no password; write a plain : before the password"
    if url.port is not None and not 0 < url.port < 2**16:
        return "has a port that is none; write one from 1 to 65535, as HOST:5432"
    if not url.database:
        example = "sqlite:///PATH" if kind == "sqlite" else _HOW
        return f"lacks the database's name; write {example}"
    if kind == "sqlite" and (url.query or url.host):
        return "has more than a path; write sqlite:///PATH, without host, ? and what follows"
    return ""


def _file(path: Path) -> Location:
    path = path.expanduser().resolve()
    return Location(URL.create("sqlite", database=str(path)), path)


def check_place(location: Location, *, create: bool, read_only: bool) -> None:
    """Refuse a SQLite file that is missing or cannot be written, before anything is opened.

    Raises:
        DatabaseMissing, DatabaseNotWritable, NotADatabase: naming the path and the remedy.
    """
    path = location.file
    if path is None:
        return
    if path.is_dir():
        raise NotADatabase(f"{path} is a folder, not a database; name a file in it")
    if path.exists() and (what := irregular(path)):
        raise NotADatabase(f"{path} can hold no results, {what}; {_ELSEWHERE}")
    if not path.exists():
        if not create:
            raise DatabaseMissing(
                f"there is no database {path}; run `pssglass simulate` first, or {_ELSEWHERE}"
            )
        if not path.parent.is_dir():
            raise DatabaseNotWritable(f"folder {path.parent} does not exist; create it, or {_ELSEWHERE}")
    if read_only:
        return
    for place in (path.parent, path):
        if place.exists() and not os.access(place, os.W_OK):
            raise DatabaseNotWritable(f"{place} is not writable; change its permissions, or {_ELSEWHERE}")


def connect(location: Location, *, create: bool = False, read_only: bool = False) -> Engine:
    """An engine for this place. With ``read_only`` the database refuses every write.

    Raises:
        DatabaseError: PostgreSQL without its driver.
    """
    return (
        _sqlite(location.file, create, read_only) if location.file else _postgresql(location.url, read_only)
    )


def _postgresql(url: URL, read_only: bool) -> Engine:
    try:
        from .watchdog import watched

        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args=_options(url, read_only),
            json_serializer=canonical_json,
        )
    except ModuleNotFoundError:
        raise DatabaseError(
            "PostgreSQL needs the driver psycopg; run `pip install 'psycopg[binary]'`"
        ) from None
    event.listen(engine, "do_connect", watched)
    return engine


def _options(url: URL, read_only: bool) -> dict[str, Any]:
    """What is added to the options that the URL gives; of two settings for the server the latter holds."""
    given = url.normalized_query.get("options", ())
    settings = [_IN_TOUCH_THERE, *given, "-c default_transaction_read_only=on"]
    if not read_only:
        settings = [_IN_TOUCH_THERE, _LET_GO_THERE, *given]
    here = {name: value for name, value in IN_TOUCH.items() if name not in url.query}
    return {**here, "options": " ".join(settings)}


def _sqlite(path: Path, create: bool, read_only: bool) -> Engine:
    def open_file() -> sqlite3.Connection:
        if read_only:
            return open_to_read(path)
        # A file that vanishes must not come back empty: only a create may make one.
        connection = _opened(path, "rwc" if create else "rw")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    # No pool: a connection must neither outlive a fork nor hold the file between transactions.
    engine = create_engine("sqlite://", creator=open_file, poolclass=NullPool, json_serializer=canonical_json)
    event.listen(engine, "begin", _begin)
    return engine


def open_to_read(path: Path, *, any_thread: bool = False) -> sqlite3.Connection:
    """A connection that only reads, and can be used by the thread that made it, or by any."""
    _recover(path)
    connection = _opened(path, "ro", check_same_thread=not any_thread)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _opened(path: Path, mode: str, **options: bool) -> sqlite3.Connection:
    address = f"{path.as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, **options)


def _recover(path: Path) -> None:
    """Undo what a killed process left half-written; a connection that only reads cannot, and would fail."""
    if path.with_name(f"{path.name}-journal").exists():
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection,
        ):
            connection.execute("SELECT count(*) FROM sqlite_master")


def _begin(connection: Connection) -> None:
    """Writers queue up at BEGIN: a transaction that has read can then always write."""
    options: Any = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")
