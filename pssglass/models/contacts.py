"""The form of contacts between soft spheres: harmonic or Hertzian."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import ModelError

WEAKEST, STRONGEST = 0.02, 100.0
"""Bounds of the prefactor: forces of contacts are then large beside what a quench leaves of them, 1e-9."""
UNIT_ROUND_OFF = 2.0**-53


@dataclass(frozen=True)
class Contacts:
    """φ(x) = k (1 - x)^α where spheres overlap (x < 1), and zero beyond; see ``PairForm``.

    Attributes:
        prefactor: k, above 0.
        alpha: 2 (harmonic) or 2.5 (Hertzian).
    """

    prefactor: float
    alpha: float

    @property
    def x_cut(self) -> float:
        """Where spheres touch."""
        return 1.0

    @property
    def x_core(self) -> float:
        """Where spheres touch."""
        return 1.0

    def evaluate(self, x: float) -> float:
        """φ(x)."""
        return self.prefactor * math.pow(self._overlap(x), self.alpha)

    def curvature(self, x: float) -> float:
        """φ″(x)."""
        if x >= 1.0:
            return 0.0
        return self.prefactor * self.alpha * (self.alpha - 1.0) * math.pow(1.0 - x, self.alpha - 2.0)

    def _overlap(self, x: float) -> float:
        return max(1.0 - x, 0.0)

    def round_off_of_slope(self) -> float:
        """Estimate of the largest error of φ′(x) in double precision: that of the difference 1 - x."""
        return UNIT_ROUND_OFF * self.curvature(0.0)

    def arguments(self) -> Mapping[str, Any]:
        """Both attributes."""
        return {"prefactor": self.prefactor, "alpha": self.alpha}


def contacts(prefactor: object, alpha: object) -> Contacts:
    """The form of these two numbers from outside.

    Raises:
        ModelError: one is out of bounds.
    """
    alpha = checks.number(ModelError, "alpha", alpha)
    if alpha not in (2.0, 2.5):
        raise ModelError(f"alpha = {alpha:g} must be 2.5 (Hertzian) or 2 (harmonic)")
    prefactor = checks.number(ModelError, "prefactor", prefactor)
    if not WEAKEST <= prefactor <= STRONGEST:
        raise ModelError(
            f"prefactor = {prefactor:g} must be within {WEAKEST:g} and {STRONGEST:g}: energies, moduli and"
            " temperatures are proportional to it, so take units of energy in which it is near 1"
        )
    return Contacts(prefactor, alpha)
