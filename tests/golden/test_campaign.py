"""A campaign gives what it gave when the records were made: positions, every view, every figure."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType


def test_positions(golden: ModuleType, campaign: Path) -> None:
    assert golden.differences(golden.recorded("campaign/positions"), golden.positions_of(campaign)) == []


def test_exported_files(golden: ModuleType, campaign: Path) -> None:
    assert golden.differences(golden.recorded("campaign/files"), golden.exported(campaign)) == []


def test_tables_and_views(golden: ModuleType, campaign: Path) -> None:
    recorded = {
        path.stem: golden.recorded(f"campaign/{path.stem}")
        for path in (golden.RECORDS / "campaign").glob("*.json")
        if path.stem not in ("positions", "files")
    }
    assert golden.differences(recorded, golden.tables_of(campaign / "pssglass.db")) == []


def test_numbers_of_figures(golden: ModuleType, campaign: Path) -> None:
    drawn = [*(campaign / "figures").glob("*.csv"), campaign / "samples.csv"]
    recorded = {path.name: golden.csv_rows(path) for path in (golden.RECORDS / "figures").glob("*.csv")}
    assert golden.differences(recorded, {path.name: golden.csv_rows(path) for path in drawn}) == []


def test_every_observable_has_values(golden: ModuleType) -> None:
    """Else the records would say nothing about it."""
    measured = {
        row[rows["columns"].index("observable")]
        for view in ("v_scalars", "v_arrays", "v_ensemble_values", "v_model_values")
        for rows in [golden.recorded(f"campaign/{view}")]
        for row in rows["rows"]
    }
    rows = golden.recorded("campaign/observable")
    assert measured == {row[rows["columns"].index("name")] for row in rows["rows"]}
    assert len(measured) == 16
