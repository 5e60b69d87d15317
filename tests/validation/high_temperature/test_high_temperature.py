"""Short form of validate.py: the stickiest and the least sticky model, smaller glasses, the same bound.

Three combined errors allow c(0)/(⟨U_γγ⟩/V) to differ from 1 by some percent; identity.py shows it within 2 %.
"""

from __future__ import annotations

from types import ModuleType

import pytest

SAMPLES = 10
"""With fewer the jackknife misjudges its own error often enough to leave the bound by chance."""


@pytest.mark.parametrize("row", [0, 3], ids=["rc1.1", "rc1.5"])
def test_hot_glasses_have_the_reference_averages(case: ModuleType, row: int) -> None:
    reference = case.references()[row]
    samples = [
        case.measure(reference["rc"], reference["parent_temperature"], N=1000, seed=seed)
        for seed in range(SAMPLES)
    ]
    for comparison in case.compare(reference, samples):
        assert abs(comparison.deviation) < case.BOUND, comparison
