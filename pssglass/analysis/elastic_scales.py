"""Natural scales of an elastic ensemble: a0, c_s, ω0 and the first shear phonon, from the mean G."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pssglass.base.errors import InputError
from pssglass.base.results import EnsembleSummary
from pssglass.models import build_model


@dataclass(frozen=True)
class ElasticScales:
    """Length a0 = (V/N)^(1/3), shear-wave speed c_s = √(G/ρ) with mass density ρ, edge L of the cubic box."""

    length: float
    sound_speed: float
    box_length: float

    @property
    def frequency(self) -> float:
        """ω0 = c_s/a0."""
        return self.sound_speed / self.length

    @property
    def shear_phonon(self) -> float:
        """Lowest shear-wave frequency of the box, 2π c_s/L."""
        return 2.0 * math.pi * self.sound_speed / self.box_length


def elastic_scales(ensemble: EnsembleSummary) -> ElasticScales:
    """The scales of an ensemble; InputError if it has no positive mean shear modulus."""
    if "shear_modulus" not in ensemble.scalars:
        raise InputError(f"ensemble {ensemble.name} has no shear_modulus: compute observable moduli first")
    G = ensemble.scalars["shear_modulus"].mean
    if not G > 0.0:
        raise InputError(f"ensemble {ensemble.name} has mean shear modulus {G}: simulate more samples")
    model = build_model(ensemble.model_name, dict(ensemble.parameters))
    length = model.number_density ** (-1.0 / 3.0)
    speed = math.sqrt(G / (model.number_density * model.mass))
    return ElasticScales(length, speed, model.box_length(ensemble.N))
