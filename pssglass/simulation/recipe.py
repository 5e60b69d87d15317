"""What a liquid is made of, and how."""

from __future__ import annotations

from dataclasses import dataclass

from pssglass.models import Model
from pssglass.simulation.displacement_scales import Scales, default_scales
from pssglass.simulation.protocol import Protocol


@dataclass(frozen=True)
class Recipe:
    """N particles of a model, brought to a parent temperature by a protocol."""

    model: Model
    N: int
    temperature: float
    protocol: Protocol

    def time_step(self, temperature: float) -> float:
        """The protocol's, or else the model's default at a temperature."""
        return self.protocol.time_step or self.model.default_time_step(temperature)

    @property
    def scales(self) -> Scales:
        """Where its displacements are looked at: the protocol's, or else the model's default."""
        return self.protocol.dynamics or default_scales(self.model)
