"""Fig. 9: distribution of dipole-response frequencies of the coldest and the hottest glasses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.analysis.elastic_scales import elastic_scales
from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import arrays_of, legend_beside
from pssglass.figures.extremes import extremes, temperature_styles
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text
from pssglass.figures.table import Cell, FigureTable

PREFERRED = ("pss rc=1.1", "pss rc=1.5")
BINS = 50


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """Probability density of ω_g/ω0 over pairs and samples, in bins of equal width."""
    rows: list[list[Cell]] = []
    for label, members in extremes(ensembles, PREFERRED).items():
        for one in members:
            ratios = np.concatenate(arrays_of(one)["pair_frequency"]) / elastic_scales(one).frequency
            counts, edges = np.histogram(ratios, BINS, (0.0, float(np.max(ratios))))
            density = counts / (len(ratios) * np.diff(edges))
            for low, high, p, n in zip(edges[:-1], edges[1:], density, counts, strict=True):
                head: list[Cell] = [label, one.name, one.known_temperature]
                rows.append([*head, float(low), float(high), float(p), int(n)])
    return FigureTable.of(
        ["series", "ensemble", "parent_temperature", "low", "high", "density", "pairs"], rows
    )


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """One panel a model, a stepped line for each temperature."""
    for axes, (label, panel) in zip(panels, table.groups("series").items(), strict=True):
        styles = temperature_styles(panel)
        for name, rows in panel.groups("ensemble").items():
            edges = np.append(rows.numbers("low"), rows.numbers("high")[-1])
            density = np.where(rows.numbers("pairs") > 0, rows.numbers("density"), np.nan)
            T = rows.numbers("parent_temperature")[0]
            axes.stairs(density, edges, color=styles[name].color, linewidth=1.2, label=rf"$T_p = {T:g}$")
        axes.set_yscale("log")
        axes.set_xlabel(r"$\omega_g^{(ij)}/\omega_0$")
        axes.set_ylabel(r"probability density")
        legend_beside(axes, legend_text(label))


FIGURE = Figure(
    "fig9",
    "distribution of dipole-response frequencies of the coldest and the hottest glasses",
    (Need("dipole_response", arrays=("pair_frequency",)), Need("moduli", scalars=("shear_modulus",))),
    tabulate,
    draw,
    panel_column="series",
)
