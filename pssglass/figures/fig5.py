"""Fig. 5: nonaffine part of the shear modulus."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.figures.figure import Figure, Need
from pssglass.figures.series import draw_series, scalar_table
from pssglass.figures.style import temperature_axis
from pssglass.figures.table import Table
from pssglass.results import EnsembleSummary


def tabulate(ensembles: Sequence[EnsembleSummary]) -> Table:
    """G_na/G, mean over samples, of every ensemble."""
    return scalar_table(ensembles, ["nonaffine_ratio"])


def draw(table: Table, panels: Sequence[Axes]) -> None:
    """One curve a model."""
    draw_series(panels[0], table, "nonaffine_ratio")
    temperature_axis(panels[0], table.numbers("parent_temperature"))
    panels[0].set_ylabel(r"$G_\mathrm{na}/G$")
    panels[0].legend()


FIGURE = Figure(
    "fig5",
    "nonaffine part of the shear modulus",
    (Need("moduli", scalars=("nonaffine_ratio",)),),
    tabulate,
    draw,
)
