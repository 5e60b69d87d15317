"""Fig. 13: dimensionless pressures."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import draw_against_temperature, quantity_table, scalar, series_legend
from pssglass.figures.figure import Figure, Need
from pssglass.figures.table import FigureTable

PRESSURES = {"pressure_over_bulk_modulus": "$p/K$", "pressure_over_scale": "$p/p_0$"}


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """p/K and p/p0 of every ensemble."""
    return quantity_table(ensembles, {key: scalar(key) for key in PRESSURES})


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """p/K on the left, p/p0 on the right, both from zero to show how little they vary."""
    for axes, (key, label) in zip(panels, PRESSURES.items(), strict=True):
        draw_against_temperature(axes, table, key)
        axes.set_ylim(0.0, 1.3 * table.numbers(key).max())
        axes.set_ylabel(label)
    series_legend(panels[0])


FIGURE = Figure(
    "fig13",
    "dimensionless pressures",
    (
        Need("moduli", scalars=("pressure_over_bulk_modulus",)),
        Need("energetics", scalars=("pressure_over_scale",)),
    ),
    tabulate,
    draw,
    panels=2,
)
