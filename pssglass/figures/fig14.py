"""Fig. 14: size of the modes against frequency, and the plateau of the softest."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.analysis.elastic_scales import elastic_scales
from pssglass.analysis.series import by_series
from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import arrays_of, values_of, with_support
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text, plain_log_axis, plain_log_y
from pssglass.figures.table import Cell, FigureTable

MOST_POINTS = 20_000
VALUES = ("threshold_frequency", "N_e0", "running_frequency", "running_N_e")


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """ω/ω0 and N e of the modes of the hottest ensemble of the last model, then those of the running average.

    Of very many modes an even selection is shown.
    """
    label, members = list(by_series(ensembles).items())[-1]
    one = members[-1]
    omega_0 = elastic_scales(one).frequency
    threshold, plateau, running_frequency, running_size = (values_of(one)[key] for key in VALUES)
    frequency, ratio = (np.concatenate(arrays_of(one)[key]) for key in ("frequency", "participation_ratio"))
    modes = np.column_stack([frequency, one.N * ratio])[:: math.ceil(len(frequency) / MOST_POINTS)]
    running = np.column_stack([np.asarray(running_frequency), np.asarray(running_size)])
    tail: list[Cell] = [float(threshold) / omega_0, float(plateau)]
    rows: list[list[Cell]] = [
        [label, one.name, one.known_temperature, kind, float(omega) / omega_0, float(size), *tail]
        for kind, points in (("mode", modes), ("running average", running))
        for omega, size in points
    ]
    columns = ["series", "ensemble", "parent_temperature", "kind", "frequency", "N_e", "threshold", "N_e0"]
    return with_support(FigureTable.of(columns, rows), ensembles, ["N_e0"])


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """Grey points for the modes, a line for their running average, dashed lines for threshold and plateau.

    The plateau is dotted where too few modes support it.
    """
    axes = panels[0]
    modes, running = table.where("kind", "mode"), table.where("kind", "running average")
    T, label = table.numbers("parent_temperature")[0], legend_text(table.texts("series")[0])
    axes.plot(
        modes.numbers("frequency"),
        modes.numbers("N_e"),
        linestyle="none",
        marker=".",
        markersize=2.5,
        markeredgewidth=0.0,
        color="0.55",
        alpha=0.6,
        rasterized=True,
        label=rf"modes, {label}, $T_p = {T:g}$",
    )
    axes.plot(running.numbers("frequency"), running.numbers("N_e"), color="#0072B2", label="running average")
    axes.axvline(table.numbers("threshold")[0], color="#D55E00", linestyle="--", linewidth=0.9)
    line = "--" if table.numbers("N_e0_supported")[0] else ":"
    axes.axhline(table.numbers("N_e0")[0], color="#D55E00", linestyle=line, linewidth=0.9, label=r"$N e_0$")
    frequency = modes.numbers("frequency")
    plain_log_axis(axes, np.array([0.9 * frequency.min(), 1.1 * frequency.max()]))
    axes.set_yscale("log")
    axes.set_xlabel(r"$\omega/\omega_0$")
    plain_log_y(axes)
    axes.set_ylabel(r"$N e$")
    axes.legend(loc="upper left", markerscale=4)


FIGURE = Figure(
    "fig14",
    "size of the modes against frequency, and the plateau of the softest",
    (
        Need("modes", arrays=("frequency", "participation_ratio")),
        Need("moduli", scalars=("shear_modulus",)),
        Need("localisation", values=VALUES),
    ),
    tabulate,
    draw,
    panel_size=(4.2, 3.2),
)
