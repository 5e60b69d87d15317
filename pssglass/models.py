"""Glass formers as data: who interacts with whom, how strongly, at which density.

A pair potential is a function of x = r/λ_ij in units of ε_ij, made of two pieces of one form,

    φ(x) = a x⁻¹² - b x⁻⁶ + c0 + c2 x² + c4 x⁴ + c6 x⁶,

the inner one below ``x_join``, the outer one from there to ``x_cut``, and zero beyond. Every term is even in
x, so the engine needs only q = x². A new model of this form is one more factory in ``MODELS``.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

import pssglass.checks as checks
from pssglass.errors import ModelError, suggest
from pssglass.tapers import (
    LENNARD_JONES,
    Coefficients,
    curvature,
    evaluate,
    smoothed_lennard_jones,
    sticky_taper,
)

Matrix = tuple[tuple[float, ...], ...]

# Radians of the stiffest pair vibration that one time step may turn: 2π/0.2 ≈ 31 steps a period.
RADIANS_PER_STEP = 0.2


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, shortest exact floats, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of ``value``, in hexadecimal."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


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


# Computed once for all samples of an ensemble.
_sticky_taper = lru_cache(sticky_taper)


@lru_cache
def _stiffness(model: Model, temperature: float) -> float:
    """The same for all samples of an ensemble, too."""
    return model.stiffness(temperature)


def PSS(  # noqa: N802
    rc: float,
    *,
    size_ratios: Sequence[float] = (1.18, 1.4),
    composition: Sequence[float] = (0.5, 0.5),
    density: float = 0.6,
    mass: float = 1.0,
) -> Model:
    """Piecewise sticky spheres: Lennard-Jones up to its minimum, then a taper up to ``rc`` (paper, Eq. 1).

    Args:
        rc: cutoff over the distance of the minimum, in (1, 2.5]; the smaller, the stickier.
        size_ratios: λ of small-large and of large-large pairs over that of small-small pairs.
        composition: number fractions of small (A) and large (B) particles.
        density: N/V in units of λ_small-small⁻³.
        mass: of every particle.

    Raises:
        ModelError: a parameter is out of bounds.
    """
    rc = checks.number(ModelError, "rc", rc)
    if not 1.0 < rc <= 2.5:
        raise ModelError(f"rc = {rc} is outside (1, 2.5]; the paper uses 1.1, 1.2, 1.3 and 1.5")
    ratios = checks.sequence(ModelError, "size_ratios", size_ratios, 2)
    cross, large = (checks.number(ModelError, "size_ratios", ratio, above=0.0) for ratio in ratios)
    fractions = _fractions(composition)
    density = checks.number(ModelError, "density", density, above=0.0)
    mass = checks.number(ModelError, "mass", mass, above=0.0)
    x_join, x_cut, outer = _sticky_taper(rc)
    return Model(
        name="pss",
        parameters={
            "rc": rc,
            "size_ratios": [cross, large],
            "composition": list(fractions),
            "density": density,
            "mass": mass,
        },
        species=("A", "B"),
        composition=fractions,
        number_density=density,
        mass=mass,
        energies=((1.0, 1.0), (1.0, 1.0)),
        lengths=((1.0, cross), (cross, large)),
        inner=LENNARD_JONES,
        outer=outer,
        x_join=x_join,
        x_cut=x_cut,
    )


def KABLJ(  # noqa: N802
    *, composition: Sequence[float] = (0.8, 0.2), density: float = 1.2, mass: float = 1.0
) -> Model:
    """Kob-Andersen mixture, cut at 2.5σ and smoothed by c0 + c2 x² + c4 x⁴ so that φ, φ′ and φ″ vanish there.

    Kob and Andersen, Phys. Rev. E 51, 4626 (1995), doi:10.1103/PhysRevE.51.4626, cut and shift the potential
    instead; smoothing it like this is common where Hessians are wanted, as forces and stiffness must be
    continuous.

    Raises:
        ModelError: a parameter is out of bounds.
    """
    fractions = _fractions(composition)
    density = checks.number(ModelError, "density", density, above=0.0)
    mass = checks.number(ModelError, "mass", mass, above=0.0)
    smoothed = smoothed_lennard_jones(2.5)
    return Model(
        name="kablj",
        parameters={"composition": list(fractions), "density": density, "mass": mass},
        species=("A", "B"),
        composition=fractions,
        number_density=density,
        mass=mass,
        energies=((1.0, 1.5), (1.5, 0.5)),
        lengths=((1.0, 0.8), (0.8, 0.88)),
        inner=smoothed,
        outer=smoothed,
        x_join=2.0 ** (1.0 / 6.0),
        x_cut=2.5,
    )


MODELS: dict[str, Callable[..., Model]] = {"pss": PSS, "kablj": KABLJ}


def build_model(name: str, parameters: Mapping[str, Any]) -> Model:
    """The model of this name, e.g. ``build_model("pss", {"rc": 1.5})``.

    Raises:
        ModelError: unknown model, unknown, missing or wrong parameter.
    """
    if name not in MODELS:
        raise ModelError(f"there is no model '{name}'; {suggest(name, MODELS)}")
    accepted = inspect.signature(MODELS[name]).parameters
    for key in parameters:
        if key not in accepted:
            raise ModelError(f"model {name} has no parameter '{key}'; {suggest(key, accepted)}")
    for key, parameter in accepted.items():
        if parameter.default is parameter.empty and key not in parameters:
            raise ModelError(f"model {name} needs the parameter '{key}'; add it to parameters")
    return MODELS[name](**parameters)


def _fractions(composition: object) -> tuple[float, float]:
    values = checks.sequence(ModelError, "composition", composition, 2)
    first, second = (checks.number(ModelError, "composition", value, above=0.0) for value in values)
    if abs(first + second - 1.0) > 1e-9:
        raise ModelError(f"composition = [{first}, {second}] adds up to {first + second}; it must be 1")
    return first, second
