"""Records of what pssglass computed, and how another computation is compared with them; see README.md."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RECORDS = Path(__file__).parent / "records"

TOLERANCE = 1e-12
"""Relative, of numbers that BLAS or libm have a part in."""
MOST_PARTICLES = 175
"""Of an ensemble of the golden campaign."""
ROUND_OFF = 1e-14
"""Relative, of a number of one sample: their spread is no better known than to this part of them."""
SPREADS = {"std": "mean", "standard_error": "mean", "error": "value"}
"""Column of a spread -> column of what spreads. Elsewhere the spread of ``x`` is called ``x_error``."""
_RESIDUAL = (0.0, 1e-8)
_MINIMISED = (1e-5, 1e-5)
LOOSER: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("residual", "residuals"), _RESIDUAL),
    **dict.fromkeys(("participation_ratio", "participation_ratios"), (1e-10, 0.0)),
    **dict.fromkeys(("T_co_collapse", "T_co_collapse_error", "T_co_collapse_low"), _MINIMISED),
    **dict.fromkeys(("T_co_collapse_high", "energy_at_crossover", "collapse_chi_square"), _MINIMISED),
    **dict.fromkeys(("collapse_chi_square_reduced", "crossover_temperature"), _MINIMISED),
    # Logarithms of few, scattered points may nearly cancel.
    **{
        f"{quantity}_exponent{group}{end}": (1e-8, 1e-8)
        for quantity in ("N_e0", "A_g")
        for group in ("", "_of_all", "_without_stickiest")
        for end in ("", "_error")
    },
    **dict.fromkeys(("relative_temperature", "scaled_energy", "scaled_energy_error"), _MINIMISED),
    # sqrt(N) times a spread over its mean, which is known to ROUND_OFF.
    **{
        f"chi_omega_g{end}": (TOLERANCE, ROUND_OFF * math.sqrt(MOST_PARTICLES))
        for end in ("", "_robust", "_error", "_low", "_high")
    },
}
"""Column -> relative and absolute tolerance, where TOLERANCE cannot be promised; README.md says why."""
if os.environ.get("PSSGLASS_GOLDEN_EXACT"):
    TOLERANCE, ROUND_OFF, LOOSER = 0.0, 0.0, {}


def differences(
    recorded: Any, found: Any, where: str = "", tolerance: tuple[float, float] | None = None
) -> list[str]:
    """Where two plain values differ: numbers by more than a tolerance, all else at all."""
    return list(_differences(recorded, found, where, tolerance or (TOLERANCE, 0.0)))


def _differences(recorded: Any, found: Any, where: str, tolerance: tuple[float, float]) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(found, dict):
        if "rows" in recorded and "columns" in recorded:
            yield from _row_differences(recorded, found, where, tolerance)
            return
        for key in sorted(recorded.keys() | found.keys()):
            inside = f"{where} / {key}"
            if key not in found:
                yield f"{inside}: is missing"
            elif key not in recorded:
                yield f"{inside}: is not recorded"
            else:
                yield from _differences(recorded[key], found[key], inside, LOOSER.get(key, tolerance))
    elif isinstance(recorded, list) and isinstance(found, list):
        if len(recorded) != len(found):
            yield f"{where}: {len(recorded)} were recorded, {len(found)} are found"
            return
        for number, both in enumerate(zip(recorded, found, strict=True)):
            yield from _differences(*both, f"{where}[{number}]", tolerance)
    elif not _agree(recorded, found, tolerance):
        yield f"{where}: {recorded!r} was recorded, {found!r} is found"


def _row_differences(recorded: Any, found: Any, where: str, tolerance: tuple[float, float]) -> Iterator[str]:
    columns = recorded["columns"]
    yield from _differences(columns, found.get("columns"), f"{where} columns", tolerance)
    if columns != found.get("columns"):
        return
    if len(recorded["rows"]) != len(found["rows"]):
        yield f"{where}: {len(recorded['rows'])} rows were recorded, {len(found['rows'])} are found"
        return
    rows = [dict(zip(columns, row, strict=True)) for row in recorded["rows"]]
    values = {_labels(row, row["key"]): row["value"] for row in rows if {"key", "value"} <= row.keys()}
    for number, (row, theirs) in enumerate(zip(rows, found["rows"], strict=True)):
        # Long tables name in a column what the value beside it is.
        key = row.get("key", "")
        of_row = LOOSER.get(key, tolerance)
        for (column, one), other in zip(row.items(), theirs, strict=True):
            relative, absolute = LOOSER.get(column, of_row)
            if one:  # numbers that are all the same have none
                absolute = max(absolute, ROUND_OFF * _what_spreads(row, column, values))
            yield from _differences(one, other, f"{where}[{number}] {key} {column}", (relative, absolute))


def _labels(row: dict[str, Any], key: str) -> str:
    """What tells a value of a long table from the others."""
    return str([key, *(label for column, label in row.items() if column not in ("key", "value"))])


def _what_spreads(row: dict[str, Any], column: str, values: dict[str, Any]) -> float:
    """Magnitude of the number that another is the spread of; 0 where that is no spread."""
    key = row.get("key", "")
    if column == "value" and key.endswith("_error"):
        found = values.get(_labels(row, key.removesuffix("_error")))
    elif column in SPREADS:
        found = row.get(SPREADS[column])
    else:
        found = row.get(column.removesuffix("_error")) if column.endswith("_error") else None
    return abs(found) if isinstance(found, float) else 0.0


_DECIMALS = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")


def _agree(one: Any, other: Any, tolerance: tuple[float, float]) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        relative, absolute = tolerance
        return math.isclose(one, other, rel_tol=relative, abs_tol=absolute)
    if isinstance(one, str) and isinstance(other, str) and " " in one:  # sentences may have numbers in them
        numbers = [[float(text) for text in _DECIMALS.findall(each)] for each in (one, other)]
        return _DECIMALS.sub("", one) == _DECIMALS.sub("", other) and not differences(*numbers)
    return type(one) is type(other) and bool(one == other)


def recorded(name: str) -> Any:
    """What a file of records holds."""
    return json.loads((RECORDS / f"{name}.json").read_text())


def record(name: str, value: Any) -> None:
    """Write a file of records, with a line for each row, so that Git shows which one changed."""
    path = RECORDS / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_pretty(value, 0) + "\n")


def _pretty(value: Any, depth: int) -> str:
    pad = " " * (depth + 1)
    if isinstance(value, dict) and depth < 4:
        inner = [f"{pad}{json.dumps(key)}: {_pretty(each, depth + 1)}" for key, each in value.items()]
        return "{\n" + ",\n".join(inner) + "\n" + " " * depth + "}"
    if isinstance(value, list) and value and isinstance(value[0], list | dict):
        return "[\n" + ",\n".join(pad + json.dumps(each) for each in value) + "\n" + " " * depth + "]"
    return json.dumps(value)
