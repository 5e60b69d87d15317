"""Records are compared as README.md says: whatever is not left out is noticed."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

ROWS = {"columns": ["ensemble", "key", "value"], "rows": [["a", "G", 1.5], ["b", "G", 2.5]]}


def averages(mean: float, error: float) -> dict[str, Any]:
    return {"columns": ["key", "value"], "rows": [["mean_G", mean], ["mean_G_error", error]]}


def in_columns(mean: float, std: float, standard_error: float) -> dict[str, Any]:
    return {"columns": ["mean", "std", "standard_error"], "rows": [[mean, std, standard_error]]}


def test_round_off_is_none(comparison: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "TOLERANCE", 1e-12)
    assert comparison.differences({"G": 1.5}, {"G": 1.5 * (1 + 1e-13)}) == []
    assert comparison.differences(ROWS, {**ROWS, "rows": [["a", "G", 1.5 + 1e-13], ["b", "G", 2.5]]}) == []
    assert comparison.differences("G is 1.5000000001", "G is 1.5000000001000001") == []


@pytest.mark.parametrize(
    ("recorded", "found"),
    [
        ({"G": 1.5}, {"G": 1.5 * (1 + 1e-11)}),
        ({"G": 1.5}, {"G": None}),
        ({"G": 1.5}, {}),
        ({}, {"G": 1.5}),
        ({"steps": 1}, {"steps": 1.0}),
        ({"steps": 10**15}, {"steps": 10**15 + 1}),
        ([1.5, 2.5], [1.5]),
        ("0f1e", "0f1f"),
        ("G is 1.5: simulate more", "G is 1.6: simulate more"),
        ("G is 1.5: simulate more", "G is 1.5: simulate less"),
        (ROWS, {**ROWS, "rows": ROWS["rows"][:1]}),
        (ROWS, {**ROWS, "columns": ["ensemble", "key", "mean"]}),
        (ROWS, {**ROWS, "rows": [["a", "G", 1.5], ["b", "K", 2.5]]}),
        (ROWS, {**ROWS, "rows": [["a", "G", 1.5 * (1 + 1e-11)], ["b", "G", 2.5]]}),
    ],
)
def test_a_difference_is_noticed(comparison: ModuleType, recorded: Any, found: Any) -> None:
    assert len(comparison.differences(recorded, found)) == 1


def test_a_spread_is_no_better_known_than_what_spreads(
    comparison: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of numbers near 15, which are rounded to 2e-15."""
    monkeypatch.setattr(comparison, "TOLERANCE", 1e-12)
    monkeypatch.setattr(comparison, "ROUND_OFF", 1e-14)
    assert comparison.differences(averages(15.5, 6e-4), averages(15.5, 6e-4 + 1e-13)) == []
    exact, rounded = in_columns(15.5, 6e-4, 4e-4), in_columns(15.5, 6e-4 + 1e-13, 4e-4 - 1e-13)
    assert comparison.differences(exact, rounded) == []


@pytest.mark.parametrize(
    ("recorded", "found"),
    [
        (averages(15.5, 6e-4), averages(15.5, 6e-4 + 2e-13)),
        (averages(15.5, 0.5), averages(15.5, 0.5 + 1e-12)),
        (averages(1e-4, 6e-4), averages(1e-4, 6e-4 + 1e-13)),
        (averages(0.5, 6e-4), averages(0.5 + 1e-12, 6e-4)),
        (in_columns(15.5, 6e-4, 4e-4), in_columns(15.5, 6e-4 + 2e-13, 4e-4)),
        (in_columns(15.5, 0.0, 0.0), in_columns(15.5, 1e-15, 0.0)),
    ],
)
def test_but_not_much_worse(comparison: ModuleType, recorded: Any, found: Any) -> None:
    assert len(comparison.differences(recorded, found)) == 1
