"""Fig. 8: prefactor of the quartic density of states."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import draw_against_temperature, quantity_table, series_legend, value
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import plain_log_y
from pssglass.figures.table import FigureTable


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """A_g ω0⁵ of every ensemble, and whether enough modes support it."""
    return quantity_table(
        ensembles, {key: value(key) for key in ("A_g_scaled", "modes_in_window", "vdos_supported")}
    )


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """One curve a model; pale markers where too few modes support the fit."""
    panels[0].set_yscale("log")
    draw_against_temperature(panels[0], table, "A_g_scaled", solid="vdos_supported")
    plain_log_y(panels[0])
    panels[0].set_ylabel(r"$A_g\,\omega_0^5$")
    series_legend(panels[0])


FIGURE = Figure(
    "fig8",
    "prefactor of the quartic density of states",
    (Need("vdos", values=("A_g_scaled", "modes_in_window", "vdos_supported")),),
    tabulate,
    draw,
)
