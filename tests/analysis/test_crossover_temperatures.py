"""Crossover temperatures planted in synthetic data are found again, and their errors are honest."""

from __future__ import annotations

import numpy as np
import pytest

from pssglass.analysis.crossover_temperatures import (
    Curve,
    bend,
    bend_temperatures,
    collapse,
    collapse_temperatures,
    interval_of,
)
from pssglass.base.errors import InputError

# The parent temperatures of the paper's Table I, and crossovers like those of the paper.
TEMPERATURES = {
    1.1: [0.73, 0.76, 0.80, 0.88, 1.00, 1.20, 1.50, 2.00, 3.00, 4.00, 6.00],
    1.2: [0.77, 0.80, 0.85, 0.91, 1.00, 1.30, 1.80, 2.60, 4.00],
    1.3: [0.77, 0.80, 0.85, 0.91, 1.00, 1.15, 1.30, 1.80, 2.60, 4.00],
    1.5: [0.69, 0.72, 0.76, 0.80, 0.85, 0.91, 1.00, 1.30, 1.80, 2.60],
}
CROSSOVERS = {1.1: 1.40, 1.2: 1.15, 1.3: 1.05, 1.5: 0.88}
TRIALS = 200


def modulus_ratio(rc: float, noise: float, seed: int, width: float = 0.03) -> Curve:
    """G/K = 0.2 above T_co and higher by 0.2 a unit of temperature below, rounded over ``width``."""
    T = np.array(TEMPERATURES[rc])
    bent = 0.2 + 0.2 * width * np.logaddexp(0.0, (CROSSOVERS[rc] - T) / width)
    return noisy(T, bent, noise, seed)


def energy(rc: float, noise: float, seed: int) -> Curve:
    """u = -4 + T_co f(T/T_co), f of a Gaussian landscape below 1; above, every model goes its own way."""
    T, T_co = np.array(TEMPERATURES[rc]), CROSSOVERS[rc]
    x = T / T_co
    scaled = np.where(x < 1.0, 0.55 * (1.0 - 1.0 / x), 0.2 * rc * np.tanh(x - 1.0))
    return noisy(T, -4.0 + T_co * scaled, noise, seed)


def noisy(T: np.ndarray, values: np.ndarray, noise: float, seed: int) -> Curve:
    return Curve(
        T, values + noise * np.random.default_rng(seed).standard_normal(T.size), np.full(T.size, noise)
    )


def test_a_bend_without_noise_is_found_exactly() -> None:
    T = np.array(TEMPERATURES[1.5])
    found = bend(Curve(T, 0.2 + 0.3 * np.maximum(0.0, 0.88 - T), np.full(T.size, 1e-6)))
    assert found.temperature == pytest.approx(0.88, abs=1e-4)
    assert found.plateau == pytest.approx(0.2, abs=1e-5)
    assert found.slope == pytest.approx(-0.3, rel=1e-3)


@pytest.mark.parametrize(("rc", "width"), [*((rc, 0.03) for rc in CROSSOVERS), (1.1, 0.2)])
def test_the_planted_bend_lies_in_the_interval_in_nine_of_ten_trials(rc: float, width: float) -> None:
    hits = 0
    for seed in range(TRIALS):
        curve = modulus_ratio(rc, 0.001, seed, width)
        drawn = bend_temperatures(curve, 60, np.random.default_rng(seed))
        spread = interval_of(bend(curve).temperature, drawn)
        hits += spread.low <= CROSSOVERS[rc] <= spread.high
    assert hits >= 0.9 * TRIALS


def test_the_planted_collapse_lies_in_the_interval_in_nine_of_ten_trials() -> None:
    hits = dict.fromkeys(CROSSOVERS, 0)
    for seed in range(TRIALS):
        ratios = [modulus_ratio(rc, 0.0005, 7 * seed + index) for index, rc in enumerate(CROSSOVERS)]
        energies = [energy(rc, 0.0005, 9000 + 7 * seed + index) for index, rc in enumerate(CROSSOVERS)]
        rng = np.random.default_rng(seed)
        drawn = [bend_temperatures(curve, 20, rng) for curve in ratios]
        spreads = collapse_temperatures(energies, np.column_stack(drawn), rng)
        found = collapse(energies, [bend(curve).temperature for curve in ratios])
        for rc, temperature, drawn_again in zip(CROSSOVERS, found, spreads.T, strict=True):
            spread = interval_of(temperature, drawn_again)
            hits[rc] += spread.low <= CROSSOVERS[rc] <= spread.high
    assert min(hits.values()) >= 0.9 * TRIALS


def scatter(curves: list[Curve], guesses: np.ndarray, crossovers: np.ndarray) -> float:
    """Sum of squares, in errors, that dense least squares leave of the cold energies."""
    rows, target = [], []
    for model, (curve, guess, T_co) in enumerate(zip(curves, guesses, crossovers, strict=True)):
        for T, u, error in zip(curve.temperatures, curve.values, curve.errors, strict=True):
            if guess >= T:
                x = T / T_co
                shapes = [T_co / x, T_co * x, T_co * x**2, *np.eye(len(curves))[model]]
                rows.append(np.array(shapes) / error)
                target.append(u / error)
    fitted = np.array(rows) @ np.linalg.lstsq(np.array(rows), np.array(target))[0]
    return float(np.sum((fitted - target) ** 2))


def test_no_other_temperatures_collapse_better() -> None:
    curves, guesses = (
        [energy(rc, 5e-4, index) for index, rc in enumerate(CROSSOVERS)],
        np.array([*CROSSOVERS.values()]),
    )
    found = collapse(curves, guesses)
    least = scatter(curves, guesses, found)
    for first in range(len(curves)):
        for factor in (0.999, 1.001):
            moved = found.copy()
            moved[first] *= factor
            moved[first - 1] /= factor
            assert scatter(curves, guesses, moved) > least


def test_a_collapse_of_noisy_energies_has_no_bias() -> None:
    """Large errors do not draw a model to a high T_co, where its scaled energies would scatter less."""
    exact, errors = np.array([*CROSSOVERS.values()]), (0.002, 0.008, 0.002, 0.008)
    found = np.array(
        [
            collapse(
                [
                    energy(rc, error, 31 * seed + int(10 * rc))
                    for rc, error in zip(CROSSOVERS, errors, strict=True)
                ],
                exact,
            )
            for seed in range(60)
        ]
    )
    deviation = np.log(found / exact)
    assert np.all(np.abs(np.mean(deviation, axis=0)) < 4.0 * np.std(deviation, axis=0) / np.sqrt(60))
    assert np.all(np.std(deviation, axis=0) < 0.08)


def test_energies_that_hardly_tell_leave_the_crossover_among_the_temperatures() -> None:
    energies = [energy(rc, 0.05, 3) for rc in (1.1, 1.2)]
    guesses = np.full((100, 2), (1.4, 1.15))
    drawn = collapse_temperatures(energies, guesses, np.random.default_rng(0))
    for curve, found in zip(energies, drawn.T, strict=True):
        assert np.all((found >= curve.temperatures[2]) & (found <= curve.temperatures[-1]))
    assert drawn.prod(axis=1) == pytest.approx(1.4 * 1.15)


def test_the_collapse_leaves_the_common_factor_to_the_guesses() -> None:
    energies = [energy(rc, 1e-5, 1) for rc in CROSSOVERS]
    exact = np.array(list(CROSSOVERS.values()))
    found = collapse(energies, 0.99 * exact)
    assert found / found[0] == pytest.approx(exact / exact[0], rel=2e-3)
    assert np.mean(np.log(found)) == pytest.approx(np.mean(np.log(0.99 * exact)))


def test_a_plateau_too_short_is_refused() -> None:
    curve = modulus_ratio(1.5, 1e-4, 0)
    cold = Curve(curve.temperatures[:6], curve.values[:6], curve.errors[:6])
    with pytest.raises(InputError, match=r"plateau too short: .* add hotter ensembles"):
        bend(cold)


def test_a_cold_branch_too_short_is_refused() -> None:
    curve = modulus_ratio(1.5, 1e-4, 0)
    hot = Curve(curve.temperatures[3:], curve.values[3:], curve.errors[3:])
    with pytest.raises(InputError, match=r"cold branch too short: .* add colder ensembles"):
        bend(hot)


def test_values_that_do_not_vary_have_no_crossover() -> None:
    T = np.array(TEMPERATURES[1.1])
    with pytest.raises(InputError, match="less than their errors"):
        bend(noisy(T, np.full(T.size, 0.4), 0.01, 3))


def test_four_temperatures_are_too_few() -> None:
    with pytest.raises(InputError, match=r"4 temperature\(s\)"):
        bend(Curve(np.arange(1.0, 5.0), np.zeros(4), np.ones(4)))


def test_a_collapse_needs_two_models() -> None:
    with pytest.raises(InputError, match=r"collapse of 1 model\(s\)"):
        collapse([energy(1.5, 1e-3, 0)], [0.88])
