"""Correlations piece by piece, against the sum over all time origins."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pssglass.analysis.correlation import autocorrelation
from pssglass.analysis.multiple_tau import Correlator
from pssglass.base.results import Floats


def slow_noise(count: int, memory: float, seed: int = 1) -> Floats:
    """Three series with the correlation exp(-t/memory)."""
    kicks = np.random.default_rng(seed).standard_normal((count, 3))
    decay = np.exp(-1.0 / memory)
    series = np.empty_like(kicks)
    series[0] = kicks[0]
    for t in range(1, count):
        series[t] = decay * series[t - 1] + np.sqrt(1.0 - decay**2) * kicks[t]
    return series


def test_single_lags_are_exact() -> None:
    series = slow_noise(1000, 20.0)
    correlator = Correlator(3)
    correlator.add(series)
    lags, values = correlator.result()
    assert lags[:17].tolist() == list(range(17))
    assert values[:16] == pytest.approx(autocorrelation(series)[:16], rel=1e-12)


def test_long_lags_follow_the_direct_sum() -> None:
    series = slow_noise(20_000, 200.0)
    correlator = Correlator(3)
    correlator.add(series)
    lags, values = correlator.result()
    direct = autocorrelation(series)[lags.astype(int)]
    kept = lags < 1000
    assert np.max(np.abs(values - direct)[kept]) < 0.01 * direct[0]
    assert len(lags) < 130


def test_a_series_in_pieces_gives_the_same() -> None:
    series = slow_noise(1000, 20.0)
    whole, pieces = Correlator(3), Correlator(3)
    whole.add(series)
    for first in range(0, 1000, 37):
        pieces = Correlator(3, json.loads(json.dumps(pieces.state())))
        pieces.add(series[first : first + 37])
    for one, other in zip(whole.result(), pieces.result(), strict=True):
        assert other == pytest.approx(one, rel=1e-12)


def test_lags_of_a_shorter_series_are_the_first_of_a_longer_one() -> None:
    lags = []
    for count in (50, 700):
        correlator = Correlator(3)
        correlator.add(slow_noise(count, 5.0))
        lags.append(correlator.result()[0])
    assert np.array_equal(lags[1][: len(lags[0])], lags[0])


def test_an_empty_series_has_no_correlation() -> None:
    assert [len(found) for found in Correlator(3).result()] == [0, 0]
