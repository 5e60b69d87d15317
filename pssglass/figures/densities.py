"""Densities of states of ensembles: their rows of numbers, and how they are drawn."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import values_of
from pssglass.figures.style import SeriesStyle, plain_log_axis
from pssglass.figures.table import Cell, FigureTable

PREFERRED = ("pss rc=1.2", "pss rc=1.5")
"""Series that are shown, where both are there."""
VALUES = ("vdos_frequency", "density_of_states", "vdos_count", "A_g_scaled", "window_high")
COLUMNS = ("frequency", "density", "density_error", "count", "A_g_scaled", "window_high")


def density_rows(one: EnsembleSummary, omega_0: float, prefix: str = "") -> list[list[Cell]]:
    """COLUMNS in units of ω0, a row a bin with modes in it; ``prefix`` is that of the names of VALUES."""
    frequency, density, count, prefactor, high = (values_of(one)[prefix + key] for key in VALUES)
    rows: list[list[Cell]] = []
    for w, D, n in zip(np.asarray(frequency), np.asarray(density), np.asarray(count), strict=True):
        if n:
            cells = [w / omega_0, D * omega_0, D * omega_0 / math.sqrt(n), int(n)]
            rows.append([*map(float, cells), float(prefactor), float(high) / omega_0])
    return rows


def draw_density(
    axes: Axes, rows: FigureTable, style: SeriesStyle, label: str, key: str = "A_g_scaled"
) -> None:
    """Points with the Poisson error of their counts, and A_g ω⁴ up to the end of the window.

    The line is dashed, or dotted where the column ``{key}_supported`` has it that too few modes support it.
    """
    axes.errorbar(
        rows.numbers("frequency"),
        rows.numbers("density"),
        yerr=rows.numbers("density_error"),
        fmt=style.marker,
        color=style.color,
        markersize=4,
        elinewidth=0.8,
        capsize=0,
        label=label,
    )
    fit = np.geomspace(rows.numbers("frequency")[0], rows.numbers("window_high")[0], 20)
    line = "--" if rows.numbers(f"{key}_supported")[0] else ":"
    axes.plot(fit, rows.numbers("A_g_scaled")[0] * fit**4, color=style.color, linestyle=line)


def density_axes(axes: Axes, rows: FigureTable) -> None:
    """Logarithmic axes of a panel that has all these rows, with their labels."""
    frequency = rows.numbers("frequency")
    plain_log_axis(axes, np.array([0.9 * frequency.min(), 1.1 * frequency.max()]))
    axes.set_yscale("log")
    axes.set_xlabel(r"$\omega/\omega_0$")
    axes.set_ylabel(r"$\omega_0\,D(\omega)$")
