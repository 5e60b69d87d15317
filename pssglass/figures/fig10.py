"""Fig. 10: characteristic frequency of quasilocalised modes."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import (
    OMEGA_G_NEEDS,
    draw_against_temperature,
    draw_series,
    over_omega_0,
    relative_table,
    series_legend,
)
from pssglass.figures.figure import Figure
from pssglass.figures.style import temperature_axis
from pssglass.figures.table import FigureTable


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """ω_g/ω0 of every ensemble and the same over its plateau."""
    table = relative_table(ensembles, {"omega_g": over_omega_0("omega_g")})
    ratio, plateau = table.numbers("omega_g"), table.numbers("plateau_omega_g")
    error = table.numbers("omega_g_error") * plateau
    return table.extended("absolute", ratio * plateau).extended("absolute_error", error)


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """ω_g/ω0 on the left, the same over its plateau on the right."""
    draw_series(panels[0], table, "absolute")
    temperature_axis(panels[0], table.numbers("parent_temperature"))
    panels[0].set_ylabel(r"$\omega_g/\omega_0$")
    series_legend(panels[0])
    panels[1].axhline(1.0, color="0.6", linewidth=0.6, zorder=0)
    draw_against_temperature(panels[1], table, "omega_g")
    panels[1].set_ylabel(r"$(\omega_g/\omega_0)\,/\,(\omega_g/\omega_0)_\infty$")


FIGURE = Figure(
    "fig10",
    "characteristic frequency of quasilocalised modes",
    OMEGA_G_NEEDS,
    tabulate,
    draw,
    panels=2,
)
