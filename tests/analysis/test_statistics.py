"""Ensemble statistics against closed forms and against SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from pssglass.analysis import statistics
from pssglass.base.errors import InputError


def test_summary_is_mean_and_its_standard_error() -> None:
    summary = statistics.summarize([1.0, 2.0, 3.0, 6.0])
    assert summary.mean == 3.0
    assert summary.std == pytest.approx(math.sqrt(14.0 / 3.0))
    assert summary.standard_error == pytest.approx(stats.sem([1.0, 2.0, 3.0, 6.0]))
    assert summary.count == 4


@pytest.mark.parametrize("lineages", [None, [0, 0, 1, 2, 2, 2, 3]])
def test_curves_have_the_errors_of_their_points(lineages: list[int] | None) -> None:
    curves = np.random.default_rng(2).normal(size=(7, 2, 3))
    mean, error = statistics.mean_curve(curves, lineages)
    assert error is not None
    for place in np.ndindex(2, 3):
        expected = statistics.summarize(curves[(slice(None), *place)], lineages)
        assert (mean[place], error[place]) == pytest.approx((expected.mean, expected.standard_error))
    assert statistics.mean_curve(curves[:1])[1] is None
    assert statistics.mean_curve(curves, [4] * 7)[1] is None


def test_one_sample_has_a_mean_and_no_error() -> None:
    summary = statistics.summarize([2.5])
    assert (summary.mean, summary.count) == (2.5, 1)
    assert math.isnan(summary.standard_error)


def test_statistics_refuse_nothing_and_nan() -> None:
    with pytest.raises(InputError, match=r"0 sample\(s\) for a mean"):
        statistics.summarize([])
    with pytest.raises(InputError, match="value nan among the samples"):
        statistics.summarize([1.0, math.nan])


def test_both_fluctuation_measures_agree_for_normal_samples() -> None:
    N, chi = 3000, 2.4
    values = 16.0 * (1.0 + chi / math.sqrt(N) * np.random.default_rng(1).standard_normal(40_000))
    assert statistics.relative_fluctuation(values, N) == pytest.approx(chi, rel=0.02)
    assert statistics.robust_fluctuation(values, N) == pytest.approx(chi, rel=0.03)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 7, 9, 10, 15, 40])
def test_robust_fluctuations_of_few_samples_are_unbiased(count: int) -> None:
    values = 50.0 + np.random.default_rng(count).standard_normal((6000, count))
    found = [statistics.robust_fluctuation(one, 2500) for one in values]
    assert np.mean(found) == pytest.approx(1.0, rel=0.025)


def test_the_robust_fluctuation_is_deaf_to_one_soft_sample() -> None:
    values = 16.0 + 0.1 * np.random.default_rng(2).standard_normal(500)
    spoiled = np.append(values, 1.0)
    assert statistics.robust_fluctuation(spoiled, 3000) == pytest.approx(
        statistics.robust_fluctuation(values, 3000), rel=0.02
    )
    assert statistics.relative_fluctuation(spoiled, 3000) > 5.0 * statistics.relative_fluctuation(
        values, 3000
    )


def test_bootstrap_interval_covers_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    trials = [statistics.bootstrap_interval(rng.normal(5.0, 2.0, 60), resamples=400) for _ in range(300)]
    covered = np.mean([trial.low <= 5.0 <= trial.high for trial in trials])
    assert 0.90 <= covered <= 0.98
    assert np.mean([trial.standard_error for trial in trials]) == pytest.approx(2.0 / math.sqrt(60), rel=0.05)


def test_bootstrap_takes_any_statistic_and_repeats_itself() -> None:
    values = np.random.default_rng(4).exponential(1.0, 200)
    median = statistics.bootstrap_interval(values, lambda x: float(np.median(x)), seed=9)
    assert median.low < math.log(2.0) < median.high
    assert median == statistics.bootstrap_interval(values, lambda x: float(np.median(x)), seed=9)


def test_bootstrap_of_one_sample_is_refused() -> None:
    with pytest.raises(InputError, match="at least 2"):
        statistics.bootstrap(1, lambda chosen: 0.0)


def test_the_ratio_of_means_has_the_error_that_repetition_shows() -> None:
    def draw(seed: int) -> tuple[float, float]:
        rng = np.random.default_rng(seed)
        G = 12.0 + rng.standard_normal(50)
        nonaffine = 30.0 - 0.9 * G + 0.3 * rng.standard_normal(50)
        return statistics.ratio_of_means(*(statistics.summarize(x) for x in (nonaffine, G, nonaffine + G)))

    ratios, errors = np.transpose([draw(seed) for seed in range(400)])
    assert np.mean(ratios) == pytest.approx((30.0 - 0.9 * 12.0) / 12.0, rel=2e-3)
    assert np.mean(errors) == pytest.approx(np.std(ratios), rel=0.1)


def test_the_ratio_of_frequencies_has_the_error_that_repetition_shows() -> None:
    """ω_g and √G of the same samples rise together: taken as independent, their ratio would look noisier."""

    def draw(seed: int) -> tuple[float, float]:
        rng = np.random.default_rng(seed)
        G = 12.0 * (1.0 + 0.08 * rng.standard_normal(50))
        frequency = 5.0 * np.sqrt(G / 12.0) * (1.0 + 0.01 * rng.standard_normal(50))
        return statistics.mean_over_power(frequency, G, 0.5)

    ratios, errors = np.transpose([draw(seed) for seed in range(400)])
    assert np.mean(ratios) == pytest.approx(5.0 / math.sqrt(12.0), rel=2e-3)
    assert np.mean(errors) == pytest.approx(np.std(ratios), rel=0.1)
    assert np.mean(errors) < 0.3 * np.mean(ratios) * math.hypot(0.04, 0.04) / math.sqrt(50)


def test_a_ratio_needs_the_same_samples_and_has_no_error_for_one() -> None:
    assert math.isnan(statistics.mean_over_power([3.0], [2.0])[1])
    with pytest.raises(InputError, match="ratio of 2 by 3 samples"):
        statistics.mean_over_power([1.0, 2.0], [1.0, 2.0, 3.0])


def test_weighted_mean_of_unequal_errors() -> None:
    mean, error = statistics.weighted_mean([1.0, 4.0], [1.0, 2.0])
    assert mean == pytest.approx((1.0 + 4.0 / 4.0) / 1.25)
    assert error == pytest.approx(math.sqrt(1.0 / 1.25))


def test_linear_fit_agrees_with_numpy_in_line_and_covariance() -> None:
    rng = np.random.default_rng(5)
    x, errors = np.linspace(0.7, 6.0, 9), rng.uniform(0.1, 0.4, 9)
    y = 2.0 - 0.3 * x + errors * rng.standard_normal(9)
    fit = statistics.linear_fit(x, y, errors)
    (slope, intercept), covariance = np.polyfit(x, y, 1, w=1.0 / errors, cov="unscaled")
    assert (fit.slope, fit.intercept) == (pytest.approx(slope), pytest.approx(intercept))
    assert fit.covariance == pytest.approx(covariance[::-1, ::-1])
    assert fit.chi_square == pytest.approx(np.sum(((y - fit(x)) / errors) ** 2))
    assert fit.p_value == pytest.approx(stats.chi2.sf(fit.chi_square, 7))
    at_zero = float(fit.standard_error(0.0))
    assert at_zero == pytest.approx(math.sqrt(covariance[1, 1]))


def test_a_line_needs_two_places_and_errors() -> None:
    with pytest.raises(InputError, match="at least 2 places"):
        statistics.linear_fit([1.0, 1.0], [0.0, 1.0], [0.1, 0.1])
    with pytest.raises(InputError, match="not positive"):
        statistics.linear_fit([1.0, 2.0], [0.0, 1.0], [0.1, math.nan])


def test_a_cautious_interval_reaches_beyond_percentiles_and_errors() -> None:
    drawn = 3.0 + np.random.default_rng(2).standard_normal(4000)
    found = statistics.cautious_interval(2.0, drawn)
    assert found.standard_error == pytest.approx(1.0, rel=0.05)
    assert (found.low, found.high) == pytest.approx((2.0 - 1.96, 3.0 + 1.96), abs=0.1)
    outlier = statistics.cautious_interval(2.0, np.append(drawn, 1e6))
    assert outlier.standard_error == pytest.approx(found.standard_error, rel=0.01)
