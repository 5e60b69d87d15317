"""What commands show: rows as a table, CSV or JSON on stdout."""

from __future__ import annotations

import base64
import csv
import json
import math
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from unicodedata import category

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pssglass.cli.streams import shown

_BREAKS = ("Cc", "Zl", "Zp")  # categories of Unicode: controls, and the ends of lines and paragraphs
_WIDTH_OF_PIPES = 400  # a table that goes to a file or a pipe is not folded to the width of a terminal


class RowFormat(StrEnum):
    """How rows are written."""

    csv = "csv"
    json = "json"
    table = "table"


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], form: RowFormat) -> None:
    """Rows on stdout. CSV and JSON carry floats with all their digits; binary values as base64.

    JSON has no infinity: it becomes null.
    """
    if form is RowFormat.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_plain(value) for value in row] for row in rows)
    elif form is RowFormat.json:
        records = [dict(zip(columns, map(as_json, row), strict=True)) for row in rows]
        print(json_text(records))
    else:
        _show_rows(columns, list(rows))


def _show_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table, or where it is wider than the terminal each row on its own, a column a line."""
    cells = [[_for_people(value) for value in row] for row in (columns, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    if sum(widths) + 2 * len(widths) <= _console().width:
        show_table(columns, rows)
        return
    for number, row in enumerate(rows, start=1):
        print(f"-[ {number} ]-")
        show_fields(zip(columns, row, strict=True))
    print(f"{len(rows)} rows")


def show_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    """Rows as a table for people on stdout, numbers to the right."""
    table = Table(title=title and shown(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    cells = [list(row) for row in rows]
    for index, column in enumerate(columns):
        numeric = any(isinstance(row[index], (int, float)) for row in cells)
        table.add_column(_for_people(column), justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(_for_people(value)) for value in row))
    _console().print(table)


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_PIPES
    return console


def json_text(value: Any) -> str:
    """JSON for programs, with escapes where stdout could not show a character."""
    texts = (
        json.dumps(value, default=as_json, ensure_ascii=escaped, indent=1, allow_nan=False)
        for escaped in (False, True)
    )
    return next(text for text in texts if shown(text) == text)


def show_fields(fields: Iterable[tuple[str, Any]]) -> None:
    """Names and values, one pair a line, on stdout."""
    pairs = [(_for_people(name), _for_people(value)) for name, value in fields]
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        print(f"{name:<{width}}  {value}")


def duration(seconds: float | None) -> str:
    """A time for people.

    >>> duration(42.0), duration(5400.0), duration(300000.0), duration(None)
    ('42 s', '1.5 h', '3.47 days', '–')
    """
    if seconds is None:
        return "–"
    units = ((90.0, 1.0, "s"), (5400.0, 60.0, "min"), (129600.0, 3600.0, "h"), (math.inf, 86400.0, "days"))
    unit, name = next((unit, name) for limit, unit, name in units if seconds < limit)
    count = seconds / unit
    return f"{count:.0f} {name}" if count >= 100.0 else f"{count:.3g} {name}"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def as_json(value: Any) -> Any:
    """A value as JSON knows it; PostgreSQL also returns exact decimals and times."""
    if isinstance(value, (float, Decimal)):
        return float(value) if math.isfinite(value) else None
    return value.isoformat(" ") if isinstance(value, datetime) else _plain(value)


def _for_people(value: Any) -> str:
    return shown(on_one_line(_text(value)))


def on_one_line(text: str) -> str:
    r"""A text with escapes for line breaks and other controls, which would pass for rows or colours.

    >>> print(on_one_line("two\nlines"), on_one_line("\x1b[31m"), on_one_line("⟨ν⟩"))
    two\nlines \x1b[31m ⟨ν⟩
    """
    return "".join(one.encode("unicode_escape").decode() if category(one) in _BREAKS else one for one in text)


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return str(value)
