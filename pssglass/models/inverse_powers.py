"""The form of inverse powers with an even polynomial: poly-IPL, WCA, n-m Lennard-Jones and sticky ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

UNIT_ROUND_OFF = 2.0**-53
LEAST_X = 0.05
"""No two particles come as close, over λ."""
STEPS = 4000


@dataclass(frozen=True)
class InversePowers:
    """φ(x) = Σ a_k x^(-n_k) + Σ c_2l x^(2l), and zero beyond ``x_cut``; see ``PairForm``.

    Where there is a joint, ``inner_coefficients`` stand for the a_k below it, and there is no polynomial.

    Attributes:
        exponents: even numbers n_k, ascending.
        coefficients: a_k, one for each.
        polynomial: c_0, c_2, c_4, ….
        x_cut: the cutoff.
        inner_coefficients: a_k below the joint; none without a joint.
        x_join: the joint, a minimum of the inner piece; None if there is none.
    """

    exponents: tuple[int, ...]
    coefficients: tuple[float, ...]
    polynomial: tuple[float, ...]
    x_cut: float
    inner_coefficients: tuple[float, ...] = ()
    x_join: float | None = None

    @cached_property
    def x_core(self) -> float:
        """The joint, or else the first minimum, or else the cutoff."""
        if self.x_join is not None:
            return self.x_join
        return first_minimum(self._smoothed_terms, self.x_cut) or self.x_cut

    def evaluate(self, x: float) -> float:
        """φ(x)."""
        return sum(c * x**n for n, c in self._terms(x))

    def curvature(self, x: float) -> float:
        """φ″(x)."""
        return sum(c * n * (n - 1) * x ** (n - 2) for n, c in self._terms(x))

    def _terms(self, x: float) -> list[tuple[int, float]]:
        """Powers of x and their coefficients at this distance."""
        if x >= self.x_cut:
            return []
        if self.x_join is not None and x < self.x_join:
            return [(-n, a) for n, a in zip(self.exponents, self.inner_coefficients, strict=True)]
        return self._smoothed_terms

    @property
    def _smoothed_terms(self) -> list[tuple[int, float]]:
        """Those of the piece that ends at the cutoff."""
        inverse = [(-n, a) for n, a in zip(self.exponents, self.coefficients, strict=True)]
        return inverse + [(2 * half, c) for half, c in enumerate(self.polynomial)]

    def round_off_of_slope(self) -> float:
        """Estimate of the largest error of φ′(x) in double precision between core and cutoff.

        That of the sum of the terms' magnitudes, which is what is left where the terms themselves cancel.
        """
        low, high = self.x_core, self.x_cut
        return UNIT_ROUND_OFF * sum(
            abs(n * c) * max(low ** (n - 1), high ** (n - 1)) for n, c in self._smoothed_terms
        )

    def arguments(self) -> Mapping[str, Any]:
        """All attributes; those of the joint only where there is one."""
        given = {
            "exponents": self.exponents,
            "coefficients": self.coefficients,
            "polynomial": self.polynomial,
            "x_cut": self.x_cut,
        }
        if self.x_join is None:
            return given
        return {**given, "inner_coefficients": self.inner_coefficients, "x_join": self.x_join}


def first_minimum(terms: Sequence[tuple[int, float]], x_end: float) -> float | None:
    """Where Σ c x^n stops falling between zero and ``x_end``; None if it falls all the way."""

    def slope(x: float) -> float:
        return sum(n * c * x ** (n - 1) for n, c in terms)

    ratio: float = (LEAST_X / x_end) ** (1.0 / STEPS)
    low = high = LEAST_X
    for step in range(STEPS - 1, 0, -1):
        low, high = high, x_end * ratio**step
        if slope(high) >= 0.0:
            break
    else:
        return None
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if slope(middle) < 0.0 else (low, middle)
    return high
