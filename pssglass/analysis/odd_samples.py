"""Samples that look unlike others: crystals, separated species, energies that lie apart.

Thresholds of order rest on 730 liquids and as many glasses of N = 500, r_c = 1.1 to 1.5, T_p = 6 to 0.8:
none had more than one solid-like particle; q6 scattered around 0.118 to 0.135 by at most 0.11/√N, the
Warren-Cowley parameter around -0.05 to -0.02 by at most 0.41/√N. The 1088 glasses of
tests/validation/crossover scatter no more. No energy of the 730 lay
6 standard deviations, as the median deviation gives them, below its ensemble's median. A caesium chloride
crystal has q6 = 0.55; with the species of half of the particles given by the side of the box that they are
in, and those of the others at random, the parameter is 0.14.

Of continuous sizes they rest on 99 glasses of poly-ipl (N = 500, T_p = 2 to 0.42) and 54 of
poly-pss (N = 500, r_c = 1.1, 1.2 and 1.5, T_p = 3, 1 and 0.8; 15 to 120 time units with swap moves every
10 steps). The correlation of neighbours' sizes had means of 0.019 to 0.023 in poly-ipl, and of -0.059 to
-0.018 in poly-pss; it scattered by at most 0.20/√N and 0.42/√N. A sample of N = 6000 of each, and another of
poly-ipl at T_p = 0.6, had 0.024, -0.054 and 0.020: the mean does not fall with N, so that a bound below 0.024
would flag every large sample of poly-ipl; twice as much is allowed. None had a solid-like particle. These
liquids had relaxed their stress for the most part, but not their sizes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from pssglass.analysis.series import by_model
from pssglass.analysis.statistics import NORMAL_MAD
from pssglass.base.errors import ModelError
from pssglass.base.results import EnsembleSummary
from pssglass.models import build_model

Scalars: TypeAlias = Mapping[str, float]

ORDER = ("q6", "largest_cluster", "demixing")
ENERGIES = {"energy_per_particle": "u", "liquid_energy": "energy of the liquid"}
RIGIDITY = "shear_modulus"
LARGEST_CLUSTER = 0.02
Q6_SCATTER, LEAST_ENERGY_SCATTER = 0.11, 0.4
"""Standard deviation between samples, times √N; of energies it depends on the ensemble."""
Q6_SHIFT = 0.03
"""What the mean of an ensemble may have more than the hot liquid's q6."""
UNUSUAL = 6.0
"""Standard deviations that a sample may lie off: by chance one of 10⁹ lies further."""
LEAST_SAMPLES = 10
"""Samples that tell how much an ensemble scatters."""


@dataclass(frozen=True)
class Mixing:
    """What ordinary mixtures have of ``demixing``: a mean well below this one, and √N times this scatter."""

    mean: float
    scatter: float

    def bound(self, N: int) -> float:
        """What no ordinary sample of N particles exceeds."""
        return self.mean + UNUSUAL * self.scatter / math.sqrt(N)


OF_SPECIES, OF_SIZES = Mixing(0.02, 0.41), Mixing(0.05, 0.42)


def odd_samples(
    ensembles: Iterable[EnsembleSummary], samples: Mapping[str, Mapping[int, Scalars]]
) -> Iterator[tuple[str, int, str]]:
    """Ensemble, replica and reason of samples that seem to be crystals, separated or unstable.

    Energies are compared with the median of the sample's ensemble, if it is large enough to tell. The bond
    order q6 is compared with the same, and with that of the hottest ensemble of the model, as all samples of
    a cold one may have crystallised.

    Args:
        ensembles: all that are in ``samples``.
        samples: by ensemble and replica, the scalars in ``ORDER`` and ``ENERGIES``, and ``RIGIDITY``; what is
            missing is not looked at.
    """
    for members in by_model(one for one in ensembles if one.name in samples).values():
        for one in members:
            order, energies = (
                _usual_order(one, members[-1], samples),
                _least_energies(one.N, samples[one.name]),
            )
            mixed = (OF_SIZES if _has_sizes(one) else OF_SPECIES).bound(one.N)
            for replica, scalars in samples[one.name].items():
                for reason in (*_oddities(scalars, order, mixed), *_steps(scalars, energies)):
                    yield one.name, replica, reason


def _least_energies(N: int, samples: Mapping[int, Scalars]) -> dict[str, float]:
    """Lowest energies that are no outliers of an ensemble; none of an ensemble too small to tell."""
    found = {}
    for key in ENERGIES:
        energies = np.array([scalars[key] for scalars in samples.values() if key in scalars])
        if energies.size >= LEAST_SAMPLES:
            median = float(np.median(energies))
            scatter = NORMAL_MAD * float(np.median(np.abs(energies - median)))
            found[key] = median - UNUSUAL * max(scatter, LEAST_ENERGY_SCATTER / math.sqrt(N))
    return found


def _steps(scalars: Scalars, least: Scalars) -> Iterator[str]:
    for key, bound in least.items():
        if scalars.get(key, bound) < bound:
            yield (
                f"energy step? {ENERGIES[key]} = {scalars[key]:.4g} is below {bound:.4g}, unlike that of"
                " other samples: crystal or demixing?"
            )


def _usual_order(
    one: EnsembleSummary, hottest: EnsembleSummary, samples: Mapping[str, Mapping[int, Scalars]]
) -> float:
    """Highest q6 that is no outlier of an ensemble."""
    own, hot = (
        [scalars["q6"] for scalars in samples[name].values() if "q6" in scalars]
        for name in (one.name, hottest.name)
    )
    if not own or not hot:
        return math.inf
    median = float(np.median(own))
    scatter = Q6_SCATTER / math.sqrt(one.N)
    if len(own) >= LEAST_SAMPLES:
        scatter = max(scatter, NORMAL_MAD * float(np.median(np.abs(np.array(own) - median))))
    return min(median, float(np.median(hot)) + Q6_SHIFT) + UNUSUAL * scatter


def _has_sizes(one: EnsembleSummary) -> bool:
    """Whether its particles have diameters; of a model that is not installed it is not known."""
    try:
        return build_model(one.model_name, one.parameters).sizes is not None
    except ModelError:
        return False


def _oddities(scalars: Scalars, usual: float, mixed: float) -> Iterator[str]:
    cluster, demixing = scalars.get("largest_cluster", 0.0), scalars.get("demixing", 0.0)
    q6 = scalars.get("q6", 0.0)
    if scalars.get(RIGIDITY, 1.0) <= 0.0:
        yield f"unstable? G = {scalars[RIGIDITY]:.4g} is not positive: do not trust what is divided by it"
    if cluster > LARGEST_CLUSTER:
        yield f"crystal? the largest solid-like cluster holds {100.0 * cluster:.1f} % of all particles"
    if q6 > usual:
        yield f"crystal? bond order q6 = {q6:.3f} is above {usual:.3f}, unlike that of other glasses"
    if demixing > mixed:
        yield f"demixing? the correlation of neighbours is {demixing:.3f}, above {mixed:.3f}"
