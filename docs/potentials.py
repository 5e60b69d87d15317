"""The pictures of docs/models.md: ``python docs/potentials.py [FOLDER]`` draws φ of every built-in model.

Grey: k_B T_p from the coldest to the hottest parent temperature of the model's preset, the energy of pairs
that collide. A dashed line is k_B T_co.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pssglass.campaigns.reader import load_campaign
from pssglass.figures.style import look
from pssglass.models import KABLJ, PSS, Hertzian, Model, PolyIPL, PolyPSS

FOLDER = Path(__file__).parent / "potentials"
COLORS = ("#D55E00", "#E69F00", "#009E73", "#0072B2")


@dataclass(frozen=True)
class Picture:
    """What is drawn of a model.

    Attributes:
        curves: models by their name in the legend; of a single one, without a name, all its pairs.
        preset: that has the parent temperatures.
        energies: shown, in ε.
        crossover: T_co, where it is of these curves alone.
    """

    curves: Mapping[str, Model]
    preset: str
    energies: tuple[float, float]
    crossover: float | None = None


PICTURES = {
    "pss": Picture({f"$r_c = {rc}$": PSS(rc) for rc in (1.1, 1.2, 1.3, 1.5)}, "table1", (-1.2, 7.0)),
    "kablj": Picture({"": KABLJ()}, "kablj", (-1.7, 3.5)),
    "hertzian": Picture({"": Hertzian()}, "hertzian", (0.0, 0.016)),
    "poly-ipl": Picture({"": PolyIPL()}, "poly-ipl", (0.0, 2.4), 0.68),
    "poly-pss": Picture({"": PolyPSS(rc=1.2)}, "poly-pss", (-1.2, 4.5)),
}


def pairs(model: Model) -> Iterator[tuple[str, float, float]]:
    """Name, ε and λ of the pairs of a model; of continuous sizes those of the smallest and the largest."""
    if model.sizes is None:
        for i, one in enumerate(model.species):
            for j, other in enumerate(model.species[i:], start=i):
                yield f"{one}-{other}", model.energies[i][j], model.lengths[i][j]
        return
    ends = {"smallest": model.sizes.smallest, "largest": model.sizes.largest}
    for one, other in (("smallest", "smallest"), ("smallest", "largest"), ("largest", "largest")):
        length = model.sizes.length(np.array(ends[one]), np.array(ends[other]))
        yield f"{one}-{other}", 1.0, float(length)


def lines(picture: Picture) -> Iterator[tuple[str, float, float, Model]]:
    """Name, ε, λ and model of each line."""
    for name, model in picture.curves.items():
        if name:
            yield name, 1.0, 1.0, model
        else:
            yield from ((*pair, model) for pair in pairs(model))


def draw(axes: Axes, picture: Picture) -> None:
    """One model."""
    temperatures = [spec.parent_temperature for spec, _ in load_campaign(picture.preset).ensembles]
    known = [one for one in temperatures if one is not None]
    axes.axhspan(min(known), max(known), color="0.9", zorder=0)
    label = {"transform": axes.get_yaxis_transform(), "ha": "left", "va": "top", "color": "0.4"}
    axes.text(0.02, max(known), "$k_B T_p$", **label)
    if picture.crossover:
        axes.axhline(picture.crossover, color="0.4", linestyle="--", linewidth=0.8)
    for color, (name, energy, length, model) in zip(COLORS, lines(picture), strict=False):
        x = np.linspace(0.5, 1.05 * model.form.x_cut, 800)
        phi = energy * np.array([model.potential(one) for one in x.tolist()])
        axes.plot(length * x, phi, color=color, linewidth=1.4, label=name)
    axes.set_xlim(left=0.7)
    axes.set_ylim(*picture.energies)
    axes.set_xlabel(r"distance  $r$  $(\lambda_\mathrm{AA})$")
    axes.set_ylabel(r"pair potential  $\varphi$  $(\varepsilon)$")
    axes.legend(loc="upper right")


def main(folder: Path = FOLDER) -> None:
    """All of them, as PNG files."""
    folder.mkdir(exist_ok=True)
    for name, picture in PICTURES.items():
        with look():
            figure = Figure(figsize=(4.2, 2.8), layout="constrained")
            FigureCanvasAgg(figure)
            draw(figure.subplots(), picture)
            figure.savefig(folder / f"{name}.png", dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
