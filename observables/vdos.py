"""Density of low-frequency vibrational modes and the prefactor of its quartic law."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import digamma

from pssglass.analysis.elastic_scales import ElasticScales, elastic_scales
from pssglass.analysis.statistics import bootstrap, interval
from pssglass.analysis.weak_numbers import LEAST_IN_WINDOW
from pssglass.base.errors import ObservableFailed
from pssglass.observable import Bounds, Column, EnsembleData, Floats, Level, Value

Counts = npt.NDArray[np.int64]

BINS_PER_DECADE = 20
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
        Column("A_g", "time^5", "prefactor of D = A_g omega^4, from the count of modes in the window"),
        Column("A_g_error", "time^5", "bootstrap standard error", optional=True),
        Column("A_g_low", "time^5", "lower end of the 95 % bootstrap interval", optional=True),
        Column("A_g_high", "time^5", "upper end of the 95 % bootstrap interval", optional=True),
        Column("A_g_scaled", "1", "A_g omega_0^5, omega_0 from the ensemble's G"),
        Column("A_g_scaled_error", "1", "bootstrap standard error", optional=True),
        Column("A_g_scaled_low", "1", "lower end of the 95 % bootstrap interval", optional=True),
        Column("A_g_scaled_high", "1", "upper end of the 95 % bootstrap interval", optional=True),
        Column("A_g_binned", "time^5", "A_g from log-binned D(omega) with slope 4", optional=True),
        Column("A_g_binned_error", "time^5", "bootstrap standard error", optional=True),
        Column("A_g_binned_low", "time^5", "lower end of the 95 % bootstrap interval", optional=True),
        Column("A_g_binned_high", "time^5", "upper end of the 95 % bootstrap interval", optional=True),
        Column("beta", "1", "exponent of D ~ omega^beta fitted freely in the window"),
        Column("beta_error", "1", "standard error (beta + 1)/sqrt(n)"),
        Column("window_high", "1/time", "highest frequency of the fit; the window begins at zero"),
        Column("modes_in_window", "1", "number n of modes fitted"),
        Column("vdos_supported", "1", f"1 if at least {LEAST_IN_WINDOW} modes support the fit, else 0"),
        Column("omega_0", "1/time", "c_s/a_0 from the ensemble's G"),
        Column("shear_phonon", "1/time", "lowest shear-wave frequency of the box"),
        Column("vdos_frequency", "1/time", "geometric centre of each bin", ("bins",)),
        Column("density_of_states", "time", "D(omega) up to where all samples have modes", ("bins",)),
        Column("vdos_count", "1", "modes in each bin", ("bins",)),
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble."""
        scales = elastic_scales(subject)
        norm = NORMALISATIONS[parameters["normalisation"]] * subject.N
        frequencies = subject.arrays["frequency"]
        modes = np.concatenate(frequencies)
        complete = min(float(sample[-1]) for sample in frequencies)
        high = min(parameters["window"] * scales.shear_phonon, complete)
        fitted = modes[modes < high]
        if not fitted.size:
            raise ObservableFailed(
                f"vdos: no mode of {len(frequencies)} sample(s) lies below {high:.4g}, the softest is at"
                f" {np.min(modes):.4g}: add samples"
            )
        beta = free_exponent(fitted, high)
        return {
            **_prefactors(subject, scales, window_edges(fitted.size, high), norm, parameters),
            **histogram(modes, complete, norm * len(frequencies)),
            "beta": beta,
            "beta_error": (beta + 1.0) / math.sqrt(fitted.size),
            "window_high": high,
            "modes_in_window": fitted.size,
            "vdos_supported": int(fitted.size >= LEAST_IN_WINDOW),
            "omega_0": scales.frequency,
            "shear_phonon": scales.shear_phonon,
        }


def _prefactors(
    subject: EnsembleData, scales: ElasticScales, edges: Floats, norm: float, parameters: Mapping[str, Any]
) -> dict[str, Value]:
    """A_g by both estimators and scaled, with errors if there are samples to draw from."""
    table = np.array([np.histogram(sample, edges)[0] for sample in subject.arrays["frequency"]])
    moduli = subject.samples["shear_modulus"]
    relative = moduli / np.mean(moduli)

    def estimates(chosen: Any) -> Floats:
        counts, exposure = np.sum(table[chosen], axis=0), norm * len(chosen)
        counted = counted_prefactor(counts, edges, exposure)
        # ω0 goes with √G, which varies with the samples drawn.
        scaled = counted * scales.frequency**5 * max(float(np.mean(relative[chosen])), 0.0) ** 2.5
        return np.array([counted, scaled, binned_prefactor(counts, edges, exposure)])

    columns = ["A_g", "A_g_scaled"] + (["A_g_binned"] if np.sum(table) >= LEAST_IN_WINDOW else [])
    values: dict[str, Value] = dict(zip(columns, estimates(np.arange(len(table))).tolist(), strict=False))
    if subject.independent("frequency") > 1:
        lineages = subject.lineages.get("frequency")
        spread = bootstrap(len(table), estimates, parameters["resamples"], parameters["seed"], lineages)
        for column, distribution in zip(columns, spread.T, strict=False):
            values |= interval(distribution).named(column)
    return values


def window_edges(count: int, high: float) -> Floats:
    """Zero, then logarithmic bins up to ``high`` from where a quartic law has ten of ``count`` modes below.

    A logarithm needs counts that are no accident, hence the wide first bin.
    """
    low = high * (10.0 / max(count, LEAST_IN_WINDOW)) ** 0.2
    bins = max(1, round(BINS_PER_DECADE * math.log10(high / low)))
    return np.concatenate([[0.0], np.geomspace(low, high, bins + 1)])


def counted_prefactor(counts: Counts, edges: Floats, exposure: float) -> float:
    """A = 5 n/(exposure·high⁵) from all modes in the window; exposure is samples times normalisation."""
    return 5.0 * float(np.sum(counts)) / (exposure * float(edges[-1]) ** 5)


def binned_prefactor(counts: Counts, edges: Floats, exposure: float) -> float:
    """A from log D in the logarithmic bins, each weighted by its count n, the first bin left out.

    ψ(n) in place of log n makes the weighted mean free of bias for Poisson counts. Zero if no bin has a mode.
    """
    expected = exposure * np.diff(edges**5) / 5.0
    filled = np.flatnonzero(counts[1:]) + 1
    if not filled.size:
        return 0.0
    weights = counts[filled]
    return math.exp(float(np.average(digamma(weights) - np.log(expected[filled]), weights=weights)))


def free_exponent(modes: Floats, high: float) -> float:
    """Most likely β of D ∝ ω^β for modes below ``high``."""
    return len(modes) / float(np.sum(np.log(high / modes))) - 1.0


def histogram(modes: Floats, high: float, exposure: float) -> dict[str, Value]:
    """D(ω) in logarithmic bins from below the softest mode to ``high``; their edges do not depend on it."""
    bins = 1 + math.floor(BINS_PER_DECADE * math.log10(high / float(np.min(modes))))
    edges = high * 10.0 ** (np.arange(-bins, 1) / BINS_PER_DECADE)
    counts = np.histogram(modes, edges)[0]
    return {
        "vdos_frequency": np.sqrt(edges[1:] * edges[:-1]),
        "density_of_states": counts / (exposure * np.diff(edges)),
        "vdos_count": counts,
    }
