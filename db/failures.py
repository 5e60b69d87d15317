"""What goes wrong inside a database, said in one line with a remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError, SQLAlchemyError, StatementError

from pssglass.base.errors import (
    DatabaseError,
    DatabaseMissing,
    DatabaseNotWritable,
    DatabaseUnreachable,
    InputError,
    NotADatabase,
)

from .engine import Location

_AGAIN = "then run the same command again"

# Primary result codes of SQLite, https://www.sqlite.org/rescode.html
_SQLITE: dict[int, tuple[type[DatabaseError], str]] = {
    sqlite3.SQLITE_FULL: (DatabaseNotWritable, f"the disk is full; free some space, {_AGAIN}"),
    sqlite3.SQLITE_READONLY: (
        DatabaseNotWritable,
        "it is open for reading only, or write-protected; check its permissions",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        DatabaseNotWritable,
        "it cannot be opened; check the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_IOERR: (
        DatabaseError,
        f"the disk reports an error; check it (space, quota, mount), {_AGAIN}",
    ),
    sqlite3.SQLITE_BUSY: (
        DatabaseUnreachable,
        f"another process keeps it locked; let that one finish, {_AGAIN}",
    ),
    sqlite3.SQLITE_NOTADB: (NotADatabase, "it is no pssglass database; name another with --db"),
    sqlite3.SQLITE_CORRUPT: (DatabaseError, "it is damaged; restore it from a back-up"),
}

# SQLSTATE codes of PostgreSQL, https://www.postgresql.org/docs/15/errcodes-appendix.html
_POSTGRESQL: dict[str, tuple[type[DatabaseError], str]] = {
    "53100": (DatabaseNotWritable, f"the server's disk is full; free some space, {_AGAIN}"),
    "25006": (DatabaseNotWritable, "it is open for reading only"),
    "42501": (DatabaseNotWritable, "this user may not do that; ask the owner for the rights"),
}


@contextmanager
def explained(location: Location) -> Iterator[None]:
    """Turns the database's own exceptions into DatabaseError and its kinds; refuses bytes of no Unicode."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise explain(error, location) from error
    except UnicodeEncodeError as error:
        raise InputError(f"{error.object!r} is no Unicode; no text of a database is like that") from None


def explain(error: SQLAlchemyError | sqlite3.Error, location: Location) -> DatabaseError:
    """The error to show for one that came out of the database."""
    cause = error.orig if isinstance(error, StatementError) else error
    if isinstance(cause, sqlite3.Error):
        known = _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    else:
        known = _POSTGRESQL.get(getattr(cause, "sqlstate", None) or "")
    if known:
        kind, remedy = known
        return kind(f"{location}: {remedy}")
    text = first_line(cause)
    if "connection" not in text and not _is_away(error):
        return DatabaseError(f"{location}: {text}")
    if f'database "{location.url.database}" does not exist' in text:
        return DatabaseMissing(
            f"{location}: there is no such database; run `createdb {location.url.database}`"
        )
    kind = DatabaseUnreachable if _is_away(error) else DatabaseError
    return kind(f"{location}: {text}; check the URL, and that the server runs")


def _is_away(error: SQLAlchemyError | sqlite3.Error) -> bool:
    """Whether PostgreSQL cannot be reached: no code at all, connection exceptions, shutdown and start."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or "08"
    return isinstance(error, OperationalError) and state.startswith(("08", "57P"))


def first_line(error: BaseException | None) -> str:
    """The first line of an exception's message."""
    return str(error).strip().partition("\n")[0]
