"""Correlation functions and errors of time series, against processes whose answer is known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pssglass.analysis import correlation
from pssglass.base.errors import InputError

RELAXATION = 40.0


def exponential_process(
    count: int, columns: int = 1, relaxation: float = RELAXATION, seed: int = 1
) -> np.ndarray:
    """Unit-variance Gaussian noise with ⟨x(0)x(t)⟩ = exp(-t/relaxation), (count, columns)."""
    rng = np.random.default_rng(seed)
    decay = math.exp(-1.0 / relaxation)
    kicks = math.sqrt(1.0 - decay**2) * rng.standard_normal((count, columns))
    x = np.empty((count, columns))
    x[0] = rng.standard_normal(columns)
    for step in range(1, count):
        x[step] = decay * x[step - 1] + kicks[step]
    return x


def test_autocorrelation_is_the_average_over_all_time_origins() -> None:
    x = np.random.default_rng(2).standard_normal((50, 3))
    direct = [np.mean(np.sum(x[lag:] * x[: 50 - lag], axis=0) / (50 - lag)) for lag in range(50)]
    assert correlation.autocorrelation(x) == pytest.approx(direct, abs=1e-12)
    assert correlation.autocorrelation(x[:, 0])[0] == pytest.approx(np.mean(x[:, 0] ** 2))


def test_stress_correlation_carries_volume_over_temperature() -> None:
    stress = exponential_process(2000, 3)
    c = correlation.stress_autocorrelation(stress, volume=500.0, temperature=2.0)
    assert c == pytest.approx(250.0 * correlation.autocorrelation(stress))


def test_the_relaxation_time_of_exponential_noise_is_its_own() -> None:
    c = correlation.autocorrelation(exponential_process(200_000, 3))
    times = np.arange(len(c), dtype=np.float64)
    tau = correlation.relaxation_time(times, c)
    assert tau == pytest.approx(RELAXATION, rel=0.05)
    half = correlation.relaxation_time(times, c, criterion=0.5)
    assert half == pytest.approx(RELAXATION * math.log(2.0), rel=0.05)


def test_a_correlation_that_does_not_decay_has_no_relaxation_time() -> None:
    assert correlation.relaxation_time(np.arange(4.0), np.array([1.0, 0.9, 0.8, 0.7])) is None


def test_blocking_finds_the_error_of_a_correlated_mean() -> None:
    errors, means = [], []
    for seed in range(60):
        blocked = correlation.blocked_mean(exponential_process(20_000, seed=seed)[:, 0])
        errors.append(blocked.standard_error)
        means.append(blocked.mean)
    exact = math.sqrt(2.0 * RELAXATION / 20_000)
    assert np.std(means) == pytest.approx(exact, rel=0.25)
    assert np.mean(errors) == pytest.approx(exact, rel=0.2)


def test_blocking_leaves_independent_values_alone() -> None:
    blocked = correlation.blocked_mean(np.random.default_rng(5).standard_normal(4096))
    assert blocked.standard_error == pytest.approx(1.0 / 64.0, rel=0.4)


def test_drift_is_told_from_slow_fluctuations() -> None:
    noise = [exponential_process(20_000, seed=seed)[:, 0] for seed in range(40)]
    trend = np.linspace(0.0, 2.0, 20_000)
    assert np.mean([abs(correlation.drift(x)) > 3.0 for x in noise]) <= 0.05
    assert np.mean([abs(correlation.drift(x + trend)) > 3.0 for x in noise]) >= 0.95


@pytest.mark.parametrize(("count", "relaxation"), [(64, 1.0), (2000, 0.1), (2000, 20.0), (2000, 100.0)])
def test_noise_passes_for_a_drift_in_less_than_one_of_a_hundred(count: int, relaxation: float) -> None:
    series = exponential_process(count, 10_000, relaxation)
    drifts = np.array([correlation.drift(x) for x in series.T])
    assert np.mean(np.abs(drifts) > 3.0) < 0.01
    assert np.mean(np.abs(drifts) > 1.0) > 0.25, "else it is no normal score"


def test_the_drift_has_the_sign_of_the_trend_and_is_finite() -> None:
    trend = np.linspace(0.0, 1.0, 800)
    noise = 1e-3 * exponential_process(800, relaxation=1.0)[:, 0]
    assert correlation.drift(trend + noise) > 5.0
    assert correlation.drift(noise - trend) < -5.0
    assert math.isfinite(correlation.drift(trend))
    assert correlation.drift(np.ones(100)) == 0.0


def test_a_series_too_short_is_refused() -> None:
    with pytest.raises(InputError, match=r"series of 7 value\(s\): a drift needs at least 8"):
        correlation.drift(np.arange(7.0))
    with pytest.raises(InputError, match=r"series of 1 value\(s\)"):
        correlation.autocorrelation([1.0])
    with pytest.raises(InputError, match=r"series of 1 value\(s\)"):
        correlation.blocked_mean([1.0])
