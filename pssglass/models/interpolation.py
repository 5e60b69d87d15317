"""Functions that are known at points: their derivatives, and pieces of fifth order from one to the next.

Only sums, products and quotients of arrays, element by element: the same bits everywhere, so that a table
read again is the same model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
NEAREST = 9


def derivatives(points: Array, values: Array, highest: int) -> Array:
    """Of the polynomials through the nine nearest points, derivatives 0 … highest at each: (highest + 1, n).

    Args:
        points: where the function is known, ascending, at least nine.
        values: what it is there.
        highest: derivative.
    """
    first = np.clip(np.arange(len(points)) - NEAREST // 2, 0, len(points) - NEAREST)
    columns = first + np.arange(NEAREST)[:, None]
    weights = _weights(points[columns], points, highest)
    result: Array = np.zeros((highest + 1, len(points)))
    for column, weight in zip(columns, weights, strict=True):
        result += weight * values[column]
    return result


def resampled(points: Array, known: Array, at: Array) -> Array:
    """A function and its first two derivatives, ``known`` at points (3, n), elsewhere: (3, m)."""
    piece = np.clip(np.searchsorted(points, at, side="right") - 1, 0, len(points) - 2)
    width = points[piece + 1] - points[piece]
    return quintic(known[:, piece], known[:, piece + 1], width, (at - points[piece]) / width)


def quintic(left: Array, right: Array, width: Array | float, t: Array) -> Array:
    """Derivatives (3, …) at t of the polynomial of fifth order that has these (3, …) at t = 0 and 1."""
    f0, g0, k0 = left[0], width * left[1], 0.5 * width * width * left[2]
    f1, g1, k1 = right[0], width * right[1], 0.5 * width * width * right[2]
    rise, bend, turn = f1 - f0 - g0 - k0, g1 - g0 - 2.0 * k0, 2.0 * (k1 - k0)
    c3 = 10.0 * rise - 4.0 * bend + 0.5 * turn
    c4 = -15.0 * rise + 7.0 * bend - turn
    c5 = 6.0 * rise - 3.0 * bend + 0.5 * turn
    return np.stack(
        [
            f0 + t * (g0 + t * (k0 + t * (c3 + t * (c4 + t * c5)))),
            (g0 + t * (2.0 * k0 + t * (3.0 * c3 + t * (4.0 * c4 + t * 5.0 * c5)))) / width,
            (2.0 * k0 + t * (6.0 * c3 + t * (12.0 * c4 + t * 20.0 * c5))) / (width * width),
        ]
    )


def _weights(x: Array, z: Array, highest: int) -> Any:
    """Weights of each of the points x, shape (points, n), in the derivatives at z: (points, highest + 1, n).

    Fornberg, Math. Comput. 51, 699 (1988), doi:10.1090/S0025-5718-1988-0935077-0.
    """
    count = len(x)
    w = np.zeros((count, highest + 1, len(z)))
    w[0, 0] = 1.0
    before, here = np.ones_like(z), x[0] - z
    for i in range(1, count):
        product, last, here = np.ones_like(z), here, x[i] - z
        for j in range(i):
            gap = x[i] - x[j]
            product = product * gap
            if j == i - 1:
                for k in range(min(i, highest), 0, -1):
                    w[i, k] = before * (k * w[i - 1, k - 1] - last * w[i - 1, k]) / product
                w[i, 0] = -before * last * w[i - 1, 0] / product
            for k in range(min(i, highest), 0, -1):
                w[j, k] = (here * w[j, k] - k * w[j, k - 1]) / gap
            w[j, 0] = here * w[j, 0] / gap
        before = product
    return w
