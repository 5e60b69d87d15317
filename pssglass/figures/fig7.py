"""Fig. 7: low-frequency density of states of the coldest and the hottest glasses."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import values_of, with_support
from pssglass.figures.densities import COLUMNS, PREFERRED, VALUES, density_axes, density_rows, draw_density
from pssglass.figures.extremes import extremes, temperature_styles
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text
from pssglass.figures.table import Cell, FigureTable


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """ω/ω0 and ω0 D(ω) in bins, with the Poisson error of their counts and the fit's prefactor and window."""
    rows: list[list[Cell]] = []
    for label, members in extremes(ensembles, PREFERRED).items():
        for one in members:
            own = density_rows(one, float(values_of(one)["omega_0"]))
            rows += [[label, one.name, one.known_temperature, *cells] for cells in own]
    table = FigureTable.of(["series", "ensemble", "parent_temperature", *COLUMNS], rows)
    return with_support(table, ensembles, ["A_g_scaled"])


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """One panel a model: points for the density, lines for A_g ω⁴ up to the end of the window.

    They are dashed, or dotted where too few modes support them.
    """
    for axes, (label, panel) in zip(panels, table.groups("series").items(), strict=True):
        styles = temperature_styles(panel)
        for name, rows in panel.groups("ensemble").items():
            T = rows.numbers("parent_temperature")[0]
            draw_density(axes, rows, styles[name], rf"$T_p = {T:g}$")
        density_axes(axes, panel)
        axes.legend(title=legend_text(label), loc="upper left")


FIGURE = Figure(
    "fig7",
    "low-frequency density of states of the coldest and the hottest glasses",
    (Need("vdos", values=(*VALUES, "omega_0")),),
    tabulate,
    draw,
    panel_column="series",
)
