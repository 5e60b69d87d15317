"""The form of sticky spheres and smoothed Lennard-Jones potentials: two pieces of even powers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Coefficients = tuple[float, float, float, float, float, float]

LENNARD_JONES: Coefficients = (4.0, 4.0, 0.0, 0.0, 0.0, 0.0)
UNIT_ROUND_OFF = 2.0**-53
# In q = x², φ is a sum of these powers; b enters with a minus sign.
POWERS = (-6, -3, 0, 1, 2, 3)
SIGNS = (1, -1, 1, 1, 1, 1)
NOTHING: Coefficients = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class TaperedLJ:
    """φ(x) = a x⁻¹² - b x⁻⁶ + c0 + c2 x² + c4 x⁴ + c6 x⁶ in two pieces, and zero beyond; see ``PairForm``.

    Attributes:
        inner, outer: coefficients (a, b, c0, c2, c4, c6) of the two pieces.
        x_join: where the outer piece begins; the core ends there, too.
        x_cut: where the outer piece ends.
    """

    inner: Coefficients
    outer: Coefficients
    x_join: float
    x_cut: float

    @property
    def x_core(self) -> float:
        """The joint."""
        return self.x_join

    def evaluate(self, x: float) -> float:
        """φ(x)."""
        q = x * x
        return sum(s * c * q**n for s, c, n in zip(SIGNS, self._piece(x), POWERS, strict=True))

    def curvature(self, x: float) -> float:
        """φ″(x)."""
        terms = zip(SIGNS, self._piece(x), POWERS, strict=True)
        return sum(s * c * (2 * n) * (2 * n - 1) * x ** (2 * n - 2) for s, c, n in terms)

    def _piece(self, x: float) -> Coefficients:
        if x >= self.x_cut:
            return NOTHING
        return self.inner if x < self.x_join else self.outer

    def round_off_of_slope(self) -> float:
        """Estimate of the largest error of φ′(x) in double precision between joint and cutoff.

        That of the sum of the terms' magnitudes, which is what is left where the terms themselves cancel.
        """
        return max(self._round_off(piece) for piece in (self.inner, self.outer))

    def _round_off(self, piece: Coefficients) -> float:
        powers = [2 * n - 1 for n in POWERS]
        low, high = self.x_join, self.x_cut
        return UNIT_ROUND_OFF * sum(
            abs((n + 1) * c) * max(low**n, high**n) for c, n in zip(piece, powers, strict=True)
        )

    def arguments(self) -> Mapping[str, Any]:
        """All attributes."""
        return asdict(self)
