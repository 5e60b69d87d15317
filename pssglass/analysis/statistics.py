"""Statistics of ensembles: means with errors, bootstrap, fluctuation measures and weighted fits.

Error bars are standard errors of the mean over samples unless a function says otherwise; nothing here draws a
random number without a seed. Samples may be glasses of lineages, which are correlated: given the ``lineages``
of the values, errors come from how sums over lineages scatter, and whole lineages are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, ndtr, ndtri  # scipy.stats takes a second to import

from pssglass.base.errors import InputError
from pssglass.base.results import Floats, ScalarStatistics

NORMAL_MAD = 1.0 / float(ndtri(0.75))
"""Standard deviation over median absolute deviation of a normal distribution, 1.4826."""
FEW_MADS = (1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107)
"""Standard deviation over the mean of ``NORMAL_MAD`` median absolute deviations of 2 to 9 normal samples from
their own median; of n more it is 1/(1 - 0.8/n). Source: Croux and Rousseeuw, COMPSTAT (1992), p. 411,
doi:10.1007/978-3-662-26811-7_58."""


@dataclass(frozen=True)
class Interval:
    """A central bootstrap interval and the standard deviation of the bootstrap distribution."""

    low: float
    high: float
    standard_error: float

    def named(self, key: str) -> dict[str, float]:
        """The three as results ``{key}_error``, ``{key}_low`` and ``{key}_high``."""
        return {f"{key}_error": self.standard_error, f"{key}_low": self.low, f"{key}_high": self.high}


@dataclass(frozen=True)
class LinearFit:
    """y = intercept + slope x with the covariance (2, 2) of (intercept, slope)."""

    intercept: float
    slope: float
    covariance: Floats
    chi_square: float
    degrees_of_freedom: int

    def __call__(self, x: npt.ArrayLike) -> Floats:
        return self.intercept + self.slope * np.asarray(x, dtype=np.float64)

    def standard_error(self, x: npt.ArrayLike) -> Floats:
        """Standard error of the line at ``x``."""
        at = np.asarray(x, dtype=np.float64)
        c = self.covariance
        return np.asarray(np.sqrt(c[0, 0] + 2.0 * at * c[0, 1] + at**2 * c[1, 1]))

    @property
    def p_value(self) -> float:
        """Probability of a chi-square at least this large if the points do lie on a line."""
        return float(chdtrc(self.degrees_of_freedom, self.chi_square)) if self.degrees_of_freedom else 1.0


def summarize(values: npt.ArrayLike, lineages: npt.ArrayLike | None = None) -> ScalarStatistics:
    """Mean, standard error, count and standard deviation of one value a sample; NaN errors for one sample.

    The error over C lineages is that of the jackknife which leaves out one after another: (C - 1)/C times the
    sum of the squared changes of the mean, however correlated samples of one lineage are and however many
    each has; for lineages of one sample it is the usual one. The variance is the mean square deviation and
    that of the mean together. Source: Efron, The Jackknife (SIAM, 1982), doi:10.1137/1.9781611970319.
    """
    x = _at_least(values, 1, "a mean")
    if lineages is None:
        std = float(np.std(x, ddof=1)) if x.size > 1 else math.nan
        return ScalarStatistics(float(np.mean(x)), std / math.sqrt(x.size), x.size, std)
    mean, shares = float(np.mean(x)), list(shares_of_error(x, lineages).values())
    if len(shares) < 2:
        return ScalarStatistics(mean, math.nan, x.size, math.nan, len(shares))
    squared_error = float(np.sum(np.square(shares)))
    std = math.sqrt(float(np.mean((x - mean) ** 2)) + squared_error)
    return ScalarStatistics(mean, math.sqrt(squared_error), x.size, std, len(shares))


def shares_of_error(values: npt.ArrayLike, lineages: npt.ArrayLike) -> dict[int, float]:
    """What each lineage has done to the mean: shares whose squares add up to its squared error.

    They are the falls of the mean when a lineage is left out, times √((C - 1)/C) of C lineages; products of
    the shares that lineages have in two means add up to their covariance. One lineage alone has none: NaN.
    """
    x = np.asarray(values, dtype=np.float64)
    names, index, counts = np.unique(_of_samples(x, lineages), return_inverse=True, return_counts=True)
    sums, left = np.bincount(index, weights=x - np.mean(x)), x.size - counts
    falls = np.divide(sums, left, out=np.full(sums.size, np.nan), where=left > 0)
    return dict(zip(names.tolist(), (math.sqrt(1.0 - 1.0 / names.size) * falls).tolist(), strict=True))


def _of_samples(values: Floats, lineages: npt.ArrayLike) -> npt.NDArray[np.int64]:
    numbers = np.asarray(lineages, dtype=np.int64).ravel()
    if numbers.size != values.size:
        raise InputError(f"{numbers.size} lineages for {values.size} values; give one number for each value")
    return numbers


def mean_curve(curves: Floats, lineages: npt.ArrayLike | None = None) -> tuple[Floats, Floats | None]:
    """Mean (…) of curves (samples, …) and its standard error as ``summarize`` has it, None if unknown."""
    mean = curves.mean(axis=0)
    if lineages is None:
        lineages = np.arange(len(curves))
    names, index, counts = np.unique(np.asarray(lineages), return_inverse=True, return_counts=True)
    if names.size < 2:
        return mean, None
    sums = np.zeros((names.size, *mean.shape))
    np.add.at(sums, index, curves - mean)
    left = (len(curves) - counts).reshape(-1, *[1] * mean.ndim)
    return mean, np.sqrt((1.0 - 1.0 / names.size) * np.sum((sums / left) ** 2, axis=0))


def relative_fluctuation(values: npt.ArrayLike, N: int, lineages: npt.ArrayLike | None = None) -> float:
    """Disorder quantifier χ = √N · std/mean over samples of N particles each (arXiv:2008.08337)."""
    x = _at_least(values, 2, "a fluctuation")
    std = float(np.std(x, ddof=1)) if lineages is None else summarize(x, lineages).std
    return math.sqrt(N) * std / abs(float(np.mean(x)))


def robust_fluctuation(values: npt.ArrayLike, N: int, lineages: npt.ArrayLike | None = None) -> float:
    """χ from the median and 1.4826 median absolute deviations, which are deaf to rare soft samples.

    Samples deviate too little from their own median, the fewer they are the more, which is corrected for; of
    lineages by their effective count, 2 at least, which soft samples can but raise.
    """
    x = _at_least(values, 2, "a fluctuation")
    median, count = float(np.median(x)), summarize(x, lineages).effective_count
    deviation = _correction_of_mad(count) * NORMAL_MAD * float(np.median(np.abs(x - median)))
    return math.sqrt(N) * deviation / abs(median)


def _correction_of_mad(count: float) -> float:
    """For so many samples, of lineages not a whole number; see ``FEW_MADS``."""
    most = len(FEW_MADS) + 1
    return count / (count - 0.8) if count > most else float(np.interp(count, range(2, most + 1), FEW_MADS))


def bootstrap(
    count: int,
    statistic: Callable[[npt.NDArray[np.intp]], float | Floats],
    resamples: int = 1000,
    seed: int = 0,
    lineages: npt.ArrayLike | None = None,
) -> Floats:
    """Values (resamples, ...) of ``statistic(indices)`` of ``count`` samples drawn with replacement.

    With the ``lineages`` (count,) of the samples whole lineages are drawn, as many as there are.
    """
    if count < 2:
        raise InputError(f"bootstrap of {count} sample(s): at least 2 are needed, add samples")
    rng = np.random.default_rng(seed)
    if lineages is None:
        return np.array([statistic(rng.integers(0, count, count)) for _ in range(resamples)])
    _, index = np.unique(_of_samples(np.empty(count), lineages), return_inverse=True)
    members = [np.flatnonzero(index == number) for number in range(index.max() + 1)]
    if len(members) < 2:
        raise InputError(f"bootstrap of {len(members)} lineage: at least 2 are needed, add lineages")
    drawn = (rng.integers(0, len(members), len(members)) for _ in range(resamples))
    return np.array([statistic(np.concatenate([members[one] for one in each])) for each in drawn])


def interval(distribution: npt.ArrayLike, confidence: float = 0.95) -> Interval:
    """Central interval of a bootstrap distribution that holds a fraction ``confidence`` of it."""
    if not 0.0 < confidence < 1.0:
        raise InputError(f"confidence {confidence} is outside (0, 1)")
    x = _at_least(distribution, 2, "an interval")
    low, high = np.quantile(x, [(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0])
    return Interval(float(low), float(high), float(np.std(x, ddof=1)))


def cautious_interval(value: float, distribution: npt.ArrayLike) -> Interval:
    """95 % interval of an estimate that may be biased, from resampled values that may scatter lopsidedly.

    On each side the further of 1.96 errors and of the percentile: alone the first misses where values are
    lopsided, the second where the estimate has a bias, since resampled ones have it twice. The error is half
    of the range that holds 68 % of the values, which is deaf to the few that lie far off.
    """
    x = _at_least(distribution, 2, "an interval")
    middle, percentiles = interval(x, 1.0 - 2.0 * float(ndtr(-1.0))), interval(x)
    error = 0.5 * (middle.high - middle.low)
    reach = float(ndtri(0.975)) * error
    return Interval(min(value - reach, percentiles.low), max(value + reach, percentiles.high), error)


def bootstrap_interval(
    values: npt.ArrayLike,
    statistic: Callable[[Floats], float] = lambda x: float(np.mean(x)),
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
    lineages: npt.ArrayLike | None = None,
) -> Interval:
    """Percentile bootstrap interval of a statistic of one value a sample."""
    x = _at_least(values, 2, "a bootstrap")
    drawn = bootstrap(x.size, lambda chosen: statistic(x[chosen]), resamples, seed, lineages)
    return interval(drawn, confidence)


def ratio_of_means(
    above: ScalarStatistics, below: ScalarStatistics, together: ScalarStatistics
) -> tuple[float, float]:
    """⟨a⟩/⟨b⟩ and its standard error from the statistics of a, b and a + b, which hold their covariance.

    Unlike the mean of a/b it does not suffer from samples whose b is close to zero. The error is NaN for one
    sample.
    """
    ratio = above.mean / below.mean
    a, b, both = (one.std_of_independent for one in (above, below, together))
    covariance = 0.5 * (both**2 - a**2 - b**2)
    variance = a**2 - 2.0 * ratio * covariance + (ratio * b) ** 2
    return ratio, math.sqrt(max(variance, 0.0) / below.count) / abs(
        below.mean
    ) if below.count > 1 else math.nan


def mean_over_power(
    above: npt.ArrayLike, below: npt.ArrayLike, power: float = 1.0, lineages: npt.ArrayLike | None = None
) -> tuple[float, float]:
    """⟨a⟩/⟨b⟩^power of two quantities of the same samples, and its standard error, NaN for one sample.

    To first order the ratio deviates as a/⟨a⟩ - power·b/⟨b⟩ over the samples, so what they share cancels.

    Raises:
        InputError: a and b are not of as many samples, or there is none.
    """
    a, b = _at_least(above, 1, "a ratio"), _at_least(below, 1, "a ratio")
    if a.size != b.size:
        raise InputError(f"ratio of {a.size} by {b.size} samples: both need the same, run pssglass analyze")
    ratio = float(np.mean(a) / np.mean(b) ** power)
    deviations = a / np.mean(a) - power * b / np.mean(b)
    return ratio, abs(ratio) * summarize(deviations, lineages).standard_error


def weighted_mean(values: npt.ArrayLike, errors: npt.ArrayLike) -> tuple[float, float]:
    """Mean weighted by 1/error² and its standard error."""
    y, weight = np.asarray(values, dtype=np.float64), _weights(errors)
    return float(np.sum(weight * y) / np.sum(weight)), float(1.0 / np.sqrt(np.sum(weight)))


def linear_fit(x: npt.ArrayLike, y: npt.ArrayLike, errors: npt.ArrayLike) -> LinearFit:
    """Least-squares line through points with known standard errors of y."""
    at, value, weight = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), _weights(errors)
    if np.unique(at).size < 2:
        raise InputError(
            f"line through {at.size} point(s) at {np.unique(at).size} place(s): at least 2 places are needed"
        )
    centre = np.sum(weight * at) / np.sum(weight)
    spread = np.sum(weight * (at - centre) ** 2)
    slope = np.sum(weight * (at - centre) * value) / spread
    mean = np.sum(weight * value) / np.sum(weight)
    variance = 1.0 / np.sum(weight)
    cross = -centre / spread
    covariance = np.array([[variance + centre**2 / spread, cross], [cross, 1.0 / spread]])
    residual = value - mean - slope * (at - centre)
    chi_square = float(np.sum(weight * residual**2))
    return LinearFit(float(mean - slope * centre), float(slope), covariance, chi_square, at.size - 2)


def _weights(errors: npt.ArrayLike) -> Floats:
    error = np.asarray(errors, dtype=np.float64)
    if not np.all(error > 0.0):
        raise InputError(
            f"standard error {error[~(error > 0.0)].flat[0]} is not positive: ensembles need several samples"
        )
    return np.asarray(1.0 / error**2)


def _at_least(values: npt.ArrayLike, count: int, purpose: str) -> Floats:
    x = np.asarray(values, dtype=np.float64).ravel()
    if x.size < count:
        raise InputError(f"{x.size} sample(s) for {purpose}: at least {count} are needed, add samples")
    if not np.all(np.isfinite(x)):
        raise InputError(f"value {x[~np.isfinite(x)][0]} among the samples: statistics need finite numbers")
    return x
