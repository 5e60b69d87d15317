"""Fig. 15: potential energy of the inherent states."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.figures.figure import Figure, Need
from pssglass.figures.series import draw_series, scalar_table
from pssglass.figures.style import temperature_axis
from pssglass.figures.table import Table
from pssglass.results import EnsembleSummary


def tabulate(ensembles: Sequence[EnsembleSummary]) -> Table:
    """u = U/N of every ensemble."""
    return scalar_table(ensembles, ["energy_per_particle"])


def draw(table: Table, panels: Sequence[Axes]) -> None:
    """One curve a model."""
    draw_series(panels[0], table, "energy_per_particle")
    temperature_axis(panels[0], table.numbers("parent_temperature"))
    panels[0].set_ylabel(r"energy per particle  $u$  $(\varepsilon)$")
    panels[0].legend()


FIGURE = Figure(
    "fig15",
    "energy per particle of the inherent states",
    (Need("energetics", scalars=("energy_per_particle",)),),
    tabulate,
    draw,
)
