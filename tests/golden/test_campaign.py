"""A campaign gives what it gave when the records were made: positions, every view, every figure."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType


def test_positions(golden: ModuleType, comparison: ModuleType, campaign: Path) -> None:
    assert (
        comparison.differences(comparison.recorded("campaign/positions"), golden.positions_of(campaign)) == []
    )


def test_exported_files(golden: ModuleType, comparison: ModuleType, campaign: Path) -> None:
    assert comparison.differences(comparison.recorded("campaign/files"), golden.exported(campaign)) == []


def test_tables_and_views(golden: ModuleType, comparison: ModuleType, campaign: Path) -> None:
    recorded = {
        path.stem: comparison.recorded(f"campaign/{path.stem}")
        for path in (comparison.RECORDS / "campaign").glob("*.json")
        if path.stem not in ("positions", "files")
    }
    assert comparison.differences(recorded, golden.tables_of(campaign / "pssglass.db")) == []


def test_numbers_of_figures(golden: ModuleType, comparison: ModuleType, campaign: Path) -> None:
    drawn = [*(campaign / "figures").glob("*.csv"), campaign / "samples.csv"]
    recorded = {path.name: golden.csv_rows(path) for path in (comparison.RECORDS / "figures").glob("*.csv")}
    assert comparison.differences(recorded, {path.name: golden.csv_rows(path) for path in drawn}) == []


def test_every_observable_has_values(comparison: ModuleType) -> None:
    """Else the records would say nothing about it."""
    measured = {
        row[rows["columns"].index("observable")]
        for view in ("v_scalars", "v_arrays", "v_ensemble_values", "v_model_values")
        for rows in [comparison.recorded(f"campaign/{view}")]
        for row in rows["rows"]
    }
    rows = comparison.recorded("campaign/observable")
    assert measured == {row[rows["columns"].index("name")] for row in rows["rows"]}
    assert len(measured) == 22
