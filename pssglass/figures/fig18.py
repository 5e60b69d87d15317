"""Fig. 18: stress autocorrelation of the parent liquids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.analysis.series import by_series
from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import legend_beside, values_of
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text, temperature_colors
from pssglass.figures.table import Cell, FigureTable

VALUES = ("correlation_lag", "mean_correlation")


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """c(t) of every ensemble and its standard error, by model and temperature; lag zero is left out."""
    rows: list[list[Cell]] = []
    for label, members in by_series(ensembles).items():
        for one in members:
            values = values_of(one)
            lag, correlation = (np.asarray(values[key]) for key in VALUES)
            error = np.asarray(values.get("mean_correlation_error", np.full(lag.size, np.nan)))
            rows += [
                [label, one.name, one.known_temperature, float(t), float(c), float(e)]
                for t, c, e in zip(lag[1:], correlation[1:], error[1:], strict=True)
            ]
    columns = ["series", "ensemble", "parent_temperature", "time", "correlation", "correlation_error"]
    return FigureTable.of(columns, rows)


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """One panel a model, a line a temperature, blue for cold and red for hot."""
    for axes, (label, panel) in zip(panels, table.groups("series").items(), strict=True):
        curves = panel.groups("ensemble")
        for rows, color in zip(curves.values(), temperature_colors(len(curves)), strict=True):
            time, c, error = (rows.numbers(key) for key in ("time", "correlation", "correlation_error"))
            T = rows.numbers("parent_temperature")[0]
            axes.plot(time, c, color=color, label=f"{T:g}")
            axes.fill_between(
                time, c - np.nan_to_num(error), c + np.nan_to_num(error), color=color, alpha=0.25, linewidth=0
            )
        axes.axhline(0.0, color="0.6", linewidth=0.6, zorder=0)
        axes.set_xscale("log")
        axes.set_xlabel(r"time  $t$  $(\lambda\sqrt{m/\varepsilon})$")
        axes.set_ylabel(r"$c(t)$  $(\varepsilon/\lambda^3)$")
        legend_beside(axes, f"{legend_text(label)}\n$T_p$")


FIGURE = Figure(
    "fig18",
    "stress autocorrelation of the parent liquids",
    (Need("relaxation", values=VALUES),),
    tabulate,
    draw,
    panel_column="series",
)
