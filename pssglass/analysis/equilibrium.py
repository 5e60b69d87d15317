"""Is a liquid in equilibrium, is an ensemble of liquids? Criteria, their limits, and the verdict.

One home for both decisions: when the hold of a single liquid may end ("auto"), and what is said of an
ensemble (observable ``equilibrium``). Each criterion is a number with the limit that it must keep. Where
the number is a mean that vanishes in equilibrium, the limit is three standard errors of it, taken from the
scatter between independent liquids; of few liquids, for which that error is itself uncertain, as many as are
as improbable (Student's t). u, v, κ are per particle throughout.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import special

from pssglass.base.results import Floats

RELAXATION_TIMES = 20.0
"""That must have passed at the parent temperature, unless the protocol says otherwise."""
STRUCTURAL_PART = 0.5
"""Structural relaxation times that must have passed, over those of the stress. F_s(k, t) at the first peak
takes about twice as long to be down to 1/e as c(t) to a tenth: 1.5 to 2.5 times for pss, r_c = 1.5."""
MOST_ERRORS = 3.0
"""Standard errors by which what vanishes in equilibrium may be off."""
MOST_ERRORS_OF_ONE = 2.0
"""The same of c(0) of a single liquid, which is uncertain by a tenth or more. Without this bound a glass
whose frozen stress happens to be small would pass for a liquid, since its c(t) decays."""
MOST_COMBINED = 4.0
"""Standard errors by which the energies of all liquids together may drift: the errors are those within each
liquid, of eight blocks, and somewhat too small where memory is long."""
TOLERANCE = 0.02
"""Deviation of c(0) that is always allowed, as a part of ⟨U_γγ⟩/V: that of a finite time step."""
MOST_REDUCTION = 1.05
"""Of R̂, the width of all lineages together over that of one."""
WIDEST_OVERLAP = 3.0
"""Of Δβ σ_U, up to which histograms of two temperatures overlap enough to be compared."""
LEAST_LIQUIDS = 3
"""Independent liquids whose scatter says something."""
STRUCTURAL = "structural_relaxation_times_passed"
NECESSARY = ("relaxation_times_passed", "energy_trend", "missing_correlation")
"""Criteria without which no ensemble is said to be in equilibrium; others count where they can be asked."""
IN_EQUILIBRIUM, NOT_IN_EQUILIBRIUM, NOT_KNOWN = 1.0, 0.0, -1.0


@dataclass(frozen=True)
class Criterion:
    """A number, the limit that it must keep, and whether it does; ``holds`` is None if that says nothing."""

    name: str
    value: float
    limit: float
    holds: bool | None
    error: float | None = None


@dataclass(frozen=True)
class Mean:
    """A mean, its standard error, and the degrees of freedom of that."""

    value: float
    error: float
    freedom: float

    def __sub__(self, other: Mean) -> Mean:
        """Of independent ones, with the degrees of freedom of Welch and Satterthwaite."""
        first, second = self.error**2, other.error**2
        weight = first**2 / self.freedom + second**2 / other.freedom
        freedom = (first + second) ** 2 / weight if weight else min(self.freedom, other.freedom)
        return Mean(self.value - other.value, math.sqrt(first + second), freedom)


@dataclass(frozen=True)
class Thermal:
    """Potential energies of the liquids of an ensemble of N particles at one temperature.

    Attributes:
        mean: (liquids,), of U/N of each.
        variance, third: (liquids,), second and third central moment of U over N, within each.
        energies: U/N at some times, one array a liquid.
    """

    temperature: float
    N: int
    mean: Floats
    variance: Floats
    third: Floats
    energies: Sequence[Floats] = ()

    @property
    def beta(self) -> float:
        """1/T."""
        return 1.0 / self.temperature

    @property
    def between(self) -> Floats:
        """Deviations of the means of U (liquids,)."""
        deviations: Floats = self.N * (self.mean - np.mean(self.mean))
        return deviations

    @property
    def heat_capacity(self) -> float:
        """v = Var(U)/N over all values of all liquids; what is within each and between them together."""
        count = self.mean.size
        return float(np.mean(self.variance) + np.sum(self.between**2) / (count - 1) / self.N)

    @property
    def skewness(self) -> float:
        """κ = ⟨δU³⟩/N over all values of all liquids."""
        n, deviations = self.mean.size, self.between
        mixed = 3.0 * np.sum(self.variance * deviations) / (n - 1)
        return float(
            np.mean(self.third) + mixed + n * np.mean(deviations**3) / (n - 1) / (n - 2) * n / self.N
        )

    def combined(self, of_variance: float, of_third: float) -> Mean:
        """u + ``of_variance`` v + ``of_third`` κ and its error, by the influence of each liquid."""
        n, deviations = self.mean.size, self.between
        f, g = n / (n - 1), n**2 / ((n - 1) * (n - 2))
        second = self.variance + f * deviations**2 / self.N
        third = self.third + 3.0 * f * self.variance * deviations + g * deviations**3 / self.N
        # κ changes with the mean from which it is taken, by -3 N v for each unit of it.
        influence = second * of_variance + (third - 3.0 * self.heat_capacity * deviations) * of_third
        return mean_of(self.mean + influence)


def mean_of(values: npt.ArrayLike) -> Mean:
    """Of one value a liquid."""
    x = np.asarray(values, dtype=np.float64)
    return Mean(float(np.mean(x)), float(np.std(x, ddof=1)) / math.sqrt(x.size), x.size - 1)


def reach(mean: Mean, errors: float = MOST_ERRORS) -> float:
    """How far a mean of zero gets with the chance of so many standard errors of a normal distribution."""
    return mean.error * float(special.stdtrit(mean.freedom, float(special.ndtr(errors))))


def vanishing(name: str, mean: Mean, tolerance: float = 0.0) -> Criterion:
    """That a mean is zero within its error, or within what is always allowed."""
    limit = max(reach(mean), tolerance)
    return Criterion(name, mean.value, limit, abs(mean.value) <= limit, mean.error)


def relaxation_times(passed: float, needed: float, *, is_bound: bool = False) -> Criterion:
    """That enough of them have passed; ``is_bound``: not even so many have, as c(t) has not decayed."""
    holds = passed >= needed
    return Criterion("relaxation_times_passed", passed, needed, None if is_bound and holds else holds)


def structural_relaxation_times(passed: float, needed: float, *, is_bound: bool = False) -> Criterion:
    """The same of F_s(k, t), where ``needed`` is what the stress needs."""
    found = relaxation_times(passed, STRUCTURAL_PART * needed, is_bound=is_bound)
    return replace(found, name=STRUCTURAL)


def drifting(name: str, deviate: float) -> Criterion:
    """That a series of one liquid has no trend, which is given in standard errors."""
    return Criterion(name, deviate, MOST_ERRORS, abs(deviate) < MOST_ERRORS, 1.0)


def combined_drift(deviates: Floats) -> Criterion:
    """The same of several liquids: in equilibrium each is a normal deviate, so Σd/√n is one, too."""
    together = float(np.sum(deviates)) / math.sqrt(deviates.size)
    return Criterion("combined_drift", together, MOST_COMBINED, abs(together) <= MOST_COMBINED, 1.0)


def missing_correlation_of_one(missing: float, error: float) -> Criterion:
    """That 1 - c(0)/(⟨U_γγ⟩/V) of a single liquid vanishes."""
    limit = max(MOST_ERRORS_OF_ONE * error, TOLERANCE)
    return Criterion("missing_correlation", missing, limit, abs(missing) < limit, error)


def missing_correlation(initial: Floats, born_shear: Floats) -> Criterion:
    """The same of an ensemble, from c(0) and ⟨U_γγ⟩/V of each liquid (liquids,)."""
    return vanishing("missing_correlation", mean_of((born_shear - initial) / np.mean(born_shear)), TOLERANCE)


def reduction(name: str, values: Floats, lineages: npt.NDArray[np.int64]) -> Criterion | None:
    """R̂ of glasses of lineages: √[((n-1)/n W + B)/W]; None where they are too few.

    W is the mean variance within lineages, B the variance of their means. Of independent glasses n B/W has
    an F distribution: R̂ may be as large as that makes it by chance. (Gelman and Rubin 1992,
    doi:10.1214/ss/1177011136.)
    """
    groups = [values[lineages == one] for one in np.unique(lineages)]
    groups = [one for one in groups if one.size > 1]
    if len(groups) < LEAST_LIQUIDS:
        return None
    within = float(np.mean([np.var(one, ddof=1) for one in groups]))
    if not within:
        return None
    n = len(groups) / sum(1.0 / one.size for one in groups)
    between = float(np.var([np.mean(one) for one in groups], ddof=1))
    found = math.sqrt((n - 1.0) / n + between / within)
    by_chance = float(
        special.fdtri(len(groups) - 1, len(groups) * (n - 1.0), float(special.ndtr(MOST_ERRORS)))
    )
    limit = max(MOST_REDUCTION, math.sqrt((n - 1.0 + by_chance) / n))
    return Criterion(name, found, limit, found < limit)


def trend_in_lineages(name: str, values: Floats, lineages: npt.NDArray[np.int64]) -> Criterion | None:
    """That glasses do not change with their number in the lineage: mean slope, errors between lineages."""
    groups = [values[lineages == one] for one in np.unique(lineages)]
    slopes = [
        np.polynomial.polynomial.polyfit(np.arange(one.size), one, 1)[1] for one in groups if one.size > 1
    ]
    return vanishing(name, mean_of(slopes)) if len(slopes) >= LEAST_LIQUIDS else None


def heat_capacity(hot: Thermal, cold: Thermal) -> Criterion:
    """That energies differ as the measured heat capacity says: du/dβ = -v, dv/dβ = -κ.

    u_k - u_{k+1} = ½Δβ(v_k + v_{k+1}) + (Δβ²/12)(κ_{k+1} - κ_k): the trapezoidal rule with its first
    correction. Where that exceeds the error of the whole, the temperatures are too far apart to tell.
    """
    step = cold.beta - hot.beta
    a, b = 0.5 * step, step**2 / 12.0
    found = vanishing("heat_capacity_mismatch", hot.combined(-a, b) - cold.combined(a, b))
    correction = abs(b * (cold.skewness - hot.skewness))
    is_far = correction > (found.error or 0.0)
    return Criterion(found.name, found.value, found.limit, None if is_far else found.holds, found.error)


def histograms(hot: Thermal, cold: Thermal) -> Criterion | None:
    """That histograms of U belong to both temperatures: ln P_k/P_{k+1} = a - bU, b = β_k - β_{k+1}.

    b by logistic regression of single values, with its error from the scatter between liquids (the sandwich
    formula); as its deviation from what it should be, relative to that. None where they do not overlap.
    (Shirts 2013, doi:10.1021/ct300688p.)
    """
    step = cold.beta - hot.beta
    spread = math.sqrt(hot.N * 0.5 * (hot.heat_capacity + cold.heat_capacity))
    if step * spread >= WIDEST_OVERLAP or not (hot.energies and cold.energies):
        return None
    slope = _logistic_slope([*hot.energies, *cold.energies], len(hot.energies), hot.N, spread)
    if slope is None:
        return None
    freedom = min(len(hot.energies), len(cold.energies)) - 1
    return vanishing("histogram_mismatch", Mean(slope.value / step - 1.0, slope.error / step, freedom))


def _logistic_slope(liquids: Sequence[Floats], hot: int, N: int, spread: float) -> Mean | None:
    """-b of ln P_hot/P_cold, from U/N of liquids of which the first ``hot`` are hot; None without overlap."""
    liquid = np.repeat(np.arange(len(liquids)), [one.size for one in liquids])
    x = N * np.concatenate(liquids) / spread
    x = np.column_stack([np.ones(x.size), x - np.mean(x)])
    is_hot = (liquid < hot).astype(np.float64)
    weight = np.where(liquid < hot, 0.5 / np.sum(is_hot), 0.5 / np.sum(1.0 - is_hot)) * x.shape[0]
    line = np.zeros(2)
    for _ in range(50):
        chance = special.expit(x @ line)
        curvature = (x * (weight * chance * (1.0 - chance))[:, None]).T @ x
        try:
            change = np.linalg.solve(curvature, x.T @ (weight * (is_hot - chance)))
        except np.linalg.LinAlgError:
            return None
        line = line + change
        if not np.all(np.isfinite(line)):
            return None
        if np.max(np.abs(change)) < 1e-10:
            break
    scores = x * (weight * (is_hot - chance))[:, None]
    sums = np.stack([np.bincount(liquid, weights=column) for column in scores.T])
    inverse = np.linalg.inv(curvature)
    covariance = inverse @ (sums @ sums.T) @ inverse * len(liquids) / (len(liquids) - 1)
    return Mean(float(line[1]) / spread, math.sqrt(covariance[1, 1]) / spread, len(liquids) - 2)


def verdict(criteria: Iterable[Criterion]) -> float:
    """Not in equilibrium if one fails; in equilibrium if those that are necessary hold; else not known.

    That of the structure is one of these where it was recorded.
    """
    holds = {one.name: one.holds for one in criteria}
    if False in holds.values():
        return NOT_IN_EQUILIBRIUM
    needed = [*(holds.get(name) for name in NECESSARY), holds.get(STRUCTURAL, True)]
    return IN_EQUILIBRIUM if all(needed) else NOT_KNOWN
