"""Estimators of what was not found, on draws from sets whose size is known."""

from __future__ import annotations

import numpy as np
import pytest

from pssglass.analysis.completeness import chao1_unseen, good_turing_coverage


def test_nothing_is_missing_where_all_were_found_often() -> None:
    assert good_turing_coverage([5, 3, 9]) == 1.0
    assert chao1_unseen([5, 3, 9]) == 0.0


def test_by_hand() -> None:
    times = [1, 1, 1, 2, 4]
    assert good_turing_coverage(times) == pytest.approx(1 - 3 / 9)
    assert chao1_unseen(times) == pytest.approx(8 / 9 * 3 * 2 / (2 * 2))


def test_without_finds_nothing_is_known() -> None:
    assert (good_turing_coverage([]), chao1_unseen([])) == (0.0, 0.0)


def test_both_hold_on_average_where_all_are_equally_likely() -> None:
    random, members, finds = np.random.default_rng(1), 50, 60
    unseen, missing, coverage = [], [], []
    for _ in range(400):
        times = np.bincount(random.integers(members, size=finds), minlength=members)
        found = times[times > 0]
        unseen.append(chao1_unseen(found))
        missing.append(members - len(found))
        coverage.append(good_turing_coverage(found) - len(found) / members)
    assert np.mean(unseen) == pytest.approx(np.mean(missing), rel=0.1)
    assert abs(np.mean(coverage)) < 0.01
