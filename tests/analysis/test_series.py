"""Ensembles of one model make one curve, unless they were made in several ways; then each is named."""

from __future__ import annotations

from typing import Any

import pytest

from pssglass.analysis.series import by_series, model_of
from pssglass.base.results import EnsembleSummary

TEMPERATURES = (0.7, 1.0, 1.5, 2.6, 4.0)


def block(
    name: str, temperatures: tuple[float, ...] = TEMPERATURES, N: int = 3000, **protocol: Any
) -> list[EnsembleSummary]:
    """The ensembles of one block of a campaign."""
    usual = {"equilibration_time": 50.0, "melt_time": 10.0, "quench": "faithful"}
    return [
        EnsembleSummary(f"{name}-T{T}", "pss", {"rc": 1.5}, N, T, {}, protocol={**usual, **protocol})
        for T in temperatures
    ]


def sizes(ensembles: list[EnsembleSummary]) -> dict[str, int]:
    return {label: len(members) for label, members in by_series(ensembles).items()}


def test_models_of_one_name_and_other_definitions_are_told_apart() -> None:
    definitions = [{"form": "hertzian", "density": density} for density in (0.8, 0.9)]
    ensembles = [
        EnsembleSummary(f"own{k}-T1.0", "mine", one, 100, 1.0, {}, protocol={})
        for k, one in enumerate(definitions)
    ]
    labels = sizes(ensembles)
    assert list(labels.values()) == [1, 1]
    assert all(label.startswith("mine definition=") for label in labels)


def test_blocks_at_different_temperatures_are_one_curve() -> None:
    colder = block("first-cold", (0.5, 0.6), equilibration_time=1e4)
    assert sizes([*block("first-rc1.5"), *colder]) == {"pss rc=1.5": 7}
    assert [one.parent_temperature for one in by_series([*block("a"), *colder])["pss rc=1.5"]] == [
        *(0.5, 0.6),
        *TEMPERATURES,
    ]


@pytest.mark.parametrize(
    ("more", "old", "new"),
    [
        ({"equilibration_time": 500.0}, "equilibration_time=50", "equilibration_time=500"),
        ({"N": 8000}, "N=3000", "N=8000"),
        ({"melt_time": 1.0}, "melt_time=10", "melt_time=1"),
        ({}, "first-rc1.5", "second-rc1.5"),
    ],
)
def test_one_more_ensemble_leaves_the_curve_whole(more: dict[str, Any], old: str, new: str) -> None:
    both = [*block("first-rc1.5"), *block("second-rc1.5", (1.0,), **more)]
    assert sizes(both) == {f"pss rc=1.5, {old}": 5, f"pss rc=1.5, {new}": 1}


def test_what_is_imported_is_called_so_and_renames_nothing() -> None:
    made = block("first-rc1.5")
    outside = block("imp", (1.0, 2.6), equilibration_time=0.0, melt_time=0.0, quench="imported")
    assert sizes([*made, *outside]) == {"pss rc=1.5": 5, "pss rc=1.5, imported": 2}
    assert sizes(outside) == {"pss rc=1.5": 2}
    more = block("more", (1.0,), N=8000, equilibration_time=0.0, melt_time=0.0, quench="imported")
    assert sizes([*made, *outside, *more]) == {
        "pss rc=1.5": 5,
        "pss rc=1.5, imported N=3000": 2,
        "pss rc=1.5, imported N=8000": 1,
    }
    longer = block("second-rc1.5", (1.0,), equilibration_time=500.0)
    assert list(sizes([*outside, *longer, *made])) == [
        *("pss rc=1.5, equilibration_time=50", "pss rc=1.5, equilibration_time=500", "pss rc=1.5, imported"),
    ]
    named_alike = block("first-rc1.5", (1.5,), quench="imported")
    assert sizes([*block("first-rc1.5", (1.0,)), *named_alike]) == {
        "pss rc=1.5": 1,
        "pss rc=1.5, imported": 1,
    }


def test_times_that_go_with_the_temperature_do_not_name_a_part() -> None:
    long = [*block("first-rc1.5", (2.6, 4.0)), *block("first-rc1.5", (1.0,), equilibration_time=500.0)]
    both = [*long, *block("second-rc1.5", (1.0,), equilibration_time=5000.0)]
    assert sizes(both) == {"pss rc=1.5, first-rc1.5": 3, "pss rc=1.5, second-rc1.5": 1}


def test_blocks_join_those_of_like_names() -> None:
    first = [*block("first-hot", (2.6, 4.0)), *block("first-cold", (0.7,))]
    second = [
        *block("second-hot", (2.6,), equilibration_time=7.0),
        *block("second-cold", (0.5,), equilibration_time=7.0),
    ]
    found = by_series([*second, *first])
    assert {label: sorted(one.name for one in members) for label, members in found.items()} == {
        "pss rc=1.5, equilibration_time=50": ["first-cold-T0.7", "first-hot-T2.6", "first-hot-T4.0"],
        "pss rc=1.5, equilibration_time=7": ["second-cold-T0.5", "second-hot-T2.6"],
    }


def test_other_ways_to_quench_are_never_mixed() -> None:
    both = [*block("first-rc1.5", (2.6, 4.0)), *block("second-rc1.5", (1.0,), quench="fast")]
    assert sizes(both) == {"pss rc=1.5, quench=faithful": 2, "pss rc=1.5, quench=fast": 1}


def test_a_label_tells_its_model() -> None:
    assert {model_of(label) for label in sizes([*block("a"), *block("b", N=100)])} == {"pss rc=1.5"}
