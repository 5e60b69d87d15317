"""Where the displacements of a liquid's particles are looked at."""

from __future__ import annotations

from dataclasses import dataclass

from pssglass.models import Model

DEFAULT_K, DEFAULT_OVERLAP = 6.8, 0.3
"""Times the cube root of the number density, and over it: about the first peak of S(k), and beyond what
vibrations reach; 7.2 and 0.28 for Kob-Andersen's mixture."""


@dataclass(frozen=True)
class Scales:
    """Wave number ``k`` of F_s(k, t), and distance ``overlap`` up to which a particle has not moved."""

    k: float
    overlap: float


def default_scales(model: Model) -> Scales:
    """Those that nobody has chosen, by the model's density alone."""
    inverse_distance = model.number_density ** (1.0 / 3.0)
    return Scales(DEFAULT_K * inverse_distance, DEFAULT_OVERLAP / inverse_distance)
