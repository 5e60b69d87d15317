"""What athermal quasistatic shear finds: the stress-strain curve, and the events at which branches end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pssglass.base.read_only import protect
from pssglass.base.results import Floats

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass

YIELD_OFFSET = 0.02
FLOW = 0.75
"""Of the first leg, behind which the stress counts as that of flow."""


@dataclass(frozen=True)
class ShearEvent:
    """The end of an elastic branch, and where the glass fell from there, in Lennard-Jones units.

    Attributes:
        strain: at which the branch is gone.
        strain_before: the last at which it was there, at most the resolution away.
        step: of the path, from 1, within which it is.
        stress_before: of the last minimum of the branch; ``stress_after`` of the one fallen into, at
            ``strain``.
        stress_drop: how much less stress there is in the direction of straining: rarely negative.
        energy_drop: energy lost at fixed strain: that of the last minimum and the work on the way from
            ``strain_before`` to ``strain``, less that of the minimum fallen into.
        participation_ratio: (Σu²)²/(N Σu⁴) of the particles' displacements u, the strain's part taken off.
        rearranging: number of particles whose D²_min exceeds the threshold; see ``Glass.shear``.
        largest_displacement: of a particle, in λ.
        displacements: u (N, 3) if asked for, else None.
    """

    strain: float
    strain_before: float
    step: int
    stress_before: float
    stress_after: float
    stress_drop: float
    energy_drop: float
    participation_ratio: float
    rearranging: int
    largest_displacement: float
    displacements: Floats | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        protect(self, "displacements")


@dataclass(frozen=True)
class ShearProgress:
    """A path on its way: all that it takes to go on.

    Attributes:
        steps: done so far, of ``of`` steps.
        positions: (N, 3) at the strain reached, some outside of the box.
        rows: (steps + 1, 4), strain, stress, energy and modulus at the start and after each step.
        events: so far.
        of: steps of the whole path.
    """

    steps: int
    positions: Floats
    rows: Floats
    events: tuple[ShearEvent, ...]
    of: int

    def __post_init__(self) -> None:
        protect(self, "positions", "rows")

    @property
    def strain(self) -> float:
        """The strain reached."""
        return float(self.rows[-1, 0])


@dataclass(frozen=True)
class Shear:
    """An athermal quasistatic deformation.

    Attributes:
        kind: "simple", "pure" or "uniaxial".
        plane: of shear, or the axis of uniaxial strain.
        strain: (n,) from 0 on, after each step; a turning point is the last of one leg.
        stress: (n,) ∂U/∂γ / V of the certified minimum, in ε/λ³, tension and shear along γ positive.
        energy: (n,) of all particles, in ε.
        modulus: (n,) slope dσ/dγ of the branch, from the Hessian; at strain 0 of simple shear it is G.
        events: in their order along the path.
        turning_points: where the strain reverses, and its end.
        glass: the certified inherent state at the end, in its deformed box.
    """

    kind: str
    plane: str
    strain: Floats
    stress: Floats
    energy: Floats
    modulus: Floats
    events: tuple[ShearEvent, ...]
    turning_points: tuple[float, ...]
    glass: Glass = field(repr=False)

    def __post_init__(self) -> None:
        protect(self, "strain", "stress", "energy", "modulus")

    @property
    def _first_leg(self) -> tuple[Floats, Floats, float]:
        """Strains and stresses, those before events among them, in their order, and the leg's direction."""
        end = self.turning_points[0]
        last = int(np.flatnonzero(self.strain == end)[0])
        points = [(0 if k == 0 else 2 * k, self.strain[k], self.stress[k]) for k in range(last + 1)]
        points += [
            (2 * event.step - 1, event.strain_before, event.stress_before)
            for event in self.events
            if event.step <= last
        ]
        points.sort(key=lambda point: (point[0], point[1] * np.sign(end)))
        strains, stresses = (np.array([point[k] for point in points]) for k in (1, 2))
        return strains, stresses, float(np.sign(end))

    @property
    def peak_stress(self) -> float:
        """The largest stress of the first leg, in its direction; what lies between steps counts at events."""
        _, stresses, sign = self._first_leg
        return float(sign * np.max(sign * stresses))

    @property
    def peak_strain(self) -> float:
        """Where the largest stress of the first leg is."""
        strains, stresses, sign = self._first_leg
        return float(strains[np.argmax(sign * stresses)])

    @property
    def flow_stress(self) -> float:
        """Mean stress over the last quarter of the first leg's strains, by trapezoids between steps."""
        end = self.turning_points[0]
        last = int(np.flatnonzero(self.strain == end)[0])
        flows = np.flatnonzero(np.abs(self.strain[: last + 1]) >= FLOW * abs(end) * (1.0 - 1e-12))
        x, y = self.strain[flows], self.stress[flows]
        if len(x) == 1:
            return float(y[0])
        return float(np.sum(0.5 * (y[1:] + y[:-1]) * np.diff(x)) / (x[-1] - x[0]))

    @property
    def overshoot(self) -> float:
        """How far the largest stress of the first leg exceeds that of flow, in its direction."""
        return float(np.sign(self.turning_points[0]) * (self.peak_stress - self.flow_stress))

    def yield_strain(self, offset: float = YIELD_OFFSET) -> float:
        """The first strain of the first leg at which plastic strain reaches ``offset``; NaN if it does not.

        That is where the stress first falls to the line of the initial modulus shifted by ``offset`` along
        the strain. Single events of small systems may do that, so ``offset`` is larger than that of metals.
        """
        strains, stresses, sign = self._first_leg
        line = self.stress[0] + self.modulus[0] * (strains - sign * offset)
        fallen = np.flatnonzero(sign * (stresses - line) <= 0.0)
        return float(strains[fallen[0]]) if len(fallen) else float("nan")
