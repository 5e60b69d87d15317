"""Fig. 5: nonaffine part of the shear modulus."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.figures.figure import Figure, Need
from pssglass.figures.series import draw_series, series_of
from pssglass.figures.style import temperature_axis
from pssglass.figures.table import Cell, Table
from pssglass.results import EnsembleSummary
from pssglass.statistics import ratio_of_means

SCALARS = ("shear_modulus_nonaffine", "shear_modulus", "shear_modulus_affine")


def tabulate(ensembles: Sequence[EnsembleSummary]) -> Table:
    """⟨G_na⟩/⟨G⟩ of every ensemble."""
    columns = ["series", "ensemble", "N", "parent_temperature", "samples"]
    rows: list[list[Cell]] = []
    for label, members in series_of(ensembles).items():
        for one in members:
            ratio, error = ratio_of_means(*(one.scalars[key] for key in SCALARS))
            count = one.scalars["shear_modulus"].count
            rows.append([label, one.name, one.N, one.parent_temperature, count, ratio, error])
    return Table.of([*columns, "nonaffine_ratio", "nonaffine_ratio_error"], rows)


def draw(table: Table, panels: Sequence[Axes]) -> None:
    """One curve a model."""
    draw_series(panels[0], table, "nonaffine_ratio")
    temperature_axis(panels[0], table.numbers("parent_temperature"))
    panels[0].set_ylabel(r"$G_\mathrm{na}/G$")
    panels[0].legend()


FIGURE = Figure(
    "fig5",
    "nonaffine part of the shear modulus",
    (Need("moduli", scalars=SCALARS),),
    tabulate,
    draw,
)
