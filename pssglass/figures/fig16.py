"""Fig. 16: crossover temperature from the ratio of the moduli."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import draw_series, quantity_table, scalar, series_legend, value, values_of
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import plain_scales, styles_of, temperature_axis
from pssglass.figures.table import FigureTable

CROSSOVER = ("T_co_elastic", "shear_to_bulk_plateau", "shear_to_bulk_slope")


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """G/K over its plateau and T_p over T_co by elasticity, with the fit behind both and T_co by collapse."""
    quantities = {
        "shear_to_bulk_ratio": scalar("shear_to_bulk_ratio"),
        **{key: value(key) for key in CROSSOVER},
    }
    if all("T_co_collapse" in values_of(one) for one in ensembles):
        quantities["T_co_collapse"] = value("T_co_collapse")
    table = quantity_table(ensembles, quantities)
    plateau, T_co = table.numbers("shear_to_bulk_plateau"), table.numbers("T_co_elastic")
    columns = {
        "reduced_temperature": table.numbers("parent_temperature") / T_co,
        "reduced_ratio": table.numbers("shear_to_bulk_ratio") / plateau,
        "reduced_ratio_error": table.numbers("shear_to_bulk_ratio_error") / plateau,
        "reduced_slope": table.numbers("shear_to_bulk_slope") * T_co / plateau,
    }
    for name, numbers in columns.items():
        table = table.extended(name, numbers)
    return table


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """The curves, the cold line of the last model, and an inset that compares both crossover temperatures."""
    axes = panels[0]
    axes.axhline(1.0, color="0.6", linewidth=0.6, zorder=0)
    draw_series(axes, table, "reduced_ratio", "reduced_temperature")
    temperature_axis(axes, table.numbers("reduced_temperature"), r"$T_p/T_\mathrm{co}$")
    low, high = table.numbers("reduced_ratio").min(), table.numbers("reduced_ratio").max()
    axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    cold = np.linspace(table.numbers("reduced_temperature").min() / 1.1, 1.0, 50)
    line = 1.0 + table.numbers("reduced_slope")[-1] * (cold - 1.0)
    axes.plot(cold, line, color="0.3", linestyle="--", linewidth=0.9)
    axes.set_ylabel(r"$(G/K)\,/\,(G_\infty/K_\infty)$")
    series_legend(panels[0])
    if "T_co_collapse" in table.columns:
        _draw_inset(axes.inset_axes((0.6, 0.55, 0.37, 0.4)), table)


def _draw_inset(inset: Axes, table: FigureTable) -> None:
    styles = styles_of(table.texts("series"))
    for label, rows in table.groups("series").items():
        (x, x_error), (y, y_error) = (
            (rows.numbers(key)[0], rows.numbers(f"{key}_error")[0])
            for key in ("T_co_collapse", "T_co_elastic")
        )
        style = styles[label]
        inset.errorbar(x, y, xerr=x_error, yerr=y_error, color=style.color, marker=style.marker)
    everything = np.concatenate([table.numbers("T_co_collapse"), table.numbers("T_co_elastic")])
    ends = np.array([0.92 * everything.min(), 1.08 * everything.max()])
    inset.plot(ends, ends, color="0.6", linewidth=0.8, zorder=0)
    inset.set_xlabel(r"$T_\mathrm{co}$ from $u$", fontsize=9)
    inset.set_ylabel(r"$T_\mathrm{co}$ from $G/K$", fontsize=9)
    inset.tick_params(labelsize=8)
    plain_scales(inset, "xy", everything)


FIGURE = Figure(
    "fig16",
    "crossover temperature from the ratio of the moduli",
    (Need("moduli", scalars=("shear_to_bulk_ratio",)), Need("crossover", values=CROSSOVER)),
    tabulate,
    draw,
    panel_size=(4.2, 3.4),
)
