"""D(ω) = A ω⁴ of soft modes: density of states in bins, the prefactor by two estimators, a free exponent."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import digamma

from pssglass.analysis.elastic_scales import ElasticScales, elastic_scales
from pssglass.analysis.statistics import bootstrap, interval
from pssglass.analysis.weak_numbers import LEAST_IN_WINDOW
from pssglass.base.errors import InputError
from pssglass.base.results import EnsembleData, Floats, Value

Counts = npt.NDArray[np.int64]

BINS_PER_DECADE = 20
PREFACTORS = {
    "A_g": ("time^5", "prefactor of D = A_g omega^4, from the count of modes in the window", False),
    "A_g_scaled": ("1", "A_g omega_0^5, omega_0 from the ensemble's G", False),
    "A_g_binned": ("time^5", "A_g from log-binned D(omega) with slope 4", True),
}
"""Prefactors that ``quartic_law`` returns: unit, meaning, and whether it may be left out."""
SPREAD = {
    "error": "bootstrap standard error",
    "low": "lower end of the 95 % bootstrap interval",
    "high": "upper end of the 95 % bootstrap interval",
}
"""What it returns of each besides, of more than one sample."""
OTHERS = {
    "beta": ("1", "exponent of D ~ omega^beta fitted freely in the window"),
    "beta_error": ("1", "standard error (beta + 1)/sqrt(n)"),
    "window_high": ("1/time", "highest frequency of the fit; the window begins at zero"),
    "modes_in_window": ("1", "number n of modes fitted"),
    "vdos_supported": ("1", f"1 if at least {LEAST_IN_WINDOW} modes support the fit, else 0"),
}
"""The other numbers: unit and meaning."""


def declared(prefix: str = "", remark: str = "") -> Iterator[tuple[str, str, str, bool]]:
    """Name, unit, meaning and whether it may be left out, of each number that ``quartic_law`` returns.

    But for the scales. ``prefix`` stands before each name, ``remark`` behind the meanings of prefactors.
    """
    for name, (unit, doc, is_optional) in PREFACTORS.items():
        yield f"{prefix}{name}", unit, f"{doc}{remark}", is_optional
        yield from ((f"{prefix}{name}_{end}", unit, what, True) for end, what in SPREAD.items())
    yield from ((f"{prefix}{name}", unit, doc, False) for name, (unit, doc) in OTHERS.items())


def quartic_law(
    subject: EnsembleData,
    key: str,
    complete: float,
    norm: float,
    *,
    window: float,
    resamples: int,
    seed: int,
    remedy: str = "add samples",
) -> dict[str, Value]:
    """The law of the modes below ``window`` times the first shear phonon, and the density of all.

    Args:
        subject: with the array ``key`` of each sample, frequencies (n,), and the scalar shear_modulus.
        key: name of the array, in which at least one sample has modes.
        complete: frequency up to which every sample has all its modes, at most the highest of all.
        norm: what a sample's count of modes is divided by.
        window: end of the fit in units of the first shear phonon, unless ``complete`` lies below.
        resamples: of the bootstrap over samples, G included.
        seed: of the bootstrap.
        remedy: what the error tells to do.

    Returns:
        PREFACTORS with their SPREAD, OTHERS, scales omega_0 and shear_phonon, and D(ω) in bins (n,):
        vdos_frequency, density_of_states, vdos_count.

    Raises:
        InputError: no mode lies within the window.
    """
    scales = elastic_scales(subject)
    frequencies = subject.arrays[key]
    modes = np.concatenate(frequencies)
    high = min(window * scales.shear_phonon, complete)
    fitted = modes[modes < high]
    if not fitted.size:
        raise InputError(
            f"no mode of {len(frequencies)} sample(s) lies below {high:.4g}, the softest is at"
            f" {np.min(modes):.4g}: {remedy}"
        )
    beta = free_exponent(fitted, high)
    return {
        **_prefactors(subject, key, scales, window_edges(fitted.size, high), norm, resamples, seed),
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
    subject: EnsembleData,
    key: str,
    scales: ElasticScales,
    edges: Floats,
    norm: float,
    resamples: int,
    seed: int,
) -> dict[str, Value]:
    """A_g by both estimators and scaled, with errors if there are samples to draw from."""
    table = np.array([np.histogram(sample, edges)[0] for sample in subject.arrays[key]])
    moduli = subject.samples["shear_modulus"]
    relative = moduli / np.mean(moduli)

    def estimates(chosen: Any) -> Floats:
        counts, exposure = np.sum(table[chosen], axis=0), norm * len(chosen)
        counted = counted_prefactor(counts, edges, exposure)
        # ω0 goes with √G, which varies with the samples drawn.
        scaled = counted * scales.frequency**5 * max(float(np.mean(relative[chosen])), 0.0) ** 2.5
        return np.array([counted, scaled, binned_prefactor(counts, edges, exposure)])

    columns = list(PREFACTORS)[: None if np.sum(table) >= LEAST_IN_WINDOW else -1]
    values: dict[str, Value] = dict(zip(columns, estimates(np.arange(len(table))).tolist(), strict=False))
    if subject.independent(key) > 1:
        spread = bootstrap(len(table), estimates, resamples, seed, subject.lineages.get(key))
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
