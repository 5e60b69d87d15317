"""How size and number of soft modes go with their frequency: N e0 ∼ ω_g⁻³, A_g ∼ ω_g⁻⁵ (paper, Sec. V D)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pssglass.analysis.elastic_scales import over_frequency
from pssglass.analysis.shared_lineages import relative_shares
from pssglass.analysis.statistics import LinearFit, linear_fit
from pssglass.analysis.weak_numbers import LARGEST_EXPONENT_ERROR, is_supported
from pssglass.base.errors import InputError
from pssglass.base.results import EnsembleData, Floats

LAWS = {"N_e0": -3.0, "A_g_scaled": -5.0}
"""Exponents that the paper expects of powers of ω_g/ω0."""
EXPONENTS = {"N_e0": "N_e0_exponent", "A_g_scaled": "A_g_exponent"}
"""Where observable ``power_laws`` puts them."""
LEAST_POINTS = 3
_ROUNDS = 5


@dataclass(frozen=True)
class Points:
    """y against x, all of shape (n,), with standard errors; NaN is an unknown error.

    ``is_sound`` tells where y rests on enough modes; ``sources`` what each lineage has done to log x and log
    y, by stem and number, as ``shares_of_error`` tells it: a mapping for each point.
    """

    x: Floats
    x_error: Floats
    y: Floats
    y_error: Floats
    is_sound: npt.NDArray[np.bool_]
    sources: npt.NDArray[np.object_]

    def chosen(self, which: npt.NDArray[np.bool_]) -> Points:
        """Those of the mask."""
        return Points(*(each[which] for each in vars(self).values()))


@dataclass(frozen=True)
class PowerLaw:
    """A fit of log y against log x.

    Attributes:
        exponent: slope of the fit.
        error: its standard error; where points scatter by more than their errors it is as much larger. Points
            that rest on the same lineages are taken as correlated.
        points: number of ensembles.
        is_supported: whether they are sound, and the error is small enough to tell one law from another.
    """

    exponent: float
    error: float
    points: int
    is_supported: bool


def points_of(ensembles: Iterable[EnsembleData], quantity: str) -> Points:
    """A key of ``LAWS`` against ω_g/ω0."""
    used = list(ensembles)
    rows = [
        (
            *over_frequency(one, one.samples, "omega_g", one.lineages),
            float(one.values[quantity]),
            float(one.values.get(f"{quantity}_error", math.nan)),
            is_supported(one.values, quantity),
        )
        for one in used
    ]
    x, x_error, y, y_error, is_sound = (np.array([row[index] for row in rows]) for index in range(5))
    sources = np.array([_sources(one, quantity) for one in used], dtype=np.object_)
    return Points(x, x_error, y, y_error, is_sound.astype(np.bool_), sources)


def _sources(ensemble: EnsembleData, quantity: str) -> dict[tuple[int, int], tuple[float, float]]:
    """Of one point; empty for fresh samples."""
    stem, lineages = ensemble.stem, ensemble.lineages
    if stem is None or not {"omega_g", "shear_modulus", "frequency"} <= lineages.keys():
        return {}
    G, modes = (ensemble.samples["shear_modulus"], lineages["shear_modulus"]), lineages["frequency"]
    of_x = relative_shares([(ensemble.samples["omega_g"], lineages["omega_g"], 1.0), (*G, -0.5)])
    if quantity == "A_g_scaled":
        counts, _ = _soft_modes(ensemble, "window_high")
        of_y = relative_shares([(counts, modes, 1.0), (*G, 2.5)])
    else:
        counts, sums = _soft_modes(ensemble, "threshold_frequency")
        of_y = relative_shares([(sums, modes, 1.0), (counts, modes, -1.0)])
    names = of_x.keys() | of_y.keys()
    return {(stem, name): (of_x.get(name, 0.0), of_y.get(name, 0.0)) for name in names}


def _soft_modes(ensemble: EnsembleData, limit: str) -> tuple[Floats, Floats]:
    """Of each sample, the number of modes below a frequency among the values, and the sum of their e."""
    pairs = zip(ensemble.arrays["frequency"], ensemble.arrays["participation_ratio"], strict=True)
    highest = float(ensemble.values[limit])
    soft = [e[frequency < highest] for frequency, e in pairs]
    return np.array([len(e) for e in soft], dtype=np.float64), np.array([np.sum(e) for e in soft])


def together(points: Sequence[Points]) -> Points:
    """Those of several models."""
    return Points(*(np.concatenate([vars(one)[key] for one in points]) for key in vars(points[0])))


def power_law(points: Points) -> PowerLaw | None:
    """The fit; None of fewer than three points with error bars.

    Points on weak grounds count only where fewer than three others are, and such an exponent is unsupported.
    """
    usable = points.chosen((points.y > 0.0) & (points.y_error > 0.0) & (points.x_error > 0.0))
    sound = usable.chosen(usable.is_sound)
    is_sound = sound.x.size >= LEAST_POINTS
    used = sound if is_sound else usable
    if used.x.size < LEAST_POINTS:
        return None
    try:
        fit = fit_with_both_errors(
            np.log(used.x), np.log(used.y), used.x_error / used.x, used.y_error / used.y
        )
    except InputError:
        return None
    scatter = math.sqrt(max(1.0, fit.chi_square / fit.degrees_of_freedom))
    error = scatter * math.sqrt(float(fit.covariance[1, 1])) * _of_correlation(used, fit.slope)
    return PowerLaw(fit.slope, error, used.x.size, is_sound and error <= LARGEST_EXPONENT_ERROR)


def _of_correlation(points: Points, slope: float) -> float:
    """Error of a slope, as points of the same lineages hang together, over that of independent points."""
    names = sorted({name for one in points.sources for name in one})
    if not names:
        return 1.0
    errors = np.hypot(points.y_error / points.y, slope * points.x_error / points.x)
    log_x = np.log(points.x)
    shares = np.zeros((errors.size, len(names)))
    for row, one in enumerate(points.sources):
        for name, (of_x, of_y) in one.items():
            shares[row, names.index(name)] = of_y - slope * of_x
    norms = np.linalg.norm(shares, axis=1, keepdims=True)
    shares = np.divide(shares, norms, out=np.zeros_like(shares), where=norms > 0.0)
    correlation = shares @ shares.T
    np.fill_diagonal(correlation, 1.0)
    parts = (log_x - np.average(log_x, weights=errors**-2)) / errors
    return math.sqrt(float(parts @ correlation @ parts) / float(parts @ parts))


def fit_with_both_errors(x: Floats, y: Floats, x_error: Floats, y_error: Floats) -> LinearFit:
    """Line through points with errors in both coordinates, that of x counting times the slope.

    Source: Orear, Am. J. Phys. 50, 912 (1982), doi:10.1119/1.12972.
    """
    fit = linear_fit(x, y, y_error)
    for _ in range(_ROUNDS):
        fit = linear_fit(x, y, np.hypot(y_error, fit.slope * x_error))
    return fit
