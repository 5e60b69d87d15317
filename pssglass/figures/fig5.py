"""Fig. 5: nonaffine part of the shear modulus."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.analysis.statistics import ratio_of_means
from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import draw_against_temperature, quantity_table, series_legend
from pssglass.figures.figure import Figure, Need
from pssglass.figures.table import FigureTable

SCALARS = ("shear_modulus_nonaffine", "shear_modulus", "shear_modulus_affine")


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """⟨G_na⟩/⟨G⟩ of every ensemble."""
    return quantity_table(
        ensembles, {"nonaffine_ratio": lambda one: ratio_of_means(*(one.scalars[key] for key in SCALARS))}
    )


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """One curve a model."""
    draw_against_temperature(panels[0], table, "nonaffine_ratio")
    panels[0].set_ylabel(r"$G_\mathrm{na}/G$")
    series_legend(panels[0])


FIGURE = Figure(
    "fig5",
    "nonaffine part of the shear modulus",
    (Need("moduli", scalars=SCALARS),),
    tabulate,
    draw,
)
