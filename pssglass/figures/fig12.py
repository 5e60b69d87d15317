"""Fig. 12: how size and number of quasilocalised modes go with their frequency."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import (
    OMEGA_G_NEEDS,
    draw_series,
    over_omega_0,
    quantity_table,
    series_legend,
    value,
    with_support,
)
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import plain_log_axis, plain_log_y
from pssglass.figures.table import FigureTable

LAWS = {"N_e0": (-3.0, r"$N e_0$"), "A_g_scaled": (-5.0, r"$A_g\,\omega_0^5$")}


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """N e0, A_g ω0⁵ and ω_g/ω0 of every ensemble."""
    table = quantity_table(
        ensembles, {"omega_g": over_omega_0("omega_g"), **{key: value(key) for key in LAWS}}
    )
    return with_support(table, ensembles, LAWS)


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """Both against ω_g/ω0, with the power laws -3 and -5 through the median of the points.

    Markers are pale where too few modes support a value.
    """
    frequency = table.numbers("omega_g")
    ends = np.array([0.93 * frequency.min(), 1.07 * frequency.max()])
    for axes, (key, (exponent, label)) in zip(panels, LAWS.items(), strict=True):
        sound = table.numbers(f"{key}_supported") > 0.0
        ratios = table.numbers(key) / frequency**exponent
        prefactor = float(np.median(ratios[sound] if np.any(sound) else ratios))
        axes.plot(ends, prefactor * ends**exponent, color="0.4", linestyle="--", linewidth=0.9, zorder=0)
        axes.set_yscale("log")
        draw_series(axes, table, key, "omega_g", lines=False, solid=f"{key}_supported")
        plain_log_axis(axes, ends)
        plain_log_y(axes)
        axes.set_xlabel(r"$\omega_g/\omega_0$")
        axes.set_ylabel(label)
        axes.annotate(rf"slope ${exponent:g}$", (0.06, 0.08), xycoords="axes fraction", color="0.3")
    series_legend(panels[0])


FIGURE = Figure(
    "fig12",
    "size and number of quasilocalised modes against their frequency",
    (
        *OMEGA_G_NEEDS,
        Need("localisation", values=("N_e0",)),
        Need("vdos", values=("A_g_scaled",)),
    ),
    tabulate,
    draw,
    panels=2,
)
