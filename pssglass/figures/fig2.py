"""Fig. 2: the pair potential for each cutoff. It needs no database."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.base.results import EnsembleSummary
from pssglass.figures.figure import Figure
from pssglass.figures.style import legend_text, styles_of
from pssglass.figures.table import FigureTable
from pssglass.models import PSS

CUTOFFS = (1.1, 1.2, 1.3, 1.5)


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """φ(r)/ε of the paper's four cutoffs on a common grid of r/λ; the ensembles do not matter."""
    distances = np.linspace(0.97, 1.75, 391)
    rows = [[f"pss rc={rc}", x, PSS(rc).potential(x)] for rc in CUTOFFS for x in distances.tolist()]
    return FigureTable.of(["series", "distance", "potential"], rows)


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """The four curves with a dotted line at each cutoff."""
    axes = panels[0]
    styles = styles_of(table.texts("series"))
    for label, rows in table.groups("series").items():
        distance, potential = rows.numbers("distance"), rows.numbers("potential")
        axes.plot(distance, potential, color=styles[label].color, linewidth=1.4, label=legend_text(label))
        cutoff = distance[np.flatnonzero(potential)[-1]]
        axes.plot([cutoff, cutoff], [-1.1, 0.0], color=styles[label].color, linestyle=":", linewidth=0.9)
    axes.axhline(0.0, color="0.6", linewidth=0.6, zorder=0)
    axes.set_xlim(0.97, 1.75)
    axes.set_ylim(-1.1, 0.6)
    axes.set_xlabel(r"distance  $r/\lambda$")
    axes.set_ylabel(r"pair potential  $\varphi/\varepsilon$")
    axes.legend(loc="upper right")


FIGURE = Figure("fig2", "pair potential of sticky spheres for each cutoff", (), tabulate, draw)
