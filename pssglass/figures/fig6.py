"""Fig. 6: Poisson's ratio."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import (
    RELATIVE_TEMPERATURE_NEED,
    draw_against_temperature,
    draw_series,
    relative_table,
    scalar,
    series_legend,
)
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import temperature_axis
from pssglass.figures.table import FigureTable


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """ν/ν∞ and ν∞ of every ensemble."""
    table = relative_table(ensembles, {"poisson_ratio": scalar("poisson_ratio")})
    ratio, plateau = table.numbers("poisson_ratio"), table.numbers("plateau_poisson_ratio")
    error = table.numbers("poisson_ratio_error") * plateau
    return table.extended("absolute", ratio * plateau).extended("absolute_error", error)


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """ν on the left, ν/ν∞ on the right."""
    draw_series(panels[0], table, "absolute")
    temperature_axis(panels[0], table.numbers("parent_temperature"))
    panels[0].set_ylabel(r"Poisson's ratio  $\nu$")
    series_legend(panels[0])
    panels[1].axhline(1.0, color="0.6", linewidth=0.6, zorder=0)
    draw_against_temperature(panels[1], table, "poisson_ratio", relative=True)
    panels[1].set_ylabel(r"$\nu/\nu_\infty$")


FIGURE = Figure(
    "fig6",
    "Poisson's ratio",
    (Need("moduli", scalars=("poisson_ratio",)), RELATIVE_TEMPERATURE_NEED),
    tabulate,
    draw,
    panels=2,
)
