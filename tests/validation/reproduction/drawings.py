"""Pictures of the answers to the paper's open questions, from the values of glasses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from glasses import VALUES, read
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pssglass.base.results import EnsembleData
from pssglass.figures import look

HERE = Path(__file__).parent
PANEL = (3.4, 2.9)
DOTS_PER_INCH = 150
COLORS = {"constant pressure": "#0072b2", "constant volume": "#d55e00"}


def main() -> None:
    """Draw what the files in ``values`` have."""
    there = {name: read(VALUES, name) for name in ("pressure", "table1")}
    if there["pressure"]:
        with look():
            pressure(there).savefig(HERE / "pressure.png", dpi=DOTS_PER_INCH)


def pressure(there: dict[str, list[EnsembleData]]) -> Figure:
    """K over that of the hottest ensemble, at constant pressure and constant volume; a panel for each r_c."""
    cutoffs = sorted({one.parameters["rc"] for one in there["pressure"]})
    canvas = Figure(figsize=(PANEL[0] * len(cutoffs), PANEL[1]), layout="constrained")
    for place, rc in enumerate(cutoffs):
        axes = canvas.add_subplot(1, len(cutoffs), place + 1)
        for name, held in (("pressure", "constant pressure"), ("table1", "constant volume")):
            members = [one for one in there[name] if one.parameters["rc"] == rc]
            if members:
                relative(axes, members, "bulk_modulus", held)
        axes.axhline(1.0, color="0.6", linewidth=0.6, linestyle="dashed", zorder=0)
        axes.set_xlabel("$T_p$")
        axes.set_title(f"$r_c = {rc}$")
        axes.legend()
    canvas.axes[0].set_ylabel("$K(T_p)$ over that of the hottest liquids")
    return canvas


def relative(axes: Axes, members: Sequence[EnsembleData], key: str, held: str) -> None:
    """Means of a scalar over that of the hottest ensemble, with both standard errors."""
    hottest = max(members, key=lambda one: one.parent_temperature or 0.0)
    top = hottest.scalars[key]
    values = [one.scalars[key].mean / top.mean for one in members]
    errors = [
        quadratic(one.scalars[key].standard_error / one.scalars[key].mean, top.standard_error / top.mean)
        for one in members
    ]
    bars = [value * error for value, error in zip(values, errors, strict=True)]
    temperatures = [one.parent_temperature for one in members]
    axes.errorbar(temperatures, values, bars, fmt="o-", markersize=4, color=COLORS[held], label=held)


def quadratic(*errors: float) -> float:
    """Sum of independent errors."""
    return math.sqrt(sum(error**2 for error in errors))


if __name__ == "__main__":
    main()
