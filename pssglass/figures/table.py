"""The numbers of a figure: what is drawn, and what ``--data`` writes."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from pssglass.base.results import Floats

Cell: TypeAlias = "str | int | float"
EQUILIBRIUM = "in_equilibrium"
"""Column that tells whether the ensemble of a row is; where it is not, symbols are open."""


@dataclass(frozen=True)
class FigureTable:
    """Named columns of text or numbers; NaN stands for one that does not exist (the error of one sample)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> FigureTable:
        """A table from any sequences."""
        return cls(tuple(columns), tuple(tuple(row) for row in rows))

    def texts(self, column: str) -> list[str]:
        """A column as text."""
        index = self.columns.index(column)
        return [str(row[index]) for row in self.rows]

    def numbers(self, column: str) -> Floats:
        """A column of numbers, shape (rows,)."""
        index = self.columns.index(column)
        return np.array([float(row[index]) for row in self.rows])

    def extended(self, column: str, values: Floats | Sequence[str]) -> FigureTable:
        """The table with one more column, of numbers or of texts."""
        cells = (value if isinstance(value, str) else float(value) for value in values)
        rows = tuple((*row, cell) for row, cell in zip(self.rows, cells, strict=True))
        return FigureTable((*self.columns, column), rows)

    def where(self, column: str, value: Cell) -> FigureTable:
        """The rows that hold ``value`` in ``column``."""
        index = self.columns.index(column)
        return FigureTable(self.columns, tuple(row for row in self.rows if row[index] == value))

    def groups(self, column: str) -> dict[str, FigureTable]:
        """The table cut into one for each value of ``column``, in order of first appearance."""
        return {value: self.where(column, value) for value in dict.fromkeys(self.texts(column))}

    def csv(self) -> str:
        """Comma-separated text with a header line; numbers with all their digits, missing ones empty."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([[_cell(value) for value in row] for row in self.rows])
        return stream.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, str | int):
        return str(value)
    return "" if math.isnan(value) else repr(float(value))
