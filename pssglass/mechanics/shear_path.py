"""Which deformation, along which strains, how carefully: the arguments of ``Glass.shear``, checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from pssglass.base import checks
from pssglass.base.checks import Bounds
from pssglass.base.errors import InputError
from pssglass.base.results import Floats

KINDS = {
    "simple": ("xy", "xz", "yz"),
    "pure": ("xy", "xz", "yz"),
    "uniaxial": ("x", "y", "z"),
}
METHODS = ("fast", "faithful", "fire", "lbfgs", "cg")
STEP = 1e-3
"""With smaller steps the first branch and its end are the same; falls may then lead elsewhere."""
LARGEST_STEP = 0.05
LARGEST_STRAIN = 10.0
RESOLUTION = 1e-6
MOST_STEPS = 10_000_000


@dataclass(frozen=True)
class ShearSettings:
    """How to shear; see ``Glass.shear``.

    Raises:
        InputError: one is out of bounds.
    """

    kind: str
    plane: str
    step: float
    turning_points: tuple[float, ...]
    resolution: float
    tolerance: float
    method: str
    threads: int

    @classmethod
    def of(
        cls,
        *,
        kind: object,
        plane: object,
        step: object,
        max_strain: object,
        path: object,
        resolution: object,
        tolerance: object,
        method: object,
        threads: object,
    ) -> ShearSettings:
        """Of arguments that nobody has checked."""
        checks.within(InputError, "kind", kind, Bounds(one_of=tuple(KINDS)))
        checks.within(InputError, "plane", plane, Bounds(one_of=KINDS[str(kind)]))
        checks.within(InputError, "method", method, Bounds(one_of=METHODS))
        checks.within(InputError, "step", step, Bounds(above=0.0, at_most=LARGEST_STEP))
        width = checks.number(InputError, "step", step, above=0.0)
        checks.within(InputError, "resolution", resolution, Bounds(above=0.0, at_most=LARGEST_STEP))
        settings = cls(
            kind=str(kind),
            plane=str(plane),
            step=width,
            turning_points=_turning_points(max_strain, path),
            resolution=min(width, checks.number(InputError, "resolution", resolution)),
            tolerance=checks.number(InputError, "tolerance", tolerance, above=0.0),
            method=str(method),
            threads=checks.integer(InputError, "threads", threads, at_least=1, below=2**31),
        )
        if settings.steps > MOST_STEPS:
            raise InputError(f"step = {width:g} makes {settings.steps} steps; take at most {MOST_STEPS}")
        return settings

    @property
    def legs(self) -> list[tuple[float, float, int]]:
        """Where each begins and ends, and in how many steps, of which the last may be shorter."""
        ends = pairwise((0.0, *self.turning_points))
        return [(a, b, max(1, math.ceil(abs(b - a) / self.step - 1e-9))) for a, b in ends]

    @property
    def steps(self) -> int:
        """Of all legs."""
        return sum(count for *_, count in self.legs)

    @property
    def strains(self) -> Floats:
        """(steps + 1,) from 0 on; turning points are met exactly and change nothing before them."""
        parts: list[Floats] = [np.zeros(1)]
        for a, b, count in self.legs:
            width = math.copysign(self.step, b - a)
            part: Floats = np.asarray(a + width * np.arange(1, count + 1), dtype=np.float64)
            part[-1] = b
            parts.append(part)
        return np.concatenate(parts)


def _turning_points(max_strain: object, path: object) -> tuple[float, ...]:
    if path is None:
        checks.within(InputError, "max_strain", max_strain, Bounds(at_most=LARGEST_STRAIN))
        end = checks.number(InputError, "max_strain", max_strain)
        if end <= 0.0:
            raise InputError(
                f"max_strain = {max_strain} must be above 0; path=[{-abs(end):g}] shears backwards"
            )
        return (end,)
    given: Any = path.tolist() if isinstance(path, np.ndarray) else path
    if not isinstance(given, Sequence) or isinstance(given, str) or not len(given):
        raise InputError(f"path = {path!r} must be a list of turning points, as [0.05, -0.05, 0.05]")
    bounds = Bounds(at_least=-LARGEST_STRAIN, at_most=LARGEST_STRAIN)
    for k, one in enumerate(given):
        checks.within(InputError, f"path[{k}]", one, bounds)
    points = tuple(float(one) for one in given)
    for k, (a, b) in enumerate(pairwise((0.0, *points))):
        if a == b:
            raise InputError(f"path[{k}] = {b:g} is where the leg begins; leave it out")
    return points
