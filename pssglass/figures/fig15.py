"""Fig. 15: energy of the inherent states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.analysis.series import by_series
from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import (
    RELATIVE_TEMPERATURE_NEED,
    crossover_temperature,
    draw_against_temperature,
    quantity_table,
    scalar,
    series_legend,
    values_of,
)
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import styles_of
from pssglass.figures.table import FigureTable


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """u = U/N of every ensemble, and T_co and u(T_co) of its model where they are known.

    Models of different names have energies of different sizes, hence a column ``model``.
    """
    table = quantity_table(ensembles, {"energy_per_particle": scalar("energy_per_particle")})
    ordered = [one for members in by_series(ensembles).values() for one in members]
    energies = [float(values_of(one).get("energy_at_crossover", np.nan)) for one in ordered]
    T_co = np.array([crossover_temperature(one) for one in ordered])
    table = table.extended("crossover_temperature", T_co).extended("energy_at_crossover", np.array(energies))
    return table.extended("model", [one.model_name for one in ordered])


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """A panel for models of one name, one curve a model, with an empty star at its crossover."""
    styles = styles_of(table.texts("series"))
    for axes, of_name in zip(panels, table.groups("model").values(), strict=True):
        draw_against_temperature(axes, of_name, "energy_per_particle", styles=styles)
        for label, rows in of_name.groups("series").items():
            axes.plot(
                rows.numbers("crossover_temperature")[:1],
                rows.numbers("energy_at_crossover")[:1],
                marker="*",
                markersize=11,
                markerfacecolor="white",
                markeredgecolor=styles[label].color,
                linestyle="none",
            )
        axes.set_ylabel(r"energy per particle  $u$  $(\varepsilon)$")
    series_legend(*panels)


FIGURE = Figure(
    "fig15",
    "energy per particle of the inherent states",
    (Need("energetics", scalars=("energy_per_particle",)), RELATIVE_TEMPERATURE_NEED),
    tabulate,
    draw,
    panel_column="model",
)
