"""Short form of validate.py: smaller and fewer liquids, the same bound."""

from __future__ import annotations

from types import ModuleType

import pytest

SAMPLES = 6


def test_mixed_precision_makes_the_same_liquids(case: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case, "PRODUCTION_TIME", 40.0)
    monkeypatch.setattr(case, "FREE_TIME", 20.0)
    samples = {
        precision: [case.measure("pss 1.1", precision, 500, first + seed) for seed in range(SAMPLES)]
        for precision, first in (("double", 0), ("mixed", SAMPLES))
    }
    for comparison in case.compare("pss 1.1", samples["double"], samples["mixed"]):
        assert abs(comparison.deviation) < case.BOUND, comparison
