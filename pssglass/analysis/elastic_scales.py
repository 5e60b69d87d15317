"""Natural scales of an elastic ensemble: a0, c_s, ω0 and the first shear phonon, from the mean G."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pssglass.analysis.statistics import mean_over_power, summarize
from pssglass.base.errors import InputError
from pssglass.base.results import EnsembleSummary, Floats, ScalarStatistics
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
        raise InputError(f"ensemble {ensemble.name} has mean shear modulus {G}: add samples")
    density = number_density(ensemble)
    mass_density = density * build_model(ensemble.model_name, ensemble.parameters).mass
    edge = math.cbrt(ensemble.N / density)
    return ElasticScales(density ** (-1.0 / 3.0), math.sqrt(G / mass_density), edge)


def number_density(ensemble: EnsembleSummary) -> float:
    """N/V of an ensemble: the mean of its glasses at constant pressure, if measured, or its model's.

    No other configurations of another density are made or taken for it.
    """
    if "number_density" in ensemble.scalars:
        return ensemble.scalars["number_density"].mean
    return build_model(ensemble.model_name, ensemble.parameters).number_density


def over_frequency(
    ensemble: EnsembleSummary,
    samples: Mapping[str, Floats],
    key: str,
    lineages: Mapping[str, npt.NDArray[np.int64]],
) -> tuple[float, float]:
    """Ensemble mean of a sample frequency over ω0, which goes with √G, and its standard error.

    The error has their covariance in it; where they were measured in different samples it is an upper bound.
    Of one sample, or one lineage, it is NaN. For ``lineages`` see ``EnsembleData``.
    """
    ratio = ensemble.scalars[key].mean / elastic_scales(ensemble).frequency
    frequency, G = samples[key], samples["shear_modulus"]
    if frequency.size == G.size:
        over_root, error = mean_over_power(frequency, G, 0.5, lineages.get(key))
        return ratio, ratio * error / over_root
    both = (summarize(samples[name], lineages.get(name)) for name in (key, "shear_modulus"))
    bounds = (error_bar(one) / one.mean for one in both)
    return ratio, ratio * float(np.dot([1.0, 0.5], list(bounds)))


def error_bar(statistics: ScalarStatistics) -> float:
    """Standard error of the mean, NaN where one sample allows none."""
    return statistics.standard_error if statistics.count > 1 else math.nan
