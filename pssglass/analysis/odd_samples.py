"""Samples that look unlike others: crystals, separated species, energies that lie apart.

Thresholds of order rest on 730 liquids and as many glasses of N = 500, r_c = 1.1 to 1.5, T_p = 6 to 0.8
(tests/validation/crossover): none had more than one solid-like particle; q6 scattered around 0.118 to 0.135
by at most 0.11/√N, the Warren-Cowley parameter around -0.05 to -0.02 by at most 0.41/√N. No energy lay
6 standard deviations, as the median deviation gives them, below its ensemble's median. A caesium chloride
crystal has q6 = 0.55; with the species of half of the particles given by the side of the box that they are
in, and those of the others at random, the parameter is 0.14.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import numpy as np

from pssglass.analysis.series import by_model
from pssglass.analysis.statistics import NORMAL_MAD
from pssglass.base.results import EnsembleSummary

Scalars: TypeAlias = Mapping[str, float]

ORDER = ("q6", "largest_cluster", "demixing")
ENERGIES = {"energy_per_particle": "u", "liquid_energy": "energy of the liquid"}
RIGIDITY = "shear_modulus"
LARGEST_CLUSTER = 0.02
Q6_SCATTER, DEMIXING_SCATTER, LEAST_ENERGY_SCATTER = 0.11, 0.41, 0.4
"""Standard deviation between samples, times √N; of energies it depends on the ensemble."""
Q6_SHIFT, DEMIXING_SHIFT = 0.03, 0.02
"""What the mean of an ensemble may have more than the hot liquid's q6, and than a random mixture."""
UNUSUAL = 6.0
"""Standard deviations that a sample may lie off: by chance one of 10⁹ lies further."""
LEAST_SAMPLES = 10
"""Samples that tell how much an ensemble scatters."""


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
            for replica, scalars in samples[one.name].items():
                for reason in (*_oddities(scalars, one.N, order), *_steps(scalars, energies)):
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


def _oddities(scalars: Scalars, N: int, usual: float) -> Iterator[str]:
    cluster, demixing = scalars.get("largest_cluster", 0.0), scalars.get("demixing", 0.0)
    q6, mixed = scalars.get("q6", 0.0), DEMIXING_SHIFT + UNUSUAL * DEMIXING_SCATTER / math.sqrt(N)
    if scalars.get(RIGIDITY, 1.0) <= 0.0:
        yield f"unstable? G = {scalars[RIGIDITY]:.4g} is not positive: do not trust what is divided by it"
    if cluster > LARGEST_CLUSTER:
        yield f"crystal? the largest solid-like cluster holds {100.0 * cluster:.1f} % of all particles"
    if q6 > usual:
        yield f"crystal? bond order q6 = {q6:.3f} is above {usual:.3f}, unlike that of other glasses"
    if demixing > mixed:
        yield f"demixing? the correlation of neighbours is {demixing:.3f}, above {mixed:.3f}"
