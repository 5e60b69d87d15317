"""Fig. 7: low-frequency density of states of the coldest and the hottest glasses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import values_of, with_support
from pssglass.figures.extremes import extremes, temperature_styles
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text, plain_log_axis
from pssglass.figures.table import Cell, FigureTable

PREFERRED = ("pss rc=1.2", "pss rc=1.5")
VALUES = ("vdos_frequency", "density_of_states", "vdos_count", "omega_0", "A_g_scaled", "window_high")


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """ω/ω0 and ω0 D(ω) in bins, with the Poisson error of their counts and the fit's prefactor and window."""
    columns = ["series", "ensemble", "parent_temperature", "frequency", "density", "density_error", "count"]
    rows: list[list[Cell]] = []
    for label, members in extremes(ensembles, PREFERRED).items():
        for one in members:
            frequency, density, count, omega_0, prefactor, high = (values_of(one)[key] for key in VALUES)
            for w, D, n in zip(np.asarray(frequency), np.asarray(density), np.asarray(count), strict=True):
                if n:
                    cells = [
                        w / float(omega_0),
                        D * float(omega_0),
                        D * float(omega_0) / math.sqrt(n),
                        int(n),
                    ]
                    fit = [float(prefactor), float(high) / float(omega_0)]
                    rows.append([label, one.name, one.known_temperature, *map(float, cells), *fit])
    table = FigureTable.of([*columns, "A_g_scaled", "window_high"], rows)
    return with_support(table, ensembles, ["A_g_scaled"])


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """One panel a model: points for the density, lines for A_g ω⁴ up to the end of the window.

    They are dashed, or dotted where too few modes support them.
    """
    for axes, (label, panel) in zip(panels, table.groups("series").items(), strict=True):
        styles = temperature_styles(panel)
        for name, rows in panel.groups("ensemble").items():
            style, T = styles[name], rows.numbers("parent_temperature")[0]
            axes.errorbar(
                rows.numbers("frequency"),
                rows.numbers("density"),
                yerr=rows.numbers("density_error"),
                fmt=style.marker,
                color=style.color,
                markersize=4,
                elinewidth=0.8,
                capsize=0,
                label=rf"$T_p = {T:g}$",
            )
            fit = np.geomspace(rows.numbers("frequency")[0], rows.numbers("window_high")[0], 20)
            line = "--" if rows.numbers("A_g_scaled_supported")[0] else ":"
            axes.plot(fit, rows.numbers("A_g_scaled")[0] * fit**4, color=style.color, linestyle=line)
        frequency = panel.numbers("frequency")
        plain_log_axis(axes, np.array([0.9 * frequency.min(), 1.1 * frequency.max()]))
        axes.set_yscale("log")
        axes.set_xlabel(r"$\omega/\omega_0$")
        axes.set_ylabel(r"$\omega_0\,D(\omega)$")
        axes.legend(title=legend_text(label), loc="upper left")


FIGURE = Figure(
    "fig7",
    "low-frequency density of states of the coldest and the hottest glasses",
    (Need("vdos", values=VALUES),),
    tabulate,
    draw,
    panel_column="series",
)
