"""Time series of the liquid: correlations, relaxation times, errors by blocking."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft, special

from pssglass.base.errors import InputError
from pssglass.base.results import Floats

INVERSE_E = math.exp(-1.0)
"""Part of c(0) at which τ is read off unless set otherwise: the time that an exponential decay would have."""
RELAXED = 0.1
"""Part of c(0) at which the stress counts as relaxed, which decides when a liquid is in equilibrium.

A soft glass former has the plateau of c(t) below c(0)/e, at about G (a quarter of c(0) at r_c = 1.5): there τ
at c(0)/e is that of vibrations however cold the liquid, and only the decay from the plateau tells more.
"""

DRIFT_BLOCKS = 8


@dataclass(frozen=True)
class BlockedMean:
    """Mean of a correlated series, its standard error, and how many independent values have that error."""

    mean: float
    standard_error: float
    independent: float


def autocorrelation(series: npt.ArrayLike) -> Floats:
    """⟨x(0) x(t)⟩ at lags 0 … n-1, averaged over time origins and columns; the mean is not subtracted.

    Args:
        series: (n,) or (n, k), equally spaced in time.
    """
    x = np.asarray(series, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if len(x) < 2:
        raise InputError(f"series of {len(x)} value(s): a correlation needs at least 2")
    length = fft.next_fast_len(2 * len(x), real=True)
    power = np.abs(fft.rfft(x, length, axis=0)) ** 2
    products = fft.irfft(power, length, axis=0)[: len(x)]
    return np.asarray(np.mean(products, axis=1) / np.arange(len(x), 0, -1))


def stress_autocorrelation(stress: npt.ArrayLike, volume: float, temperature: float) -> Floats:
    """c(t) = V⟨σ(0)σ(t)⟩/T from off-diagonal stresses (n, 3), their potential part only (paper, Eq. E1).

    In equilibrium c(0) = ⟨∂²U/∂γ²⟩/V.
    """
    return volume / temperature * autocorrelation(stress)


def relaxation_time(times: Floats, correlation: Floats, criterion: float = INVERSE_E) -> float | None:
    """First time at which c(t) is down to ``criterion``·c(0), linear between points; None if it never is."""
    level = criterion * correlation[0]
    below = np.flatnonzero(correlation <= level)
    if not below.size or below[0] == 0:
        return None
    before, after = below[0] - 1, below[0]
    fraction = (correlation[before] - level) / (correlation[before] - correlation[after])
    return float(times[before] + fraction * (times[after] - times[before]))


def blocked_mean(series: npt.ArrayLike, least_blocks: int = 16) -> BlockedMean:
    """Mean of a correlated series with the largest standard error among all block lengths.

    Values are averaged in pairs again and again until fewer than ``least_blocks`` are left; once blocks are
    longer than the correlation time, the error of their mean stays the same.
    Source: Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989), doi:10.1063/1.457480.
    """
    x = np.asarray(series, dtype=np.float64)
    if x.size < 2:
        raise InputError(f"series of {x.size} value(s): an error needs at least 2")
    mean, variance = float(np.mean(x)), float(np.var(x, ddof=1))
    error = math.sqrt(variance / x.size)
    blocks = x
    while blocks.size // 2 >= least_blocks:
        blocks = 0.5 * (blocks[: blocks.size // 2 * 2 : 2] + blocks[1::2])
        error = max(error, float(np.std(blocks, ddof=1)) / math.sqrt(blocks.size))
    return BlockedMean(mean, error, min(float(x.size), variance / error**2) if error else float(x.size))


def drift(series: npt.ArrayLike) -> float:
    """Slope of a line through the means of eight blocks, in standard errors: 3 or more speak of a trend.

    Eight are few enough to be nearly independent where memory is a twentieth of the series, and so few need
    Student's t: the result is the number of standard errors of a normal distribution that is as improbable.
    """
    x = np.asarray(series, dtype=np.float64)
    if x.size < DRIFT_BLOCKS:
        raise InputError(f"series of {x.size} value(s): a drift needs at least {DRIFT_BLOCKS}")
    means = x[x.size % DRIFT_BLOCKS :].reshape(DRIFT_BLOCKS, -1).mean(axis=1)
    times = np.arange(DRIFT_BLOCKS) - 0.5 * (DRIFT_BLOCKS - 1)
    slope = float(times @ means / (times @ times))
    squares, freedom = float(np.sum((means - means.mean() - slope * times) ** 2)), DRIFT_BLOCKS - 2
    if not squares:
        return 0.0
    t = slope * math.sqrt(freedom * float(times @ times) / squares)
    chance = max(float(special.stdtr(freedom, -abs(t))), sys.float_info.min)
    return math.copysign(float(special.ndtri(chance)), t)
