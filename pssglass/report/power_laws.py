"""How size and number of soft modes go with their frequency: N e0 ∼ ω_g⁻³, A_g ∼ ω_g⁻⁵ (paper, Sec. V D)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pssglass.analysis.statistics import LinearFit, linear_fit
from pssglass.base.errors import InputError
from pssglass.base.results import Floats
from pssglass.figures.table import FigureTable

LAWS = {"N_e0": -3.0, "A_g_scaled": -5.0}
"""Exponents that the paper expects of powers of ω_g/ω0."""
_ROUNDS = 5


@dataclass(frozen=True)
class PowerLaw:
    """A fit of log y against log(ω_g/ω0).

    Attributes:
        quantity: y, a key of ``LAWS``.
        series: models whose ensembles were fitted.
        exponent: slope of the fit.
        error: its standard error; where points scatter by more than their errors it is as much larger.
        points: number of ensembles.
    """

    quantity: str
    series: tuple[str, ...]
    exponent: float
    error: float
    points: int

    @property
    def expected(self) -> float:
        """The exponent of the paper."""
        return LAWS[self.quantity]

    @property
    def deviation(self) -> float:
        """Distance of the exponent from the expected one, in standard errors."""
        return (self.exponent - self.expected) / self.error


def power_laws(table: FigureTable) -> list[PowerLaw]:
    """Fits of the table of Fig. 12: of all models together, without the stickiest, and of each alone.

    The paper finds A_g ∼ ω_g⁻⁵ everywhere but in the stickiest glasses, those of the highest ω_g/ω0. Points
    without an error bar do not count; a group with fewer than three others is left out.
    """
    return [law for quantity in LAWS for series in _groups(table) for law in _fitted(table, quantity, series)]


def _groups(table: FigureTable) -> list[tuple[str, ...]]:
    heights = {label: np.median(rows.numbers("omega_g")) for label, rows in table.groups("series").items()}
    labels = tuple(heights)
    groups = [labels]
    if len(labels) > 2:
        stickiest = max(heights, key=lambda label: float(heights[label]))
        groups.append(tuple(label for label in labels if label != stickiest))
    return groups + [(label,) for label in labels if len(labels) > 1]


def _fitted(table: FigureTable, quantity: str, series: tuple[str, ...]) -> Iterator[PowerLaw]:
    chosen = np.isin(table.texts("series"), series)
    x, y = (table.numbers(key)[chosen] for key in ("omega_g", quantity))
    x_error, y_error = (table.numbers(f"{key}_error")[chosen] for key in ("omega_g", quantity))
    usable = (y > 0.0) & (y_error > 0.0) & (x_error > 0.0)
    if np.count_nonzero(usable) < 3:
        return
    x, y, x_error, y_error = (values[usable] for values in (x, y, x_error, y_error))
    try:
        fit = fit_with_both_errors(np.log(x), np.log(y), x_error / x, y_error / y)
    except InputError:
        return
    scatter = math.sqrt(max(1.0, fit.chi_square / fit.degrees_of_freedom))
    error = scatter * math.sqrt(float(fit.covariance[1, 1]))
    yield PowerLaw(quantity, series, fit.slope, error, x.size)


def fit_with_both_errors(x: Floats, y: Floats, x_error: Floats, y_error: Floats) -> LinearFit:
    """Line through points with errors in both coordinates, that of x counting times the slope.

    Source: Orear, Am. J. Phys. 50, 912 (1982), doi:10.1119/1.12972.
    """
    fit = linear_fit(x, y, y_error)
    for _ in range(_ROUNDS):
        fit = linear_fit(x, y, np.hypot(y_error, fit.slope * x_error))
    return fit
