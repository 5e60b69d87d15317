"""The short form of validate.py."""

from __future__ import annotations

from types import ModuleType


def test_volumes_are_those_of_other_ensembles_and_of_lammps(case: ModuleType) -> None:
    rows = list(case.rows(400.0))
    assert len(rows) == 20
    for name, ours, error, expected, expected_error in rows:
        assert abs(ours - expected) < 4.0 * (error**2 + expected_error**2) ** 0.5, name
        assert error < 0.1 * abs(ours), name
