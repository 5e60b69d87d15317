"""Energy and pressure of an inherent state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pssglass.base.results import Value
from pssglass.observable import JSON, Column, Level

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass


class Energetics:
    """Energy per particle, virial pressure with its two parts (paper, Eq. A7) and coordination.

    N counts rattlers; the coordination is that of all other particles.
    """

    name = "energetics"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, JSON] = {}
    columns = (
        Column("energy_per_particle", "epsilon", "potential energy U/N of the inherent state"),
        Column("pressure", "epsilon/lambda^3", "virial pressure p = p+ - p-"),
        Column("pressure_scale", "epsilon/lambda^3", "p0 = p+ + p-, repulsive plus attractive part"),
        Column("pressure_over_scale", "1", "p/p0"),
        Column("coordination", "1", "interacting neighbours of a particle, mean"),
        Column("max_force", "epsilon/lambda", "largest net force on a particle"),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, JSON]) -> dict[str, Value]:
        """Values of one glass."""
        state = subject.energetics()
        return {
            "energy_per_particle": state.energy_per_particle,
            "pressure": state.pressure,
            "pressure_scale": state.pressure_scale,
            "pressure_over_scale": state.pressure / state.pressure_scale,
            "coordination": state.coordination,
            "max_force": state.max_force,
        }
