"""Crossover temperatures: where a low-temperature line meets a plateau, and what makes energies collapse.

Both work on ensemble means with standard errors; ``resampled`` draws such means again for error bars. Means
that rest on the same lineages are drawn together; fits weigh them as if they were independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pssglass.analysis.statistics import Interval, cautious_interval
from pssglass.base.errors import InputError
from pssglass.base.results import Floats

LEAST_BELOW, LEAST_ABOVE = 3, 2
WIDTHS = (0.002, 0.3)
"""Of the bend over T_co. Few samples hardly tell a wide bend at a low T_co from a sharp one higher up,
hence the bound; held below 0.1, real glasses at r_c = 1.1 would have T_co = 2.0 in place of 1.5, and χ² = 23
in place of 8 for 5 degrees of freedom (tests/validation/crossover)."""
ZOOMS = ((12.0, 25), (3.0, 13), (0.8, 9), (0.2, 9), (0.1, 7), (0.03, 5))
"""Reach in steps of the temperature grid, and points of each finer grid: a wider bend lies much lower."""
SIGNIFICANT = 16.0
COLLAPSE_STEPS = 40
SHAPES = 3
"""Functions of the temperature that the common curve is a sum of."""
DIFFERENCE, CONVERGED = 1e-6, 1e-6
LONGEST_STEP = 0.3
"""Of log T_co in one iteration of the collapse."""


@dataclass(frozen=True)
class Curve:
    """Ensemble means of one quantity: temperatures ascending, values and standard errors, each (n,).

    ``scatter`` (n, m) tells how the errors of several means hang together (``scatter_of_means``); without it
    they do not.
    """

    temperatures: Floats
    values: Floats
    errors: Floats
    scatter: Floats | None = None

    def resampled(self, count: int, rng: np.random.Generator) -> Floats:
        """``count`` sets of means (count, n), drawn from the normal distribution of their errors."""
        scatter = np.diag(self.errors) if self.scatter is None else self.scatter
        return np.asarray(self.values + rng.standard_normal((count, scatter.shape[1])) @ scatter.T)

    def at(self, temperature: float) -> float:
        """Value interpolated linearly in temperature."""
        return float(np.interp(temperature, self.temperatures, self.values))


@dataclass(frozen=True)
class Bend:
    """A line that bends into a plateau: y = plateau + slope·(T - T_co) far below T_co, plateau far above."""

    temperature: float
    width: float
    slope: float
    plateau: float
    chi_square: float


def bend(curve: Curve) -> Bend:
    """The bend that fits a curve best.

    The two asymptotes are joined smoothly over a relative width that is fitted too, because a line through a
    few cold points alone depends on which points are taken.

    Raises:
        InputError: too few temperatures, no variation beyond errors, or not three below and two above T_co.
    """
    T = curve.temperatures
    if T.size < LEAST_BELOW + LEAST_ABOVE:
        raise InputError(f"{T.size} temperature(s) with error bars: a crossover needs at least 5")
    found = [float(row[0]) for row in _bends(curve, curve.values[None, :])]
    temperature, width, slope, plateau, chi_square = found
    weights = curve.errors**-2
    flat = float(np.sum(weights * (curve.values - np.average(curve.values, weights=weights)) ** 2))
    if flat - chi_square < SIGNIFICANT:
        raise InputError("the values vary with temperature by less than their errors: add samples")
    below = np.count_nonzero(temperature > T)
    above = np.count_nonzero(temperature * (1.0 + 2.0 * width) < T)
    if above < LEAST_ABOVE or temperature >= 0.999 * T[-LEAST_ABOVE]:
        raise InputError(
            f"plateau too short: T_co = {temperature:.3g}, T_p reaches {T[-1]:g}: add hotter ensembles"
        )
    if below < LEAST_BELOW or temperature <= 1.001 * T[LEAST_BELOW - 1]:
        raise InputError(
            f"cold branch too short: T_co = {temperature:.3g}, T_p from {T[0]:g}: add colder ensembles"
        )
    return Bend(temperature, width, slope, plateau, chi_square)


def bend_temperatures(curve: Curve, count: int, rng: np.random.Generator) -> Floats:
    """T_co of ``count`` resampled curves: the sampling distribution of ``bend(curve).temperature``."""
    return _bends(curve, curve.resampled(count, rng))[0]


def interval_of(temperature: float, drawn: Floats) -> Interval:
    """95 % interval and error of a T_co from resampled ones; of its logarithm, so that no end is negative."""
    of_logarithm = cautious_interval(np.log(temperature), np.log(drawn))
    error = temperature * of_logarithm.standard_error
    return Interval(float(np.exp(of_logarithm.low)), float(np.exp(of_logarithm.high)), error)


def _bends(curve: Curve, values: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Best temperature, width, slope, plateau and χ² for each row of values, by a grid that zooms in.

    For given temperature and width the fit is linear, so a grid finds the global optimum.
    """
    T, weights = curve.temperatures, curve.errors**-2
    cold, hot = T[LEAST_BELOW - 1], T[-LEAST_ABOVE]
    rows = np.arange(len(values))
    temperature, width = np.geomspace(cold, hot, 120), np.geomspace(*WIDTHS, 10)
    step, ratio = temperature[1] / temperature[0], width[1] / width[0]
    grid = _pairs(temperature, width)[None]
    for reach, points in (*ZOOMS, (0.0, 0)):
        best, slope, plateau, chi_square = _linear_optimum(_shape(T, grid), values, weights)
        centre = np.broadcast_to(grid, (len(values), *grid.shape[1:]))[rows, best]
        if points:
            temperatures = np.geomspace(step**-reach, step**reach, points)
            zoom = _pairs(temperatures, np.geomspace(1.0 / ratio, ratio, 9))
            grid = np.clip(centre[:, None, :] * zoom, [cold, WIDTHS[0]], [hot, WIDTHS[1]])
            ratio **= 0.6
    return centre[:, 0], centre[:, 1], slope, plateau, chi_square


def _pairs(first: Floats, second: Floats) -> Floats:
    """All pairs of two sets of numbers, (n, 2)."""
    return np.stack(np.meshgrid(first, second, indexing="ij"), axis=-1).reshape(-1, 2)


def _shape(T: Floats, grid: Floats) -> Floats:
    """T - T_co far below T_co and zero far above, for every (T_co, relative width) of the grid."""
    width = grid[..., 1:] * grid[..., :1]
    return np.asarray(-width * np.logaddexp(0.0, (grid[..., :1] - T) / width))


def _linear_optimum(
    shapes: Floats, values: Floats, weights: Floats
) -> tuple[npt.NDArray[np.intp], Floats, Floats, Floats]:
    """For each row of values (rows, n) the best of its shapes (rows or 1, m, n), slope, plateau and χ²."""
    rows, total = np.arange(len(values)), np.sum(weights)
    shape_mean, value_mean = shapes @ weights / total, values @ weights / total
    centred, deviation = shapes - shape_mean[..., None], values - value_mean[:, None]
    overlap = np.matmul(centred, (deviation * weights)[..., None])[..., 0]
    norm = np.broadcast_to(centred**2 @ weights, overlap.shape)
    shape_mean = np.broadcast_to(shape_mean, overlap.shape)
    gain = overlap**2 / norm
    best = np.argmax(gain, axis=1)
    slope = overlap[rows, best] / norm[rows, best]
    plateau = value_mean - slope * shape_mean[rows, best]
    return best, slope, plateau, deviation**2 @ weights - gain[rows, best]


def collapse(curves: Sequence[Curve], guesses: Sequence[float]) -> Floats:
    """Temperatures T_m, one a model, for which [u_m(T) - u_m(T_m)]/T_m against T/T_m collapse below 1.

    The points below the guesses count, each by its error. A collapse leaves a common factor open: the
    geometric mean of the temperatures stays that of the guesses. No T_m leaves the temperatures of its model.

    Raises:
        InputError: fewer than two models, or fewer than three temperatures of one below its crossover.
    """
    if len(curves) < 2:
        raise InputError(f"collapse of {len(curves)} model(s): at least 2 are needed")
    crossovers = np.asarray(guesses, dtype=np.float64)
    values = [curve.values[None, :] for curve in curves]
    return np.asarray(_collapsed(_Scatter(curves, values, crossovers), crossovers[None, :])[0])


def collapse_chi_square(
    curves: Sequence[Curve], guesses: Sequence[float], crossovers: Floats
) -> tuple[float, int]:
    """χ² of the energies about their common curve, and its degrees of freedom; the arguments of ``collapse``
    and its result."""
    values = [curve.values[None, :] for curve in curves]
    deviations = _Scatter(curves, values, np.asarray(guesses, dtype=np.float64))(crossovers[None, :])[0]
    # Every model has an offset and, as the common factor is given, all but one a temperature.
    return float(deviations @ deviations), deviations.size - SHAPES - (2 * len(curves) - 1)


def cold_temperatures(curves: Sequence[Curve], crossovers: Floats) -> list[int]:
    """How many temperatures of each curve lie below its crossover; a collapse needs three of each."""
    pairs = zip(curves, crossovers, strict=True)
    return [int(np.count_nonzero(curve.temperatures <= T_co)) for curve, T_co in pairs]


def collapse_temperatures(curves: Sequence[Curve], guesses: Floats, rng: np.random.Generator) -> Floats:
    """``collapse`` of resampled curves (count, models), from resampled guesses (count, models).

    The guesses bring in the error of the common factor; the same points count in all sets.
    """
    values = [curve.resampled(len(guesses), rng) for curve in curves]
    return _collapsed(_Scatter(curves, values, np.mean(guesses, axis=0)), guesses)


class _Scatter:
    """Deviations of energies, in errors, from the common curve that fits them best, of many sets at once.

    The energies are u = T_co f(x) + offset with x = T/T_co. The curve f is a sum of 1/x, which a Gaussian
    energy landscape would give, x and x². A free offset for every model in place of u(T_co) spares the fit
    the error of interpolating it. Deviations of u/T_co would shrink where T_co grows, and so draw it upward.
    """

    def __init__(self, curves: Sequence[Curve], values: Sequence[Floats], crossovers: Floats) -> None:
        cold = [curve.temperatures <= T_co for curve, T_co in zip(curves, crossovers, strict=True)]
        counts = cold_temperatures(curves, crossovers)
        if min(counts) < LEAST_BELOW:
            raise InputError(
                "collapse needs three temperatures below the crossover of every model: add colder ones"
            )
        self._model = np.repeat(np.arange(len(curves)), counts)
        chosen = zip(curves, values, cold, strict=True)
        pairs = [(curve.temperatures[below], value[:, below]) for curve, value, below in chosen]
        self._temperatures = np.concatenate([T for T, _ in pairs])
        self._energies = np.concatenate([u for _, u in pairs], axis=1)
        self._errors = np.concatenate(
            [curve.errors[below] for curve, below in zip(curves, cold, strict=True)]
        )
        self._offsets = np.eye(len(curves))[self._model]
        reached = [(curve.temperatures[LEAST_BELOW - 1], curve.temperatures[-1]) for curve in curves]
        self._least, self._most = np.transpose(reached)

    def __call__(self, crossovers: Floats) -> Floats:
        """Deviations (sets, points) for T_co (sets, models)."""
        scale = crossovers[:, self._model]
        x = self._temperatures / scale
        offsets = np.broadcast_to(self._offsets, (*x.shape, self._offsets.shape[1]))
        shapes = scale[..., None] * np.stack([1.0 / x, x, x**2], axis=-1)
        basis, _ = np.linalg.qr(np.concatenate([shapes, offsets], axis=-1) / self._errors[:, None])
        target = (self._energies / self._errors)[..., None]
        return np.asarray((basis @ (np.swapaxes(basis, 1, 2) @ target) - target)[..., 0])

    def are_within_reach(self, crossovers: Floats) -> npt.NDArray[np.bool_]:
        """For each set (sets, 1), whether every T_co lies among the model's temperatures, three below it."""
        reached = (crossovers >= self._least) & (crossovers <= self._most)
        return np.asarray(np.all(reached, axis=1, keepdims=True))


def _collapsed(scatter: _Scatter, guesses: Floats) -> Floats:
    """The least-squares temperatures (sets, models), found from the guesses as Levenberg and Marquardt do."""
    logarithms = np.log(guesses)
    models = logarithms.shape[1]
    # Directions that keep the geometric mean.
    directions = np.eye(models)[:-1] - np.eye(models)[-1]
    damping = np.full((len(guesses), 1, 1), 1e-3)
    residuals = scatter(np.exp(logarithms))
    for _ in range(COLLAPSE_STEPS):
        slopes = np.stack(
            [(scatter(np.exp(logarithms + DIFFERENCE * one)) - residuals) / DIFFERENCE for one in directions],
            axis=-1,
        )
        normal = np.swapaxes(slopes, 1, 2) @ slopes
        diagonal = normal * np.eye(models - 1)
        downhill = -np.einsum("spm,sp->sm", slopes, residuals)[..., None]
        step = np.linalg.solve(normal + damping * diagonal, downhill)[..., 0] @ directions
        # A step that leaves the temperatures measured is shortened like one that leads uphill.
        step *= np.minimum(1.0, LONGEST_STEP / np.max(np.abs(step), axis=1, keepdims=True).clip(CONVERGED))
        proposed = np.exp(logarithms + step)
        trial, within = scatter(proposed), scatter.are_within_reach(proposed)
        better = np.sum(trial**2, axis=1, keepdims=True) <= np.sum(residuals**2, axis=1, keepdims=True)
        better &= within
        logarithms, residuals = logarithms + better * step, np.where(better, trial, residuals)
        damping *= np.where(better, 0.1, 10.0)[..., None]
        if np.max(np.abs(step)) < CONVERGED:
            break
    return np.exp(logarithms)
