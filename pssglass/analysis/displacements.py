"""Structural relaxation and diffusion from moments of displacements, one curve a sample."""

from __future__ import annotations

import math

import numpy as np

from pssglass.analysis.correlation import INVERSE_E
from pssglass.base.results import Floats

DIFFUSIVE_RANGE = 4.0
"""Ratio of the longest lag to the shortest over which the slope of the MSD is looked at."""
MOST_SLOPE_ERROR = 0.1
"""Standard error of that slope above which nothing is told."""
LEAST_TOLERANCE = 0.03
"""Of that slope, always allowed: what remains of the cage in MSD = 6 D t + const."""


def decay_time(lags: Floats, curve: Floats, level: float = INVERSE_E) -> float | None:
    """First time at which a curve that begins at 1 is down to a level; None if it never is.

    Between points it is linear in the logarithm of the time, as exp(-t/τ) nearly is at 1/e, its inflection.
    """
    below = np.flatnonzero(curve <= level)
    if not below.size or below[0] == 0:
        return None
    before, after = below[0] - 1, below[0]
    fraction = (curve[before] - level) / (curve[before] - curve[after])
    return float(lags[before] * (lags[after] / lags[before]) ** fraction)


def non_gaussian(squared: Floats, quartic: Floats) -> Floats:
    """α2 = 3⟨Δr⁴⟩/(5⟨Δr²⟩²) - 1, zero for displacements of normal distribution (Rahman 1964,
    doi:10.1103/PhysRev.136.A405)."""
    return np.asarray(0.6 * quartic / squared**2 - 1.0)


def four_point_susceptibility(means: Floats, squares: Floats, N: int) -> tuple[Floats, Floats | None]:
    """χ4 = N(⟨Q²⟩ - ⟨Q⟩²) and its standard error by the jackknife, None for fewer than three samples.

    ⟨Q⟩² is the mean product of two different samples, so no number of samples biases it, nor do time origins
    of one sample that are correlated. Of one sample χ4 is that of its origins alone, and too small.

    Args:
        means: (samples, lags) of Q over time origins.
        squares: those of Q².
        N: number of particles.
    """
    count = len(means)
    if count == 1:
        return N * (squares[0] - means[0] ** 2), None
    value = _susceptibility(means.sum(0), (means**2).sum(0), squares.sum(0), count, N)
    if count < 3:
        return value, None
    left = _susceptibility(
        means.sum(0) - means,
        (means**2).sum(0) - means**2,
        squares.sum(0) - squares,
        count - 1,
        N,
    )
    variance = (count - 1) / count * np.sum((left - left.mean(axis=0)) ** 2, axis=0)
    return value, np.sqrt(variance)


def _susceptibility(total: Floats, own: Floats, squares: Floats, count: int, N: int) -> Floats:
    """From sums over samples of the means, their squares, and the mean squares."""
    return np.asarray(N * (squares / count - (total**2 - own) / (count * (count - 1))))


def peak(lags: Floats, curve: Floats) -> tuple[float, float] | None:
    """Lag and height of a maximum; None where it lies at an end."""
    highest = int(np.argmax(curve))
    return None if highest in (0, len(curve) - 1) else (float(lags[highest]), float(curve[highest]))


def diffusion(lags: Floats, squared: Floats, begin: float) -> dict[str, float]:
    """D = MSD/(6 t), where the MSD is linear in t, and the exponent of the MSD there, with standard errors.

    Looked at are the longest lags, over a factor of four, after ``begin``, before which the MSD may be linear
    by chance on its way from ballistic to caged. D is left out where the exponent is more than two standard
    errors, and more than 0.03, off 1; all where that error is too large, or unknown as of one sample.

    Args:
        lags: (lags,).
        squared: (samples, lags), the MSD.
        begin: the time of structural relaxation.
    """
    chosen = (lags >= begin) & (lags >= 0.99 * lags[-1] / DIFFUSIVE_RANGE)
    if np.count_nonzero(chosen) < 3 or len(squared) < 2:
        return {}
    times, msd = lags[chosen], squared[:, chosen]
    centred = np.log(times) - np.log(times).mean()
    slopes = np.log(msd) @ centred / (centred @ centred)
    slope, error = _mean(slopes)
    if error > MOST_SLOPE_ERROR:
        return {}
    found = {"msd_exponent": slope, "msd_exponent_error": error}
    if abs(slope - 1.0) > max(2.0 * error, LEAST_TOLERANCE):
        return found
    D, D_error = _mean(np.mean(msd / (6.0 * times), axis=1))
    return {**found, "diffusion_coefficient": D, "diffusion_coefficient_error": D_error}


def _mean(values: Floats) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(len(values))
