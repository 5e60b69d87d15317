"""Fig. 4: shear and bulk modulus over their high-temperature values."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pssglass.figures.figure import Figure, Need
from pssglass.figures.series import draw_series, error_bar, plateau, series_of
from pssglass.figures.style import temperature_axis
from pssglass.figures.table import Cell, Table
from pssglass.results import EnsembleSummary

MODULI = {"shear_modulus": "G", "bulk_modulus": "K"}


def tabulate(ensembles: Sequence[EnsembleSummary]) -> Table:
    """G/G∞ and K/K∞ of every ensemble.

    The errors are those of G and K alone; the plateau's, common to a whole series, have their own columns.
    """
    columns = ["series", "ensemble", "N", "parent_temperature"]
    for key in MODULI:
        columns += [f"relative_{key}", f"relative_{key}_error", f"plateau_{key}", f"plateau_{key}_error"]
    rows: list[list[Cell]] = []
    for label, members in series_of(ensembles).items():
        for one in members:
            row: list[Cell] = [label, one.name, one.N, one.parent_temperature]
            for key in MODULI:
                scalar, high = one.scalars[key], plateau(members, key)
                row += [scalar.mean / high.mean, error_bar(scalar) / high.mean, high.mean, error_bar(high)]
            rows.append(row)
    return Table.of(columns, rows)


def draw(table: Table, panels: Sequence[Axes]) -> None:
    """G/G∞ on the left, K/K∞ on the right."""
    for axes, (key, symbol) in zip(panels, MODULI.items(), strict=True):
        axes.axhline(1.0, color="0.6", linewidth=0.6, zorder=0)
        draw_series(axes, table, f"relative_{key}")
        temperature_axis(axes, table.numbers("parent_temperature"))
        axes.set_ylabel(rf"${symbol}/{symbol}_\infty$")
    panels[0].legend()


FIGURE = Figure(
    "fig4",
    "shear and bulk modulus over their high-temperature values",
    (Need("moduli", scalars=tuple(MODULI)),),
    tabulate,
    draw,
    panels=2,
)
