"""Figures gr and sk: pair correlation function and structure factor of liquids and glasses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pssglass.analysis.series import by_series
from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import legend_beside, values_of
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text, temperature_colors
from pssglass.figures.table import Cell, FigureTable

STATES = {"liquid": "liquid", "inherent": "glass"}
PANEL = "panel"


def tabulate(curve: str, place: str, column: str, ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """The curve of every ensemble's liquids and glasses with its standard error; a panel for each state."""
    rows: list[list[Cell]] = []
    for label, members in by_series(ensembles).items():
        for state, called in STATES.items():
            for one in members:
                values = values_of(one)
                if f"mean_{state}_{curve}" not in values:
                    continue
                x, y = (
                    np.asarray(values[f"mean_{key}"]) for key in (place.format(state), f"{state}_{curve}")
                )
                error = np.asarray(values.get(f"mean_{state}_{curve}_error", np.full(y.size, np.nan)))
                rows += [
                    [f"{label}, {called}", label, called, one.name, one.known_temperature, *numbers]
                    for numbers in np.column_stack([x, y, error]).tolist()
                ]
    columns = [PANEL, "series", "state", "ensemble", "parent_temperature", column, curve, f"{curve}_error"]
    return FigureTable.of(columns, rows)


def draw(
    curve: str, column: str, labels: tuple[str, str], table: FigureTable, panels: Sequence[Axes]
) -> None:
    """Liquids and glasses of a model side by side, a line a temperature, blue for cold and red for hot."""
    for axes, panel in zip(panels, table.groups(PANEL).values(), strict=True):
        curves = panel.groups("ensemble")
        for rows, color in zip(curves.values(), temperature_colors(len(curves)), strict=True):
            x, y, error = (rows.numbers(key) for key in (column, curve, f"{curve}_error"))
            axes.plot(x, y, color=color, label=f"{rows.numbers('parent_temperature')[0]:g}")
            bar = np.nan_to_num(error)
            axes.fill_between(x, y - bar, y + bar, color=color, alpha=0.25, linewidth=0)
        axes.axhline(1.0, color="0.6", linewidth=0.6, linestyle="dashed", zorder=0)
        axes.set_xlim(left=0.0)
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        title = f"{legend_text(panel.texts('series')[0])}, {panel.texts('state')[0]}\n$T_p$"
        legend_beside(axes, title)


def _figure(name: str, title: str, curve: str, place: str, column: str, labels: tuple[str, str]) -> Figure:
    needs = (Need("mean_structure", values=(f"mean_inherent_{curve}",)),)
    return Figure(
        *(name, title, needs, partial(tabulate, curve, place, column), partial(draw, curve, column, labels)),
        panel_column=PANEL,
    )


GR = _figure(
    *(
        "gr",
        "pair correlation function of liquids and glasses",
        "pair_correlation",
        "pair_distance",
        "distance",
    ),
    (r"distance  $r$  $(\lambda)$", r"$g(r)$"),
)
SK = _figure(
    *("sk", "structure factor of liquids and glasses", "structure_factor", "{}_wave_number", "wave_number"),
    (r"wave number  $k$  $(\lambda^{-1})$", r"$S(k)$"),
)
