"""Short form of validate.py: a few small liquids."""

from __future__ import annotations

from types import ModuleType


def test_only_the_faithful_way_ends_where_steepest_descent_does(case: ModuleType) -> None:
    samples = [case.measure(rc=1.5, temperature=1.0, N=256, seed=seed) for seed in range(4)]
    agreement = {way: sum(sample[way].same_basin for sample in samples) for way in case.WAYS}
    assert agreement["faithful"] == len(samples)
    assert all(agreement[way] < len(samples) for way in ("fast", "lbfgs", "fire", "cg"))
    for sample in samples:
        assert sample["fast"].evaluations < sample["faithful"].evaluations
