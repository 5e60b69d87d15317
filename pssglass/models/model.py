"""Glass formers as data: who interacts with whom, how strongly, at which density.

The pair potential is ε_ij φ(r/λ_ij), with one form φ for all pairs. Lengths follow from the species of both
particles, or from diameters of their own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from pssglass.base.canonical import canonical_json, digest, shortened
from pssglass.base.errors import ModelError
from pssglass.base.read_only import protect
from pssglass.base.results import Floats, Integers
from pssglass.models.form import PairForm
from pssglass.models.sizes import Sizes
from pssglass.models.units import require_force, require_unit_of_length

Matrix = tuple[tuple[float, ...], ...]

# Radians of the stiffest pair vibration that one time step may turn: 2π/0.2 ≈ 31 steps a period.
RADIANS_PER_STEP = 0.2
SHARES = ((10_000, 1e-9), (1_000_000, 1e-15))
"""The largest denominators of fractions of a composition, and how far off these may be: nearly every number
is close to one of six digits."""
MOST_PARTICLES = 2**31
"""N is below it, as indices have 32 bits."""


@dataclass(frozen=True)
class Model:
    """A glass former: pair potential, composition and density.

    Attributes:
        name: that of its entry in ``MODELS``; it stands for the form of the potential, tapering included.
        parameters: what the factory was called with, defaults filled in (plain JSON values); read-only.
        species: names of the S species, in the order of the matrices.
        composition: number fraction of each species.
        number_density: N/V.
        mass: of every particle.
        energies, lengths: ε_ij and λ_ij, S x S, symmetric. Where particles have diameters there is one
            species, and its length is 1.
        form: the pair potential φ(x).
        melt_temperature: of the melt that forgets the start, where the protocol names none.
        sizes: how diameters are distributed and mixed; None where lengths follow from species.

    Raises:
        ModelError: the numbers of species, fractions, energies and lengths differ, a matrix is not symmetric,
            no number of particles has this composition, or energies or lengths are far from 1.
    """

    name: str
    parameters: Mapping[str, Any] = field(hash=False)
    species: tuple[str, ...]
    composition: tuple[float, ...]
    number_density: float
    mass: float
    energies: Matrix
    lengths: Matrix
    form: PairForm
    melt_temperature: float = 4.0
    sizes: Sizes | None = None

    def __post_init__(self) -> None:
        protect(self, "parameters")
        S = len(self.species)
        if len(self.composition) != S:
            raise ModelError(
                f"composition = {list(self.composition)} of model {self.name} must have {S} fractions,"
                f" one for each of the species {', '.join(self.species)}"
            )
        for name, matrix in (("energies", self.energies), ("lengths", self.lengths)):
            if [len(row) for row in matrix] != [S] * S or tuple(zip(*matrix, strict=True)) != matrix:
                raise ModelError(
                    f"{name} = {matrix} of model {self.name} must be a symmetric matrix, {S} x {S},"
                    " as a tuple of tuples"
                )
        if self.sizes is not None and self.lengths != ((1.0,),):
            raise ModelError(
                f"lengths = {self.lengths} of model {self.name} must be ((1.0,),), one species of length 1,"
                " as its particles have diameters"
            )
        self._check_shares()
        longest = max(map(max, self.lengths)) if self.sizes is None else self.sizes.longest
        require_unit_of_length("the longest length of pairs", longest)
        scales = zip(self.energies, self.shortest_lengths, strict=True)
        require_force(self.form, max(e / length for rows in scales for e, length in zip(*rows, strict=True)))

    def __repr__(self) -> str:
        """Name and parameters; of a table not all its values."""
        return f"<Model {self.name} {shortened(self.parameters)}>"

    def canonical(self) -> dict[str, Any]:
        """Everything that decides the physics, as plain JSON values; the protocol states the melt."""
        own = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name not in ("form", "melt_temperature", "sizes")
        }
        if self.sizes is not None:
            own["sizes"] = asdict(self.sizes)
        plain: dict[str, Any] = json.loads(canonical_json({**own, **self.form.arguments()}))
        return plain

    @cached_property
    def hash(self) -> str:
        """SHA-256 of ``canonical()``."""
        return digest(self.canonical())

    @property
    def max_cutoff(self) -> float:
        """Longest interaction range."""
        if self.sizes is not None:
            return self.form.x_cut * self.sizes.longest
        return self.form.x_cut * max(max(row) for row in self.lengths)

    @property
    def neighbours(self) -> float:
        """Mean number of particles within the interaction range of one, if all places were as likely."""
        lengths, shares = np.array(self.lengths), np.array(self.composition)
        if self.sizes is not None:
            lengths = self.sizes.typical_lengths
            shares = np.full(len(lengths), 1.0 / len(lengths))
        ranges = self.form.x_cut * lengths
        return float(4.0 / 3.0 * np.pi * self.number_density * (shares @ ranges**3 @ shares))

    def pair_lengths(self, species: Integers, diameters: Floats | None, pairs: Integers) -> Floats:
        """λ_ij (n,) of pairs (n, 2) of particles with these species (N,) and diameters (N,)."""
        first, second = pairs.T
        if self.sizes is None or diameters is None:
            by_species: Floats = np.array(self.lengths)[species[first], species[second]]
            return by_species
        return self.sizes.length(diameters[first], diameters[second])

    @property
    def shortest_lengths(self) -> Matrix:
        """Of each pair of species, the smallest λ_ij that there is."""
        return self.lengths if self.sizes is None else ((self.sizes.shortest,),)

    def box_length(self, N: int) -> float:
        """Edge of the cubic box that holds N particles at the model's density."""
        return math.cbrt(N / self.number_density)

    @property
    def unit(self) -> int:
        """Smallest number of particles that the composition divides exactly; every N is a multiple of it."""
        return math.lcm(*(share.denominator for share in self._shares))

    @cached_property
    def _shares(self) -> list[Fraction]:
        return [_share(fraction) for fraction in self.composition]

    def _check_shares(self) -> None:
        """Refuse a composition that no number of particles has."""
        if sum(self._shares) != 1:
            shares = " + ".join(map(str, self._shares))
            raise ModelError(
                f"composition = {list(self.composition)} stands for {shares}, which adds up to"
                f" {float(sum(self._shares))!r}; it must be 1 exactly"
            )

    def counts(self, N: int) -> tuple[int, ...]:
        """Number of particles of each species, exactly as the composition says.

        Raises:
            ModelError: N particles cannot be divided so.
        """
        if N % self.unit:
            ratio = ":".join(f"{fraction:.9g}" for fraction in self.composition)
            units = min(max(1, round(N / self.unit)), (MOST_PARTICLES - 1) // self.unit)
            remedy = f"the nearest N that can is {units * self.unit}"
            if not units:
                remedy = f"nor can any below {MOST_PARTICLES}: give simpler fractions"
            raise ModelError(f"N = {N} cannot be divided as {ratio}; {remedy}")
        return tuple(int(share * N) for share in self._shares)

    def potential(self, x: float) -> float:
        """φ(x), the energy of a pair over ε at x = r/λ."""
        return self.form.evaluate(x)

    def curvature(self, x: float) -> float:
        """φ″(x), in units of ε/λ²."""
        return self.form.curvature(x)

    def stiffness(self, temperature: float) -> float:
        """Stiffness ε φ″/λ² that the hardest pair collisions at this temperature meet.

        It adds what the repulsive core has where φ = k_B T to what the well and its taper have at most.
        """
        beyond = np.linspace(self.form.x_core, self.form.x_cut, 400, endpoint=False)
        taper = max(self.curvature(x) for x in beyond)
        return max(
            epsilon / length**2 * (self.curvature(self._closest_approach(temperature / epsilon)) + taper)
            for energies, lengths in zip(self.energies, self.shortest_lengths, strict=True)
            for epsilon, length in zip(energies, lengths, strict=True)
        )

    def _closest_approach(self, energy: float) -> float:
        """The x on the core where φ(x) = energy, by bisection."""
        low, high = 0.1, self.form.x_core
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.potential(middle) > energy else (low, middle)
        return high

    def default_time_step(self, temperature: float) -> float:
        """Velocity-Verlet step that resolves the hardest collisions at this temperature, to two digits."""
        step = RADIANS_PER_STEP / math.sqrt(2.0 * _stiffness(self, temperature) / self.mass)
        return float(f"{step:.1e}")


def _share(fraction: float) -> Fraction:
    """The simple fraction that a number stands for."""
    for most, tolerance in SHARES:
        share = Fraction(fraction).limit_denominator(most)
        if share and abs(share - Fraction(fraction)) <= tolerance:
            return share
    raise ModelError(
        f"composition: {fraction!r} is no fraction of whole numbers up to {most}, so that no N has it;"
        " round it to six decimals"
    )


@lru_cache
def _stiffness(model: Model, temperature: float) -> float:
    """The same for all samples of an ensemble, too."""
    return model.stiffness(temperature)
