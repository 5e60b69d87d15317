"""The form of a table: polynomials of fifth order in x² between equidistant nodes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.models.interpolation import Array, quintic

UNIT_ROUND_OFF = 2.0**-53


@dataclass(frozen=True)
class Tabulated:
    """φ as a function of q = x², in pieces whose first two derivatives are continuous; see ``PairForm``.

    Below the first node φ goes on as the parabola in q that it begins with.

    Attributes:
        q_first: q of the first node.
        q_cut: q of the last, the cutoff.
        nodes: φ, dφ/dq and d²φ/dq² at each, one node behind the other.
    """

    q_first: float
    q_cut: float
    nodes: tuple[float, ...]

    @property
    def x_cut(self) -> float:
        """The cutoff."""
        return math.sqrt(self.q_cut)

    @cached_property
    def x_core(self) -> float:
        """The first minimum, or else the cutoff."""
        slopes = self._columns[1]
        rising = np.flatnonzero(slopes >= 0.0)
        first = int(rising[0]) if len(rising) else len(slopes) - 1
        if first in (0, len(slopes) - 1):
            return self.x_cut
        low, high = (self.q_first + k * self.width for k in (first - 1, first))
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.derivatives(middle)[1] < 0.0 else (low, middle)
        return math.sqrt(high)

    def evaluate(self, x: float) -> float:
        """φ(x)."""
        return float(self.derivatives(x * x)[0])

    def curvature(self, x: float) -> float:
        """φ″(x)."""
        _, first, second = self.derivatives(x * x)
        return float(2.0 * first + 4.0 * x * x * second)

    def round_off_of_slope(self) -> float:
        """Estimate of the largest error of φ′(x) in double precision between core and cutoff.

        A piece takes differences of its two ends, whose round-off the width of the piece divides.
        """
        begin = int((self.x_core**2 - self.q_first) / self.width)
        largest = float(abs(self._columns[0, min(begin, self.pieces - 1) :]).max())
        return UNIT_ROUND_OFF * 16.0 * 2.0 * self.x_cut * largest / self.width

    def arguments(self) -> Mapping[str, Any]:
        """All attributes."""
        return {"q_first": self.q_first, "q_cut": self.q_cut, "nodes": self.nodes}

    @property
    def pieces(self) -> int:
        """How many there are, all as wide in q."""
        return len(self.nodes) // 3 - 1

    @cached_property
    def width(self) -> float:
        """Of a piece."""
        return (self.q_cut - self.q_first) / self.pieces

    def derivatives(self, q: npt.ArrayLike) -> Array:
        """φ, dφ/dq and d²φ/dq² at q, (3, …)."""
        q = np.asarray(q, dtype=float)
        place = (q - self.q_first) / self.width
        piece = np.clip(place.astype(int), 0, self.pieces - 1)
        left, right = self._columns[:, piece], self._columns[:, piece + 1]
        f, g, k = self._columns[:, 0]
        d = q - self.q_first
        before = np.stack([f + d * (g + 0.5 * d * k), g + d * k, k + 0.0 * d])
        found = np.where(d < 0.0, before, quintic(left, right, self.width, place - piece))
        return np.where(q < self.q_cut, found, 0.0)

    @cached_property
    def _columns(self) -> Array:
        return np.array(self.nodes).reshape(-1, 3).T
