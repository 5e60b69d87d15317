"""The short form of validate.py: poly-IPL down to its crossover, and the full form."""

from __future__ import annotations

from types import ModuleType

import pytest


def test_glasses_are_those_of_the_independent_code(case: ModuleType) -> None:
    rows = case.validate(samples=4, lowest=0.75, workers=2)
    assert len(rows) == 24
    for row in rows:
        assert row.agrees, row


@pytest.mark.slow
def test_cold_glasses_too(case: ModuleType) -> None:
    for row in case.validate(samples=8, lowest=0.37, workers=2):
        assert row.agrees, row
