"""Results as people read them."""

from __future__ import annotations

import doctest
import math

import pytest

from pssglass.base import results


def test_examples_in_the_documentation() -> None:
    assert doctest.testmod(results).failed == 0


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (37.6183, 0.4127, "37.62 ± 0.41"),
        (-5.16272, 0.00512, "-5.1627 ± 0.0051"),
        (1234.5, 98.7, "1234 ± 99"),
        (0.3145, 0.00996, "0.315 ± 0.010"),
        (2.0, math.nan, "2"),
        (2.0, 0.0, "2"),
    ],
)
def test_a_value_is_written_to_two_digits_of_its_error(value: float, error: float, text: str) -> None:
    assert results.with_error(value, error) == text
