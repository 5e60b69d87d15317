"""Pictures of the answers to the paper's open questions, from the values of glasses."""

from __future__ import annotations

from pathlib import Path

from claims import LEAST_LINEAGES, Block
from glasses import VALUES, read
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from questions import from_hottest, in_equilibrium

from pssglass.figures import look

HERE = Path(__file__).parent
PANEL = (3.4, 2.9)
DOTS_PER_INCH = 150
COLORS = {"pressure": "#0072b2", "table1": "#d55e00"}
HELD = {"pressure": "constant pressure", "table1": "constant volume"}
KEY = "bulk_modulus"


def main() -> None:
    """Draw what the files in ``values`` have."""
    with look():
        pressure().savefig(HERE / "pressure.png", dpi=DOTS_PER_INCH)


def pressure() -> Figure:
    """K over that of the hottest, at constant pressure and constant volume; a panel for each r_c."""
    there = {name: read(VALUES, name) for name in HELD}
    cutoffs = sorted({one.parameters["rc"] for one in there["pressure"]})
    canvas = Figure(figsize=(PANEL[0] * len(cutoffs), PANEL[1]), layout="constrained")
    for place, rc in enumerate(cutoffs):
        axes = canvas.add_subplot(1, len(cutoffs), place + 1)
        for name, ensembles in there.items():
            of_one = [one for one in ensembles if one.parameters["rc"] == rc]
            members = [one for one in of_one if one.independent(KEY) >= LEAST_LINEAGES]
            if members:
                relative(axes, Block(members), in_equilibrium(name, rc), name)
        axes.axhline(1.0, color="0.6", linewidth=0.6, linestyle="dashed", zorder=0)
        axes.set_xlabel("$T_p$")
        axes.set_title(f"$r_c = {rc}$")
        axes.legend()
    canvas.axes[0].set_ylabel("$K(T_p)$ over that of the hottest")
    return canvas


def relative(axes: Axes, block: Block, certified: set[float], name: str) -> None:
    """K over that of the hottest, errors by the jackknife; open symbols for liquids not in equilibrium."""
    for number, one in enumerate(block.ensembles):
        change = block.number(from_hottest(number))
        axes.errorbar(
            one.parent_temperature,
            1.0 + change.value,
            change.error,
            fmt="o",
            markersize=4,
            color=COLORS[name],
            markerfacecolor=COLORS[name] if one.parent_temperature in certified else "white",
            label=None if number else HELD[name],
        )


if __name__ == "__main__":
    main()
