"""Statistics of correlated glasses, against planted correlations and closed forms."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from pssglass.analysis import statistics
from pssglass.base.errors import InputError

LINEAGES, GLASSES = 20, 10
NUMBERS = np.tile(np.arange(LINEAGES), GLASSES)


def planted(rng: np.random.Generator, correlation: float) -> npt.NDArray[np.float64]:
    """Normal values of variance 1 that have this correlation within lineages, glass by glass."""
    shared = np.tile(rng.standard_normal(LINEAGES), GLASSES)
    own = rng.standard_normal(LINEAGES * GLASSES)
    return math.sqrt(correlation) * shared + math.sqrt(1.0 - correlation) * own


@pytest.mark.parametrize("correlation", [0.0, 0.2, 0.9])
def test_errors_spreads_and_effective_numbers_are_those_that_were_planted(correlation: float) -> None:
    rng = np.random.default_rng(5)
    found = [statistics.summarize(planted(rng, correlation), NUMBERS) for _ in range(2000)]
    effective = LINEAGES * GLASSES / (1.0 + (GLASSES - 1) * correlation)
    squared_error = np.mean([one.standard_error**2 for one in found])
    assert squared_error == pytest.approx(1.0 / effective, rel=0.03)
    assert np.std([one.mean for one in found]) == pytest.approx(1.0 / math.sqrt(effective), rel=0.05)
    variance = np.mean([one.std**2 for one in found])
    assert variance == pytest.approx(1.0, rel=0.02), "free of bias"
    if correlation:
        assert variance / squared_error == pytest.approx(effective, rel=0.05)
    assert np.median([one.effective_count for one in found]) == pytest.approx(effective, rel=0.1)
    assert max(one.effective_count for one in found) <= LINEAGES * GLASSES


@pytest.mark.parametrize("sizes", [[1] * 9, [4] * 6, [30, 1, 1, 5], [7, 2]], ids=str)
def test_the_error_is_that_of_the_jackknife_by_definition(sizes: list[int]) -> None:
    numbers = np.repeat(np.arange(len(sizes)), sizes)
    values = 3.0 + np.random.default_rng(10).standard_normal(numbers.size)
    left_out = [np.mean(values[numbers != one]) for one in range(len(sizes))]
    squared = (len(sizes) - 1) / len(sizes) * np.sum((np.array(left_out) - np.mean(values)) ** 2)
    found = statistics.summarize(values, numbers)
    assert found.standard_error == pytest.approx(math.sqrt(squared), rel=1e-12)
    if len(set(sizes)) == 1:
        sums = np.bincount(numbers, weights=values - np.mean(values))
        usual = len(sizes) / (len(sizes) - 1) * np.sum(sums**2) / values.size**2
        assert found.standard_error == pytest.approx(math.sqrt(usual), rel=1e-12)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("sizes", [[40] + [2] * 19, [30, 20, 10] + [1] * 12, [60] + [1] * 10], ids=str)
def test_errors_hold_where_one_lineage_has_most_glasses(sizes: list[int], correlation: float) -> None:
    rng = np.random.default_rng(11)
    numbers = np.repeat(np.arange(len(sizes)), sizes)
    means, errors, variances = [], [], []
    for _ in range(1500):
        shared = rng.standard_normal(len(sizes))[numbers]
        own = rng.standard_normal(numbers.size)
        found = statistics.summarize(
            math.sqrt(correlation) * shared + math.sqrt(1.0 - correlation) * own, numbers
        )
        means.append(found.mean)
        errors.append(found.standard_error)
        variances.append(found.std**2)
    weights = np.bincount(numbers) / numbers.size
    expected = correlation * np.sum(weights**2) + (1.0 - correlation) / numbers.size
    assert np.mean(np.square(errors)) > 0.9 * expected, "never too small on average"
    if correlation:
        assert np.mean(np.square(errors)) < 1.4 * expected
    within_two = np.mean(np.abs(means) < 1.96 * np.array(errors))
    assert within_two > 0.8, "the error itself rests on little, but not on nothing"
    assert np.mean(variances) == pytest.approx(1.0, rel=0.12)


def test_glasses_that_are_copies_count_once() -> None:
    values = np.tile(np.random.default_rng(6).standard_normal(LINEAGES), GLASSES)
    alone, copied = statistics.summarize(values[:LINEAGES]), statistics.summarize(values, NUMBERS)
    assert copied.standard_error == pytest.approx(alone.standard_error, rel=1e-12)
    assert copied.std == pytest.approx(alone.std, rel=1e-12)
    assert copied.effective_count == pytest.approx(LINEAGES, rel=1e-12)
    chi = statistics.relative_fluctuation(5.0 + values, 100, NUMBERS)
    assert chi == pytest.approx(statistics.relative_fluctuation(5.0 + values[:LINEAGES], 100), rel=1e-12)


@pytest.mark.parametrize(("lineages", "glasses"), [(8, 10), (12, 3), (20, 10), (20, 1)])
def test_robust_fluctuations_are_those_that_were_planted(lineages: int, glasses: int) -> None:
    """Of correlation 1/2 within lineages; taken as independent they come out too small by 2 to 4 %."""
    rng = np.random.default_rng(12)
    N, mean, numbers = 1000, 16.0, np.tile(np.arange(lineages), glasses)
    chi = []
    for _ in range(3000):
        both = rng.standard_normal(lineages)[numbers], rng.standard_normal(numbers.size)
        values = mean + math.sqrt(0.5) * (both[0] + both[1])
        chi.append(statistics.robust_fluctuation(values, N, numbers))
    assert np.mean(chi) == pytest.approx(math.sqrt(N) / mean, rel=0.03)
    assert np.mean(chi) > 0.995 * math.sqrt(N) / mean


def test_lineages_leave_robust_fluctuations_deaf_to_a_soft_one() -> None:
    values = 16.0 + planted(np.random.default_rng(13), 0.5)
    spoiled = np.append(values, [1.0] * GLASSES)
    numbers = np.append(NUMBERS, [LINEAGES] * GLASSES)
    robust, usual = (
        chi(spoiled, 1000, numbers) / chi(values, 1000, NUMBERS)
        for chi in (statistics.robust_fluctuation, statistics.relative_fluctuation)
    )
    assert robust < 1.15
    assert usual > 2.0


def test_lineages_of_one_glass_are_independent_samples() -> None:
    values = np.random.default_rng(7).standard_normal(30)
    usual, ours = statistics.summarize(values), statistics.summarize(values, range(30))
    assert ours.standard_error == pytest.approx(usual.standard_error, rel=1e-12)
    assert ours.std == pytest.approx(usual.std, rel=1e-12)
    assert ours.effective_count == pytest.approx(30.0) == usual.effective_count


def test_one_lineage_has_no_error() -> None:
    found = statistics.summarize([1.0, 2.0, 4.0], [3, 3, 3])
    assert found.mean == pytest.approx(7.0 / 3.0)
    assert math.isnan(found.standard_error)
    assert math.isnan(found.effective_count)
    with pytest.raises(InputError, match="bootstrap of 1 lineage: at least 2 are needed, add lineages"):
        statistics.bootstrap(3, lambda chosen: float(len(chosen)), lineages=[3, 3, 3])


def test_bootstrap_draws_whole_lineages() -> None:
    numbers = np.array([4, 4, 4, 9, 7, 7])
    drawn: list[npt.NDArray[np.intp]] = []
    statistics.bootstrap(6, lambda chosen: drawn.append(chosen) or 0.0, 50, 0, numbers)
    for chosen in drawn:
        counts = np.bincount(chosen, minlength=6)
        assert counts[0] == counts[1] == counts[2]
        assert counts[4] == counts[5]
        assert counts[0] + counts[3] + counts[4] == 3, "as many lineages as there are"


def test_bootstrap_and_summary_agree_about_the_error() -> None:
    rng = np.random.default_rng(8)
    ratios = []
    for _ in range(100):
        values = planted(rng, 0.5)
        interval = statistics.bootstrap_interval(values, resamples=400, lineages=NUMBERS)
        ratios.append(interval.standard_error / statistics.summarize(values, NUMBERS).standard_error)
    assert np.mean(ratios) == pytest.approx(math.sqrt((LINEAGES - 1) / LINEAGES), rel=0.01)


@pytest.mark.parametrize("correlation", [0.0, 0.7])
def test_ratios_take_the_correlation_within_lineages(correlation: float) -> None:
    """Of means whose ratio is known, by both ways to reckon its error."""
    rng = np.random.default_rng(9)
    ratios, errors, others = [], [], []
    for _ in range(1500):
        below = 10.0 + planted(rng, correlation)
        above = 2.0 * below + 0.5 * planted(rng, correlation)
        parts = [statistics.summarize(one, NUMBERS) for one in (above, below, above + below)]
        ratio, error = statistics.ratio_of_means(*parts)
        ratios.append(ratio)
        errors.append(error)
        others.append(statistics.mean_over_power(above, below, 1.0, NUMBERS)[1])
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(ratios), rel=0.06)
    assert errors == pytest.approx(others, rel=1e-6)


def test_lineages_must_be_those_of_the_values() -> None:
    with pytest.raises(InputError, match="2 lineages for 3 values"):
        statistics.summarize([1.0, 2.0, 3.0], [0, 1])
