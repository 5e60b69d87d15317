"""The stress frozen into glasses against the temperature of their liquids."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.figures import EnsembleSummary, Figure, FigureTable, Need

KEY = "equivalent_stress"


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """One row an ensemble."""
    rows = [
        [one.name, one.known_temperature, one.scalars[KEY].mean, one.scalars[KEY].standard_error]
        for one in ensembles
    ]
    return FigureTable.of(["ensemble", "parent_temperature", KEY, f"{KEY}_error"], rows)


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """Points with error bars."""
    x, y, error = (table.numbers(name) for name in ("parent_temperature", KEY, f"{KEY}_error"))
    panels[0].errorbar(x, y, error, fmt="o")
    panels[0].set_xlabel("$T_p$")
    panels[0].set_ylabel("equivalent stress")


FIGURE = Figure("stress", "stress frozen in", (Need("stress_anisotropy", scalars=(KEY,)),), tabulate, draw)
