"""Density of low-frequency vibrational modes and the prefactor of its quartic law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pssglass.analysis.quartic_law import declared, quartic_law
from pssglass.observable import Bounds, Column, EnsembleData, Level, Value

NORMALISATIONS = {"N": 1.0, "Nd": 3.0}
"""What a sample's count of modes is divided by, over N: as in the paper, or as in some codes."""


class DensityOfStates:
    """D(ω) = A_g ω⁴ below the first shear phonon (paper, Eqs. 2, A8).

    A_g comes from the count, A_g = 5 n/(S N ω_max⁵) for n modes below ω_max in S samples, the most likely
    value under the quartic law. Its checks are A_g_binned, from a fit of slope 4 to log D in logarithmic
    bins, and beta, from a fit of free slope. Errors are bootstrapped over samples, G included.

    D(ω) is normalised by N, or by N·d if so asked, with rattlers in N: where there are some, ∫D is below 3.

    The window ends at a fraction of the first shear phonon. Phonons of disordered solids are broad: at
    N = 3000 and r_c = 1.5 beta is 4 up to 0.75 of the phonon and falls beyond.
    """

    name = "vdos"
    version = "1"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("modes", "moduli")
    parameters: Mapping[str, Any] = {"window": 0.7, "normalisation": "N", "resamples": 400, "seed": 0}
    bounds: Mapping[str, Bounds] = {
        "window": Bounds(above=0.0),
        "normalisation": Bounds(one_of=tuple(NORMALISATIONS)),
        "resamples": Bounds(at_least=2),
        "seed": Bounds(at_least=0),
    }
    columns = (
        *(Column(name, unit, doc, optional=optional) for name, unit, doc, optional in declared()),
        Column("omega_0", "1/time", "c_s/a_0 from the ensemble's G"),
        Column("shear_phonon", "1/time", "lowest shear-wave frequency of the box"),
        Column("vdos_frequency", "1/time", "geometric centre of each bin", ("bins",)),
        Column("density_of_states", "time", "D(omega) up to where all samples have modes", ("bins",)),
        Column("vdos_count", "1", "modes in each bin", ("bins",)),
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble."""
        complete = min(float(sample[-1]) for sample in subject.arrays["frequency"])
        how = {key: parameters[key] for key in ("window", "resamples", "seed")}
        norm = NORMALISATIONS[parameters["normalisation"]] * subject.N
        return quartic_law(subject, "frequency", complete, norm, **how)
