"""Continuous sizes: how diameters are distributed, and how two of them make the length of a pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

import numpy as np

from pssglass.base import checks
from pssglass.base.errors import ModelError
from pssglass.base.results import Floats

DRAWINGS = ("quantiles", "random")
DIGITS = 30
"""Of decimal arithmetic, in whole numbers: every machine finds the same diameters to the last bit."""
DIAMETERS = 4
"""Stream of random numbers of a seed: see ``simulation.start`` for the others."""
TOLERANCE = 1e-6
"""Relative: diameters of files may be of single precision, or of eight decimals."""
TYPICAL = 40
WIDEST = 100.0
"""The largest diameter over the smallest."""
STEEPEST = 100.0
"""Beyond it nearly all particles have one size, and powers leave the range of decimals."""


@dataclass(frozen=True)
class Sizes:
    """Diameters with the density p(λ) ∝ λ^-exponent between two bounds, and the mixing of two of them.

    The length of a pair is λ_ij = (λ_i + λ_j)/2 · (1 - nonadditivity·abs(λ_i - λ_j)).

    Attributes:
        smallest, largest: bounds of the diameters; equal ones make all particles alike.
        exponent: 3 of Ninarello, Berthier and Coslovich, Phys. Rev. X 7, 021039 (2017),
            doi:10.1103/PhysRevX.7.021039; 0 for a flat distribution.
        nonadditivity: n_a, in inverse lengths.
        drawing: "quantiles", those of (k - 1/2)/N for k = 1 … N, the same in all samples, so that samples do
            not differ by their sizes; or "random", each of them drawn by itself.

    Raises:
        ModelError: a value is out of bounds, or a pair would have no positive length.
    """

    smallest: float
    largest: float
    exponent: float = 3.0
    nonadditivity: float = 0.0
    drawing: str = "quantiles"

    def __post_init__(self) -> None:
        checks.number(ModelError, "smallest diameter", self.smallest, above=0.0)
        checks.number(ModelError, "largest diameter", self.largest, above=0.0)
        checks.number(ModelError, "exponent of sizes", self.exponent)
        if abs(self.exponent) > STEEPEST:
            raise ModelError(
                f"exponent of sizes = {self.exponent:g} must be within -{STEEPEST:g} and {STEEPEST:g}"
            )
        checks.number(ModelError, "nonadditivity", self.nonadditivity)
        if self.largest < self.smallest:
            raise ModelError(
                f"largest diameter = {self.largest:g} must not be below the smallest, {self.smallest:g}"
            )
        if self.largest > WIDEST * self.smallest:
            raise ModelError(
                f"largest diameter = {self.largest:g} must be at most {WIDEST:g} times the smallest,"
                f" {self.smallest:g}"
            )
        if self.drawing not in DRAWINGS:
            raise ModelError(f"drawing = '{self.drawing}' must be one of {', '.join(DRAWINGS)}")
        require_lengths(self.nonadditivity, self.smallest, self.largest)

    def length(self, one: Floats, other: Floats) -> Floats:
        """λ_ij of diameters, arrays of any shapes that NumPy broadcasts."""
        mixed: Floats = 0.5 * (one + other) * (1.0 - self.nonadditivity * np.abs(one - other))
        return mixed

    @property
    def longest(self) -> float:
        """An upper bound of all λ_ij."""
        return self.largest * (1.0 + max(0.0, -self.nonadditivity) * (self.largest - self.smallest))

    @property
    def shortest(self) -> float:
        """The smallest λ_ij."""
        ends = np.array([self.smallest, self.largest])
        return float(self.length(ends[:, None], ends).min())

    @property
    def typical_lengths(self) -> Floats:
        """λ_ij (n, n) of some diameters that stand for as many particles each."""
        diameters = np.array(_quantiles(self, TYPICAL))
        return self.length(diameters[:, None], diameters)

    def diameters(self, N: int, seed: int) -> Floats:
        """Diameters (N,) of the particles of one sample, in no order."""
        rng = np.random.default_rng((seed, DIAMETERS))
        if self.drawing == "quantiles":
            return rng.permutation(np.array(_quantiles(self, N)))
        return np.array(_below(self, map(Decimal, rng.random(N).tolist())))

    def check(self, diameters: Floats) -> str | None:
        """Why these (N,) are not diameters of this distribution; None where they are."""
        low, high = float(diameters.min()), float(diameters.max())
        if not (low >= self.smallest * (1.0 - TOLERANCE) and high <= self.largest * (1.0 + TOLERANCE)):
            return f"diameters from {low:g} to {high:g} are not within {self.smallest:g} and {self.largest:g}"
        if self.drawing == "random":
            return None
        expected = np.array(_quantiles(self, len(diameters)))
        away = np.abs(np.sort(diameters) - expected) > TOLERANCE * expected
        if not away.any():
            return None
        first = int(away.argmax())
        return (
            f"diameters are not the quantiles of the model's distribution (number {first + 1} by size is"
            f" {np.sort(diameters)[first]:.8g}, not {expected[first]:.8g}); drawing = 'random' takes others"
        )


def require_lengths(nonadditivity: float, smallest: float, largest: float) -> None:
    """Refuse a mixing by which pairs of the smallest and the largest diameter have no positive length.

    Below zero it lengthens pairs of unlike diameters, and no bound is needed.

    Raises:
        ModelError: with the bound.
    """
    if not nonadditivity * (largest - smallest) < 1.0:
        raise ModelError(
            f"nonadditivity = {nonadditivity:g} leaves pairs of diameters {smallest:g} and {largest:g} no"
            f" length; it must be below {1.0 / (largest - smallest):.4g}"
        )


@lru_cache(maxsize=8)
def _quantiles(sizes: Sizes, N: int) -> Sequence[float]:
    return _below(sizes, (Decimal(2 * k + 1) / (2 * N) for k in range(N)))


def _below(sizes: Sizes, shares: Iterable[Decimal]) -> Sequence[float]:
    """The diameters below which these shares of the particles lie."""
    with localcontext(prec=DIGITS):
        inverse = _inverse(sizes)
        return tuple(float(inverse(share)) for share in shares)


def _inverse(sizes: Sizes) -> Callable[[Decimal], Decimal]:
    """The inverse of the cumulative distribution."""
    low, high = Decimal(sizes.smallest), Decimal(sizes.largest)
    power = 1 - Decimal(sizes.exponent)
    if not power:
        return lambda share: low * (high / low) ** share
    ratio = (high / low) ** power
    if power == -2:  # the usual exponent, 3, for which roots are a hundred times as fast as powers
        return lambda share: low / (1 + share * (ratio - 1)).sqrt()
    return lambda share: low * (1 + share * (ratio - 1)) ** (1 / power)
