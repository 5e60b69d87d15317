"""Fig. 4: shear and bulk modulus over their high-temperature values."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import (
    RELATIVE_TEMPERATURE_NEED,
    draw_against_temperature,
    relative_table,
    scalar,
    series_legend,
)
from pssglass.figures.figure import Figure, Need
from pssglass.figures.table import FigureTable

MODULI = {"shear_modulus": "G", "bulk_modulus": "K"}


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """G/G∞ and K/K∞ of every ensemble."""
    return relative_table(ensembles, {key: scalar(key) for key in MODULI})


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """G/G∞ on the left, K/K∞ on the right."""
    for axes, (key, symbol) in zip(panels, MODULI.items(), strict=True):
        axes.axhline(1.0, color="0.6", linewidth=0.6, zorder=0)
        draw_against_temperature(axes, table, key, relative=True)
        axes.set_ylabel(rf"${symbol}/{symbol}_\infty$")
    series_legend(panels[0])


FIGURE = Figure(
    "fig4",
    "shear and bulk modulus over their high-temperature values",
    (Need("moduli", scalars=tuple(MODULI)), RELATIVE_TEMPERATURE_NEED),
    tabulate,
    draw,
    panels=2,
)
