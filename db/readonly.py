"""SQL from users: one statement that reads. The database enforces it; the look at the text explains it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection
from typing import Any

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from pssglass.base.errors import QueryError, suggest

from . import views
from .engine import Location, connect
from .failures import explained, first_line

_TOKEN = re.compile(
    r"""(?P<text>(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'"""
    r"""|(?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$)"""
    r"""|(?P<name>"(?:[^"]|"")*")|--[^\r\n]*|/\*.*?\*/""",
    re.DOTALL,
)
_NAME = re.compile(r"""("(?:[^"]|"")*"|[^\W\d][\w$]*)(\s*\()?""")
_UNKNOWN = re.compile(
    r"""(?P<what>column|table|relation):? "?(?:[\w$]+\.)?(?P<name>[\w$]+)"?(?: does not exist| - |$)"""
)
# Volatile only because their results differ from call to call.
_HARMLESS = ("random", "clock_timestamp", "timeofday", "gen_random_uuid")
_VOLATILE = "SELECT DISTINCT proname FROM pg_catalog.pg_proc WHERE provolatile = 'v'"


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
            if location.file is None:
                _check_functions(sql, set(connection.exec_driver_sql(_VOLATILE).scalars()))
            try:
                result = connection.execution_options(**options).exec_driver_sql(sql)
                return list(result.keys()), [tuple(row) for row in result]
            except (DBAPIError, sqlite3.Warning, ValueError) as error:
                cause = error.orig if isinstance(error, DBAPIError) else error
                fault = first_line(cause)
                remedy = (
                    f"{_closest(engine, fault)}`pssglass sql --schema` lists views, tables and their columns"
                )
                raise QueryError(f"{fault}; {remedy}") from None
    finally:
        engine.dispose()


def _closest(engine: Engine, fault: str) -> str:
    """For a column or a relation that the database does not know: what may be meant, or must be done."""
    unknown = _UNKNOWN.search(fault)
    if not unknown:
        return ""
    with engine.execution_options(reading=True).connect() as connection:
        if not views.are_current(connection):
            return f"{views.REMEDY}. "
        found = inspect(connection)
        names = {*found.get_table_names(), *found.get_view_names()}
        if unknown["what"] == "column":
            names = {str(column["name"]) for name in names for column in found.get_columns(name)}
    hint = suggest(unknown["name"], names)
    return f"{hint} " if hint.startswith("did you mean") else ""


def check(sql: str) -> None:
    """QueryError unless the text looks like one SELECT or WITH statement, comments and quoted text aside."""
    if "\0" in sql:
        raise QueryError("the statement holds a NUL character; leave it out")
    statement = _bare(sql, name='""').rstrip("; \t\r\n")
    if ";" in statement:
        raise QueryError("several statements at once; give one SELECT")
    first = re.match(r"\(*\s*(\w*)", statement)
    word = first[1].upper() if first else ""
    if word not in ("SELECT", "WITH"):
        raise QueryError(f"'{word or sql}' does not read; give one SELECT (or WITH … SELECT)")


def _check_functions(sql: str, volatile: Collection[str]) -> None:
    """QueryError for a call of a function that may do more than read.

    A transaction that only reads does not keep PostgreSQL from running those that write outside of tables:
    files and large objects, settings, signals to other sessions. The server itself tells which may.
    """
    bare = _bare(sql)
    if re.search(r'[uU]&"', bare):
        raise QueryError('names written as U&"…" are refused; write them plainly')
    for name, is_called in _NAME.findall(bare):
        plain = name[1:-1] if name.startswith('"') else name.lower()
        if is_called and plain in volatile and plain not in _HARMLESS:
            raise QueryError(f"function '{plain}' may do more than read; leave it out")


def _bare(sql: str, name: str | None = None) -> str:
    """The statement without comments, its texts empty and its quoted names as they are, or all ``name``."""

    def replaced(match: re.Match[str]) -> str:
        if match["name"]:
            return match["name"] if name is None else name
        return "''" if match["text"] else " "

    return _TOKEN.sub(replaced, sql).strip()
