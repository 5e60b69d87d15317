"""SQL from users: one statement that reads. The database enforces it; the look at the text explains it."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError

from pssglass.errors import QueryError

from .engine import Location, connect
from .failures import explained, first_line

_QUOTED_OR_COMMENT = re.compile(
    r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$.*?\$\2\$)|--[^\n]*|/\*.*?\*/""", re.DOTALL
)


def run(location: Location, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of one SELECT or WITH statement.

    Raises:
        QueryError: the statement is refused, or the database does not understand it.
    """
    check(sql)
    engine = connect(location, read_only=True)
    # PostgreSQL streams from a cursor declared on the server, which takes one reading statement and no other.
    options = {"reading": True, "stream_results": True, "no_parameters": True}
    try:
        with explained(location), engine.connect() as connection:
            try:
                result = connection.execution_options(**options).exec_driver_sql(sql)
                return list(result.keys()), [tuple(row) for row in result]
            except (DBAPIError, sqlite3.Warning, ValueError) as error:
                cause = error.orig if isinstance(error, DBAPIError) else error
                remedy = "db/README.md lists tables, views and their columns"
                raise QueryError(f"{first_line(cause)}; {remedy}") from None
    finally:
        engine.dispose()


def check(sql: str) -> None:
    """QueryError unless the text looks like one SELECT or WITH statement, comments and quoted text aside."""
    if "\0" in sql:
        raise QueryError("the statement holds a NUL character; leave it out")
    bare = _QUOTED_OR_COMMENT.sub(lambda match: "''" if match[1] else " ", sql).strip()
    statement = bare.rstrip("; \t\r\n")
    if ";" in statement:
        raise QueryError("several statements at once; give one SELECT")
    first = re.match(r"\(*\s*(\w*)", statement)
    word = first[1].upper() if first else ""
    if word not in ("SELECT", "WITH"):
        raise QueryError(f"'{word or sql}' does not read; give one SELECT (or WITH … SELECT)")
