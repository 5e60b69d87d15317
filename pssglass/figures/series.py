"""Curves against parent temperature: one series a model, points with error bars."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.figures.style import legend_text, styles_of
from pssglass.figures.table import Cell, Table
from pssglass.grouping import by_model
from pssglass.results import EnsembleSummary, ScalarStatistics


def series_of(ensembles: Iterable[EnsembleSummary]) -> dict[str, list[EnsembleSummary]]:
    """Ensembles by series, in ascending order of temperature.

    A series is a model. Where a model has several ensembles at one temperature it is divided, by particle
    number and, if that is the same too, by name.
    """
    series: dict[str, list[EnsembleSummary]] = {}
    for label, group in by_model(ensembles).items():
        for variant, members in _divided(group):
            series[f"{label}, {variant}" if variant else label] = members
    return series


def scalar_table(ensembles: Sequence[EnsembleSummary], keys: Sequence[str]) -> Table:
    """One row an ensemble: series, ensemble, N, T_p, and mean, standard error and count of every scalar."""
    columns = ["series", "ensemble", "N", "parent_temperature", "samples"]
    for key in keys:
        columns += [key, f"{key}_error"]
    rows: list[list[Cell]] = []
    for label, members in series_of(ensembles).items():
        for one in members:
            cells = [cell for key in keys for cell in (one.scalars[key].mean, error_bar(one.scalars[key]))]
            count = min(one.scalars[key].count for key in keys)
            rows.append([label, one.name, one.N, one.parent_temperature, count, *cells])
    return Table.of(columns, rows)


def error_bar(scalar: ScalarStatistics) -> float:
    """Standard error of the mean, NaN where one sample allows none."""
    return scalar.standard_error if scalar.count > 1 else math.nan


def plateau(members: Sequence[EnsembleSummary], key: str) -> ScalarStatistics:
    """High-temperature plateau of a scalar: its mean at the highest parent temperature of the series.

    One ensemble, not a mean over several: nothing but the data could tell which others lie on the plateau.
    """
    return max(members, key=lambda one: one.parent_temperature).scalars[key]


def draw_series(axes: Axes, table: Table, y: str, x: str = "parent_temperature", lines: bool = True) -> None:
    """Every series of a table as points with error bars (column ``{y}_error``), joined by thin lines."""
    styles = styles_of(table.texts("series"))
    for label, rows in table.groups("series").items():
        color, marker = styles[label].color, styles[label].marker
        at, value, error = rows.numbers(x), rows.numbers(y), rows.numbers(f"{y}_error")
        known = np.isfinite(error)
        axes.errorbar(at[known], value[known], yerr=error[known], fmt="none", ecolor=color, elinewidth=0.9)
        axes.plot(
            at,
            value,
            color=color,
            marker=marker,
            markeredgecolor="white",
            markeredgewidth=0.4,
            linestyle="-" if lines else "none",
            linewidth=0.9,
            label=legend_text(label),
        )


def _divided(group: list[EnsembleSummary]) -> list[tuple[str, list[EnsembleSummary]]]:
    if _distinct_temperatures(group):
        return [("", group)]
    divided: list[tuple[str, list[EnsembleSummary]]] = []
    for N in sorted({one.N for one in group}):
        members = [one for one in group if one.N == N]
        if _distinct_temperatures(members):
            divided.append((f"N={N}", members))
        else:
            divided += [(one.name, [one]) for one in members]
    return divided


def _distinct_temperatures(group: Sequence[EnsembleSummary]) -> bool:
    return len({one.parent_temperature for one in group}) == len(group)
