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


def test_glasses_that_are_copies_count_once() -> None:
    values = np.tile(np.random.default_rng(6).standard_normal(LINEAGES), GLASSES)
    alone, copied = statistics.summarize(values[:LINEAGES]), statistics.summarize(values, NUMBERS)
    assert copied.standard_error == pytest.approx(alone.standard_error, rel=1e-12)
    assert copied.std == pytest.approx(alone.std, rel=1e-12)
    assert copied.effective_count == pytest.approx(LINEAGES, rel=1e-12)
    chi = statistics.relative_fluctuation(5.0 + values, 100, NUMBERS)
    assert chi == pytest.approx(statistics.relative_fluctuation(5.0 + values[:LINEAGES], 100), rel=1e-12)


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
