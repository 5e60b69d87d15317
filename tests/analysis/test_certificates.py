"""What is told of a verdict."""

from __future__ import annotations

from pssglass.analysis.certificates import CRITERIA, certificate
from pssglass.plugins.registry import Registry


def test_what_was_not_judged_has_no_certificate() -> None:
    assert certificate("cold", {"relaxation_time": 3.0}) is None


def test_what_is_not_known_tells_what_is_missing() -> None:
    values = {"in_equilibrium": -1.0, "relaxation_times_passed": 40.0, "relaxation_times_passed_holds": 1.0}
    found = certificate("cold", {**values, "longest_relaxation_time": 2.0})
    assert found is not None
    assert (found.verdict, found.is_refused, found.times) == ("not known", False, "40")
    assert found.text == "not recorded: trend of the energy, c(0) against ⟨∂²U/∂γ²⟩/V"
    assert certificate("cold", {"in_equilibrium": -1.0}).times == ""  # type: ignore[union-attr]


def test_every_criterion_has_words() -> None:
    declared = {column.name for column in Registry.discover().observables["equilibrium"].columns}
    assert {name for name in CRITERIA if f"{name}_holds" in declared} == set(CRITERIA)
    assert sum(name.endswith("_holds") for name in declared) == len(CRITERIA)
