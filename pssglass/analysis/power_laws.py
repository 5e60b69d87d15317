"""How size and number of soft modes go with their frequency: N e0 ∼ ω_g⁻³, A_g ∼ ω_g⁻⁵ (paper, Sec. V D)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pssglass.analysis.elastic_scales import over_frequency
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

    ``is_sound`` tells where y rests on enough modes.
    """

    x: Floats
    x_error: Floats
    y: Floats
    y_error: Floats
    is_sound: npt.NDArray[np.bool_]

    def chosen(self, which: npt.NDArray[np.bool_]) -> Points:
        """Those of the mask."""
        return Points(*(each[which] for each in vars(self).values()))


@dataclass(frozen=True)
class PowerLaw:
    """A fit of log y against log x.

    Attributes:
        exponent: slope of the fit.
        error: its standard error; where points scatter by more than their errors it is as much larger.
        points: number of ensembles.
        is_supported: whether they are sound, and the error is small enough to tell one law from another.
    """

    exponent: float
    error: float
    points: int
    is_supported: bool


def points_of(ensembles: Iterable[EnsembleData], quantity: str) -> Points:
    """A key of ``LAWS`` against ω_g/ω0."""
    rows = [
        (
            *over_frequency(one, one.samples, "omega_g", one.lineages),
            float(one.values[quantity]),
            float(one.values.get(f"{quantity}_error", math.nan)),
            is_supported(one.values, quantity),
        )
        for one in ensembles
    ]
    x, x_error, y, y_error, is_sound = (np.array([row[index] for row in rows]) for index in range(5))
    return Points(x, x_error, y, y_error, is_sound.astype(np.bool_))


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
    error = scatter * math.sqrt(float(fit.covariance[1, 1]))
    return PowerLaw(fit.slope, error, used.x.size, is_sound and error <= LARGEST_EXPONENT_ERROR)


def fit_with_both_errors(x: Floats, y: Floats, x_error: Floats, y_error: Floats) -> LinearFit:
    """Line through points with errors in both coordinates, that of x counting times the slope.

    Source: Orear, Am. J. Phys. 50, 912 (1982), doi:10.1119/1.12972.
    """
    fit = linear_fit(x, y, y_error)
    for _ in range(_ROUNDS):
        fit = linear_fit(x, y, np.hypot(y_error, fit.slope * x_error))
    return fit
