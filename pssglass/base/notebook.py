"""How objects show themselves in a notebook: a small table, and points as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WIDTH, HEIGHT, MARGIN = 360, 200, 30
"""Of a drawing, in pixels."""


def table(title: str, rows: Mapping[str, object]) -> str:
    """HTML of names and values."""
    cells = "".join(
        f"<tr><td style='text-align:left'>{escape(name)}</td>"
        f"<td style='text-align:left'>{escape(str(value))}</td></tr>"
        for name, value in rows.items()
    )
    return f"<table><caption>{escape(title)}</caption>{cells}</table>"


def points(x: Floats, y: Floats, labels: tuple[str, str]) -> str:
    """Positive numbers against each other as SVG, on logarithmic axes; each point tells its values."""
    names = tuple(map(escape, labels))
    horizontal = _places(x, MARGIN, WIDTH - MARGIN)
    vertical = _places(y, HEIGHT - MARGIN, MARGIN)
    circles = "".join(
        f"<circle cx='{a:.1f}' cy='{b:.1f}' r='2.5'><title>{names[0]} = {one:.4g}, {names[1]} = {other:.4g}"
        "</title></circle>"
        for a, b, one, other in zip(horizontal, vertical, x.tolist(), y.tolist(), strict=True)
    )
    ends = (f"{labels[0]}: {x.min():.3g} to {x.max():.3g}", f"{labels[1]}: {y.min():.3g} to {y.max():.3g}")
    texts = "".join(
        f"<text x='{MARGIN}' y='{place}' font-size='11'>{escape(end)}</text>"
        for place, end in zip((HEIGHT - 8, 16), ends, strict=True)
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' fill='currentColor'>"
        f"{circles}{texts}</svg>"
    )


def _places(values: Floats, first: float, last: float) -> Sequence[float]:
    """Where logarithms of values lie between two pixels; in the middle if they are all one."""
    low, high = math.log(values.min()), math.log(values.max())
    if low == high:
        return [0.5 * (first + last)] * len(values)
    return [first + (math.log(one) - low) / (high - low) * (last - first) for one in values.tolist()]
