"""How long particles keep their sizes, or species, under swap Monte Carlo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.base.results import Floats

POINTS = 64
"""Parts of the recorded time, at the ends of which sizes are looked at."""
LAGS = 16
"""Parts up to which they are correlated: as far as the stress is, a quarter of the recorded time."""
SPACING = 4
"""Parts between two time origins."""


class SizeRelaxation:
    """C_λ(t) = ⟨δλ_i(0) δλ_i(t)⟩/⟨δλ_i²⟩ over particles and time origins, at equally spaced times.

    δλ is what a diameter has more than the mean one. Of species it is a vector, 1 for its own and 0 for the
    others, less their shares. It decays by exchanges alone, however far particles move, and the stress may
    relax while the sizes have hardly changed places (Ninarello, Berthier and Coslovich 2017,
    doi:10.1103/PhysRevX.7.021039).

    Args:
        state: of an earlier one; None begins.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        state = state or {"count": 0, "origins": [], "sums": [0.0] * (LAGS + 1), "products": [0] * (LAGS + 1)}
        self._count: int = state["count"]
        self._origins = [(number, np.array(sizes)) for number, sizes in state["origins"]]
        self._sums, self._products = np.array(state["sums"]), np.array(state["products"])

    def add(self, sizes: npt.NDArray[Any]) -> None:
        """Diameters, or species (N,), at the next time."""
        if self._count % SPACING == 0:
            self._origins.append((self._count, sizes.copy()))
        self._origins = [one for one in self._origins if self._count - one[0] <= LAGS]
        for number, before in self._origins:
            lag = self._count - number
            self._sums[lag] += _correlation(before, sizes)
            self._products[lag] += 1
        self._count += 1

    def result(self) -> Floats:
        """C_λ at lags 0, 1, … of the spacing; empty before the longest one was reached."""
        if self._count <= LAGS:
            return np.zeros(0)
        known: Floats = self._sums / self._products
        return known

    def state(self) -> dict[str, Any]:
        """All that it takes to go on, as plain JSON values."""
        return {
            "count": self._count,
            "origins": [[number, sizes.tolist()] for number, sizes in self._origins],
            "sums": self._sums.tolist(),
            "products": self._products.tolist(),
        }


def _correlation(before: npt.NDArray[Any], after: npt.NDArray[Any]) -> float:
    """Of sizes (N,) with what became of them, which are the same in another order."""
    if before.dtype.kind == "f":
        deviation = before - before.mean()
        return float(deviation @ (after - before.mean()) / (deviation @ deviation))
    shares = np.bincount(before) / before.size
    by_chance = float(shares @ shares)
    return float((np.mean(before == after) - by_chance) / (1.0 - by_chance))
