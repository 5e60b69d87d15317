"""Linear equations in decimals of many digits."""

from __future__ import annotations

from decimal import Decimal


def solve(matrix: list[list[Decimal]], right: list[Decimal]) -> list[Decimal]:
    """Gauss-Jordan elimination with partial pivoting."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for k in range(len(rows)):
        pivot = max(range(k, len(rows)), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i, row in enumerate(rows):
            if i != k:
                rows[i] = [value - row[k] * top for value, top in zip(row, rows[k], strict=True)]
    return [row[-1] for row in rows]
