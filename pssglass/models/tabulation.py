"""Tables through points of a potential, and what they may be wrong by."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pssglass.models.interpolation import NEAREST, Array, derivatives, resampled
from pssglass.models.tabulated import Tabulated

PIECES = (256, 512, 1024, 2048, 4096)
LARGEST_FORCE_ERROR, LARGEST_STIFFNESS_ERROR = 1e-4, 1e-3
"""Over the larger of the local value and the largest one where φ ≤ ε."""
AIM = 0.01
"""Of these bounds, what dividing it into pieces may add."""


@dataclass(frozen=True)
class Errors:
    """The largest errors of force and stiffness, see ``LARGEST_FORCE_ERROR``, and the x where they are."""

    force: float
    force_at: float
    stiffness: float
    stiffness_at: float

    @property
    def small(self) -> bool:
        """Whether a function needs no more points."""
        return self.worst <= AIM

    @property
    def worst(self) -> float:
        """The larger of both, over what is the most that a table may have."""
        return max(self.force / LARGEST_FORCE_ERROR, self.stiffness / LARGEST_STIFFNESS_ERROR)

    def __add__(self, other: Errors) -> Errors:
        """Where both are at once; the places are those of the larger ones."""
        one = max(self, other, key=lambda errors: errors.force)
        stiff = max(self, other, key=lambda errors: errors.stiffness)
        force, stiffness = self.force + other.force, self.stiffness + other.stiffness
        return Errors(force, one.force_at, stiffness, stiff.stiffness_at)

    def __or__(self, other: Errors) -> Errors:
        """Where they are at different places: the larger ones."""
        one = max(self, other, key=lambda errors: errors.force)
        stiff = max(self, other, key=lambda errors: errors.stiffness)
        return Errors(one.force, one.force_at, stiff.stiffness, stiff.stiffness_at)


@lru_cache
def table_through(q: tuple[float, ...], phi: tuple[float, ...], smoothing: int | None) -> Tabulated:
    """The table of as few pieces as follow the points."""
    places, values = np.array(q), np.array(phi)
    finest = divided(places, values, smoothing, PIECES[-1])
    for pieces in PIECES[:-1]:
        table = divided(places, values, smoothing, pieces)
        if difference(table, finest).small:
            return table
    return finest


def divided(q: Array, phi: Array, smoothing: int | None, pieces: int) -> Tabulated:
    """The table of so many pieces whose nodes lie on the polynomials through the nearest points.

    It ends with zero force, and with zero stiffness where there is next to none.
    """
    at = np.linspace(q[0], q[-1], pieces + 1)
    found = derivatives(q, phi, max(2, smoothing or 0))
    nodes = resampled(q, found[:3], at) - taylor(found[:, -1], smoothing, at - q[-1])
    nodes[:2, -1] = 0.0
    if abs(nodes[2, -1]) <= LARGEST_STIFFNESS_ERROR * largest_moderate(nodes[2], nodes[0]):
        nodes[2, -1] = 0.0
    return Tabulated(float(q[0]), float(q[-1]), tuple(nodes.T.ravel().tolist()))


def cut_at_end(q: Array, phi: Array, smoothing: int | None, table: Tabulated) -> Errors:
    """What a table through these points is wrong by at its end, where it may have no stiffness."""
    if table.nodes[-1] != 0.0 or (smoothing or 0) >= 2:
        return Errors(0.0, table.x_cut, 0.0, table.x_cut)
    stiffness = 4.0 * q[-1] * abs(derivatives(q[-NEAREST:], phi[-NEAREST:], 2)[2, -1])
    at = np.linspace(table.q_first, table.q_cut, table.pieces, endpoint=False)
    energy, _, stiff = _by_distance(table.derivatives(at), np.sqrt(at))
    largest = max(largest_moderate(stiff, energy), stiffness)
    return Errors(0.0, table.x_cut, float(stiffness / largest) if largest else 0.0, table.x_cut)


def taylor(end: Array, smoothing: int | None, distance: Array) -> Array:
    """What smoothing takes off, the expansion from the derivatives at the cutoff: (3, n)."""
    taken = np.zeros((3, len(distance)))
    if smoothing is not None:
        for power in range(smoothing + 1):
            for order in range(min(power, 2) + 1):
                left = power - order
                taken[order] += end[power] / math.factorial(left) * distance**left
    return taken


def difference(table: Tabulated, better: Tabulated) -> Errors:
    """Of two tables, in the middle of the pieces of the second and around it."""
    steps = np.arange(better.pieces)[:, None] + np.array([0.25, 0.5, 0.75])
    q = better.q_first + better.width * steps.ravel()
    x = np.sqrt(q)
    (_, *ours), (energy, *theirs) = (_by_distance(one.derivatives(q), x) for one in (table, better))
    worst: list[float] = []
    for mine, true in zip(ours, theirs, strict=True):
        error = np.abs(mine - true) / np.maximum(np.abs(true), largest_moderate(true, energy))
        worst += [float(error.max()), float(x[error.argmax()])]
    return Errors(*worst)


def largest_moderate(values: Array, energies: Array) -> float:
    """The largest of the values where φ ≤ ε; 0 where it is nowhere so low."""
    return float(np.abs(values[energies <= 1.0]).max(initial=0.0))


def left_out(q: Array, phi: Array, smoothing: int | None) -> Errors:
    """Errors by leaving out every second point; the less, the worse it is to leave out three of four."""
    full, half, quarter = (
        divided(q[kept], phi[kept], smoothing, PIECES[-1])
        for kept in (sorted({*range(0, len(q), step), len(q) - 1}) for step in (1, 2, 4))
    )
    near, far = difference(half, full), difference(quarter, half)

    def next_one(one: float, before: float) -> float:
        return one * min(1.0, one / before) if before > 0.0 else one

    return Errors(
        next_one(near.force, far.force),
        near.force_at,
        next_one(near.stiffness, far.stiffness),
        near.stiffness_at,
    )


def _by_distance(derivatives_of_q: Array, x: Array) -> tuple[Array, Array, Array]:
    """φ, φ′ and φ″ as functions of x."""
    energy, first, second = derivatives_of_q
    return energy, 2.0 * x * first, 2.0 * first + 4.0 * x * x * second
