"""Numbers of a mean curve: of the mean itself, with errors that know which curves belong together."""

from __future__ import annotations

import numpy as np
import pytest

from pssglass.analysis.mean_curves import numbers_of_mean
from pssglass.base.results import Floats


def largest(curve: Floats) -> tuple[float]:
    return (float(curve.max()),)


def test_the_number_is_that_of_the_mean_not_the_mean_of_the_numbers() -> None:
    curves = np.array([[4.0, 0.0], [0.0, 2.0]])
    assert numbers_of_mean(["top"], curves, largest, None, 100, 1)["top"] == 2.0


def test_its_error_is_that_of_independent_curves_or_lineages() -> None:
    rng = np.random.default_rng(5)
    heights = np.repeat(rng.standard_normal(50), 8)  # of each lineage all curves are alike
    curves = np.stack([10.0 + heights, np.zeros(400)], axis=1)
    errors = [
        float(numbers_of_mean(["top"], curves, largest, lineages, 2000, 1)["top_error"])
        for lineages in (None, np.repeat(np.arange(50), 8))
    ]
    assert errors[0] == pytest.approx(heights.std() / np.sqrt(400), rel=0.1)
    assert errors[1] == pytest.approx(heights.std() / np.sqrt(50), rel=0.1)


def test_one_curve_or_one_lineage_has_no_error() -> None:
    assert set(numbers_of_mean(["top"], np.ones((1, 3)), largest, None, 100, 1)) == {"top"}
    assert set(numbers_of_mean(["top"], np.ones((4, 3)), largest, [2, 2, 2, 2], 100, 1)) == {"top"}
