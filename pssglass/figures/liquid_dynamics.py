"""Figures fs, msd, overlap, alpha2 and chi4: how the parent liquids relax and their particles move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pssglass.analysis.series import by_series
from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import legend_beside, values_of
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text, temperature_colors
from pssglass.figures.table import Cell, FigureTable


def tabulate(key: str, column: str, ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """A curve of every ensemble and its standard error, by model and temperature."""
    rows: list[list[Cell]] = []
    for label, members in by_series(ensembles).items():
        for one in members:
            values = values_of(one)
            lag, curve = (np.asarray(values[name]) for name in ("dynamics_lag", key))
            error = np.asarray(values.get(f"{key}_error", np.full(lag.size, np.nan)))
            rows += [
                [label, one.name, one.known_temperature, float(t), float(y), float(e)]
                for t, y, e in zip(lag, curve, error, strict=True)
            ]
    columns = ["series", "ensemble", "parent_temperature", "time", column, f"{column}_error"]
    return FigureTable.of(columns, rows)


def draw(
    column: str,
    label: str,
    level: float | None,
    is_logarithmic: bool,
    table: FigureTable,
    panels: Sequence[Axes],
) -> None:
    """One panel a model, a line a temperature, blue for cold and red for hot; dashed where τ is read off."""
    for axes, (series, panel) in zip(panels, table.groups("series").items(), strict=True):
        curves = panel.groups("ensemble")
        for rows, color in zip(curves.values(), temperature_colors(len(curves)), strict=True):
            time, y, error = (rows.numbers(key) for key in ("time", column, f"{column}_error"))
            T = rows.numbers("parent_temperature")[0]
            axes.plot(time, y, color=color, label=f"{T:g}")
            bar = np.nan_to_num(error)
            axes.fill_between(time, y - bar, y + bar, color=color, alpha=0.25, linewidth=0)
        if level is not None:
            axes.axhline(level, color="0.6", linewidth=0.6, linestyle="dashed", zorder=0)
        axes.set_xscale("log")
        if is_logarithmic:
            axes.set_yscale("log")
        axes.set_xlabel(r"time  $t$  $(\lambda\sqrt{m/\varepsilon})$")
        axes.set_ylabel(label)
        legend_beside(axes, f"{legend_text(series)}\n$T_p$")


def _figure(
    name: str,
    title: str,
    key: str,
    label: str,
    *,
    level: float | None = None,
    is_logarithmic: bool = False,
) -> Figure:
    column = key.removeprefix("mean_")
    drawing: Callable[[FigureTable, Sequence[Axes]], None] = partial(
        draw, column, label, level, is_logarithmic
    )
    needs = (Need("dynamics", values=("dynamics_lag", key)),)
    return Figure(name, title, needs, partial(tabulate, key, column), drawing, panel_column="series")


RELAXED = float(np.exp(-1.0))
FS = _figure(
    "fs",
    "self-intermediate scattering function of the parent liquids",
    "mean_self_scattering",
    r"$F_s(k, t)$",
    level=RELAXED,
)
MSD = _figure(
    "msd",
    "mean squared displacement in the parent liquids",
    "mean_squared_displacement",
    r"$\langle \Delta r^2(t)\rangle$  $(\lambda^2)$",
    is_logarithmic=True,
)
OVERLAP = _figure(
    "overlap", "overlap of the parent liquids with themselves", "mean_overlap", r"$Q(t)$", level=RELAXED
)
ALPHA2 = _figure(
    "alpha2",
    "non-Gaussian parameter of displacements in the parent liquids",
    "mean_non_gaussian",
    r"$\alpha_2(t)$",
    level=0.0,
)
CHI4 = _figure(
    "chi4",
    "four-point susceptibility of the parent liquids",
    "mean_chi_4",
    r"$\chi_4(t)$",
)
