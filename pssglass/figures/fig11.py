"""Fig. 11: core size of quasilocalised modes."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import (
    draw_against_temperature,
    quantity_table,
    series_legend,
    value,
    with_support,
)
from pssglass.figures.figure import Figure, Need
from pssglass.figures.table import FigureTable


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """N e0 of every ensemble and the number of modes behind it."""
    table = quantity_table(ensembles, {key: value(key) for key in ("N_e0", "modes_below_threshold")})
    return with_support(table, ensembles, ["N_e0"])


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """One curve a model; pale markers where too few modes support a value."""
    draw_against_temperature(panels[0], table, "N_e0", solid="N_e0_supported")
    panels[0].set_ylabel(r"$N e_0$")
    series_legend(panels[0])


FIGURE = Figure(
    "fig11",
    "core size of quasilocalised modes",
    (Need("localisation", values=("N_e0", "modes_below_threshold")),),
    tabulate,
    draw,
)
