"""Glass formers as data: who interacts with whom, how strongly, at which density.

A pair potential is a function of x = r/λ_ij in units of ε_ij, made of two pieces of one form,

    φ(x) = a x⁻¹² - b x⁻⁶ + c0 + c2 x² + c4 x⁴ + c6 x⁶,

the inner one below ``x_join``, the outer one from there to ``x_cut``, and zero beyond. Every term is even in
x, so the engine needs only q = x². A new model of this form is one more factory in ``MODELS``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from pssglass.base.canonical import canonical_json, digest
from pssglass.base.errors import ModelError
from pssglass.models.tapers import (
    Coefficients,
    curvature,
    evaluate,
)

Matrix = tuple[tuple[float, ...], ...]

# Radians of the stiffest pair vibration that one time step may turn: 2π/0.2 ≈ 31 steps a period.
RADIANS_PER_STEP = 0.2


@dataclass(frozen=True)
class Model:
    """A glass former: pair potential, composition and density.

    Attributes:
        name: key in ``MODELS``; it stands for the form of the potential, its tapering included.
        parameters: what the factory was called with, defaults filled in (plain JSON values).
        species: names of the S species, in the order of the matrices.
        composition: number fraction of each species.
        number_density: N/V.
        mass: of every particle.
        energies, lengths: ε_ij and λ_ij, S x S, symmetric.
        inner, outer: coefficients (a, b, c0, c2, c4, c6) of the two pieces.
        x_join, x_cut: where the outer piece begins and ends.
    """

    name: str
    parameters: Mapping[str, Any] = field(hash=False)
    species: tuple[str, ...]
    composition: tuple[float, ...]
    number_density: float
    mass: float
    energies: Matrix
    lengths: Matrix
    inner: Coefficients
    outer: Coefficients
    x_join: float
    x_cut: float

    def canonical(self) -> dict[str, Any]:
        """Everything that decides the physics, as plain JSON values."""
        plain: dict[str, Any] = json.loads(canonical_json(asdict(self)))
        return plain

    @cached_property
    def hash(self) -> str:
        """SHA-256 of ``canonical()``."""
        return digest(self.canonical())

    @property
    def max_cutoff(self) -> float:
        """Longest interaction range."""
        return self.x_cut * max(max(row) for row in self.lengths)

    def box_length(self, N: int) -> float:
        """Edge of the cubic box that holds N particles at the model's density."""
        return float(np.cbrt(N / self.number_density))

    @property
    def unit(self) -> int:
        """Smallest number of particles that the composition divides exactly; every N is a multiple of it."""
        return math.lcm(*(share.denominator for share in self._shares))

    @property
    def _shares(self) -> list[Fraction]:
        return [Fraction(fraction).limit_denominator(10_000) for fraction in self.composition]

    def counts(self, N: int) -> tuple[int, ...]:
        """Number of particles of each species, exactly as the composition says.

        Raises:
            ModelError: N particles cannot be divided so.
        """
        if N % self.unit:
            ratio = ":".join(f"{fraction:g}" for fraction in self.composition)
            nearest = max(1, round(N / self.unit)) * self.unit
            raise ModelError(f"N = {N} cannot be divided as {ratio}; the nearest N that can is {nearest}")
        return tuple(int(share * N) for share in self._shares)

    def potential(self, x: float) -> float:
        """φ(x)/ε at x = r/λ."""
        return evaluate(self._piece(x), x)

    def curvature(self, x: float) -> float:
        """φ″(x)/ε at x = r/λ, in units of λ⁻²."""
        return curvature(self._piece(x), x)

    def _piece(self, x: float) -> Coefficients:
        if x >= self.x_cut:
            return (0.0,) * 6
        return self.inner if x < self.x_join else self.outer

    def stiffness(self, temperature: float) -> float:
        """Stiffness ε φ″/λ² that the hardest pair collisions at this temperature meet.

        It adds what the repulsive core has where φ = k_B T to what the well and its taper have at most.
        """
        taper = max(self.curvature(x) for x in np.linspace(self.x_join, self.x_cut, 400, endpoint=False))
        return max(
            epsilon / length**2 * (self.curvature(self._closest_approach(temperature / epsilon)) + taper)
            for energies, lengths in zip(self.energies, self.lengths, strict=True)
            for epsilon, length in zip(energies, lengths, strict=True)
        )

    def _closest_approach(self, energy: float) -> float:
        """The x on the core where φ(x) = energy, by bisection."""
        low, high = 0.1, self.x_join
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.potential(middle) > energy else (low, middle)
        return high

    def default_time_step(self, temperature: float) -> float:
        """Velocity-Verlet step that resolves the hardest collisions at this temperature, to two digits."""
        step = RADIANS_PER_STEP / math.sqrt(2.0 * _stiffness(self, temperature) / self.mass)
        return float(f"{step:.1e}")


@lru_cache
def _stiffness(model: Model, temperature: float) -> float:
    """The same for all samples of an ensemble, too."""
    return model.stiffness(temperature)
