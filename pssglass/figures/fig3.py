"""Fig. 3: energies of all models collapsed by their crossover temperatures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import draw_against_temperature, quantity_table, scalar, series_legend, value
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text, plain_scales, styles_of
from pssglass.figures.table import FigureTable

CROSSOVER = ("T_co_collapse", "energy_at_crossover")


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """[u(T_p) - u(T_co)]/T_co of every ensemble, T_co by collapse."""
    quantities = {
        "energy_per_particle": scalar("energy_per_particle"),
        **{key: value(key) for key in CROSSOVER},
    }
    table = quantity_table(ensembles, quantities)
    T_co = table.numbers("T_co_collapse")
    scaled = (table.numbers("energy_per_particle") - table.numbers("energy_at_crossover")) / T_co
    error = table.numbers("energy_per_particle_error") / T_co
    return table.extended("scaled_energy", scaled).extended("scaled_energy_error", error)


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """The collapsed energies, and T_co of every model in an inset."""
    axes = panels[0]
    axes.axhline(0.0, color="0.6", linewidth=0.6, zorder=0)
    axes.axvline(1.0, color="0.6", linewidth=0.6, zorder=0)
    draw_against_temperature(axes, table, "scaled_energy", relative=True)
    axes.set_ylabel(r"$[u(T_p)-u(T_\mathrm{co})]\,/\,T_\mathrm{co}$")
    series_legend(panels[0])
    _draw_inset(axes.inset_axes((0.62, 0.14, 0.35, 0.36)), table)


def _draw_inset(inset: Axes, table: FigureTable) -> None:
    """T_co of one model beside the other; against r_c if all are sticky spheres."""
    styles = styles_of(table.texts("series"))
    groups = table.groups("series")
    for position, (label, rows) in enumerate(groups.items()):
        T_co, error = rows.numbers("T_co_collapse")[0], rows.numbers("T_co_collapse_error")[0]
        inset.errorbar(
            position, T_co, yerr=np.nan_to_num(error), color=styles[label].color, marker=styles[label].marker
        )
    inset.set_xlim(-0.5, len(groups) - 0.5)
    inset.tick_params(labelsize=8)
    inset.tick_params(axis="x", which="minor", bottom=False, top=False)
    inset.set_ylabel(r"$T_\mathrm{co}$", fontsize=9)
    if all(label.startswith("pss rc=") for label in groups):
        cutoffs = [legend_text(label).replace("$r_c = ", "$") for label in groups]
        inset.set_xticks(range(len(groups)), cutoffs)
        inset.set_xlabel(r"$r_c$", fontsize=9)
    else:
        inset.set_xticks([])
        inset.set_xlabel("model", fontsize=9)
        plain_scales(inset, "y", table.numbers("T_co_collapse"))


FIGURE = Figure(
    "fig3",
    "energies of all models collapsed by their crossover temperatures",
    (
        Need("energetics", scalars=("energy_per_particle",)),
        Need(
            "crossover",
            values=CROSSOVER,
            remedy="compute it with pssglass analyze, of at least two models that have a T_co by elasticity",
        ),
    ),
    tabulate,
    draw,
    panel_size=(4.2, 3.4),
)
