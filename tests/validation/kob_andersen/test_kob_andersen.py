"""The short form of validate.py, and the full one."""

from __future__ import annotations

from types import ModuleType

import pytest


def test_a_hot_mixture_is_the_published_one(case: ModuleType) -> None:
    rows = case.validate(1000, {2.0: (80, 5.0)}, liquids=5, workers=2)
    assert len(rows) == 8
    for row in rows:
        assert abs(row.deviation) < case.MOST_DEVIATIONS, row


@pytest.mark.slow
def test_both_state_points(case: ModuleType) -> None:
    for row in case.validate(4000, {0.8: (400, 60.0), 2.0: (600, 10.0)}, liquids=3, workers=2):
        assert abs(row.deviation) < case.MOST_DEVIATIONS, row


def test_the_potential_is_the_published_one_up_to_its_corner(case: ModuleType) -> None:
    for x in (0.9, 1.2, 2.3):
        assert case.cut_and_shifted(x) == 4.0 * (x**-12 - x**-6) - 4.0 * (2.5**-12 - 2.5**-6)
    first, last = 2.5 - case.CORNER, 2.5 + case.CORNER
    for x, step in ((first, 1e-5), (last, 1e-5)):
        below, at, above = (case.cut_and_shifted(min(x + shift, last)) for shift in (-step, 0.0, step))
        assert abs(above - at) < 1e-6
        assert abs(above - 2.0 * at + below) < 1e-8
