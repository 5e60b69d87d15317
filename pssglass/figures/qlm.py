"""Figure qlm: density of quasilocalised modes, and of harmonic modes beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import values_of, with_support
from pssglass.figures.densities import COLUMNS, PREFERRED, VALUES, density_axes, density_rows, draw_density
from pssglass.figures.extremes import extremes, temperature_styles
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text
from pssglass.figures.table import Cell, FigureTable

KINDS = {"quasilocalised": "qlm_", "harmonic": ""}
"""Prefix of the values of each kind of modes."""
HARMONIC_MARKER = "x"


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """ω/ω0 and ω0 D(ω) of both kinds of modes in bins, Poisson errors, prefactor and window of the fit."""
    rows: list[list[Cell]] = []
    for label, members in extremes(ensembles, PREFERRED).items():
        for one in members:
            omega_0 = float(values_of(one)["omega_0"])
            for kind, prefix in KINDS.items():
                own = density_rows(one, omega_0, prefix)
                rows += [[label, one.name, one.known_temperature, kind, *cells] for cells in own]
    table = FigureTable.of(["series", "ensemble", "parent_temperature", "modes", *COLUMNS], rows)
    return with_support(table, ensembles, [f"{prefix}A_g_scaled" for prefix in KINDS.values()])


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """One panel a model: points for quasilocalised modes, crosses for harmonic ones, lines for A_g ω⁴.

    Lines end where the window of the fit does; they are dashed, or dotted where too few modes support them.
    """
    for axes, (label, panel) in zip(panels, table.groups("series").items(), strict=True):
        styles = temperature_styles(panel)
        for name, both in panel.groups("ensemble").items():
            T = both.numbers("parent_temperature")[0]
            for kind, rows in both.groups("modes").items():
                marker = HARMONIC_MARKER if kind == "harmonic" else styles[name].marker
                style = replace(styles[name], marker=marker)
                draw_density(axes, rows, style, rf"$T_p = {T:g}$, {kind}", f"{KINDS[str(kind)]}A_g_scaled")
        density_axes(axes, panel)
        axes.legend(title=legend_text(label), loc="upper left", fontsize=7)


FIGURE = Figure(
    "qlm",
    "density of quasilocalised modes beside that of harmonic ones, coldest and hottest glasses",
    (
        Need("qlm_vdos", values=tuple(f"qlm_{key}" for key in VALUES)),
        Need("vdos", values=(*VALUES, "omega_0")),
    ),
    tabulate,
    draw,
    panel_column="series",
)
