"""Figure shear: mean stress-strain curves of glasses under athermal quasistatic deformation."""

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

COLUMNS = ("series", "ensemble", "parent_temperature", "strain", "stress", "stress_error")


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """The mean curve of every ensemble with its standard error; a panel for each model."""
    rows: list[list[Cell]] = []
    for label, members in by_series(ensembles).items():
        for one in members:
            values = values_of(one)
            if "mean_shear_stress" not in values:
                continue
            x, y = (np.asarray(values[f"mean_shear_{key}"]) for key in ("strain", "stress"))
            error = np.asarray(values.get("mean_shear_stress_error", np.full(y.size, np.nan)))
            rows += [
                [label, one.name, one.known_temperature, *numbers]
                for numbers in np.column_stack([x, y, error]).tolist()
            ]
    return FigureTable.of(list(COLUMNS), rows)


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """A line a temperature, blue for cold and red for hot, with its standard error as a band."""
    for axes, (label, panel) in zip(panels, table.groups("series").items(), strict=True):
        curves = panel.groups("ensemble")
        for rows, color in zip(curves.values(), temperature_colors(len(curves)), strict=True):
            x, y, error = (rows.numbers(key) for key in COLUMNS[3:])
            axes.plot(x, y, color=color, label=f"{rows.numbers('parent_temperature')[0]:g}")
            bar = np.nan_to_num(error)
            axes.fill_between(x, y - bar, y + bar, color=color, alpha=0.25, linewidth=0)
        axes.set_xlim(left=0.0)
        axes.set_xlabel(r"strain  $\gamma$")
        axes.set_ylabel(r"stress  $\sigma$  $(\epsilon/\lambda^3)$")
        legend_beside(axes, f"{legend_text(str(label))}\n$T_p$")


FIGURE = Figure(
    "shear",
    "stress-strain curves of athermal quasistatic deformation",
    (Need("mean_shear", values=("mean_shear_stress",)),),
    tabulate,
    draw,
    panel_column="series",
)
